import { checkInteger, checkOptions } from '../../core/checks.js';
import { checkCallbacks, type Callback } from './callback.js';

export interface HooksOptions extends Pick<
  Callback,
  'onTrainBegin' | 'onEpochBegin' | 'onStepEnd' | 'onEpochEnd' | 'onTrainEnd'
> {
  /** Steps from one `onStepEnd` to the next, at least 1; default 1. */
  stepInterval?: number;
}

/**
 * A callback of your own functions. See {@link Callback} for what they are given; each may be asynchronous and is waited for.
 *
 * @param options `onTrainBegin`, `onEpochBegin`, `onStepEnd`, `onEpochEnd`, `onTrainEnd`; `stepInterval` at least 1, default 1
 * @throws OptionError for a hook that is unknown or no function
 *
 * @example
 * const watch = hooks({ stepInterval: 100, onStepEnd: ({ step, loss }) => console.log(step, loss) });
 * await network.fit(train, { callbacks: [watch] });
 *
 * As `LambdaCallback` of Keras.
 */
export function hooks(options: HooksOptions): Callback {
  const known = ['onTrainBegin', 'onEpochBegin', 'onStepEnd', 'onEpochEnd', 'onTrainEnd', 'stepInterval'] as const;
  const given = checkOptions<HooksOptions>('hooks', options, known);
  const stepInterval = checkInteger('stepInterval', given.stepInterval ?? 1, { min: 1 });
  return checkCallbacks([{ ...given, name: 'hooks', stepInterval }])[0];
}
