// Writes an inbox as `wire::Inbox` does: postcard behind a version byte. For tests that look at a
// message, whatever series brought it.

const VERSION = 3;

function number(value) {
  const bytes = [];
  for (let rest = BigInt(value); ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
}
const signed = (value) => number(BigInt(value) >= 0n ? BigInt(value) * 2n : BigInt(value) * -2n - 1n);
const text = (value) => {
  const bytes = new TextEncoder().encode(value);
  return [...number(bytes.length), ...bytes];
};
const optional = (value, write) => (value === undefined ? [0] : [1, ...write(value)]);
const list = (items, write) => [...number(items.length), ...items.flatMap(write)];

const LAYOUTS = { top: [0, 0], bottom: [0, 1], modal: [1] };
const REPEATS = { once: [0], until_closed: [1] };

/** What a browser of the first version could draw has a name; the rest is `{drawing, trigger, repeat}`. */
const shape = ({ layout, drawing, trigger, repeat = "until_closed" }) =>
  drawing === undefined
    ? LAYOUTS[layout]
    : [
        2,
        ...(REPEATS[repeat] ?? [2, ...signed(repeat.every)]),
        ...text(trigger === undefined ? "" : JSON.stringify(trigger)),
        ...text(JSON.stringify(drawing)),
      ];

/** A rule: `performed` this event at least once, ever; or always. */
const rule = (performed) => (performed === undefined ? [0, 1] : [5, ...text(performed), 0, 1, 0, 0]);

/**
 * `{effect, layout, title, body, cta: {label, url}, from, until, performed}` for each item; in the place of
 * `layout` and `cta`, `{drawing, trigger, repeat}`.
 */
export function inbox(items) {
  const item = ({ effect, title = "", body = "", cta, from = 0, until, performed, ...rest }) => [
    ...text(effect),
    ...signed(from),
    ...optional(until, signed),
    ...rule(performed),
    1,
    ...shape(rest),
    ...text(title),
    ...text(body),
    ...optional(cta, ({ label, url }) => [...text(label), ...text(url)]),
  ];
  return Buffer.from([VERSION, ...number(0), ...list(items, item)]);
}

/** The key that a page asks for a person's inbox under, as `hash::person_key` makes it. */
export function personKey(id) {
  const times = (hash, factor) => BigInt.asUintN(64, hash * factor);
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(id)) hash = times(hash ^ BigInt(byte), 0x100000001b3n);
  hash = times(hash ^ (hash >> 30n), 0xbf58476d1ce4e5b9n);
  hash = times(hash ^ (hash >> 27n), 0x94d049bb133111ebn);
  return (hash ^ (hash >> 31n)).toString(16).padStart(16, "0");
}
