"""Writes vectors.json: what scipy and statsmodels answer to the questions of crates/core/src/experiment.

Run once, by hand: python generate.py > vectors.json. No test runs it.
"""

import json
import sys
from itertools import product

import numpy as np
import scipy
import statsmodels
from scipy import integrate, optimize, special, stats
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

ALPHA = 0.05


def numeric():
    xs = [-8, -3, -1.5, -1e-3, 0, 1e-6, 0.3, 1, 1.96, 2.5, 4, 6, 10, 20, 37]
    ps = [1e-300, 1e-30, 1e-9, 1e-4, 0.001, 0.025, 0.2, 0.5, 0.6, 0.975, 0.999, 1 - 1e-9]
    ab = [0.5, 1, 1.5, 3, 17, 250, 4e3, 1e6]
    chances = [1e-6, 0.01, 0.05, 0.3, 0.5, 0.7, 0.95, 0.999]
    chi = [0, 1e-8, 0.1, 1, 3.84, 10.8, 50, 300]
    return {
        "ln_gamma": [[x, float(special.gammaln(x))] for x in [1e-3, 0.5, 1, 1.5, 2, 3.7, 12, 150.5, 1e4, 1e7]],
        "normal_upper": [[x, float(stats.norm.sf(x))] for x in xs],
        "normal_upper_quantile": [[p, float(stats.norm.isf(p))] for p in ps],
        "chi_square_upper": [[x, k, float(stats.chi2.sf(x, k))] for x, k in product(chi, [1, 2, 3, 9])],
        # Around the middle of each distribution, where the answer is neither 0 nor 1.
        "beta_cdf": [
            [float(x), a, b, float(special.betainc(a, b, x))]
            for a, b in product(ab, ab)
            for x in special.betaincinv(a, b, chances)
            if 1e-300 < x < 1
        ],
        "student_upper": [
            [t, df, float(stats.t.sf(t, df))]
            for t, df in product([-2, 0, 0.5, 1.96, 3, 10, 40], [1, 2, 5.5, 30, 199, 1e4, 1e6])
        ],
        "student_upper_quantile": [
            [p, df, float(stats.t.isf(p, df))]
            for p, df in product([0.5, 0.4, 0.1, 0.025, 0.0125, 0.001, 1e-6], [1, 2, 5.5, 30, 199, 1e4, 1e6])
        ],
    }


def sums(values):
    return {"people": len(values), "sum": float(np.sum(values)), "sum_of_squares": float(np.sum(values**2))}


def converted(people, conversions):
    return np.repeat([1.0, 0.0], [conversions, people - conversions])


def spending(seed, people, share, mean, sigma):
    """Few pay, and some of them a lot."""
    draw = np.random.default_rng(seed)
    pays = draw.random(people) < share
    # In cents, so that the sums are exact.
    return np.where(pays, np.round(draw.lognormal(mean, sigma, people) * 100) / 100, 0.0)


PAIRS = [
    ("conversion", converted(1000, 50), converted(1000, 65)),
    ("conversion", converted(5000, 400), converted(5200, 540)),
    ("conversion", converted(120, 3), converted(100, 9)),
    ("conversion", converted(400_000, 8_000), converted(100_000, 2_100)),
    ("conversion", converted(200, 0), converted(200, 30)),
    ("conversion", converted(300, 297), converted(300, 300)),
    ("conversion", converted(300, 300), converted(300, 297)),
    ("conversion", converted(300, 0), converted(300, 1)),
    ("conversion", converted(2_000_000, 10_000), converted(2_000_000, 10_300)),
    ("revenue", spending(1, 1000, 0.3, 3, 1), spending(2, 1000, 0.3, 3, 1)),
    ("revenue", spending(3, 8000, 0.05, 3, 1.2), spending(4, 2000, 0.07, 3.1, 1.2)),
    ("revenue", spending(5, 150, 0.9, 2, 0.3), spending(6, 130, 0.9, 2.4, 0.3)),
]


def sequential(a, b, tuning, alpha):
    """Waudby-Smith et al., arXiv 2103.06476v7: eq. (9) with rho from eq. (161), for the difference and the lift.

    Ours: the standard error is at least that of a common variance (statsmodels: usevar="pooled").
    """
    n = len(a) + len(b)
    rho = np.sqrt((-2 * np.log(alpha) + np.log(-2 * np.log(alpha) + 1)) / tuning)
    factor = np.sqrt(2 * (n * rho**2 + 1) / (n**2 * rho**2) * np.log(np.sqrt(n * rho**2 + 1) / alpha))

    both = CompareMeans(DescrStatsW(b), DescrStatsW(a))
    caution = max(1, both.std_meandiff_pooledvar / both.std_meandiff_separatevar)

    def interval(value, variance):
        width = np.sqrt(variance * n) * factor * caution
        return [float(value - width), float(value + width)]

    va, vb = np.var(a, ddof=1) / len(a), np.var(b, ddof=1) / len(b)
    ma, mb = np.mean(a), np.mean(b)
    lift = None
    if ma > 0:
        gradient = np.array([-mb / ma**2, 1 / ma])
        lift = interval(mb / ma - 1, gradient @ np.diag([va, vb]) @ gradient)
    return {"difference": interval(mb - ma, va + vb), "lift": lift}


