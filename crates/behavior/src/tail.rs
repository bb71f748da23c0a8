//! Tails of distributions, as natural logarithms, so that what is very improbable stays a number.

/// ln of the probability that a Student t variable with `dof` degrees of freedom exceeds `t`.
///
/// By the incomplete beta function, I_x(dof/2, 1/2) with x = dof/(dof + t²), halved (DLMF 8.17, <https://dlmf.nist.gov/8.17>).
pub(crate) fn ln_student_tail(t: f64, dof: f64) -> f64 {
    if !t.is_finite() || dof <= 0.0 {
        return 0.0;
    }
    let x = dof / (dof + t * t);
    let half = ln_incomplete_beta(dof / 2.0, 0.5, x) - std::f64::consts::LN_2;
    if t >= 0.0 { half } else { (-half.exp()).ln_1p() }
}

/// ln I_x(a, b), by the continued fraction DLMF 8.17.22, evaluated by Lentz's method.
fn ln_incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if x >= 1.0 {
        return 0.0;
    }
    // The fraction converges quickly below the mean, and the other side follows by symmetry.
    if x > (a + 1.0) / (a + b + 2.0) {
        let other = ln_incomplete_beta(b, a, 1.0 - x).exp();
        return (-other).ln_1p();
    }
    let front = a * x.ln() + b * (-x).ln_1p() - a.ln() - ln_beta(a, b);
    front + fraction(a, b, x).ln()
}

fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let (mut c, mut d) = (1.0f64, 1.0 - (a + b) * x / (a + 1.0));
    d = 1.0 / if d.abs() < TINY { TINY } else { d };
    let mut all = d;
    for step in 1..200 {
        let m = f64::from(step);
        for numerator in [
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
        ] {
            d = 1.0 + numerator * d;
            d = 1.0 / if d.abs() < TINY { TINY } else { d };
            c = 1.0 + numerator / c;
            c = if c.abs() < TINY { TINY } else { c };
            all *= d * c;
        }
        if (d * c - 1.0).abs() < 1e-12 {
            break;
        }
    }
    all
}

fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

/// Stirling's series (DLMF 5.11.1), shifted upwards where the argument is small.
fn ln_gamma(z: f64) -> f64 {
    let (mut z, mut shift) = (z, 0.0);
    while z < 10.0 {
        shift -= z.ln();
        z += 1.0;
    }
    let (inverse, half_ln_tau) = (1.0 / z, 0.918_938_533_204_672_7);
    let square = inverse * inverse;
    let series = inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0)));
    shift + (z - 0.5) * z.ln() - z + half_ln_tau + series
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-6 * b.abs().max(1e-6)
    }

    #[test]
    fn the_tail_of_student_s_distribution_is_that_of_the_tables() {
        // t = 2.015 leaves 5 % above with 5 degrees of freedom, 6.314 with 1; 12.706 leaves 2.5 % with 1.
        assert!((ln_student_tail(2.015, 5.0).exp() - 0.05).abs() < 1e-4);
        assert!((ln_student_tail(6.314, 1.0).exp() - 0.05).abs() < 1e-4);
        assert!((ln_student_tail(12.706, 1.0).exp() - 0.025).abs() < 1e-4);
        assert!((ln_student_tail(-2.015, 5.0).exp() - 0.95).abs() < 1e-4);
        assert!(near(ln_student_tail(0.0, 3.0).exp(), 0.5));
        // With one degree of freedom it is Cauchy's: 1/2 - atan(t)/pi, for large t 1/(pi t).
        assert!((ln_student_tail(1e9, 1.0) - (1.0 / (std::f64::consts::PI * 1e9)).ln()).abs() < 1e-6);
    }
}
