import type { AttributesOf, KernelName, OperandsOf } from '../kernels/contract.js';
import { signatureOf, type Signature } from '../kernels/signature.js';
import type { Parameter } from './parameters.js';
import { planProgram } from './plan.js';
import type { Program, Purpose } from './program.js';

/** Stands for the rows of the batch in a shape. */
export const ROWS = -1;

/** An array that kernel calls read and write. Where it lives is decided when the program is finished. */
export interface Value {
  readonly id: number;
  readonly home: 'run' | 'parameters' | 'gradients' | 'slots';
  /** Offset in its arena; 0 for values of the run, which the plan places. */
  readonly offset: number;
  readonly slot: number;
  readonly first: number;
  readonly second: number;
  /** Whether a trainable parameter stands upstream, so that somebody wants the gradient. */
  readonly requiresGradient: boolean;
  /** What it holds from the start, where no call writes it. */
  readonly constants?: readonly number[];
}

export interface DraftCall {
  readonly signature: Signature;
  /** Value numbers in the order of the signature; -1 where absent. */
  readonly operands: readonly number[];
  readonly dimensions: readonly number[];
  readonly attributes: readonly number[];
  readonly total: number;
  readonly layer: string;
}

type Operand = Value | Parameter;

interface CallOptions {
  /** Add the kernel's partial sums to the total of this name. */
  readonly total?: string;
  /** Run it before everything that was written so far: what needs the data only, and the whole batch of it. */
  readonly early?: boolean;
}

/**
 * The order in a step. Parameter calls are kept by phase. What the phase `measure` sums up of all parameters is known to
 * those that follow it.
 */
export type Phase = 'gradient' | 'regularize' | 'measure' | 'clip' | 'update' | 'constrain';

/**
 * Collects the kernel calls of a program. Layers write their mathematics with `call`; work on parameters goes through
 * `parameterCall`, because it waits until the whole backward pass over the samples is written.
 */
export class ProgramBuilder {
  readonly purpose: Purpose;
  readonly batchSize: number;
  readonly values: Value[] = [];
  readonly calls: DraftCall[] = [];
  readonly parameterCalls = new Map<Parameter, Record<Phase, DraftCall[]>>();
  readonly totals: string[] = [];
  /** The layer that is writing, kept with its calls. */
  layer = 'data';
  /** Gradients stay readable in their arena after a step, instead of dying in a thread's cache. */
  keepGradients = false;
  /** Statistics that training keeps, such as BatchNorm's running ones, stay as they are. */
  keepState = false;
  /** The data has weights of samples, so losses become weighted means. */
  weighted = false;
  readonly #arenaValues = new Map<string, Value>();
  readonly #needs = { width: 0, labels: false, targets: 0 };
  readonly #frozen: ReadonlySet<string>;
  #outputs = 0;

  /** @param frozen names of layers whose parameters stay as they are */
  constructor(purpose: Purpose, batchSize: number, frozen: ReadonlySet<string> = new Set()) {
    this.purpose = purpose;
    this.batchSize = batchSize;
    this.#frozen = frozen;
  }

  /** Whether training changes a parameter: state never, that of a frozen layer not for now. */
  trains({ role, layer }: Parameter): boolean {
    return role !== 'state' && !this.#frozen.has(layer);
  }

