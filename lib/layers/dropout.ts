import { checkNumber, checkOptions } from '../core/checks.js';
import { streams } from '../core/random.js';
import type { LayerDescription } from './layer.js';
import { checkName } from './name.js';
import { TrainingOnly, type TrainingEffect } from './training-only.js';

export interface DropoutOptions {
  /** Unique in the network; by default `dropout1`, `dropout2`, … */
  name?: string;
}

/**
 * Dropout: while training, each value is dropped with probability `rate` and the others are scaled up so that the
 * expectation stays the same. In evaluation and prediction it does nothing.
 *
 *     output = input · mask    mask = 0 with probability rate, else 1 / (1 - rate)
 *
 * Masks follow from the seed, the layer's place and the step: the same on both engines and with any number of threads.
 *
 * @param rate share of values dropped, in [0, 1); 0.2 for inputs and 0.5 for hidden layers are usual
 * @throws OptionError when `rate` is outside [0, 1)
 *
 * @example
 * [dense(512, { activation: 'relu' }), dropout(0.2), dense(10)];
 *
 * Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 2014. The paper
 * scales at test time instead; this inverted form is what Keras and PyTorch do as well.
 */
export function dropout(rate: number, options?: DropoutOptions): LayerDescription {
  const given = checkOptions<DropoutOptions>('dropout', options, ['name']);
  checkNumber('rate', rate, { min: 0, below: 1 });
  const effect: TrainingEffect = {
    streams: streams.dropout,
    write(program, { input, output }, stream) {
      const mask = program.rows(input.second);
      program.call('dropout', { input, output, mask }, { rate, stream });
      return mask;
    },
  };
  return {
    type: 'dropout',
    name: checkName(given),
    config: { rate },
    build: (context) => new TrainingOnly('dropout', context, rate === 0 ? undefined : effect),
  };
}

export function dropoutFromConfig(config: Record<string, unknown>): LayerDescription {
  const given = checkOptions<Record<string, unknown>>('dropout', config, ['rate', 'name']);
  return dropout(given['rate'] as number, { name: given['name'] as string | undefined });
}
