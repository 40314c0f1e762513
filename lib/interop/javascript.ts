import { checkChoice, checkOptions } from '../core/checks.js';
import { FormatError } from '../core/errors.js';
import { activationKernels } from '../kernels/activation.js';
import type { Network } from '../training/index.js';
import { forwardOf, type Forward, type ForwardStep } from './forward.js';
import { activationTexts, kernelTexts } from './javascript-kernels.js';

export interface ToJavaScriptOptions {
  /** The network's plain outputs (logits) instead of the predictions; default false. */
  raw?: boolean;
  /** `esm` exports `predict`, `inputs` and `outputs`; `commonjs` puts them on `module.exports`. Default `esm`. */
  module?: 'esm' | 'commonjs';
}

/**
 * The network as a JavaScript module that predicts without blasnet, in any JavaScript there is: browsers, edge functions,
 * other servers. Weights are inside as float32, so the text takes 5⅓ bytes for each of them.
 *
 * The module has `predict(samples)`, with `samples` flat, `[rows, inputs]` row-major, which gives a Float32Array
 * `[rows, outputs]`; and the numbers `inputs` and `outputs`. It computes in float64 and agrees with `predict` to 1e-5. It
 * throws a RangeError for samples of another length and for values that are not finite.
 *
 * @param network of any layers
 * @param options `raw`: plain outputs (logits) instead of predictions, default false; `module`: `esm` (default) or `commonjs`
 * @returns the text of the module
 * @throws OptionError for anything but a Network and for unknown options
 *
 * @example
 * await writeFile('model.js', toJavaScript(network));
 * // in a browser: import { predict } from './model.js'; predict([5.1, 3.5, 1.4, 0.2]);
 */
export function toJavaScript(network: Network, options?: ToJavaScriptOptions): string {
  const given = checkOptions<ToJavaScriptOptions>('toJavaScript', options, ['raw', 'module']);
  const kind = checkChoice('module', given.module ?? 'esm', ['esm', 'commonjs']);
  const forward = forwardOf(network, given.raw ?? false, 'toJavaScript');
  const writer = new ModuleWriter(forward);
  const lines = forward.steps.map((step) => writer.step(step));
  const mark = kind === 'esm' ? 'export ' : '';
  const parts = [
    `// A neural network, written by blasnet: ${forward.inputs} numbers in, ${forward.outputs} out. It needs nothing else.`,
    kind === 'esm' ? '' : "'use strict';",
    `${mark}const inputs = ${forward.inputs};`,
    `${mark}const outputs = ${forward.outputs};`,
    DECODE,
    ...writer.parameters,
    ...writer.functions,
    predictText(forward, lines, mark, (name) => writer.valueOf(name)),
    kind === 'esm' ? '' : 'module.exports = { predict, inputs, outputs };',
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** Base64 of little-endian float32, read without regard to how this machine or the array's memory lies. */
const DECODE = `function decode(text) {
  const bytes = atob(text);
  const view = new DataView(new ArrayBuffer(bytes.length));
  for (let i = 0; i < bytes.length; i++) view.setUint8(i, bytes.charCodeAt(i));
  return Float64Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}`;

function predictText(
  forward: Forward,
  lines: readonly string[],
  mark: string,
  valueOf: (name: string) => string,
): string {
  return `${mark}function predict(samples) {
  const rows = samples.length / inputs;
  if (!Number.isInteger(rows)) throw new RangeError(\`Expected a multiple of \${inputs} numbers, received \${samples.length}\`);
  const predictions = new Float32Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    const ${valueOf(forward.input)} = Float64Array.from({ length: inputs }, (_, i) => samples[row * inputs + i]);
    if (!${valueOf(forward.input)}.every(Number.isFinite)) throw new RangeError(\`Expected finite numbers in row \${row}\`);
${lines.map((line) => `    ${line}`).join('\n')}
    predictions.set(${valueOf(forward.output)}, row * outputs);
  }
  return predictions;
}`;
}

/** Collects the text of steps, with the functions and parameters that they need. */
class ModuleWriter {
  readonly parameters: string[] = [];
  readonly #functions = new Set<string>();
  readonly #names = new Map<string, string>();

  constructor(forward: Forward) {
    for (const [name, { shape, values }] of forward.parameters) {
      const bytes = Buffer.alloc(values.length * 4);
      values.forEach((value, i) => bytes.writeFloatLE(value, i * 4));
      const constant = `p${this.#names.size}`;
      this.#names.set(name, constant);
      // A name may hold nothing that ends a comment: letters, digits, dots, _ and - only.
      this.parameters.push(
        `const ${constant} = decode('${bytes.toString('base64')}'); // ${name} [${shape.join(', ')}]`,
      );
    }
  }

  get functions(): string[] {
    return [...this.#functions];
  }

  valueOf(name: string): string {
    return this.#names.get(name) ?? name;
  }

  step({ kernel, operands, attributes }: ForwardStep): string {
    const read = (name: string) => (operands[name] === undefined ? 'null' : this.valueOf(operands[name]));
    if (kernel === 'activation') {
      const text = this.#activation(attributes['activation'], attributes['parameter'], read('input'));
      return `const ${operands['output']} = ${text};`;
    }
    const text = kernelTexts[kernel];
    if (text === undefined) {
      throw new FormatError(
        `The kernel ${kernel} has no counterpart in JavaScript: this network cannot be written as a module`,
      );
    }
    this.#functions.add(text.text);
    const numbers = text.numbers.map((name) => String(attributes[name]));
    const call = `${kernel}(${[...text.inputs, ...text.parameters].map(read).concat(numbers).join(', ')})`;
    const result = operands['output'] ?? operands['sum'];
    const fused = kernel === 'dense' && attributes['activation'] !== 0;
    const value = fused ? this.#activation(attributes['activation'], attributes['parameter'], call) : call;
    return `const ${result} = ${value};`;
  }

  #activation(id: number, parameter: number, input: string): string {
    const { name } = activationKernels[id];
    const text = activationTexts[name];
    if (text === undefined) throw new FormatError(`The activation ${name} has no counterpart in JavaScript`);
    for (const need of text.needs ?? []) this.#functions.add(need);
    return `${input}.map((x) => ${text.value.replace(/\ba\b/g, String(parameter))})`;
  }
}
