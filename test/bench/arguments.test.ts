import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bench } from './bench.js';

const { parseArguments, ArgumentError } = await bench('arguments');
const { cleanEnvironment, forcedBy } = await bench('machine');
const names = (list: { name: string }[]) => list.map(({ name }) => name);

describe('the command line', () => {
  it('measures training on all workloads without peers by default', () => {
    const options = parseArguments([]);
    expect(options).toMatchObject({ suites: ['training'], peers: [], engine: 'native', rounds: 3, seconds: 3 });
    expect(options.workloads).toHaveLength(5);
    expect(options.threads).toBeGreaterThanOrEqual(1);
  });

  it('selects', () => {
    const options = parseArguments(['--workloads', 'wide,classic', '--peers=torch,tfjs', '--suite', 'predict,memory']);
    expect(names(options.workloads)).toEqual(['classic', 'wide']);
    expect(options.peers).toEqual(['torch', 'tfjs-cpu', 'tfjs-wasm']);
    expect(options.suites).toEqual(['predict', 'memory']);
    expect(parseArguments(['--suite', 'all']).suites).toHaveLength(12);
  });

  it.each([
    [['--workloads', 'clasic'], 'There is no workload "clasic"; there are: seven-layer, seven-layer-norm, classic'],
    [['--peers', 'pytorch'], 'There is no peer "pytorch"; there are: torch, tfjs-cpu, tfjs-wasm, numpy, tfjs'],
    [['--peers', ''], 'There is no peer ""'],
    [['--suite', 'train'], 'There is no suite "train"; there are: training, event-loop'],
    [['--engine', 'gpu'], 'Expected native or reference for --engine, received "gpu"'],
    [['--data', 'cifar'], 'Expected auto or mnist or random for --data'],
    [['--rounds', '0'], 'Expected a whole number from 1 to 1000 for --rounds, received "0"'],
    [['--rounds', ''], 'Expected a whole number'],
    [['--threads', '1.5'], 'Expected a whole number from 1 to 1024 for --threads'],
    [['--samples', '0'], 'for --samples'],
    [['--seconds', 'long'], 'Expected seconds above 0'],
    [['--seconds', '-1'], 'Option'],
    [['--fast'], '--workloads'],
    [['classic'], '--workloads'],
  ])('refuses %j', (given, message) => {
    expect(() => parseArguments(given)).toThrow(ArgumentError);
    expect(() => parseArguments(given)).toThrow(message);
  });

  it('ends with exit code 2 and one line for a mistake, and lists what there is', () => {
    const main = fileURLToPath(new URL('../../bench/main.mjs', import.meta.url));
    const run = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
    expect(run('--peers', 'keras')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^[^\n]*torch[^\n]*\n$/),
    });
    expect(run('--list').stdout).toMatch(/seven-layer-norm .*[^]*torch [^]*event-loop/);
    expect(run('--help').stdout).toContain('--clean-environment');
  });
});

it('knows the variables that hold BLAS back, and takes nothing else away', () => {
  const environment = {
    OPENBLAS_CORETYPE: 'Haswell',
    OMP_NUM_THREADS: '1',
    BLASNET_SIMD: 'avx2',
    BLASNET_DATA: 'd',
    PATH: 'p',
  };
  expect(forcedBy(environment)).toEqual(['BLASNET_SIMD=avx2', 'OMP_NUM_THREADS=1', 'OPENBLAS_CORETYPE=Haswell']);
  expect(cleanEnvironment(environment)).toEqual({ BLASNET_DATA: 'd', PATH: 'p' });
});
