// Runs every case of the contract in the wasm that browsers load. Needs `cargo xtask build` first.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const built = process.argv[2] ?? join(here, "../../dist/wasm/console");
const glue = join(built, "rekindle_console.js");
if (!existsSync(glue)) {
  console.error(`${glue} is missing: run \`cargo xtask build --dev\` first`);
  process.exit(1);
}
const { initSync, run_case } = await import(glue);
initSync({ module: readFileSync(join(built, "rekindle_console_bg.wasm")) });

function casesBelow(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return casesBelow(path);
    return path.endsWith(".json") ? [path] : [];
  });
}

let [passed, failed] = [0, 0];
for (const path of casesBelow(here).sort()) {
  const name = relative(here, path);
  try {
    const { ok, mismatches } = run_case(readFileSync(path, "utf8"));
    console.log(`${ok ? "ok" : "FAILED"} ${name}`);
    for (const { place, message } of mismatches) console.log(`  [${place}] ${message}`);
    ok ? passed++ : failed++;
  } catch (error) {
    console.log(`FAILED ${name}`);
    console.log(`  ${JSON.stringify(error.problems ?? String(error))}`);
    failed++;
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
