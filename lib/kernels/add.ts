import type { ReferenceKernel } from './call.js';

/** sum = first + second; any two of the three may be one array. */
export const add: ReferenceKernel = ({ operands, dimensions }, start, end) => {
  const [first, second, sum] = operands;
  const [columns] = dimensions;
  for (let i = start * columns; i < end * columns; i++) sum[i] = first[i] + second[i];
  return 0;
};
