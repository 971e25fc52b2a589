// The proof that a server makes for the page of someone who is signed in, in four languages.

export const PROOFS: readonly { language: string; code: string }[] = [
  {
    language: "Node",
    code: `import { createHmac } from "node:crypto";

const user_hash = createHmac("sha256", process.env.REKINDLE_IDENTITY_SECRET).update(user.id).digest("hex");`,
  },
  {
    language: "Ruby",
    code: `require "openssl"

user_hash = OpenSSL::HMAC.hexdigest("SHA256", ENV.fetch("REKINDLE_IDENTITY_SECRET"), user.id)`,
  },
  {
    language: "Python",
    code: `import hashlib, hmac, os

user_hash = hmac.new(os.environ["REKINDLE_IDENTITY_SECRET"].encode(), user.id.encode(), hashlib.sha256).hexdigest()`,
  },
  {
    language: "PHP",
    code: `$user_hash = hash_hmac("sha256", $user->id, getenv("REKINDLE_IDENTITY_SECRET"));`,
  },
];

export const snippet = (origin: string, key: string): string => `<script src="${origin}/sdk/snippet.js" data-key="${key}"></script>
<script>
  // Whoever is signed in; leave it out for visitors.
  rekindle.boot({ user_id: "42", user_hash: "MADE ON YOUR SERVER" });
  rekindle.identify("42", { email: "ada@example.com", first_name: "Ada", plan: "pro" });
  rekindle.track("Logged In");
</script>`;

export const npm = (origin: string, key: string): string => `import { rekindle } from "@rekindle/sdk";

rekindle.boot({ key: "${key}", api: "${origin}", user_id: "42", user_hash });
rekindle.track("Logged In");`;

export const policy = (origin: string): string => `script-src ${origin} 'wasm-unsafe-eval'; connect-src ${origin}`;
