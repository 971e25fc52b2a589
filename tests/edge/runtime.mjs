// Runs the development build of the Worker in the real workerd, in a process of its own, so that
// a test can kill the runtime and start it again. It ends when the pipe on stdin closes.
//
// Started by harness.mjs with one JSON argument; prints one line of JSON when it is ready.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";

const MODULES = join(import.meta.dirname, "../../node_modules");
const CACHE = join(MODULES, ".cache/rekindle");
const { settings, state, port, vars, limits, email } = JSON.parse(process.argv[2]);
if (!existsSync(settings)) {
  console.error(`${settings} is missing: run \`cargo xtask build --dev\` first`);
  process.exit(2);
}

/** Cloudflare Email Service, as its binding is documented: what it is given goes to this address. */
function emailService(address) {
  const script = `
    import { WorkerEntrypoint } from "cloudflare:workers";
    export class Email extends WorkerEntrypoint {
      async send(message) {
        const answer = await fetch(${JSON.stringify(address)}, { method: "POST", body: JSON.stringify(message) });
        const { messageId, code, message: words } = await answer.json();
        if (!answer.ok) throw Object.assign(new Error(words), { code });
        return { messageId };
      }
    }
    export default {};`;
  return { name: "email", modules: true, compatibilityDate: "2026-11-17", script };
}

/** What wrangler reads in its settings; kept until they change, for it takes a second to begin to read. */
async function read(path) {
  const of = createHash("sha256").update(path);
  for (const file of [path, join(MODULES, "wrangler/package.json")]) of.update(readFileSync(file));
  const kept = join(CACHE, `${of.digest("hex")}.json`);
  if (!existsSync(kept)) {
    const { unstable_getMiniflareWorkerOptions: workerOptions } = await import("wrangler");
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(`${kept}.${process.pid}`, JSON.stringify(workerOptions(path)));
    renameSync(`${kept}.${process.pid}`, kept);
  }
  return JSON.parse(readFileSync(kept, "utf8"));
}

const { workerOptions: worker, main } = await read(settings);
const compiled = join(dirname(main), "index_bg.wasm");
for (const [name, limit] of Object.entries(limits)) worker.ratelimits[name].simple.limit = limit;
const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    host: "127.0.0.1",
    port,
    cf: false,
    telemetry: { enabled: false },
    log: new Log(process.env.REKINDLE_TEST_LOG ? LogLevel.DEBUG : LogLevel.WARN),
    resourcePersistencePath: state,
    workers: [
      {
        ...worker,
        name: "rekindle",
        rootPath: dirname(main),
        modules: [
          { type: "ESModule", path: main },
          ...(existsSync(compiled) ? [{ type: "CompiledWasm", path: compiled }] : []),
        ],
        modulesRoot: dirname(main),
        bindings: { ...worker.bindings, ...vars },
        ...(email ? { serviceBindings: { ...worker.serviceBindings, EMAIL: { name: "email", entrypoint: "Email" } } } : {}),
      },
      ...(email ? [emailService(email)] : []),
    ],
  }),
);
const url = await miniflare.ready;
console.log(JSON.stringify({ url: url.origin, port: Number(url.port) }));

process.stdin
  .on("end", async () => {
    await miniflare.dispose();
    process.exit(0);
  })
  .resume();
