import type { ReferenceKernel } from './call.js';

// Updates without a memory of sizes. α is the learning rate of the step times the parameter's multiplier. All of them return
// whether every value stayed finite: 0, or NaN.

/** p -= α·g */
export const sgd: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, { scalars }) => {
  const [gradient, parameter] = operands;
  const [, inner] = dimensions;
  const [multiplier] = attributes;
  const rate = scalars[0] * multiplier;
  let watch = 0;
  for (let i = start * inner; i < end * inner; i++) {
    parameter[i] -= rate * gradient[i];
    watch += 0 * parameter[i];
  }
  return watch;
};

/** v = μ·v + c·g; p -= α·v, with c, the share of the gradient, as scalar 1 */
export const momentum: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, { scalars }) => {
  const [gradient, parameter, velocity] = operands;
  const [, inner] = dimensions;
  const [mu, multiplier] = attributes;
  const [learningRate, share] = scalars;
  const rate = learningRate * multiplier;
  let watch = 0;
  for (let i = start * inner; i < end * inner; i++) {
    const speed = mu * velocity[i] + share * gradient[i];
    velocity[i] = speed;
    parameter[i] -= rate * speed;
    watch += 0 * parameter[i];
  }
  return watch;
};

/** v = μ·v + g; p -= α·(g + μ·v) */
export const nesterov: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, { scalars }) => {
  const [gradient, parameter, velocity] = operands;
  const [, inner] = dimensions;
  const [mu, multiplier] = attributes;
  const rate = scalars[0] * multiplier;
  let watch = 0;
  for (let i = start * inner; i < end * inner; i++) {
    const speed = mu * velocity[i] + gradient[i];
    velocity[i] = speed;
    parameter[i] -= rate * (gradient[i] + mu * speed);
    watch += 0 * parameter[i];
  }
  return watch;
};
