/**
 * The normal distribution's tail, which GELU needs and JavaScript's Math does not have: Q(t) = P(X > t) for t ≥ 0, to
 * 15 digits relative. Q(t) · e^(t²/2) · (t + 4) is a polynomial in (t - 4) / (t + 4), as Shepherd and Laframboise,
 * "Chebyshev approximation of (1 + 2x) exp(x²) erfc x", Math. Comp. 36 (1981), have it; coefficients by mpmath.
 */
const coefficients = [
  6.7797696255966976e-9, 1.2864124437671246e-8, -5.6725512264071205e-8, -1.471442919551754e-7, 2.3512944795308879e-7,
  1.0079851973866683e-6, -6.0028487421910279e-7, -5.9082255301931407e-6, 7.0139632223318874e-7, 3.5138451588461981e-5,
  -1.9031365263494378e-6, -0.00023109295282961134, 0.00013334323640921144, 0.0016308180841548285,
  -0.0034796922350576356, -0.0075401889283738599, 0.06039657488256644, -0.18652185796145454, 0.38713740074242146,
  -0.60789664197186738, 0.75528513041575065,
];

export function normalTail(t: number): number {
  const scale = 1 / (t + 4);
  const s = (t - 4) * scale;
  let series = 0;
  for (let i = 0; i < coefficients.length; i++) series = series * s + coefficients[i];
  return Math.exp(-(t * t) / 2) * series * scale;
}
