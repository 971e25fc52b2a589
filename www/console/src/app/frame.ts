// A mail made ready for a frame of this page: its own styles are let in, and its reader prefers one scheme.
import { nonce } from "./nonce.ts";

export type Scheme = "light" | "dark";

const ASKS = /\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)/gi;

/**
 * The page's policy holds for its frames too, and lets in style sheets by a nonce alone: those of the mail
 * are given it. It lets in nothing that runs, whatever carries the nonce.
 */
export function framed(html: string, scheme: Scheme): string {
  return html
    .replaceAll(/<style(?=[\s>])/gi, `<style nonce="${nonce}"`)
    .replaceAll(ASKS, (_, asked: string) => (asked.toLowerCase() === scheme ? "(min-width:0)" : "(max-width:0)"))
    .replace(/(<meta name="color-scheme" content=")[^"]*"/i, `$1${scheme}"`)
    .replace(/:root\s*\{\s*color-scheme\s*:[^;}]*/i, `:root{color-scheme:${scheme}`);
}
