//! What to believe of two variants after the data, from flat priors: closed forms and quadrature,
//! no draws, so the same data give the same answer. Holds no opinion on when to stop.

use serde::Serialize;

use super::{
    Interval, Metric, Sample,
    numeric::{beta_cdf, ln_beta, normal_density, normal_upper, normal_upper_quantile, root},
};

// LIMIT: the trapezoid rule converges exponentially here: finer steps change nothing at 1e-9. Where all
// or none of the people converted a density breaks off at 1 or 0, and the ends of the interval are
// right to 2e-4 of its width.
const NODES_PER_DEVIATION: f64 = 8.0;

// LIMIT: of a distribution with a parameter of 1, the longest that there is, 450 are in sight.
const NODES_MAX: u32 = 600;

// LIMIT: what lies below e^-40 of the highest density is left out.
const LOG_DENSITY_DROP: f64 = 40.0;

// LIMIT: the quantiles of a difference lie within so many of its standard deviations.
const FAR: f64 = 20.0;

/// What is believed of a variant, compared with the control.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Belief {
    /// The probability that the variant's true figure is higher than the control's.
    pub beats_control: f64,
    /// What choosing the variant costs on average, in the unit of the figure: its shortfall where it
    /// is worse, nothing where it is better.
    pub expected_loss: f64,
}

impl Belief {
    /// How the figures are computed.
    #[must_use]
    pub fn definition() -> &'static str {
        "from flat priors: a Beta(1 + conversions, 1 + the others) distribution for each conversion \
         rate, a normal distribution for the difference in revenue. beats_control is the probability \
         that the variant's true figure is higher; expected_loss the mean of max(control - variant, 0)"
    }
}

/// What is believed, and the equal-tailed credible interval of the difference that leaves out `alpha`.
pub(super) fn believe(
    metric: Metric,
    alpha: f64,
    control: &Sample,
    variant: &Sample,
) -> (Belief, Interval) {
    match metric {
        Metric::Conversion => of_rates(alpha, &Beta::after(control), &Beta::after(variant)),
        Metric::Revenue => of_means(alpha, control, variant),
    }
}

/// The difference is normal: E[max(-D, 0)] of D ~ N(d, s^2) is s phi(d / s) - d Phi(-d / s).
fn of_means(alpha: f64, control: &Sample, variant: &Sample) -> (Belief, Interval) {
    let difference = variant.mean() - control.mean();
    let error = (control.variance_of_mean() + variant.variance_of_mean()).sqrt();
    let errors = difference / error;
    let belief = Belief {
        beats_control: normal_upper(-errors),
        expected_loss: error * normal_density(errors) - difference * normal_upper(errors),
    };
    let reach = normal_upper_quantile(alpha / 2.0) * error;
    (belief, Interval::around(difference, reach))
}

fn of_rates(alpha: f64, control: &Beta, variant: &Beta) -> (Belief, Interval) {
    // The sum runs over the narrower of the two, across which the other one's chances are smooth.
    // B - A is also (1 - A) - (1 - B), so either can take the place of the control.
    let (over, other) = if control.variance() < variant.variance() {
        (*control, *variant)
    } else {
        (variant.mirrored(), control.mirrored())
    };
    let nodes = over.nodes();
    let mean_of = |f: &dyn Fn(f64) -> f64| -> f64 {
        nodes.iter().map(|(rate, weight)| weight * f(*rate)).sum()
    };
    // E[max(x - B, 0)] = x P(B < x) - E[B; B < x], and the latter is mean * P(B' < x), where B' has
    // one more conversion.
    let one_more = Beta {
        a: other.a + 1.0,
        ..other
    };
    let belief = Belief {
        beats_control: 1.0 - mean_of(&|rate| other.cdf(rate)),
        expected_loss: mean_of(&|rate| rate * other.cdf(rate) - other.mean() * one_more.cdf(rate)),
    };
    let middle = other.mean() - over.mean();
    let far = FAR * (over.variance() + other.variance()).sqrt();
    let quantile = |below: f64| {
        root(
            (middle - far).max(-1.0),
            (middle + far).min(1.0),
            |difference| mean_of(&|rate| other.cdf(rate + difference)) - below,
        )
    };
    let interval = Interval {
        low: quantile(alpha / 2.0),
        high: quantile(1.0 - alpha / 2.0),
    };
    (belief, interval)
}

/// A beta distribution.
#[derive(Clone, Copy)]
struct Beta {
    a: f64,
    b: f64,
}

impl Beta {
    fn after(sample: &Sample) -> Self {
        Self {
            a: 1.0 + sample.sum,
            b: 1.0 + sample.people as f64 - sample.sum,
        }
    }

    /// The distribution of the share of the others.
    fn mirrored(&self) -> Self {
        Self {
            a: self.b,
            b: self.a,
        }
    }

    fn mean(&self) -> f64 {
        self.a / (self.a + self.b)
    }

    fn variance(&self) -> f64 {
        self.mean() * (1.0 - self.mean()) / (self.a + self.b + 1.0)
    }

    fn cdf(&self, rate: f64) -> f64 {
        beta_cdf(rate, self.a, self.b)
    }

    /// Rates with their weights, which add up to 1: the trapezoid rule over the log-odds y, where the
    /// density e^(a y) / (1 + e^y)^(a + b) / B(a, b) is smooth and falls off on both sides.
    fn nodes(&self) -> Vec<(f64, f64)> {
        let peak = (self.a / self.b).ln();
        let ln_scale = ln_beta(self.a, self.b);
        let ln_density = |y: f64| {
            let ln_others = if y > 0.0 {
                y + (-y).exp().ln_1p()
            } else {
                y.exp().ln_1p()
            };
            self.a * y - (self.a + self.b) * ln_others - ln_scale
        };
        let lowest = ln_density(peak) - LOG_DENSITY_DROP;
        let deviation = (self.a.recip() + self.b.recip()).sqrt();
        let reach = |direction: f64| {
            // INVARIANT: it ends, for the logarithm falls at least as fast as a line does.
            let mut far = deviation;
            while ln_density(peak + direction * far) > lowest {
                far *= 1.25;
            }
            far
        };
        let (left, right) = (peak - reach(-1.0), peak + reach(1.0));
        let step = deviation / NODES_PER_DEVIATION;
        let mut nodes: Vec<(f64, f64)> = (0..NODES_MAX)
            .map(|n| left + step * f64::from(n))
            .take_while(|y| *y <= right)
            .map(|y| (1.0 / (1.0 + (-y).exp()), ln_density(y).exp()))
            .collect();
        let total: f64 = nodes.iter().map(|(_, density)| density).sum();
        for (_, density) in &mut nodes {
            *density /= total;
        }
        nodes
    }
}
