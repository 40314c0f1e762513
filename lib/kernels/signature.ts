import { contract, type Axis, type KernelContract, type KernelName } from './contract.js';

export interface Operand {
  readonly name: string;
  /** Symbols of its extents, one or two of them. */
  readonly shape: readonly string[];
  readonly optional: boolean;
  readonly direction: 'in' | 'out' | 'inout';
}

/** A contract row with its signature taken apart. */
export interface Signature {
  readonly kernel: KernelName;
  /** Place in the table: the number by which programs name the kernel. */
  readonly id: number;
  readonly axis: Axis;
  readonly split: string;
  readonly operands: readonly Operand[];
  /** Every symbol but `rows`, in order of first appearance. */
  readonly symbols: readonly string[];
  readonly attributes: readonly string[];
  /** Numbers of the step that it reads. */
  readonly scalars: readonly string[];
}

function parseOperand(token: string, output: boolean): Operand {
  const match = /^(&?)(\w+)(\??)\[([\w,]+)\]$/.exec(token);
  if (match === null) throw new TypeError(`The kernel contract cannot hold the operand "${token}"`);
  const [, inout, name, optional, shape] = match;
  const direction = inout === '&' ? 'inout' : output ? 'out' : 'in';
  return { name, shape: shape.split(','), optional: optional === '?', direction };
}

function parse(kernel: KernelName, id: number): Signature {
  const { axis, split, signature, attributes, scalars = [] }: KernelContract = contract[kernel];
  const [inputs, outputs] = signature.split('->').map((side) => side.split(' ').filter((token) => token !== ''));
  const operands = [
    ...inputs.map((token) => parseOperand(token, false)),
    ...outputs.map((token) => parseOperand(token, true)),
  ];
  const symbols = [...new Set(operands.flatMap((operand) => operand.shape))].filter((symbol) => symbol !== 'rows');
  return { kernel, id, axis, split, operands, symbols, attributes, scalars };
}

export const kernelNames = Object.keys(contract) as KernelName[];

/** All signatures, by kernel id. */
export const signatures: readonly Signature[] = kernelNames.map(parse);

const byName = new Map(signatures.map((signature) => [signature.kernel, signature]));

export function signatureOf(kernel: KernelName): Signature {
  const found = byName.get(kernel);
  if (found === undefined) throw new TypeError(`There is no kernel named "${String(kernel)}"`);
  return found;
}

/** The table as text, one kernel a line: what the two engines compare before they trust each other. */
export function contractText(): string {
  return kernelNames
    .map((name) => {
      const { axis, split, signature, attributes, scalars = [] }: KernelContract = contract[name];
      return `${name} | ${axis} ${split} | ${signature} | ${attributes.join(' ')} | ${scalars.join(' ')}`;
    })
    .join('\n');
}
