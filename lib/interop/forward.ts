import { checkBoolean } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import { expected } from '../core/checks.js';
import { signatures } from '../kernels/signature.js';
import type { KernelName } from '../kernels/contract.js';
import { compilePrediction } from '../network/index.js';
import { Network } from '../training/index.js';

/** One kernel call of a prediction, with operands and attributes by the names of the kernels' contract. */
export interface ForwardStep {
  readonly kernel: KernelName;
  /** Names of values, such as `value3`, or of parameters, such as `dense1.kernel`; absent where the operand is. */
  readonly operands: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, number>>;
}

export interface ForwardParameter {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What a network computes to predict, and nothing else of it: what every format that it is written in begins with. */
export interface Forward {
  readonly inputs: number;
  readonly outputs: number;
  /** The value that holds the samples, and the one that holds the predictions. */
  readonly input: string;
  readonly output: string;
  readonly steps: readonly ForwardStep[];
  /** Those that the steps read. */
  readonly parameters: ReadonlyMap<string, ForwardParameter>;
}

/**
 * The prediction program of a network as plain steps. Whatever a layer writes for prediction stands in it, the loss's own
 * softmax or sigmoid included unless `raw` is set, and what acts in training alone does not.
 */
export function forwardOf(network: unknown, raw: boolean, owner: string): Forward {
  if (!(network instanceof Network)) {
    throw new OptionError('ERR_OPTION_TYPE', expected('a Network', `network of ${owner}`, network));
  }
  checkBoolean('raw', raw);
  const { architecture } = network;
  const program = compilePrediction(architecture, raw);
  const values = network.readAll();
  const byOffset = new Map(architecture.parameters.map((parameter) => [parameter.offset, parameter]));
  const nameOf = (id: number): string => {
    const { space, offset } = program.buffers[id];
    return space === 'parameters' ? byOffset.get(offset)!.name : `value${id}`;
  };
  const calls = program.calls.map(({ kernel, operands, attributes }): ForwardStep => {
    const signature = signatures[kernel];
    const named = signature.operands.flatMap(({ name }, place): [string, string][] =>
      operands[place] < 0 ? [] : [[name, nameOf(operands[place])]],
    );
    return {
      kernel: signature.kernel,
      operands: Object.fromEntries(named),
      attributes: Object.fromEntries(signature.attributes.map((name, place) => [name, attributes[place]])),
    };
  });
  const steps = calls.filter(({ kernel }) => kernel !== 'gatherFeatures' && kernel !== 'emit');
  const read = new Set(steps.flatMap(({ operands }) => Object.values(operands)));
  const parameters = architecture.parameters.filter(({ name }) => read.has(name));
  return {
    inputs: network.inputs,
    outputs: network.outputs,
    input: calls.find(({ kernel }) => kernel === 'gatherFeatures')!.operands['features'],
    output: calls.find(({ kernel }) => kernel === 'emit')!.operands['values'],
    steps,
    parameters: new Map(parameters.map(({ name, shape }) => [name, { shape, values: values.get(name)! }])),
  };
}
