// Owns `localStorage`. What the browser refuses, or must not keep, is kept for this page only.

const memory = new Map<string, string>();
let allowed = true;

function attempt<T>(what: (storage: Storage) => T): T | undefined {
  try {
    return allowed ? what(localStorage) : undefined;
  } catch {
    return undefined;
  }
}

export const get = (key: string): string | undefined =>
  memory.get(key) ?? attempt((storage) => storage.getItem(key)) ?? undefined;

export function set(key: string, text: string): void {
  memory.delete(key);
  if (!attempt((storage) => (storage.setItem(key, text), true))) memory.set(key, text);
}

export function remove(key: string): void {
  memory.delete(key);
  attempt((storage) => storage.removeItem(key));
}

/** The keys that begin like this, in order, a line each. */
export const keys = (beginning: string): string =>
  [...memory.keys(), ...(attempt(Object.keys) ?? [])]
    .filter((key) => key.startsWith(beginning))
    .sort()
    .join("\n");

/** Whether what is kept from now on is still there on the next page. */
export function remember(may: boolean): void {
  allowed = may;
  if (!may) return;
  const kept = [...memory];
  memory.clear();
  for (const [key, text] of kept) set(key, text);
}
