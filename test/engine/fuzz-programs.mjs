// Run in a process of its own: compiles encoded programs, mutated or as they are, and runs those that are accepted. Prints
// what came out as JSON; a crash is seen by whoever started it.
import { createRequire } from 'node:module';
import fc from 'fast-check';

const [, , path, count, seed] = process.argv;
const addon = createRequire(import.meta.url)(path);
let input = '';
for await (const chunk of process.stdin) input += chunk;
const programs = JSON.parse(input);

/** Where the header says how large things are; what does not fit a small machine is not run. */
const [BATCH, SIZES, TOTALS, SCALARS, SLOTS, PARAMETERS, OUTPUTS] = [2, 3, 7, 8, 9, 10, 11];
const LARGEST = 1 << 20;

const special = [0, 1, -1, 2, 3, 0.5, NaN, Infinity, -Infinity, -0, 2 ** 20, 2 ** 31, 2 ** 32, 2 ** 40, 2 ** 53, 1e300];
const place = fc.nat({ max: 1 << 20 });
// Most mutations are of the near kind: a number for a number that stands elsewhere, one more, one less.
const mutation = fc.oneof(
  fc.record({ kind: fc.constant('copy'), at: place, from: place }),
  fc.record({ kind: fc.constant('add'), at: place, by: fc.constantFrom(-16, -3, -1, 1, 3, 16) }),
  fc.record({
    kind: fc.constant('set'),
    at: place,
    value: fc.oneof(fc.constantFrom(...special), fc.integer({ min: -1, max: 70 })),
  }),
  fc.record({ kind: fc.constant('header'), at: fc.nat({ max: 18 }), value: fc.integer({ min: 0, max: 70 }) }),
  fc.record({ kind: fc.constant('delete'), at: place }),
  fc.record({ kind: fc.constant('insert'), at: place, value: fc.integer({ min: -1, max: 70 }) }),
  fc.record({ kind: fc.constant('cut'), at: place }),
);

function apply(code, step) {
  const at = step.at % code.length;
  if (step.kind === 'copy') code[at] = code[step.from % code.length];
  else if (step.kind === 'add') code[at] += step.by;
  else if (step.kind === 'set' || step.kind === 'header') code[at] = step.value;
  else if (step.kind === 'delete') code.splice(at, 1);
  else if (step.kind === 'insert') code.splice(at, 0, step.value);
  else code.length = at;
  return code.length > 0 ? code : [0];
}

const counts = { rejected: 0, accepted: 0, ran: 0, refused: 0 };

function mustBeTyped(error, code) {
  if (error?.code !== 'ERR_ENGINE_INPUT') throw new Error(`wrong error ${error?.code} on [${code}]`, { cause: error });
}

/** Data of all kinds: what a program does not say it needs may not be there. */
function dataFor(kind) {
  const [length, width] = [40, [7, 3, 1][kind % 3]];
  // Large enough to lie far outside everything where they are taken for labels.
  const features = new Float32Array(length * width).fill(kind % 7 === 6 ? 3e9 : 0.5);
  const labels = kind % 2 === 0 ? Int32Array.from({ length }, (_, i) => i % 3) : undefined;
  const targets = kind % 5 < 2 ? new Float32Array(length * 3).fill(1) : undefined;
  const weights = kind % 4 === 1 ? new Float32Array(length).fill(0.5) : undefined;
  return addon.createData(length, width, features, 1, labels, targets, targets === undefined ? 0 : 3, weights);
}

async function tryRun(program, code, kind) {
  const sizes = [code[BATCH], ...code.slice(SIZES, SIZES + 4), code[PARAMETERS], 40 * code[OUTPUTS]];
  if (sizes.some((size) => size > LARGEST) || code[TOTALS] > 64) return;
  const store = addon.createStore(code[PARAMETERS], code[SLOTS]);
  addon.writeStore(store, 0, 0, 0, new Float32Array(code[PARAMETERS]).fill(1));
  const scalars = new Float64Array(40 * Math.max(1, code[SCALARS])).fill(0.01);
  try {
    await addon.run(program, store, dataFor(kind), undefined, undefined, 0, 40, scalars, 1, 0, 1 + (kind % 2));
    counts.ran++;
  } catch (error) {
    mustBeTyped(error, code);
    counts.refused++;
  }
  if (code[OUTPUTS] > 64) return;
  try {
    const width = code[12];
    addon.runSync(program, store, new Float32Array(5 * width), 5, new Float32Array(5 * code[OUTPUTS]));
    counts.ran++;
  } catch (error) {
    mustBeTyped(error, code);
  }
}

/** Without mutations: each program as it is, on data of every kind. */
if (Number(count) === 0) {
  for (const code of programs) {
    let program;
    try {
      program = addon.compile(Float64Array.from(code), undefined);
    } catch (error) {
      mustBeTyped(error, code);
      counts.rejected++;
      continue;
    }
    counts.accepted++;
    for (let kind = 0; kind < 30; kind++) await tryRun(program, code, kind);
  }
  console.log(JSON.stringify(counts));
  process.exit();
}

await fc.assert(
  fc.asyncProperty(
    fc.nat({ max: programs.length - 1 }),
    fc.array(mutation, { minLength: 1, maxLength: 3 }),
    fc.nat({ max: 29 }),
    async (which, steps, kind) => {
      const code = steps.reduce(apply, programs[which].slice());
      let program;
      try {
        program = addon.compile(Float64Array.from(code), undefined);
        counts.accepted++;
      } catch (error) {
        mustBeTyped(error, code);
        counts.rejected++;
        return;
      }
      await tryRun(program, code, kind);
    },
  ),
  { numRuns: Number(count), seed: Number(seed), endOnFailure: true },
);
console.log(JSON.stringify(counts));
