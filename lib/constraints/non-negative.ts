import type { Constraint } from '../program/parameters.js';

/**
 * Sets negative weights to zero after every update.
 *
 *     w = max(w, 0)
 *
 * @example
 * dense(10, { constraint: nonNegative() });
 *
 * As Keras' NonNeg.
 */
export function nonNegative(): Constraint {
  return {
    name: 'nonNegative',
    config: { name: 'nonNegative' },
    write(program, parameter) {
      program.parameterCall(parameter, 'constrain', 'nonNegative', { parameter }, {});
    },
  };
}
