import type { ProgramBuilder, Value } from '../program/builder.js';
import type { Layer, LayerContext, Trace } from './layer.js';

/** What a layer does to its input while training. */
export interface TrainingEffect {
  /** Where the random streams of its kind begin; a layer's own follows from its place in the network. */
  readonly streams: number;
  /**
   * Writes `output` from `input`. Returns what each element was multiplied by, for the gradient; nothing where the gradient
   * passes through as it is.
   */
  write(program: ProgramBuilder, operands: { input: Value; output: Value }, stream: number): Value | undefined;
}

interface TrainingOnlyTrace extends Trace {
  readonly input: Value;
  readonly mask: Value | undefined;
}

/** The types of layers that do nothing outside of training. */
const trainingOnlyTypes = ['dropout', 'alphaDropout', 'gaussianNoise'] as const;
type TrainingOnlyType = (typeof trainingOnlyTypes)[number];

export function isTrainingOnly({ type }: { readonly type: string }): boolean {
  return (trainingOnlyTypes as readonly string[]).includes(type);
}

/** A layer that acts while training and passes its input on everywhere else: the two dropouts and noise. */
export class TrainingOnly implements Layer<TrainingOnlyTrace> {
  readonly type: TrainingOnlyType;
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly parameters = [];
  readonly multiplyAdds = 0;
  readonly leastRows = 1;
  readonly #index: number;
  readonly #effect: TrainingEffect | undefined;

  /** @param effect undefined where there is none in training either, as with a rate of 0 */
  constructor(type: TrainingOnlyType, { name, inputs, index }: LayerContext, effect: TrainingEffect | undefined) {
    this.type = type;
    this.name = name;
    this.inputs = inputs;
    this.outputs = inputs;
    this.#index = index;
    this.#effect = effect;
  }

  forward(program: ProgramBuilder, input: Value): TrainingOnlyTrace {
    const effect = this.#effect;
    if (program.purpose !== 'train' || effect === undefined) return { input, output: input, mask: undefined };
    const output = program.rows(input.second, { requiresGradient: input.requiresGradient });
    return { input, output, mask: effect.write(program, { input, output }, effect.streams + this.#index) };
  }

  /** inputGradient = outputGradient · mask */
  backward(program: ProgramBuilder, { input, mask }: TrainingOnlyTrace, outputGradient: Value): Value {
    if (!input.requiresGradient || mask === undefined) return outputGradient;
    const inputGradient = program.rows(outputGradient.second);
    program.call('dropoutGradient', { mask, outputGradient, inputGradient }, {});
    return inputGradient;
  }
}
