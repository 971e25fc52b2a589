// The public types of the SDK. No code.

/** A JSON object: what traits and properties are. */
export type Json = Record<string, unknown>;

/** What `boot` takes. Everything but `key` has a default. */
export interface BootConfig {
  /** The write key of the workspace (`wk_…`). It is public and can only write. */
  key?: string;
  /** The origin of the edge. Default: where this script came from. */
  api?: string;
  /** The id that your company knows the person by. Without it they stay an anonymous visitor. */
  user_id?: string | number;
  /** Proof of `user_id`: hexadecimal HMAC-SHA256 of it, made by your server. */
  user_hash?: string;
  /** Proof of `user_id`: a JWT (HS256), made by your server. */
  user_jwt?: string;
  /** What is known about the person. */
  traits?: Json;
  /** Where `rekindle-sw.js` is served on your origin, for push messages. */
  serviceWorker?: string;
  /** Keep and send nothing until `consent(true)`. */
  requireConsent?: boolean;
  /** The same for people whose browser asks not to be tracked. */
  respectDoNotTrack?: boolean;
  /** The words on messages that are not the message's own, in your page's language. */
  labels?: { dismiss?: string; message?: string; send?: string };
  /** How long after a message was closed no other is shown. Default: a second. */
  messageGapMs?: number;
  /** What buttons of messages may call, by name. */
  functions?: Record<string, (detail: MessageDetail) => void>;
}

/** What `on` can be told about. */
export type MessageEvent = "shown" | "clicked" | "dismissed";

/** Names the message that something was done with. */
export interface MessageDetail {
  event: MessageEvent;
  effect: string;
}

/** The SDK. No method throws, and none waits for the network. */
export interface Rekindle {
  /** Begins, or says who this is. May be called again with more. */
  boot(config?: BootConfig): void;
  /** Says who this is and what is known about them. */
  identify(id: string | number, traits?: Json): void;
  identify(traits: Json): void;
  /** Says what they did. */
  track(event: string, properties?: Json): void;
  /** Says that they look at a page. */
  page(properties?: Json): void;
  page(name: string, properties?: Json): void;
  /** Says which company, team or account they belong to. */
  group(id: string | number, traits?: Json): void;
  /** They sign out: whoever comes next is someone new. */
  reset(): void;
  /** They agree to being remembered, or no longer do: then all that was kept here is erased. */
  consent(granted: boolean): void;
  /** Calls back when something was done with a message. The answer stops that. */
  on(event: MessageEvent, listener: (detail: MessageDetail) => void): () => void;
  /** Takes down what is on the screen and stops until the next `boot`. */
  shutdown(): void;
  push: {
    /** Asks for permission, now. Call it from a click. Says whether this browser is subscribed. */
    subscribe(): Promise<boolean>;
  };
}
