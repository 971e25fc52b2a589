// Who is signed in, in this browser; every page but the door begins here.

const KEPT = "bloomflow.person";

/** The person, or null. */
export function person() {
  try {
    return JSON.parse(localStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

export function signIn(id, firstName) {
  localStorage.setItem(KEPT, JSON.stringify({ id, firstName }));
  // The id first, then what is known about them, then what they did.
  window.rekindle.boot({ key: "wk_dev", user_id: id });
  window.rekindle.identify(id, { first_name: firstName, product: "BloomFlow" });
  window.rekindle.track("Logged In", { method: "demo" });
}

/** Fills in the bar. Visitors who are not signed in go to the door. */
export function enter() {
  const known = person();
  if (!known) {
    location.replace("index.html");
    return;
  }
  window.rekindle.boot({ key: "wk_dev", user_id: known.id });
  window.rekindle.page();
  document.getElementById("who").textContent = known.firstName;
  document.getElementById("sign-out").addEventListener("click", () => {
    localStorage.removeItem(KEPT);
    window.rekindle.reset();
    location.assign("index.html");
  });
  document.getElementById("allow").addEventListener("click", allow);
}

async function allow() {
  const subscribed = await window.rekindle.push.subscribe();
  const told = document.getElementById("told");
  told.hidden = false;
  told.textContent = subscribed
    ? "We will let you know when something blooms."
    : "This browser does not let us notify you.";
}
