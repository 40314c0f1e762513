import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signatures } from '../../lib/kernels/signature.js';
import { activation, batchNorm, dense, dropout, type LayerDescription } from '../../lib/layers/index.js';
import { resolveLoss } from '../../lib/losses/index.js';
import { buildArchitecture, compileTraining } from '../../lib/network/index.js';
import { compileEvaluation, compilePrediction } from '../../lib/network/compile.js';
import { optimizerNames, resolveOptimizer } from '../../lib/optimizers/index.js';
import { blockOf, rowTile } from '../../lib/program/plan.js';
import { tiles, type BufferPlan, type Program } from '../../lib/program/program.js';
import { l2 } from '../../lib/regularizers/index.js';

/** Programs of random networks: whatever layers write, the plan must hold. */
const layer: fc.Arbitrary<LayerDescription> = fc.oneof(
  fc
    .record({
      units: fc.constantFrom(1, 3, 17, 64, 600),
      bias: fc.boolean(),
      kind: fc.constantFrom('relu', 'tanh', 'identity'),
    })
    .map(({ units, bias, kind }) =>
      dense(units, { bias, activation: kind as 'relu', regularizer: bias ? l2(0.1) : undefined }),
    ),
  fc.constant(batchNorm()),
  fc.constantFrom(dropout(0.3), dropout(0)),
  fc.constantFrom(activation('relu'), activation('identity'), activation('sigmoid')),
);

const programs: fc.Arbitrary<Program> = fc
  .record({
    inputs: fc.constantFrom(1, 5, 100, 784),
    layers: fc.array(layer, { minLength: 1, maxLength: 7 }),
    loss: fc.constantFrom('softmaxCrossEntropy', 'meanSquaredError'),
    batchSize: fc.constantFrom(1, 2, 7, 64, 100, 129, 1000),
    optimizer: fc.constantFrom(...optimizerNames),
    purpose: fc.constantFrom('train', 'train', 'evaluate', 'predict', 'raw'),
    keepGradients: fc.boolean(),
  })
  .map(({ inputs, layers, loss, batchSize, optimizer, purpose, keepGradients }) => {
    const architecture = buildArchitecture(inputs, layers, resolveLoss('loss', loss));
    if (purpose === 'evaluate') return compileEvaluation(architecture);
    if (purpose !== 'train') return compilePrediction(architecture, purpose === 'raw');
    return compileTraining(architecture, resolveOptimizer('optimizer', optimizer), batchSize, { keepGradients });
  });

const holds = (check: (program: Program) => void) => {
  fc.assert(fc.property(programs, check), { numRuns: 150, seed: 20260701 });
};

/** By call: its group and its stage. */
function placesOf({ groups, stages, calls }: Program): { group: number; stage: number }[] {
  const places: { group: number; stage: number }[] = [];
  stages.forEach(({ groupStart, groupEnd }, stage) => {
    for (let group = groupStart; group < groupEnd; group++) {
      for (let call = groups[group].callStart; call < groups[group].callEnd; call++) places[call] = { group, stage };
    }
  });
  expect(places.filter((place) => place !== undefined)).toHaveLength(calls.length);
  return places;
}

/** By buffer: the calls that touch it, and which of them write. */
function usesOf({ calls, buffers }: Program): { call: number; writes: boolean; reads: boolean }[][] {
  const uses: { call: number; writes: boolean; reads: boolean }[][] = buffers.map(() => []);
  calls.forEach(({ kernel, operands }, call) => {
    operands.forEach((id, place) => {
      const { direction } = signatures[kernel].operands[place];
      if (id >= 0) uses[id].push({ call, writes: direction !== 'in', reads: direction !== 'out' });
    });
  });
  return uses;
}

function rangeOf({ offset, first, second }: BufferPlan, rows: number): [start: number, end: number] {
  return [offset, offset + (first < 0 ? rows : first) * second];
}

const overlap = (a: [number, number], b: [number, number]) => a[0] < b[1] && b[0] < a[1];

