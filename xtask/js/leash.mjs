// Runs a program and ends its whole process group when the pipe on stdin closes: however xtask
// dies, kill -9 included, nothing that it started outlives it.
import { spawn } from "node:child_process";

const KILL_AFTER_MS = 5_000;
const [program, ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"] });

let ending = false;
function end() {
  if (ending) return;
  ending = true;
  process.kill(0, "SIGTERM");
  setTimeout(() => process.kill(0, "SIGKILL"), KILL_AFTER_MS);
}

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, end);
process.stdin.on("end", end).on("error", end).resume();
child.on("error", (error) => {
  console.error(`can't start ${program}: ${error.message}`);
  process.exit(127);
});
child.on("exit", (code, signal) => process.exit(signal ? 1 : code));
