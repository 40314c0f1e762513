import type { ReferenceKernel } from './call.js';

// Updates that divide by the size of past gradients. α is the learning rate of the step times the parameter's multiplier. All
// of them return whether every value stayed finite: 0, or NaN.

/** s += g²; p -= α·g / (√s + ε) */
export const adaGrad: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, { scalars }) => {
  const [gradient, parameter, sumOfSquares] = operands;
  const [, inner] = dimensions;
  const [epsilon, multiplier] = attributes;
  const rate = scalars[0] * multiplier;
  let watch = 0;
  for (let i = start * inner; i < end * inner; i++) {
    const g = gradient[i];
    const sum = sumOfSquares[i] + g * g;
    sumOfSquares[i] = sum;
    parameter[i] -= (rate * g) / (Math.sqrt(sum) + epsilon);
    watch += 0 * parameter[i] + 0 * sumOfSquares[i];
  }
  return watch;
};

/** s = ρ·s + (1-ρ)·g²; d = g·√((u + ε) / (s + ε)); u = ρ·u + (1-ρ)·d²; p -= α·d */
export const adaDelta: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, { scalars }) => {
  const [gradient, parameter, meanSquare, meanSquareStep] = operands;
  const [, inner] = dimensions;
  const [decay, epsilon, multiplier] = attributes;
  const rate = scalars[0] * multiplier;
  let watch = 0;
  for (let i = start * inner; i < end * inner; i++) {
    const g = gradient[i];
    const square = decay * meanSquare[i] + (1 - decay) * g * g;
    const step = g * Math.sqrt((meanSquareStep[i] + epsilon) / (square + epsilon));
    meanSquare[i] = square;
    meanSquareStep[i] = decay * meanSquareStep[i] + (1 - decay) * step * step;
    parameter[i] -= rate * step;
    watch += 0 * parameter[i] + 0 * meanSquare[i];
  }
  return watch;
};

/**
 * s = ρ·s + (1-ρ)·g²; where there is a mean: a = ρ·a + (1-ρ)·g; d = g / (√(s - a²) + ε);
 * where there is a velocity: v = μ·v + d; p -= α·v, else p -= α·d
 */
export const rmsProp: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, { scalars }) => {
  const [gradient, parameter, meanSquare, mean, velocity] = operands;
  const [, inner] = dimensions;
  const [decay, epsilon, mu, multiplier] = attributes;
  const rate = scalars[0] * multiplier;
  const centered = mean.length > 0;
  const moving = velocity.length > 0;
  let watch = 0;
  for (let i = start * inner; i < end * inner; i++) {
    const g = gradient[i];
    const square = decay * meanSquare[i] + (1 - decay) * g * g;
    meanSquare[i] = square;
    let spread = square;
    if (centered) {
      const center = decay * mean[i] + (1 - decay) * g;
      mean[i] = center;
      spread = Math.max(0, square - center * center);
    }
    let step = g / (Math.sqrt(spread) + epsilon);
    if (moving) {
      step += mu * velocity[i];
      velocity[i] = step;
    }
    parameter[i] -= rate * step;
    watch += 0 * parameter[i] + 0 * meanSquare[i];
  }
  return watch;
};
