/**
 * The normal distribution's tail, which GELU needs and JavaScript's Math does not have: Q(t) = P(X > t) for t ≥ 0, to
 * 15 digits relative. Q(t) · e^(t²/2) · (t + 4) is a polynomial in (t - 4) / (t + 4), as Shepherd and Laframboise,
 * "Chebyshev approximation of (1 + 2x) exp(x²) erfc x", Math. Comp. 36 (1981), have it; coefficients by mpmath.
 */
export const normalTailCoefficients: readonly number[] = [
  6.7797696255966974e-9, 1.2864124437671246e-8, -5.672551226407121e-8, -1.471442919551754e-7, 2.351294479530888e-7,
  0.0000010079851973866683, -6.002848742191028e-7, -0.000005908225530193141, 7.013963222331888e-7,
  0.00003513845158846198, -0.0000019031365263494377, -0.00023109295282961134, 0.00013334323640921145,
  0.0016308180841548285, -0.0034796922350576356, -0.00754018892837386, 0.06039657488256644, -0.18652185796145454,
  0.3871374007424215, -0.6078966419718674, 0.7552851304157506,
];

export function normalTail(t: number): number {
  const scale = 1 / (t + 4);
  const s = (t - 4) * scale;
  let series = 0;
  for (let i = 0; i < normalTailCoefficients.length; i++) series = series * s + normalTailCoefficients[i];
  return Math.exp(-(t * t) / 2) * series * scale;
}
