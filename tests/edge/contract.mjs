// Holds every request and every answer of the API, whoever made it, against www/api/openapi.json: so the
// tests of everything else prove that the document is true. It asks for nothing itself.
import { readFileSync } from "node:fs";

import Ajv from "ajv/dist/2020.js";

const DOCUMENT = JSON.parse(readFileSync(new URL("../../www/api/openapi.json", import.meta.url), "utf8"));
const JSON_TYPE = "application/json";
// LIMIT: what one needs to see of a broken promise.
const FAULTS_SHOWN = 5;

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
// The document is no schema itself, but schemas stand in it and refer to each other.
ajv.addVocabulary(Object.keys(DOCUMENT)).addSchema(DOCUMENT, "openapi");
const validators = new Map();
const broken = [];

/** What is wrong with a value, by the schema at these steps into the document. */
function faults(steps, value) {
  const place = steps.map((step) => step.replaceAll("~", "~0").replaceAll("/", "~1")).map(encodeURIComponent);
  const pointer = `openapi#/${place.join("/")}`;
  if (!validators.has(pointer)) validators.set(pointer, ajv.compile({ $ref: pointer }));
  const validate = validators.get(pointer);
  if (validate(value)) return [];
  return validate.errors
    .slice(0, FAULTS_SHOWN)
    .map(({ instancePath, message, params }) => `${instancePath || "/"} ${message} ${JSON.stringify(params)}`);
}

/** An object of the document, with the steps to where it really stands. */
function follow(steps, object) {
  if (!object?.$ref) return { steps, object };
  const real = object.$ref.slice(2).split("/");
  return { steps: real, object: real.reduce((found, step) => found[step], DOCUMENT) };
}

const patterns = Object.keys(DOCUMENT.paths).map((path) => ({ path, parts: path.split("/") }));

/** Calls that are also asked for by their first letter. */
const CALLS = ["track", "identify", "page", "screen", "group", "alias", "batch"];

/** As the document writes an address: a call by its name, without a slash behind it. */
function whole(address) {
  const short = address.replace(/\/$/, "");
  const call = CALLS.find((call) => short === `/v1/${call[0]}`);
  return call ? `/v1/${call}` : short;
}

/** The path of the document that an address is of: a word before a parameter. */
function pathOf(address) {
  const words = whole(address).split("/");
  const fits = ({ parts }) =>
    parts.length === words.length && parts.every((part, place) => part.startsWith("{") || part === words[place]);
  const parameters = ({ parts }) => parts.filter((part) => part.startsWith("{")).length;
  return patterns.filter(fits).sort((one, other) => parameters(one) - parameters(other))[0]?.path;
}

function parameterFaults(steps, item, operation, query) {
  const own = (operation.parameters ?? []).map((parameter, place) => follow([...steps, "parameters", String(place)], parameter));
  const known = new Map(own.filter(({ object }) => object.in === "query").map((parameter) => [parameter.object.name, parameter]));
  const found = [...known.values()]
    .filter(({ object }) => object.required && !query.has(object.name))
    .map(({ object }) => `the parameter \`${object.name}\` is required, and was left out`);
  for (const [name, text] of query) {
    const parameter = known.get(name);
    if (!parameter) {
      found.push(`the parameter \`${name}\` is unknown`);
      continue;
    }
    const { object: schema } = follow([], parameter.object.schema);
    const value = schema.type === "integer" ? Number(text) : text;
    found.push(...faults([...parameter.steps, "schema"], value).map((fault) => `?${name}: ${fault}`));
  }
  return found;
}

function bodyFaults(steps, { requestBody }, { body, type }) {
  if (!requestBody) return body ? ["it takes no body"] : [];
  if (!body) return requestBody.required ? ["a body is required, and was left out"] : [];
  // Lines are not JSON as a whole, and what is packed is not text.
  if (typeof body !== "string" || (type in requestBody.content && type !== JSON_TYPE)) return [];
  if (!(JSON_TYPE in requestBody.content)) return [`body: it is \`${type}\`, not ${Object.keys(requestBody.content).join(" or ")}`];
  return faults([...steps, "requestBody", "content", JSON_TYPE, "schema"], JSON.parse(body)).map((fault) => `body: ${fault}`);
}

function answerFaults(steps, { responses }, { status, type, text }) {
  const name = [String(status), `${String(status)[0]}XX`, "default"].find((name) => name in responses);
  const response = follow([...steps, "responses", name], responses[name]);
  const { content } = response.object;
  if (!content) return text ? [`answer ${status}: it has no body`] : [];
  if (!(type in content)) return [`answer ${status}: it is \`${type}\`, not ${Object.keys(content).join(" or ")}`];
  if (type !== JSON_TYPE && !type.endsWith("+json")) return [];
  return faults([...response.steps, "content", type, "schema"], JSON.parse(text)).map((fault) => `answer ${status}: ${fault}`);
}

/** Whether nothing of a batch was refused: what was may be of any shape. */
function tookAll({ type, text }) {
  return type !== JSON_TYPE || !(JSON.parse(text).rejected?.length > 0);
}

/**
 * Holds one request, and the answer to it, against the document. Requests elsewhere are no concern of it.
 *
 * @param {{method: string, url: string, body?: string | Uint8Array | null, type?: string}} request
 * @param {{status: number, type: string, text: string}} answer
 */
export function hold({ method, url, body, type = JSON_TYPE }, answer) {
  const { pathname, searchParams } = new URL(url);
  if (!/^\/(api\/)?v1\//.test(pathname) || method === "OPTIONS") return;
  const path = pathOf(pathname);
  const verb = method.toLowerCase();
  const operation = DOCUMENT.paths[path]?.[verb];
  const found = [];
  if (operation) {
    const steps = ["paths", path, verb];
    found.push(...answerFaults(steps, operation, answer));
    if (answer.status < 400) {
      found.push(...parameterFaults(steps, DOCUMENT.paths[path], operation, searchParams));
      if (tookAll(answer)) found.push(...bodyFaults(steps, operation, { body, type }));
    }
  } else if (answer.status < 400) {
    found.push("the document has no such operation");
  }
  if (found.length === 0) return;
  const told = `${method} ${pathname} is not as www/api/openapi.json says:\n  ${found.join("\n  ")}`;
  broken.push(told);
  throw new Error(told);
}

/** The same `fetch`, with every answer held against the document. */
export const held = (fetch) => async (url, options = {}) => {
  const answer = await fetch(url, options);
  const type = answer.headers.get("content-type")?.split(";")[0] ?? "";
  const text = await answer.clone().text();
  const sent = new Headers(options.headers).get("content-type")?.split(";")[0];
  hold({ method: options.method ?? "GET", url: String(url), body: options.body, type: sent }, { status: answer.status, type, text });
  return answer;
};

/** Fails if anything was not as the document says, even where whoever asked went on regardless. */
export function assertKept() {
  if (broken.length > 0) throw new Error([...new Set(broken.splice(0))].join("\n"));
}
