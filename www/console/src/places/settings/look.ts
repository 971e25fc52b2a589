// How mails look, as a form has it, and back: bounds are those of docs/email.md.
import * as v from "valibot";

import type { Settings } from "~/api/types.ts";

import type { Content } from "./policies.ts";

export const look = v.object({
  accent: v.pipe(v.string(), v.trim(), v.regex(/^(#[0-9a-fA-F]{6})?$/, "a colour such as #2457d6")),
  logo: v.pipe(v.string(), v.trim(), v.regex(/^(https?:\/\/.+)?$/, "a whole address that begins with https://")),
  name: v.pipe(v.string(), v.trim(), v.maxBytes(100, "shorter")),
  font: v.picklist(["sans", "serif", "mono"]),
  footer: v.pipe(v.string(), v.maxBytes(1_000, "shorter")),
  lang: v.pipe(v.string(), v.trim(), v.regex(/^[a-zA-Z0-9-]{0,35}$/, "a tag such as en or pt-BR")),
});
export type Look = v.InferOutput<typeof look>;

export const lookOf = ({ mail }: Settings): Look => ({ accent: "", logo: "", name: "", font: "sans", footer: "", lang: "", ...mail });

/** The settings with this look; what is empty is left to be as it is by default. */
export function withLook({ mail: _, ...rest }: Content, { font, ...texts }: Look): Content {
  const said = Object.entries(texts).filter(([, text]) => text.trim() !== "");
  const mail = { ...Object.fromEntries(said), ...(font !== "sans" && { font }) };
  return Object.keys(mail).length > 0 ? { ...rest, mail } : rest;
}