describe('memory', () => {
  it('no two values that are alive at once overlap, and each lies in its space on a 64-byte boundary', () => {
    holds((program) => {
      const uses = usesOf(program);
      const tileRows = Math.max(0, ...program.groups.filter(({ extent }) => extent < 0).map(({ tile }) => tile));
      const rowsOf = { batch: program.batchSize, tile: tileRows, fixed: 0 };
      for (const space of ['batch', 'tile', 'fixed'] as const) {
        const own = program.buffers.flatMap((buffer, id) => {
          if (buffer.space !== space || uses[id].length === 0) return [];
          const calls = uses[id].map(({ call }) => call);
          const range = rangeOf(buffer, rowsOf[space]);
          expect(buffer.offset % 16).toBe(0);
          expect(range[1]).toBeLessThanOrEqual(program.sizes[space]);
          return [{ range, from: Math.min(...calls), to: Math.max(...calls) }];
        });
        for (const a of own) {
          for (const b of own) {
            if (a === b || a.from > b.to || b.from > a.to) continue;
            expect(overlap(a.range, b.range), `${space}: calls ${a.from} to ${a.to} and ${b.from} to ${b.to}`).toBe(
              false,
            );
          }
        }
      }
    });
  });

  it('what one thread keeps for itself never leaves its group', () => {
    holds((program) => {
      const places = placesOf(program);
      usesOf(program).forEach((uses, id) => {
        const { space, second } = program.buffers[id];
        const groups = new Set(uses.map(({ call }) => places[call].group));
        if (space === 'tile' || space === 'block') expect(groups.size).toBeLessThanOrEqual(1);
        if (space !== 'block' || uses.length === 0) return;
        const { tile } = program.groups[[...groups][0]];
        expect(tile * second).toBeLessThanOrEqual(program.sizes.block);
      });
    });
  });

  it('blocks and tiles begin with a write: nothing is read that another sample or step has left', () => {
    holds((program) => {
      usesOf(program).forEach((uses, id) => {
        const { space } = program.buffers[id];
        if (!['tile', 'batch', 'fixed', 'block'].includes(space) || uses.length === 0) return;
        expect(uses[0].reads, `first use of a value in ${space}`).toBe(false);
      });
    });
  });

  it('keeps gradients in their arena when asked to', () => {
    const architecture = buildArchitecture(5, [dense(3)], resolveLoss('loss', 'softmaxCrossEntropy'));
    const spacesWith = (keepGradients: boolean) => {
      const { buffers } = compileTraining(architecture, resolveOptimizer('optimizer', 'sgd'), 8, { keepGradients });
      return buffers.map(({ space }) => space);
    };
    expect(spacesWith(true)).toContain('gradients');
    expect(spacesWith(true)).not.toContain('block');
    expect(spacesWith(false)).not.toContain('gradients');
  });
});

describe('stages', () => {
  it('hold every call once, in groups whose calls share axis, extent and tile', () => {
    holds((program) => {
      placesOf(program);
      for (const { callStart, callEnd, extent, tile } of program.groups) {
        expect(tile).toBeGreaterThanOrEqual(1);
        for (let i = callStart; i < callEnd; i++) {
          const { kernel, dimensions } = program.calls[i];
          const { split, symbols } = signatures[kernel];
          expect(split === 'rows' ? -1 : dimensions[symbols.indexOf(split)]).toBe(extent);
        }
      }
    });
  });

  it('end where a value passes from one group to another: within a stage, groups do not know each other', () => {
    holds((program) => {
      const places = placesOf(program);
      usesOf(program).forEach((uses, id) => {
        for (const write of uses.filter(({ writes }) => writes)) {
          for (const other of uses) {
            const [a, b] = [places[write.call], places[other.call]];
            // A block is memory of one thread, and each group has its own values in it.
            if (a.group !== b.group) expect(a.stage, `buffer ${id}`).not.toBe(b.stage);
          }
        }
      });
    });
  });

  it('never let a tile of rows read what another tile writes: inside a stage of rows, rows stay with their tile', () => {
    holds((program) => {
      const places = placesOf(program);
      const uses = usesOf(program);
      program.calls.forEach(({ kernel, operands }, call) => {
        const { axis, split, operands: rules } = signatures[kernel];
        operands.forEach((id, place) => {
          if (id < 0) return;
          // An operand that is read as a whole, by every tile, must have been finished in an earlier stage.
          if (rules[place].shape.includes(split) || rules[place].direction !== 'in') return;
          const writtenHere = uses[id].some((use) => use.writes && places[use.call].stage === places[call].stage);
          expect(writtenHere, `${axis} kernel ${signatures[kernel].kernel} reads ${rules[place].name}`).toBe(false);
        });
      });
    });
  });

  it('take gradient, penalty and update of a parameter in this order, in one group', () => {
    holds((program) => {
      const trains = program.calls.some(({ kernel }) => signatures[kernel].axis === 'parameters');
      if (!trains) return;
      const last = program.stages.at(-1)!;
      for (let group = last.groupStart; group < last.groupEnd; group++) {
        const { callStart, callEnd } = program.groups[group];
        const names = program.calls.slice(callStart, callEnd).map(({ kernel }) => signatures[kernel].kernel as string);
        const rank = (name: string) => (name.endsWith('Gradient') ? 0 : name === 'l2' ? 1 : 2);
        expect(names.map(rank)).toEqual(names.map(rank).sort());
        expect(names.filter((name) => rank(name) === 2)).toHaveLength(1);
      }
    });
  });
});

describe('tiles', () => {
  it('cut an extent without gaps, none larger than allowed', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.integer({ min: 1, max: 3000 }), (extent, largest) => {
        const { count, size } = tiles(extent, largest);
        expect(size).toBeLessThanOrEqual(largest);
        expect(count * size).toBeGreaterThanOrEqual(extent);
        if (count > 0) expect((count - 1) * size).toBeLessThan(extent);
      }),
    );
  });

  it('give two threads an even number, and follow from shapes alone', () => {
    for (const batch of [32, 64, 100, 128, 256, 1000]) expect(Math.ceil(batch / rowTile(batch)) % 2).toBe(0);
    expect(rowTile(1)).toBeGreaterThanOrEqual(1);
    for (const [leading, inner] of [
      [1, 1],
      [784, 512],
      [2048, 2048],
      [1, 1e6],
      [1e6, 1],
    ]) {
      const block = blockOf(leading, inner);
      expect(block).toBeGreaterThanOrEqual(1);
      expect(block).toBeLessThanOrEqual(leading);
    }
  });
});
