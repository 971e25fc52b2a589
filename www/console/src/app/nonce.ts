// Some libraries write styles of their own while they run. The page's policy lets in only those that carry
// the nonce that the Worker gave this page.
import { setNonce } from "get-nonce";

/** The nonce of this page; empty where it was not handed out by the Worker. */
export const nonce: string = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";

setNonce(nonce);
