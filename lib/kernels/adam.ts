import type { BoundCall, ReferenceKernel, Run } from './call.js';

// Adam and its relatives. α is the learning rate of the step times the parameter's multiplier. All of them move
// m = β₁·m + (1-β₁)·g and, but for AdaMax, v = β₂·v + (1-β₂)·g² first, and return whether every value stayed finite: 0, or
// NaN.

/** p -= α·c₁·m / (√v·c₂ + ε) + α·λ·p, with c₁ = 1/(1-β₁ᵗ) and c₂ = 1/√(1-β₂ᵗ) as scalars 1 and 2 */
export const adam: ReferenceKernel = (call, start, end, run) => {
  const [gradient, parameter, firstMoment, secondMoment] = call.operands;
  const [, inner] = call.dimensions;
  const { beta1, beta2, epsilon, correction, stepSize, decay } = adamNumbers(call, run);
  let watch = 0;
  for (let i = start * inner; i < end * inner; i++) {
    const g = gradient[i];
    const m = beta1 * firstMoment[i] + (1 - beta1) * g;
    const v = beta2 * secondMoment[i] + (1 - beta2) * g * g;
    firstMoment[i] = m;
    secondMoment[i] = v;
    parameter[i] -= (stepSize * m) / (Math.sqrt(v) * correction + epsilon) + pull(decay, parameter[i]);
    watch += 0 * parameter[i] + 0 * secondMoment[i];
  }
  return watch;
};

/** Adam with l = max(l, v) in the place of v */
export const amsGrad: ReferenceKernel = (call, start, end, run) => {
  const [gradient, parameter, firstMoment, secondMoment, largestMoment] = call.operands;
  const [, inner] = call.dimensions;
  const { beta1, beta2, epsilon, correction, stepSize, decay } = adamNumbers(call, run);
  let watch = 0;
  for (let i = start * inner; i < end * inner; i++) {
    const g = gradient[i];
    const m = beta1 * firstMoment[i] + (1 - beta1) * g;
    const v = beta2 * secondMoment[i] + (1 - beta2) * g * g;
    const largest = Math.max(largestMoment[i], v);
    firstMoment[i] = m;
    secondMoment[i] = v;
    largestMoment[i] = largest;
    parameter[i] -= (stepSize * m) / (Math.sqrt(largest) * correction + epsilon) + pull(decay, parameter[i]);
    watch += 0 * parameter[i] + 0 * largestMoment[i];
  }
  return watch;
};

/** What decay takes off a parameter; nothing without decay, whatever the parameter is. */
const pull = (decay: number, parameter: number) => (decay === 0 ? 0 : decay * parameter);

function adamNumbers({ attributes }: BoundCall, { scalars }: Run) {
  const [beta1, beta2, epsilon, weightDecay, multiplier] = attributes;
  const [learningRate, correction1, correction] = scalars;
  const rate = learningRate * multiplier;
  return { beta1, beta2, epsilon, correction, stepSize: rate * correction1, decay: rate * weightDecay };
}

/** p -= α·(c₁·g + c₂·m) / (√v·c₃ + ε), with the scalars 1 to 3 */
export const nadam: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, { scalars }) => {
  const [gradient, parameter, firstMoment, secondMoment] = operands;
  const [, inner] = dimensions;
  const [beta1, beta2, epsilon, multiplier] = attributes;
  const [learningRate, ofGradient, ofMoment, correction] = scalars;
  const rate = learningRate * multiplier;
  let watch = 0;
  for (let i = start * inner; i < end * inner; i++) {
    const g = gradient[i];
    const m = beta1 * firstMoment[i] + (1 - beta1) * g;
    const v = beta2 * secondMoment[i] + (1 - beta2) * g * g;
    firstMoment[i] = m;
    secondMoment[i] = v;
    parameter[i] -= (rate * (ofGradient * g + ofMoment * m)) / (Math.sqrt(v) * correction + epsilon);
    watch += 0 * parameter[i] + 0 * secondMoment[i];
  }
  return watch;
};

/** p -= α·c₁·m·r / (√v + ε) with the scalars c₁ and r; where r is 0, p -= α·c₁·m */
export const radam: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, { scalars }) => {
  const [gradient, parameter, firstMoment, secondMoment] = operands;
  const [, inner] = dimensions;
  const [beta1, beta2, epsilon, multiplier] = attributes;
  const [learningRate, correction, rectification] = scalars;
  const stepSize = learningRate * multiplier * correction;
  let watch = 0;
  for (let i = start * inner; i < end * inner; i++) {
    const g = gradient[i];
    const m = beta1 * firstMoment[i] + (1 - beta1) * g;
    const v = beta2 * secondMoment[i] + (1 - beta2) * g * g;
    firstMoment[i] = m;
    secondMoment[i] = v;
    const scale = rectification === 0 ? 1 : rectification / (Math.sqrt(v) + epsilon);
    parameter[i] -= stepSize * m * scale;
    watch += 0 * parameter[i] + 0 * secondMoment[i];
  }
  return watch;
};

/** u = max(β₂·u, |g| + ε); p -= α·c₁·m / u, with c₁ = 1/(1-β₁ᵗ) as scalar 1 */
export const adaMax: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, { scalars }) => {
  const [gradient, parameter, firstMoment, largest] = operands;
  const [, inner] = dimensions;
  const [beta1, beta2, epsilon, multiplier] = attributes;
  const [learningRate, correction] = scalars;
  const stepSize = learningRate * multiplier * correction;
  let watch = 0;
  for (let i = start * inner; i < end * inner; i++) {
    const g = gradient[i];
    const m = beta1 * firstMoment[i] + (1 - beta1) * g;
    const u = Math.max(beta2 * largest[i], Math.abs(g) + epsilon);
    firstMoment[i] = m;
    largest[i] = u;
    parameter[i] -= (stepSize * m) / u;
    watch += 0 * parameter[i] + 0 * largest[i];
  }
  return watch;
};
