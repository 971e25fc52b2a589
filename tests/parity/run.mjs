// Compares the digests of native code with those of wasm, block by block.
// Usage: run.mjs MODULE.wasm NATIVE_PROGRAM
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const [module, native] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(readFileSync(module));
const expected = execFileSync(native, { encoding: "utf8" }).trim().split("\n");
let [passed, failed] = [0, 0];
for (const [block, digest] of expected.entries()) {
  const found = BigInt.asUintN(64, instance.exports.digest(BigInt(block))).toString(16).padStart(16, "0");
  if (found === digest) {
    passed++;
  } else {
    failed++;
    console.log(`FAILED block ${block}: native ${digest}, wasm ${found}`);
  }
}
console.log(`${passed * 1000} rules, people and instants are answered alike`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
