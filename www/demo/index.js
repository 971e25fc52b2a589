import { person, signIn } from "./account.js";

if (person()) location.replace("report.html");

document.getElementById("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  const { id, first_name } = Object.fromEntries(new FormData(event.target));
  signIn(id.trim(), first_name.trim());
  // What was tracked is in storage already: leaving at once loses nothing.
  location.assign("report.html");
});
