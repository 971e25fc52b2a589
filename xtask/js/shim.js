// What the runtime sees of the Worker. A trap leaves the module's memory in an unknown state, so
// the next call starts with a fresh instance, and objects that lived in the old one are made anew.
import { WorkerEntrypoint } from "cloudflare:workers";
import * as wasm from "./worker.js";

Error.stackTraceLimit = 100;
// The `worker` crate sets criticalError in its panic hook and counts instances in instanceId.
const life = wasm.__worker_init_state();

// Calls that have not been answered. A trap dooms them all: their futures live in the memory that
// is given up, and nobody would ever poll them again.
const unanswered = new Set();
let trapped = false;
Object.defineProperty(life, "criticalError", {
  get: () => trapped,
  set(value) {
    trapped = value;
    if (!value) return;
    for (const fail of unanswered) fail(new Error("the Worker met a trap while it was at work"));
    unanswered.clear();
  },
});

function renew() {
  if (!trapped) return;
  console.log("a trap was met: starting a fresh instance");
  wasm.__wbg_reset_state();
  trapped = false;
  life.instanceId++;
}

function notice(error) {
  if (error instanceof WebAssembly.RuntimeError) life.criticalError = true;
}

addEventListener("error", (event) => notice(event.error));
addEventListener("unhandledrejection", (event) => notice(event.reason));

// One call into the module, plain or async.
function call(method, self, args) {
  renew();
  let answer;
  try {
    answer = method.apply(self, args);
  } catch (error) {
    notice(error);
    throw error;
  }
  if (typeof answer?.then !== "function") return answer;
  return new Promise((done, fail) => {
    unanswered.add(fail);
    answer.then(
      (value) => {
        unanswered.delete(fail);
        done(value);
      },
      (error) => {
        unanswered.delete(fail);
        notice(error);
        fail(error);
      },
    );
  });
}

class Entrypoint extends WorkerEntrypoint {}

for (const name of ["fetch", "queue", "scheduled", "email"]) {
  if (!(name in wasm)) continue;
  Entrypoint.prototype[name] = function (event) {
    return call(wasm[name], this, [event, this.env, this.ctx]);
  };
}

// A class whose objects outlive the instance that they were made in.
function recovering(Class) {
  return new Proxy(Class, {
    construct(Class, args, newTarget) {
      const make = () => call(() => Reflect.construct(Class, args, newTarget));
      const held = { born: 0, object: undefined };
      const current = () => {
        renew();
        if (held.object === undefined || held.born !== life.instanceId) {
          held.object = make();
          held.born = life.instanceId;
        }
        return held.object;
      };
      return new Proxy(current(), {
        get(_, name) {
          const object = current();
          const value = Reflect.get(object, name);
          if (typeof value !== "function") return value;
          return (...rest) => {
            const object = current();
            return call(Reflect.get(object, name), object, rest);
          };
        },
        set: (_, name, value) => Reflect.set(current(), name, value),
        has: (_, name) => Reflect.has(current(), name),
        getPrototypeOf: () => Reflect.getPrototypeOf(current()),
      });
    },
  });
}

export default Entrypoint;
