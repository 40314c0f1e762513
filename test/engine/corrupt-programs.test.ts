import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { maxNorm, nonNegative } from '../../lib/constraints/index.js';
import { encodeProgram } from '../../lib/engine/encode.js';
import { activation, batchNorm, dense, dropout } from '../../lib/layers/index.js';
import { resolveLoss, type LossName } from '../../lib/losses/index.js';
import { buildArchitecture, compileTraining } from '../../lib/network/index.js';
import { compileEvaluation, compilePrediction } from '../../lib/network/compile.js';
import { adam, momentum, type Optimizer } from '../../lib/optimizers/index.js';
import { l2 } from '../../lib/regularizers/index.js';
import type { CallPlan, Program } from '../../lib/program/program.js';
import type { KernelName } from '../../lib/kernels/contract.js';
import { signatureOf } from '../../lib/kernels/signature.js';
import { addon } from '../support/engines.js';
import { loadAddon } from '../../lib/engine/load.js';

const layers = [
  dropout(0.2),
  dense(9, { regularizer: l2(0.1) }),
  batchNorm(),
  activation('relu'),
  dense(5, { activation: 'tanh', bias: false, constraint: maxNorm(1), activityRegularizer: l2(0.1) }),
  dense(5, { constraint: nonNegative() }),
  dense(3),
];

function programs(): Program[] {
  return (['softmaxCrossEntropy', 'meanSquaredError'] satisfies LossName[]).flatMap((name, i) => {
    const architecture = buildArchitecture(7, layers, resolveLoss('loss', name));
    const optimizer: Optimizer = i === 0 ? adam() : momentum({ clipNorm: 0.5 });
    return [
      compileTraining(architecture, optimizer, 16, { keepGradients: i === 1 }),
      compileEvaluation(architecture),
      compilePrediction(architecture, i === 0),
    ];
  });
}

const encoded = (program: Program) => Array.from(encodeProgram(program));

const idOf = (name: KernelName) => signatureOf(name).id;

/** Programs that hold together as far as shapes go, and would leave their memory if they ran. */
function lies(): [what: string, program: Program][] {
  const [train, , predict, trainTargets] = programs();
  const { needs } = train;
  const emitted = predict.calls.find(({ kernel }) => kernel === idOf('emit'));
  const gradients = predict.buffers.map((buffer) =>
    buffer.space === 'parameters' ? { ...buffer, space: 'gradients' as const } : buffer,
  );
  const withCall = (name: KernelName, change: Partial<CallPlan>): Program => {
    const calls = trainTargets.calls.map((call) => (call.kernel === idOf(name) ? { ...call, ...change } : call));
    return { ...trainTargets, calls };
  };
  // The constrained kernel [5, 5] in the place of a block, of which a thread has as much as one tile of it.
  const [constrained] = trainTargets.calls.filter(({ kernel }) => kernel === idOf('nonNegative'))[0].operands;
  const blocks = trainTargets.buffers.map((buffer, id) =>
    id === constrained ? { ...buffer, space: 'block' as const, offset: 0 } : buffer,
  );
  return [
    ['clips by a total that is not there', withCall('clipNorm', { attributes: [0.5, trainTargets.totals.length] })],
    ['clips by a total with a negative number', withCall('clipNorm', { attributes: [0.5, -1] })],
    ['clips by half a total', withCall('clipNorm', { attributes: [0.5, 0.5] })],
    ['constrains the columns of a block', { ...trainTargets, buffers: blocks }],
    ['says that it needs no labels', { ...train, needs: { ...needs, labels: false } }],
    ['says that it needs no features', { ...train, needs: { ...needs, width: 0 } }],
    ['says that it needs other features', { ...train, needs: { ...needs, width: 3 } }],
    ['says that it needs no targets', { ...trainTargets, needs: { ...trainTargets.needs, targets: 0 } }],
    ['says that it emits nothing', { ...predict, outputs: 0 }],
    ['says that it emits less than it does', { ...predict, outputs: (emitted?.dimensions[0] ?? 0) - 1 }],
    ['has no scalars for its optimizer', { ...train, scalars: 0 }],
    ['has too few scalars for its optimizer', { ...train, scalars: 2 }],
    ['predicts from gradients that a prediction does not have', { ...predict, buffers: gradients }],
  ];
}

/** The training program with something else where the losses and metrics look for labels: one column of a layer. */
function otherNumbersForLabels(): Program {
  const [train] = programs();
  const labelOf = new Map([idOf('softmaxCrossEntropy'), idOf('accuracy')].map((id) => [id, 1]));
  const normalized = train.buffers.find(({ space, second }) => space === 'batch' && second === 9);
  const calls = train.calls.map((call) => {
    const place = labelOf.get(call.kernel);
    const operands = call.operands.map((id, i) => (i === place ? train.buffers.length : id));
    return { ...call, operands };
  });
  return { ...train, calls, buffers: [...train.buffers, { ...normalized!, second: 1 }] };
}

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
  readonly errors: string;
}

/** Mutates and runs in a child: a crash there is a failure here, not the end of the test run. */
async function fuzz(count: number, seed: number, codes: readonly (readonly number[])[]): Promise<Ended> {
  const script = fileURLToPath(new URL('./fuzz-programs.mjs', import.meta.url));
  const path = loadAddon().attempts.find(({ error }) => error === undefined)?.path ?? '';
  const child = spawn(process.execPath, [script, path, String(count), String(seed)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // glibc: damage to the heap ends the process when it is found.
    env: { ...process.env, MALLOC_CHECK_: '3', MALLOC_PERTURB_: '165' },
  });
  child.stdin.end(JSON.stringify(codes));
  const ended = new Promise<[number | null, string | null]>((resolve) => {
    child.on('close', (code, signal) => resolve([code, signal]));
  });
  const [output, errors, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, signal, output, errors };
}

describe.skipIf(addon === undefined)('corrupted programs', () => {
  it('are accepted as they come, before anything is corrupted', () => {
    for (const program of programs()) addon?.compile(encodeProgram(program), undefined);
  });

  it.each(lies())('one that %s is refused when it is compiled', async (_what, program) => {
    const { code, signal, output, errors } = await fuzz(0, 0, [encoded(program)]);
    expect(signal, `${output}\n${errors}`).toBeNull();
    expect(code, errors.slice(0, 4000)).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ rejected: 1, accepted: 0 });
  });

  it('one that takes other numbers for labels stays within its memory', async () => {
    const { code, signal, output, errors } = await fuzz(0, 0, [encoded(otherNumbersForLabels())]);
    expect(signal, `${output}\n${errors}`).toBeNull();
    expect(code, errors.slice(0, 4000)).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ accepted: 1 });
  });

  it.each([1, 2, 3, 4])('are refused with ERR_ENGINE_INPUT, or run within their memory: seed %i', async (seed) => {
    const { code, signal, output, errors } = await fuzz(6000, seed, programs().map(encoded));
    expect(signal, `${output}\n${errors}`).toBeNull();
    expect(code, errors.slice(0, 4000)).toBe(0);
    const counts = JSON.parse(output) as Record<string, number>;
    // Both sides of the check are exercised.
    expect(counts['rejected']).toBeGreaterThan(1000);
    expect(counts['ran']).toBeGreaterThan(100);
  });
});
