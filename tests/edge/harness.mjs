// What the tests over HTTP share: the real runtime on a state directory, started, stopped, killed
// and started again; requests; waiting for a condition instead of sleeping.
import { execFile, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

import { assertKept, held } from "./contract.mjs";

// However a test asks the API, what it is told is held against the document of it.
globalThis.fetch = held(globalThis.fetch);

const here = dirname(fileURLToPath(import.meta.url));
const START_LIMIT_MS = 30_000;
const ANSWER_LIMIT_MS = 60_000;
const WAIT_LIMIT_MS = 10_000;
const POLL_MS = 20;

const DEVELOPMENT = "dist/dev/wrangler.json";

export const WRITE_KEY = "wk_dev";
export const ADMIN_TOKEN = "dev";

/**
 * Starts workerd with the development build of the Worker.
 *
 * @param {object} [options]
 * @param {number} [options.port] a free one if not given; `restart` keeps it
 * @param {string} [options.state] where everything is kept; a temporary directory, removed by
 *   `stop`, if not given
 * @param {Record<string, string>} [options.vars] on top of the settings' own
 * @param {Record<string, number>} [options.limits] of requests in 10 seconds, by the name of the binding
 * @param {string} [options.settings] of wrangler, from the root of the repository
 * @param {string} [options.email] where what is given to the binding `EMAIL` goes; no binding if not given
 */
export async function startRuntime({ port, state, vars = {}, limits = {}, settings = DEVELOPMENT, email } = {}) {
  const ours = state === undefined;
  state ??= await mkdtemp(join(tmpdir(), "rekindle-test-"));
  port ??= await freePort();
  const url = `http://127.0.0.1:${port}`;
  const words = JSON.stringify({
    settings: resolve(here, "../..", settings),
    state: resolve(state),
    port,
    vars: { REKINDLE_ORIGIN: url, ...vars },
    email,
    limits,
  });
  let child;

  async function start() {
    child = spawn(process.execPath, [join(here, "runtime.mjs"), words], {
      stdio: ["pipe", "pipe", "inherit"],
      env: {
        ...process.env,
        CI: "1",
        NODE_COMPILE_CACHE: join(here, "../../node_modules/.cache/node"),
        WRANGLER_SEND_METRICS: "false",
        CLOUDFLARE_CF_FETCH_ENABLED: "false",
      },
    });
    child.stdin.on("error", () => {});
    await within(START_LIMIT_MS, "the runtime to start", (done, fail) => {
      child.once("exit", (code) => fail(new Error(`the runtime ended at its start (${code})`)));
      createInterface({ input: child.stdout }).on("line", (line) => {
        if (line.startsWith('{"url"')) done();
        else console.log(line);
      });
    });
  }

  async function end() {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.stdin.end();
    const late = setTimeout(() => child.kill("SIGKILL"), WAIT_LIMIT_MS);
    await ended;
    clearTimeout(late);
  }

  const workerd = () => childrenNamed(child.pid, "workerd");

  await start();
  return {
    url,
    port,
    state,

    /** The ids of the runtime's processes. */
    workerd,

    /** Ends the runtime in good order; fails if the API did not keep its word. */
    async stop() {
      await end();
      if (ours) await rm(state, { recursive: true, force: true });
      assertKept();
    },

    /** Kills workerd as a power cut would: no handler runs, nothing is flushed. */
    async kill9() {
      // The parent first: it would start another workerd at once.
      process.kill(child.pid, "SIGSTOP");
      const runtimes = await workerd();
      if (runtimes.length === 0) throw new Error("no workerd to kill");
      for (const pid of runtimes) process.kill(pid, "SIGKILL");
      const ended = new Promise((done) => child.once("exit", done));
      process.kill(child.pid, "SIGKILL");
      await ended;
      await until(async () => (await Promise.all(runtimes.map(isGone))).every(Boolean), "workerd to be gone");
    },

    /** The same state and port, in a new runtime. */
    async restart() {
      await end();
      await start();
    },

    /** A request of an admin. Gives the parsed JSON; an answer that is not 2xx throws, with `status` and `body`. */
    async api(method, path, body, headers = {}) {
      const answer = await fetch(url + path, {
        method,
        headers: {
          authorization: `Bearer ${ADMIN_TOKEN}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      });
      const text = await answer.text();
      if (!answer.ok) {
        throw Object.assign(new Error(`${method} ${path}: ${answer.status} ${text}`), {
          status: answer.status,
          body: parsed(text),
        });
      }
      return parsed(text);
    },

    /** Stores a batch of events, given as `{batch: […]}` or as a list. Gives the Response. */
    ingest(batch, headers = {}) {
      const body = Array.isArray(batch) ? { batch } : batch;
      return fetch(`${url}/v1/batch`, {
        method: "POST",
        headers: { "content-type": "text/plain", ...headers },
        body: JSON.stringify({ writeKey: WRITE_KEY, ...body }),
        signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      });
    },
  };
}

/** Waits until a condition gives something true, and gives that; fails at the deadline. */
export async function until(condition, what = "a condition", limitMs = WAIT_LIMIT_MS) {
  const deadline = Date.now() + limitMs;
  let last;
  while (Date.now() < deadline) {
    try {
      const found = await condition();
      if (found) return found;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
  throw new Error(`waited ${limitMs} ms in vain for ${what}`, { cause: last });
}

/**
 * A port that nobody listens on, from below those that the system hands out by itself: whoever listens
 * on it a moment later still finds it free.
 */
export async function freePort() {
  const isFree = (port) =>
    new Promise((done) => {
      const server = createServer().once("error", () => done(false));
      server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
    });
  let port;
  do port = randomInt(20_000, 32_000);
  while (!(await isFree(port)));
  return port;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function within(limitMs, what, run) {
  return new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Error(`waited ${limitMs} ms in vain for ${what}`)), limitMs);
    const settle = (end) => (value) => {
      clearTimeout(late);
      end(value);
    };
    run(settle(done), settle(fail));
  });
}

/** The ids of a process's descendants of this name. */
async function childrenNamed(root, name) {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,comm="]);
  const all = new Map();
  for (const line of stdout.trim().split("\n")) {
    const [, pid, parent, program] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    all.set(Number(pid), { parent: Number(parent), name: basename(program.trim()) });
  }
  const isBelow = (pid) => {
    for (let at = pid; at > 1; at = all.get(at)?.parent ?? 0) if (at === root) return true;
    return false;
  };
  return [...all.keys()].filter((pid) => all.get(pid).name === name && isBelow(pid));
}

async function isGone(pid) {
  // A process that has ended but was not yet waited for is a zombie, and gone all the same.
  const { stdout } = await promisify(execFile)("ps", ["-o", "stat=", "-p", String(pid)]).catch(() => ({ stdout: "" }));
  return stdout.trim() === "" || stdout.trim().startsWith("Z");
}
