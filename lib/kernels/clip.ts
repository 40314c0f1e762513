import type { ReferenceKernel } from './call.js';

/** Returns Σ g² */
export const squaredNorm: ReferenceKernel = ({ operands, dimensions }, start, end) => {
  const [gradient] = operands;
  const [, inner] = dimensions;
  let sum = 0;
  for (let i = start * inner; i < end * inner; i++) sum += gradient[i] * gradient[i];
  return sum;
};

/** g = g·min(1, limit / norm), where an earlier stage has summed up norm² as the total of the number given */
export const clipNorm: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, { totals }) => {
  const [gradient] = operands;
  const [, inner] = dimensions;
  const [limit, total] = attributes;
  const norm = Math.sqrt(totals[total]);
  if (!(norm > limit)) return 0;
  const scale = limit / norm;
  for (let i = start * inner; i < end * inner; i++) gradient[i] *= scale;
  return 0;
};

/** g = min(max(g, -limit), limit). Returns whether every value was finite, 0 or NaN: afterwards an infinity is none any more. */
export const clipValue: ReferenceKernel = ({ operands, dimensions, attributes }, start, end) => {
  const [gradient] = operands;
  const [, inner] = dimensions;
  const [limit] = attributes;
  let watch = 0;
  for (let i = start * inner; i < end * inner; i++) {
    watch += 0 * gradient[i];
    gradient[i] = Math.min(Math.max(gradient[i], -limit), limit);
  }
  return watch;
};