  /** A value with one row of `columns` numbers per sample. */
  rows(columns: number, options: { requiresGradient?: boolean } = {}): Value {
    return this.#add({
      home: 'run',
      first: ROWS,
      second: columns,
      requiresGradient: options.requiresGradient ?? false,
    });
  }

  /** A vector that does not belong to single samples, such as the mean over a batch. */
  vector(length: number): Value {
    return this.#add({ home: 'run', first: length, second: 1 });
  }

  /** A vector that holds these numbers in every run. */
  constant(values: readonly number[]): Value {
    return this.#add({ home: 'run', first: values.length, second: 1, constants: values });
  }

  /** The gradient of a parameter. */
  gradientOf(parameter: Parameter): Value {
    return this.#arena('gradients', parameter, 0);
  }

  /** The optimizer's array number `slot` that stands beside a parameter. */
  slotOf(parameter: Parameter, slot: number): Value {
    return this.#arena('slots', parameter, slot);
  }

  /** Writes one kernel call. Operands and attributes go by the names of the contract. */
  call<K extends KernelName>(
    kernel: K,
    operands: OperandsOf<K, Operand>,
    attributes: AttributesOf<K>,
    options: CallOptions = {},
  ): void {
    const call = this.#draft(kernel, operands, attributes, options, this.layer);
    if (options.early === true) this.calls.unshift(call);
    else this.calls.push(call);
  }

  /** Writes a call of the `parameters` axis for one parameter, to be run after the pass over the samples. */
  parameterCall<K extends KernelName>(
    parameter: Parameter,
    phase: Phase,
    kernel: K,
    operands: OperandsOf<K, Operand>,
    attributes: AttributesOf<K>,
    options: CallOptions = {},
  ): void {
    let calls = this.parameterCalls.get(parameter);
    if (calls === undefined) {
      calls = { gradient: [], regularize: [], measure: [], clip: [], update: [], constrain: [] };
      this.parameterCalls.set(parameter, calls);
    }
    calls[phase].push(this.#draft(kernel, operands, attributes, options, parameter.layer));
  }

  /** The number by which kernels that read a total name it. */
  totalIndex(name: string): number {
    const index = this.totals.indexOf(name);
    return index >= 0 ? index : this.totals.push(name) - 1;
  }

  /** Features of the batch at hand. With `requiresGradient`, layers hand the gradient on down to them. */
  features(width: number, options: { requiresGradient?: boolean } = {}): Value {
    const features = this.rows(width, options);
    this.#needs.width = width;
    this.call('gatherFeatures', { features }, {});
    return features;
  }

  labels(): Value {
    const labels = this.rows(1);
    this.#needs.labels = true;
    this.call('gatherLabels', { labels }, {});
    return labels;
  }

  targets(columns: number): Value {
    const targets = this.rows(columns);
    this.#needs.targets = columns;
    this.call('gatherTargets', { targets }, {});
    return targets;
  }

  /** Hands a value out of the program, one row a sample. */
  emit(values: Value): void {
    this.#outputs = values.second;
    this.call('emit', { values }, {});
  }

  /** Plans memory and stages. `scalars`, `slots` and `parameters` are what the run will bring along. */
  finish(sizes: { scalars: number; slots: number; parameters: number }): Program {
    return planProgram(this, { ...sizes, outputs: this.#outputs, needs: this.#needs });
  }

  #draft(kernel: KernelName, operands: object, attributes: object, options: CallOptions, layer: string): DraftCall {
    const signature = signatureOf(kernel);
    const extents = new Map<string, number>([['rows', ROWS]]);
    const given = operands as Record<string, Operand | undefined>;
    const ids = signature.operands.map(({ name, shape, optional }) => {
      const operand = given[name];
      if (operand === undefined) {
        if (optional) return -1;
        throw new TypeError(`Kernel ${kernel} needs the operand ${name}`);
      }
      const value = this.#valueOf(operand);
      this.#unify(kernel, name, shape, value, extents);
      return value.id;
    });
    const total = options.total === undefined ? -1 : this.totalIndex(options.total);
    return {
      signature,
      operands: ids,
      dimensions: signature.symbols.map((symbol) => extents.get(symbol) ?? 0),
      attributes: signature.attributes.map((name) => (attributes as Record<string, number>)[name]),
      total,
      layer,
    };
  }

  /** Equal symbols must be equal extents: a wrong program is found here, not by a thread. */
  #unify(kernel: string, name: string, shape: readonly string[], value: Value, extents: Map<string, number>): void {
    const actual = [value.first, value.second];
    const symbols = shape.length === 1 && value.second !== 1 ? undefined : shape;
    const fits = symbols?.every((symbol, place) => {
      const known = extents.get(symbol);
      if (known === undefined) extents.set(symbol, actual[place]);
      return known === undefined || known === actual[place];
    });
    if (fits !== true) {
      const wanted = shape.map((symbol) => extents.get(symbol) ?? symbol).join(', ');
      throw new TypeError(`Operand ${name} of kernel ${kernel} should be [${wanted}] and is [${actual.join(', ')}]`);
    }
  }

  #valueOf(operand: Operand): Value {
    return 'home' in operand ? operand : this.#arena('parameters', operand, 0);
  }

  #arena(home: 'parameters' | 'gradients' | 'slots', parameter: Parameter, slot: number): Value {
    const key = `${home} ${slot} ${parameter.offset}`;
    const known = this.#arenaValues.get(key);
    if (known !== undefined) return known;
    const [first, second = 1] = parameter.shape;
    const value = this.#add({ home, offset: parameter.offset, slot, first, second });
    this.#arenaValues.set(key, value);
    return value;
  }

  #add(value: Partial<Value> & Pick<Value, 'home' | 'first' | 'second'>): Value {
    const added = { offset: 0, slot: 0, requiresGradient: false, ...value, id: this.values.length };
    this.values.push(added);
    return added;
  }
}