def once(a, b, alpha):
    low, high = CompareMeans(DescrStatsW(b), DescrStatsW(a)).tconfint_diff(alpha=alpha, usevar="unequal")
    return [float(low), float(high)]


def believe_conversion(a, b, alpha):
    """Beta(1, 1) on either side, by adaptive quadrature."""
    A, B = (stats.beta(1 + v.sum(), 1 + len(v) - v.sum()) for v in (a, b))
    low, high = (f(A.ppf(q), B.ppf(q)) for f, q in ((min, 1e-15), (max, 1 - 1e-15)))
    middles = sorted({A.mean(), B.mean()})

    def over(f, shift=0.0):
        bounds = [low, *[m + s for m in middles for s in (0, -shift)], high]
        bounds = sorted({min(max(x, low), high) for x in bounds})
        return sum(integrate.quad(f, x, y, epsabs=1e-14, epsrel=1e-12, limit=500)[0] for x, y in zip(bounds, bounds[1:]))

    below = lambda d: over(lambda x: A.pdf(x) * B.cdf(x + d), d)
    at = lambda q: optimize.brentq(lambda d: below(d) - q, -1, 1, xtol=1e-14, rtol=1e-13)
    return {
        "beats_control": over(lambda x: B.pdf(x) * A.cdf(x)),
        "expected_loss": over(lambda x: B.cdf(x) * A.sf(x)),
        "difference": [at(alpha / 2), at(1 - alpha / 2)],
    }


def believe_revenue(a, b, alpha):
    """Normal, with a flat prior."""
    difference = stats.norm(b.mean() - a.mean(), np.sqrt(np.var(a, ddof=1) / len(a) + np.var(b, ddof=1) / len(b)))
    loss = integrate.quad(lambda d: -d * difference.pdf(d), difference.ppf(1e-15), 0, epsabs=1e-14)[0]
    return {
        "beats_control": float(difference.sf(0)),
        "expected_loss": float(loss),
        "difference": [float(x) for x in difference.interval(1 - alpha)],
    }


def comparisons():
    for metric, a, b in PAIRS:
        believe = believe_conversion if metric == "conversion" else believe_revenue
        for shared_by in [1, 3]:
            alpha = ALPHA / shared_by
            yield {
                "metric": metric,
                "control": sums(a),
                "variant": sums(b),
                "shared_by": shared_by,
                "sequential_5000": sequential(a, b, 5000, alpha),
                "sequential_100000": sequential(a, b, 100_000, alpha),
                "once": once(a, b, alpha),
                "bayesian": believe(a, b, alpha),
            }


def ratios():
    for people, weights in [
        ([500, 500], [1, 1]),
        ([5000, 5200], [0.5, 0.5]),
        ([10_000, 10_450], [1, 1]),
        ([600, 400], [1, 1]),
        ([9_000, 1_050], [0.9, 0.1]),
        ([3_000, 3_100, 2_950, 3_050], [1, 1, 1, 1]),
        ([100_000, 20_500, 19_200], [5, 1, 1]),
    ]:
        expected = np.array(weights) / np.sum(weights) * np.sum(people)
        yield {"people": people, "weights": weights, "p_value": float(stats.chisquare(people, expected).pvalue)}


def plans():
    """People per variant, as a real number, for a two-sided z test of equal groups without pooled variance."""
    for alpha, power in product([ALPHA, ALPHA / 2], [0.8, 0.9]):
        for rate, lift in [(0.05, 0.2), (0.3, -0.1), (0.01, 0.5)]:
            other = rate * (1 + lift)
            spread = np.sqrt((rate * (1 - rate) + other * (1 - other)) / 2)
            size = NormalIndPower().solve_power(abs(other - rate) / spread, alpha=alpha, power=power, ratio=1)
            yield {"rate": rate, "lift": lift, "alpha": alpha, "power": power, "per_variant": float(size)}
        for mean, deviation, lift in [(20, 60, 0.1), (5, 1, 0.05)]:
            size = NormalIndPower().solve_power(mean * lift / deviation, alpha=alpha, power=power, ratio=1)
            yield {
                "mean": mean, "deviation": deviation, "lift": lift,
                "alpha": alpha, "power": power, "per_variant": float(size),
            }


json.dump(
    {
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__},
        "numeric": numeric(),
        "comparisons": list(comparisons()),
        "ratios": list(ratios()),
        "plans": list(plans()),
    },
    sys.stdout,
    indent=1,
)
print()
