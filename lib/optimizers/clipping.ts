import { checkNumber } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import type { ProgramBuilder } from '../program/builder.js';
import type { Parameter } from '../program/parameters.js';

/**
 * Keeps gradients from growing without bounds; at most one of the three, with any optimizer. It stands between the
 * regularizers, whose gradients are clipped with the rest, and the update.
 *
 *     clipValue         g = min(max(g, -limit), limit)
 *     clipNorm          g = g · min(1, limit / ‖all gradients‖)
 *     clipNormPerTensor g = g · min(1, limit / ‖g‖) for each kernel, bias, … on its own
 *
 * The norms are exact, summed in float64 in an order that does not depend on threads; PyTorch adds 1e-6 to the norm it
 * divides by. Both norms cost a second pass over the gradients, and the history gets their global norm for every step.
 *
 * Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013. In Keras
 * `clipvalue`, `global_clipnorm`, `clipnorm`; in PyTorch `clip_grad_value_`, `clip_grad_norm_`.
 */
export interface ClippingOptions {
  /** Largest size of any number in a gradient; above 0. */
  clipValue?: number;
  /** Largest norm of all gradients together; above 0. */
  clipNorm?: number;
  /** Largest norm of the gradient of each parameter tensor; above 0. */
  clipNormPerTensor?: number;
}

export const clippingOptions = ['clipValue', 'clipNorm', 'clipNormPerTensor'] as const;

export interface Clipping {
  readonly option: (typeof clippingOptions)[number];
  readonly limit: number;
}

/** The total that holds the squared norm of all gradients; with one per tensor, their names follow behind a space. */
export const GRADIENT_NORM = 'gradientNorm';

/** @throws OptionError for limits that are not above 0, and for more than one way at once */
export function checkClipping(options: ClippingOptions): Clipping | undefined {
  const given = clippingOptions.filter((option) => options[option] !== undefined);
  if (given.length > 1) {
    throw new OptionError(
      'ERR_OPTION_CONFLICT',
      `Expected one of clipValue, clipNorm and clipNormPerTensor, received ${given.join(' and ')}`,
    );
  }
  if (given.length === 0) return undefined;
  return { option: given[0], limit: checkNumber(given[0], options[given[0]], { above: 0 }) };
}

/** Writes what happens to one parameter's gradient between its regularizers and its update. */
export function writeClipping(program: ProgramBuilder, parameter: Parameter, { option, limit }: Clipping): void {
  const gradient = program.gradientOf(parameter);
  if (option === 'clipValue') {
    program.parameterCall(parameter, 'clip', 'clipValue', { gradient }, { limit });
    return;
  }
  const total = option === 'clipNorm' ? GRADIENT_NORM : `${GRADIENT_NORM} ${parameter.name}`;
  program.parameterCall(parameter, 'measure', 'squaredNorm', { gradient }, {}, { total });
  program.parameterCall(parameter, 'clip', 'clipNorm', { gradient }, { limit, total: program.totalIndex(total) });
}
