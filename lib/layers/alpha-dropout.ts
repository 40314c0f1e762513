import { checkNumber, checkOptions } from '../core/checks.js';
import { streams } from '../core/random.js';
import type { LayerDescription } from './layer.js';
import { checkName } from './name.js';
import { TrainingOnly, type TrainingEffect } from './training-only.js';

export interface AlphaDropoutOptions {
  /** Unique in the network; by default `alphaDropout1`, `alphaDropout2`, … */
  name?: string;
}

/**
 * Dropout for SELU networks: while training, each value is replaced by SELU's floor with probability `rate`, and the whole
 * is scaled and shifted so that mean 0 and variance 1 stay as they are. In evaluation and prediction it does nothing.
 *
 *     s = -1.7581 (what SELU approaches for large negative inputs)    q = 1 - rate
 *     a = 1 / √(q + s² · q · (1 - q))    b = -a · s · (1 - q)
 *     output = a · (input, or s with probability rate) + b
 *
 * Which values are dropped follows from the seed, the layer's place and the step: the same on both engines and with any
 * number of threads.
 *
 * @param rate share of values dropped, in [0, 1); 0.05 to 0.1 are usual
 * @throws OptionError when `rate` is outside [0, 1)
 *
 * @example
 * [dense(512, { activation: 'selu' }), alphaDropout(0.1), dense(10)];
 *
 * Source: Klambauer, Unterthiner, Mayr, Hochreiter, "Self-normalizing neural networks", NeurIPS 2017. As in Keras and
 * PyTorch.
 */
export function alphaDropout(rate: number, options?: AlphaDropoutOptions): LayerDescription {
  const given = checkOptions<AlphaDropoutOptions>('alphaDropout', options, ['name']);
  checkNumber('rate', rate, { min: 0, below: 1 });
  const effect: TrainingEffect = {
    streams: streams.dropout,
    write(program, { input, output }, stream) {
      const mask = program.rows(input.second);
      program.call('alphaDropout', { input, output, mask }, { rate, stream });
      return mask;
    },
  };
  return {
    type: 'alphaDropout',
    name: checkName(given),
    config: { rate },
    build: (context) => new TrainingOnly('alphaDropout', context, rate === 0 ? undefined : effect),
  };
}

export function alphaDropoutFromConfig(config: Record<string, unknown>): LayerDescription {
  const given = checkOptions<Record<string, unknown>>('alphaDropout', config, ['rate', 'name']);
  return alphaDropout(given['rate'] as number, { name: given['name'] as string | undefined });
}
