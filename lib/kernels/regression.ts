import type { ReferenceKernel } from './call.js';

/**
 * A loss that is a mean over columns of f(output - target), summed over rows; gradient = f′ / (batch · columns). `losses`
 * takes the loss of each row.
 */
function regression(
  value: (difference: number, parameter: number) => number,
  derivative: (difference: number, parameter: number) => number,
): ReferenceKernel {
  return ({ operands, dimensions, attributes }, start, end, { rows }) => {
    const [output, targets, gradient, losses] = operands;
    const [columns] = dimensions;
    const [parameter] = attributes;
    const share = rows * columns;
    let total = 0;
    for (let row = start; row < end; row++) {
      let sum = 0;
      for (let i = row * columns; i < (row + 1) * columns; i++) {
        const difference = output[i] - targets[i];
        sum += value(difference, parameter);
        if (gradient.length > 0) gradient[i] = derivative(difference, parameter) / share;
      }
      if (losses.length > 0) losses[row] = sum / columns;
      total += sum / columns;
    }
    return total;
  };
}

/** f(d) = d² */
export const meanSquaredError = regression(
  (difference) => difference * difference,
  (difference) => 2 * difference,
);

/** f(d) = |d|; f′(0) = 0 */
export const meanAbsoluteError = regression(Math.abs, Math.sign);

/** f(d) = d²/2 for |d| ≤ δ, else δ · (|d| - δ/2) */
export const huber = regression(
  (difference, delta) => {
    const size = Math.abs(difference);
    return size <= delta ? (difference * difference) / 2 : delta * (size - delta / 2);
  },
  (difference, delta) => Math.max(-delta, Math.min(delta, difference)),
);
