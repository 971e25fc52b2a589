// How sure a share, and the difference of two shares, can be: score intervals.
//
// Wilson, E. B. (1927), "Probable inference, the law of succession, and statistical inference", JASA 22.
// Newcombe, R. G. (1998), "Interval estimation for the difference between independent proportions:
// comparison of eleven methods", Statistics in Medicine 17, method 10: from two Wilson intervals,
// without correction for continuity. Both hold near 0 and 1, where the interval by variance does not.

export type Interval = { low: number; high: number };

/** The normal quantile of a two-sided 95 %. */
const Z = 1.959963984540054;

/** Between which values a share lies, if so many of so many were counted; `null` of no one. */
export function wilson(part: number, whole: number): Interval | null {
  if (whole <= 0) return null;
  const share = part / whole;
  const z2 = Z * Z;
  const middle = (share + z2 / (2 * whole)) / (1 + z2 / whole);
  const half = (Z / (1 + z2 / whole)) * Math.sqrt((share * (1 - share)) / whole + z2 / (4 * whole * whole));
  // Rounding must not cut off a share of exactly 0 or 1.
  return { low: Math.max(0, part === 0 ? 0 : middle - half), high: Math.min(1, part === whole ? 1 : middle + half) };
}

export type Difference = Interval & { difference: number };

/** How much larger the first share is than the second; `null` where one is of no one. */
export function newcombe(part: number, whole: number, otherPart: number, otherWhole: number): Difference | null {
  const [one, other] = [wilson(part, whole), wilson(otherPart, otherWhole)];
  if (!one || !other) return null;
  const [share, otherShare] = [part / whole, otherPart / otherWhole];
  const difference = share - otherShare;
  return {
    difference,
    low: difference - Math.hypot(share - one.low, other.high - otherShare),
    high: difference + Math.hypot(one.high - share, otherShare - other.low),
  };
}
