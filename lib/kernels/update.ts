import type { ReferenceKernel } from './call.js';

/** p -= α·g */
export const sgd: ReferenceKernel = ({ operands, dimensions }, start, end, { scalars }) => {
  const [gradient, parameter] = operands;
  const [, inner] = dimensions;
  const [learningRate] = scalars;
  for (let i = start * inner; i < end * inner; i++) parameter[i] -= learningRate * gradient[i];
  return 0;
};

/** v = μ·v + g; p -= α·v */
export const momentum: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, { scalars }) => {
  const [gradient, parameter, velocity] = operands;
  const [, inner] = dimensions;
  const [mu] = attributes;
  const [learningRate] = scalars;
  for (let i = start * inner; i < end * inner; i++) {
    const speed = mu * velocity[i] + gradient[i];
    velocity[i] = speed;
    parameter[i] -= learningRate * speed;
  }
  return 0;
};

/** s = ρ·s + (1-ρ)·g²; p -= α·g / (√s + ε) */
export const rmsProp: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, { scalars }) => {
  const [gradient, parameter, meanSquare] = operands;
  const [, inner] = dimensions;
  const [decay, epsilon] = attributes;
  const [learningRate] = scalars;
  for (let i = start * inner; i < end * inner; i++) {
    const g = gradient[i];
    const square = decay * meanSquare[i] + (1 - decay) * g * g;
    meanSquare[i] = square;
    parameter[i] -= (learningRate * g) / (Math.sqrt(square) + epsilon);
  }
  return 0;
};

/** m = β₁·m + (1-β₁)·g; v = β₂·v + (1-β₂)·g²; p -= α·c₁·m / (√v·c₂ + ε), with c₁ = 1/(1-β₁ᵗ) and c₂ = 1/√(1-β₂ᵗ) as scalars 1 and 2 */
export const adam: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, { scalars }) => {
  const [gradient, parameter, firstMoment, secondMoment] = operands;
  const [, inner] = dimensions;
  const [beta1, beta2, epsilon] = attributes;
  const [learningRate, correction1, correction2] = scalars;
  const stepSize = learningRate * correction1;
  for (let i = start * inner; i < end * inner; i++) {
    const g = gradient[i];
    const m = beta1 * firstMoment[i] + (1 - beta1) * g;
    const v = beta2 * secondMoment[i] + (1 - beta2) * g * g;
    firstMoment[i] = m;
    secondMoment[i] = v;
    parameter[i] -= (stepSize * m) / (Math.sqrt(v) * correction2 + epsilon);
  }
  return 0;
};
