import { StateError } from '../core/errors.js';
import type { BoundCall, FloatArray, ReferenceKernel, Run } from '../kernels/call.js';
import { referenceKernels } from '../kernels/reference.js';
import { signatures } from '../kernels/signature.js';
import { tiles, type Program } from '../program/program.js';
import type { CompiledProgram, Outcome, Slice, Store } from './engine.js';
import type { FloatArrayConstructor, ReferenceData, ReferenceStore } from './reference-store.js';
import { Turns, WORK_BETWEEN_LOOKS } from './turns.js';

/** A call with its memory, and what it costs, so that long ones can be taken in parts. */
interface Step {
  readonly kernel: ReferenceKernel;
  readonly call: BoundCall;
  readonly total: number;
  /** Multiply-adds per element of the split axis and row of the batch. */
  readonly cost: number;
  readonly perRow: boolean;
}

export class ReferenceProgram implements CompiledProgram {
  readonly #array: FloatArrayConstructor;
  readonly #memory: FloatArray[];
  #bound: { parameters: FloatArray; store: ReferenceStore; steps: Step[] } | undefined;
  #busy: Promise<unknown> = Promise.resolve();
  /** How many runs have begun or wait for their turn. */
  #runs = 0;

  constructor(
    readonly program: Program,
    array: FloatArrayConstructor,
  ) {
    this.#array = array;
    this.#memory = program.buffers.map((buffer) => {
      if (buffer.space === 'parameters' || buffer.space === 'gradients' || buffer.space === 'slots')
        return new array(0);
      const leading = buffer.first < 0 ? program.batchSize : buffer.first;
      return new array(leading * buffer.second);
    });
    for (const { buffer, values } of program.constants) this.#memory[buffer].set(values);
  }

  /** Runs of one program share its memory, so they take turns. */
  async run(store: Store, slice: Slice): Promise<Outcome> {
    // Parameters as they are at the call; training, which begins here too, leaves them to those who read meanwhile.
    const own = store as ReferenceStore;
    const parameters = own.borrow();
    this.#runs++;
    const result = this.#busy
      .then(() => this.#run(own, slice, parameters))
      .finally(() => {
        this.#runs--;
        own.giveBack(parameters);
      });
    this.#busy = result.catch(() => undefined);
    return result;
  }

  async #run(store: ReferenceStore, slice: Slice, parameters: FloatArray): Promise<Outcome> {
    const { program } = this;
    const training = program.purpose === 'train';
    if (training && store.training) throw new StateError('A training run of this network is already under way');
    if (training) {
      // What stands here now is what others read until the run has ended.
      store.snapshot();
      store.training = true;
    }
    try {
      if (training && slice.begin === 'keep') store.keep();
      if (training && slice.begin === 'restore') store.restore();
      return await this.#steps(store, slice, training ? store.live : parameters);
    } finally {
      if (training) {
        store.training = false;
        store.publish();
      }
    }
  }

  async #steps(store: ReferenceStore, slice: Slice, parameters: FloatArray): Promise<Outcome> {
    const { program } = this;
    const started = performance.now();
    const clock = new Turns();
    const steps = this.#bind(store, parameters);
    const callSeconds = slice.timed === true ? new Float64Array(steps.length + 1) : undefined;
    const output = program.outputs > 0 ? new this.#array(slice.count * program.outputs) : undefined;
    const { source } = slice.data as ReferenceData;
    const run: Run = {
      rows: 0,
      step: 0,
      seed: slice.seed,
      scalars: new Float64Array(program.scalars),
      totals: new Float64Array(program.totals.length),
      data: source,
      // Places count from the slice's first sample, as the output does.
      indices: slice.order?.subarray(slice.firstSample),
      firstSample: 0,
      output,
    };
    if (slice.order === undefined && slice.firstSample > 0) {
      run.indices = Uint32Array.from({ length: slice.count }, (_, place) => slice.firstSample + place);
    }
    const totals: number[] = [];
    let done = 0;
    let nonFinite = -1;
    for (let first = 0; first < slice.count && slice.stop?.stopped !== true; first += program.batchSize) {
      run.rows = Math.min(program.batchSize, slice.count - first);
      run.firstSample = first;
      run.step = slice.firstStep + done;
      run.scalars = slice.scalars.subarray(done * program.scalars, (done + 1) * program.scalars);
      const sums = await this.#step(steps, run, clock, callSeconds);
      totals.push(...sums.values);
      if (!sums.finite) {
        nonFinite = done;
        break;
      }
      done++;
    }
    return {
      steps: done,
      totals: Float64Array.from(totals),
      output,
      seconds: (performance.now() - started) / 1000,
      ...(callSeconds === undefined ? {} : { callSeconds }),
      nonFinite,
    };
  }

  /** One step, stage by stage. A training step in which a sum is not finite ends behind that stage. */
  async #step(
    steps: Step[],
    run: Run,
    clock: Turns,
    callSeconds: Float64Array | undefined,
  ): Promise<{ values: Float64Array; finite: boolean }> {
    const { program } = this;
    const values = new Float64Array(program.totals.length);
    run.totals = values;
    // Calls without a total say by it whether all that they wrote is finite.
    let others = 0;
    for (const stage of program.stages) {
      for (let g = stage.groupStart; g < stage.groupEnd; g++) {
        const group = program.groups[g];
        const extent = group.extent < 0 ? run.rows : group.extent;
        const { size } = tiles(extent, group.tile);
        for (let start = 0; start < extent; start += size) {
          const end = Math.min(extent, start + size);
          for (let i = group.callStart; i < group.callEnd; i++) {
            const began = callSeconds === undefined ? 0 : performance.now();
            const sum = await runInTurns(steps[i], start, end, run, clock);
            if (callSeconds !== undefined) callSeconds[i] += (performance.now() - began) / 1000;
            if (steps[i].total >= 0) values[steps[i].total] += sum;
            else others += sum;
          }
        }
      }
      const finite = Number.isFinite(others) && values.every(Number.isFinite);
      if (program.purpose === 'train' && !finite) return { values, finite };
    }
    return { values, finite: true };
  }

  runSync(store: Store, input: FloatArray, rows: number, output: FloatArray): void {
    const { program } = this;
    const reference = store as ReferenceStore;
    // A run that has given way keeps its rows in the program's memory, so one in between gets its own.
    const memory = this.#runs > 0 ? this.#memory.map((array) => array.slice()) : this.#memory;
    const steps = this.#bind(reference, reference.snapshot(), memory);
    const run: Run = {
      rows: 0,
      step: 0,
      seed: 0,
      scalars: new Float64Array(0),
      totals: new Float64Array(program.totals.length),
      data: { length: rows, width: program.needs.width, features: input, scale: 1, targetWidth: 0 },
      indices: undefined,
      firstSample: 0,
      output,
    };
    for (let first = 0; first < rows; first += program.batchSize) {
      run.rows = Math.min(program.batchSize, rows - first);
      run.firstSample = first;
      for (const { kernel, call } of steps) kernel(call, 0, run.rows, run);
    }
  }

  /** Binds every call to memory; to the program's own as long as the parameters stay where they are. */
  #bind(store: ReferenceStore, parameters: FloatArray, memory = this.#memory): Step[] {
    const own = memory === this.#memory;
    if (own && this.#bound?.parameters === parameters && this.#bound.store === store) return this.#bound.steps;
    const views = this.program.buffers.map((buffer, id) => {
      const range = [buffer.offset, buffer.offset + buffer.first * buffer.second] as const;
      if (buffer.space === 'parameters') return parameters.subarray(...range);
      if (buffer.space === 'gradients') return store.arenas.gradients[0].subarray(...range);
      if (buffer.space === 'slots') return store.arenas.slots[buffer.slot].subarray(...range);
      return memory[id];
    });
    const absent = new this.#array(0);
    const steps = this.program.calls.map(({ kernel, operands, dimensions, attributes, total }): Step => {
      const signature = signatures[kernel];
      const extents = dimensions.reduce((product, extent) => product * extent, 1);
      const split = signature.split === 'rows' ? 1 : dimensions[signature.symbols.indexOf(signature.split)];
      return {
        kernel: referenceKernels[signature.kernel],
        call: { operands: operands.map((id) => (id < 0 ? absent : views[id])), dimensions, attributes },
        total,
        cost: Math.max(1, extents / Math.max(1, split)),
        perRow: signature.split !== 'rows' && signature.operands.some(({ shape }) => shape[0] === 'rows'),
      };
    });
    if (own) this.#bound = { parameters, store, steps };
    return steps;
  }

  dispose(): void {
    this.#bound = undefined;
  }
}

/** Runs a call on a tile in parts short enough to look at the clock in between. */
async function runInTurns(step: Step, start: number, end: number, run: Run, clock: Turns): Promise<number> {
  const cost = step.cost * (step.perRow ? run.rows : 1);
  const part = Math.max(1, Math.floor(WORK_BETWEEN_LOOKS / cost));
  let sum = 0;
  for (let from = start; from < end; from += part) {
    const to = Math.min(end, from + part);
    sum += step.kernel(step.call, from, to, run);
    if (clock.spend((to - from) * cost)) await clock.giveWay();
  }
  return sum;
}
