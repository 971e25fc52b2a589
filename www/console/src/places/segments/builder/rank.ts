// What of a list fits what was typed, the best first. Pure.

export type Ranked = { words: string; hints?: string };
export type Ranks<T extends Ranked> = { heading: string; choices: readonly T[] };

/** How well: the name begins so, a word of it does, it is in the name, it is in the hints; 0 is not at all. */
export function score({ words, hints = "" }: Ranked, text: string): number {
  const wanted = text.trim().toLowerCase().replaceAll("_", " ");
  if (wanted === "") return 1;
  const name = words.toLowerCase();
  if (name === wanted) return 6;
  if (name.startsWith(wanted)) return 5;
  if (name.includes(` ${wanted}`)) return 4;
  if (name.includes(wanted)) return 3;
  const all = `${name} ${hints.toLowerCase().replaceAll("_", " ")}`;
  if (all.includes(` ${wanted}`)) return 2;
  return wanted.split(/\s+/).every((word) => all.includes(word)) ? 1 : 0;
}

/** The groups and what is in them by how well they fit; what stands equal stays in its order. */
export function ranked<T extends Ranked>(groups: readonly Ranks<T>[], text: string): Ranks<T>[] {
  if (text.trim() === "") return groups.filter(({ choices }) => choices.length > 0);
  return groups
    .map(({ heading, choices }) => {
      const fitting = choices.map((choice) => ({ choice, fits: score(choice, text) })).filter(({ fits }) => fits > 0);
      fitting.sort((one, other) => other.fits - one.fits);
      return { heading, choices: fitting.map(({ choice }) => choice), best: fitting[0]?.fits ?? 0 };
    })
    .filter(({ best }) => best > 0)
    .sort((one, other) => other.best - one.best)
    .map(({ heading, choices }) => ({ heading, choices }));
}
