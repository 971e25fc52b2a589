// That the document can be broken: what holds every other test against it would tell.
import assert from "node:assert/strict";
import { test } from "node:test";

import { assertKept, hold } from "./contract.mjs";

const me = { name: "Ada", role: "admin", csrf: null, via: "token" };
const json = "application/json";
const ask = (method, path, body) => ({ method, url: `http://127.0.0.1${path}`, body: body && JSON.stringify(body) });
const told = (status, content, type = json) => ({ status, type, text: content === undefined ? "" : JSON.stringify(content) });

for (const [what, request, answer, expected] of [
  ["as it says", ask("GET", "/api/v1/me"), told(200, me), null],
  ["a problem", ask("GET", "/api/v1/me"), told(401, { type: "urn:rekindle:a", status: 401, title: "a", detail: "b" }, "application/problem+json"), null],
  ["elsewhere", ask("GET", "/health"), told(200, { ok: true }), null],
  ["a word before a parameter", ask("GET", "/api/v1/segments/counts"), told(200, { as_of: 1, counts: {}, trend: {} }), null],
  ["a field too many", ask("GET", "/api/v1/me"), told(200, { ...me, age: 36 }), /additional properties/],
  ["a field too few", ask("GET", "/api/v1/me"), told(200, { name: "Ada", role: "admin" }), /required property 'csrf'/],
  ["another kind", ask("GET", "/api/v1/me"), told(200, { ...me, role: "owner" }), /\/role must be equal to one of/],
  ["another type", ask("GET", "/api/v1/me"), told(200, me, "text/plain"), /`text\/plain`, not application\/json/],
  ["a problem that is none", ask("GET", "/api/v1/me"), told(400, { error: "no" }, "application/problem+json"), /required property 'detail'/],
  ["a body where none is", ask("DELETE", "/api/v1/tokens/a"), told(204, {}), /has no body/],
  ["an unknown operation", ask("PATCH", "/api/v1/me"), told(200, me), /no such operation/],
  ["an unknown parameter", ask("GET", "/api/v1/me?limit=1"), told(200, me), /`limit` is unknown/],
  ["a parameter out of bounds", ask("GET", "/api/v1/audit?limit=101"), told(200, { items: [], next: null }), /\?limit: \/ must be <= 100/],
  ["a body that was taken", ask("POST", "/api/v1/session", { token: 1 }), told(200, me), /body: \/token must be string/],
  ["no body", ask("POST", "/api/v1/session"), told(200, { ...me, csrf: "a", via: "session" }), /a body is required/],
]) {
  test(`${what} is ${expected ? "told" : "passed over"}`, () => {
    const answered = () => hold(request, answer);
    if (expected) {
      assert.throws(answered, expected);
      assert.throws(assertKept, expected, "and told again at the end");
    } else {
      answered();
    }
    assertKept();
  });
}
