import type { DraftCall, Phase, ProgramBuilder } from './builder.js';
import type { BufferPlan, Group, Program, RunSpace, Stage } from './program.js';

const ROWS = -1;
const ALIGNMENT = 16;

/** Rows of a tile: few enough to stay in a core's cache from layer to layer, many enough to feed the matrix product. */
const LARGEST_ROW_TILE = 64;
/** Kernels beyond a core's cache are read anew for every tile: there, larger tiles read less. */
const LARGEST_ROW_TILE_OF_LARGE_KERNELS = 128;
const LARGE_KERNEL_ELEMENTS = 2 ** 20;
const SMALLEST_ROW_TILE = 8;

/** Elements of a kernel block: enough to pay for the copy of the output gradient that each block makes. */
const BLOCK_ELEMENTS = 104 * 1024;
/** The copy serves this many rows of the block at least, however wide they are. */
const LEAST_BLOCK_ROWS = 200;
/** Parameters up to this size stay in one block: others fill the threads meanwhile. */
const SMALLEST_SPLIT = 24 * 1024;
const COLUMN_TILE = 64;

interface Draft {
  calls: DraftCall[];
  groups: Group[];
  stages: Stage[];
  /** Group and stage of each call, by place in `calls`. */
  groupOf: number[];
  stageOf: number[];
}

interface Extras {
  readonly scalars: number;
  readonly slots: number;
  readonly parameters: number;
  readonly outputs: number;
  readonly needs: Program['needs'];
}

export function planProgram(builder: ProgramBuilder, extras: Extras): Program {
  const draft: Draft = { calls: [], groups: [], stages: [], groupOf: [], stageOf: [] };
  sampleStages(builder, draft);
  parameterStages(builder, draft);
  checkScalars(draft, extras.scalars);
  const { buffers, sizes } = placeValues(builder, draft);
  return {
    purpose: builder.purpose,
    batchSize: builder.batchSize,
    buffers,
    calls: draft.calls.map(({ signature, operands, dimensions, attributes, total, layer }) => ({
      kernel: signature.id,
      operands,
      dimensions,
      attributes,
      total,
      layer,
    })),
    groups: draft.groups,
    stages: draft.stages,
    constants: builder.values.flatMap(({ id, constants }) =>
      constants === undefined ? [] : [{ buffer: id, values: constants }],
    ),
    sizes,
    totals: builder.totals,
    ...extras,
  };
}

/** Beyond what the optimizer gives for a step, kernels would read anything. */
function checkScalars({ calls }: Draft, given: number): void {
  for (const { signature } of calls) {
    const { kernel, scalars } = signature;
    if (scalars.length <= given) continue;
    throw new TypeError(
      `Kernel ${kernel} reads ${scalars.length} scalars (${scalars.join(', ')}), and is given ${given}`,
    );
  }
}

/** An even number of tiles, so that two threads share a batch evenly; more threads find more tiles in larger batches. */
export function rowTile(batchSize: number, largestKernel = 0): number {
  const most = largestKernel >= LARGE_KERNEL_ELEMENTS ? LARGEST_ROW_TILE_OF_LARGE_KERNELS : LARGEST_ROW_TILE;
  const count = 2 * Math.ceil(batchSize / (2 * most));
  return Math.max(SMALLEST_ROW_TILE, Math.ceil(batchSize / count));
}

function largestKernel({ values }: ProgramBuilder): number {
  return values.reduce(
    (most, { home, first, second }) => (home === 'parameters' ? Math.max(most, first * second) : most),
    0,
  );
}

/** Leading extent of a block of a parameter: an even number of blocks for two threads to share, or a single one. */
export function blockOf(leading: number, inner: number): number {
  const elements = leading * inner;
  if (elements <= SMALLEST_SPLIT) return leading;
  const rows = Math.max(BLOCK_ELEMENTS / inner, LEAST_BLOCK_ROWS);
  const count = 2 * Math.ceil(leading / (2 * rows));
  return Math.max(1, Math.ceil(leading / count));
}

/** Consecutive calls of one axis make one stage; `columns` stages also need one extent. */
function sampleStages(builder: ProgramBuilder, draft: Draft): void {
  let start = 0;
  while (start < builder.calls.length) {
    const { signature } = builder.calls[start];
    const extent = splitExtent(builder.calls[start]);
    let end = start + 1;
    while (end < builder.calls.length) {
      const next = builder.calls[end];
      if (next.signature.axis !== signature.axis || splitExtent(next) !== extent) break;
      end++;
    }
    const tile = signature.axis === 'rows' ? rowTile(builder.batchSize, largestKernel(builder)) : COLUMN_TILE;
    addGroup(draft, builder.calls.slice(start, end), extent, tile);
    closeStage(draft, draft.groups.length - 1);
    start = end;
  }
}

/**
 * Gradient, regularizer and update of a block run as one group while the block is in cache. Only what must know all
 * gradients waits for a stage of its own, and so do constraints, which need whole columns.
 */
function parameterStages(builder: ProgramBuilder, draft: Draft): void {
  // Large parameters first: the small ones fill the gaps when threads run out of blocks.
  const bySize = [...builder.parameterCalls].sort(([a], [b]) => b.size - a.size || a.offset - b.offset);
  const measured = bySize.some(([, calls]) => calls.measure.length > 0);
  const stages: readonly (readonly Phase[])[] = measured
    ? [['gradient', 'regularize', 'measure'], ['clip', 'update'], ['constrain']]
    : [['gradient', 'regularize', 'clip', 'update'], ['constrain']];
  for (const phases of stages) {
    const first = draft.groups.length;
    for (const [parameter, byPhase] of bySize) {
      const calls = phases.flatMap((phase) => byPhase[phase]);
      if (calls.length === 0) continue;
      const [leading, inner = 1] = parameter.shape;
      if (calls[0].signature.axis === 'columns') addGroup(draft, calls, inner, COLUMN_TILE);
      else addGroup(draft, calls, leading, blockOf(leading, inner));
    }
    if (draft.groups.length > first) closeStage(draft, first);
  }
}

function splitExtent(call: DraftCall): number {
  const { split, symbols } = call.signature;
  return split === 'rows' ? ROWS : call.dimensions[symbols.indexOf(split)];
}

function addGroup(draft: Draft, calls: readonly DraftCall[], extent: number, tile: number): void {
  const callStart = draft.calls.length;
  for (const call of calls) {
    if (splitExtent(call) !== extent) throw new TypeError(`Kernel ${call.signature.kernel} does not fit its group`);
    draft.groupOf.push(draft.groups.length);
    draft.stageOf.push(draft.stages.length);
    draft.calls.push(call);
  }
  draft.groups.push({ callStart, callEnd: draft.calls.length, extent, tile });
}

function closeStage(draft: Draft, groupStart: number): void {
  draft.stages.push({ groupStart, groupEnd: draft.groups.length });
}

function align(elements: number): number {
  return Math.ceil(elements / ALIGNMENT) * ALIGNMENT;
}

/** Decides where each value lives: as near to one thread as its uses allow. */
function placeValues(
  builder: ProgramBuilder,
  draft: Draft,
): { buffers: BufferPlan[]; sizes: Record<RunSpace, number> } {
  const uses = usesOf(builder.values.length, draft);
  const sizes: Record<RunSpace, number> = { batch: 0, tile: 0, fixed: 0, block: 0 };
  const tileRows = rowTile(builder.batchSize, largestKernel(builder));
  const tileArena = new Arena();
  const buffers = builder.values.map((value): BufferPlan => {
    const shape = { slot: value.slot, first: value.first, second: value.second };
    const { first: firstUse, last: lastUse } = uses[value.id];
    const oneGroup = firstUse >= 0 && draft.groupOf[firstUse] === draft.groupOf[lastUse];
    const place = (space: RunSpace, elements: number): BufferPlan => {
      const offset = sizes[space];
      sizes[space] += align(elements);
      return { space, offset, ...shape };
    };
    switch (value.home) {
      case 'parameters':
      case 'slots':
        return { space: value.home, offset: value.offset, ...shape };
      case 'gradients': {
        if (!oneGroup || builder.keepGradients) return { space: 'gradients', offset: value.offset, ...shape };
        // One gradient lives at a time in a thread: every group may use the block from its start.
        const { tile } = draft.groups[draft.groupOf[firstUse]];
        sizes.block = Math.max(sizes.block, align(tile * value.second));
        return { space: 'block', offset: 0, ...shape };
      }
      case 'run':
        if (value.first !== ROWS) return place('fixed', value.first * value.second);
        if (!oneGroup) return place('batch', builder.batchSize * value.second);
        return { space: 'tile', offset: tileArena.take(align(tileRows * value.second), firstUse, lastUse), ...shape };
    }
  });
  sizes.tile = tileArena.size;
  return { buffers, sizes };
}

/** First and last call that touches each value; -1 for values nobody uses. */
function usesOf(count: number, draft: Draft): { first: number; last: number }[] {
  const uses = Array.from({ length: count }, () => ({ first: -1, last: -1 }));
  draft.calls.forEach((call, place) => {
    for (const id of call.operands) {
      if (id < 0) continue;
      if (uses[id].first < 0) uses[id].first = place;
      uses[id].last = place;
    }
  });
  return uses;
}

/** Gives memory that is dead again to the next value that fits: the lowest offset free of all values alive meanwhile. */
class Arena {
  size = 0;
  readonly #taken: { offset: number; end: number; first: number; last: number }[] = [];

  take(elements: number, first: number, last: number): number {
    const alive = this.#taken
      .filter((other) => other.first <= last && first <= other.last)
      .sort((a, b) => a.offset - b.offset);
    let offset = 0;
    for (const other of alive) {
      if (offset + elements <= other.offset) break;
      offset = Math.max(offset, other.end);
    }
    this.#taken.push({ offset, end: offset + elements, first, last });
    this.size = Math.max(this.size, offset + elements);
    return offset;
  }
}
