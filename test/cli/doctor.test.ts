import { describe, expect, it } from 'vitest';
import {
  checkBlas,
  checkData,
  checkEngine,
  checkEnvironment,
  checkNode,
  checkPeak,
  checkSimd,
  checkThreads,
} from '../../lib/cli/doctor-checks.js';
import { engineInfo, type EngineInfo } from '../../lib/index.js';
import { runCli } from '../support/cli.js';

const native: EngineInfo = {
  engine: 'native',
  reason: 'its addon loads and passes its self-test',
  threads: 4,
  simd: 'AVX-512',
  blas: 'OpenBLAS 0.3.21 DYNAMIC_ARCH',
  blasCore: 'SkylakeX',
  attempts: [],
};
const reference = (error: string): EngineInfo => ({
  ...native,
  engine: 'reference',
  attempts: [{ path: '/somewhere/blasnet.node', error }],
});

describe('the checks', () => {
  it('know which Node.js is enough', () => {
    expect(checkNode('20.19.0', '>=20.19')).toMatchObject({ status: 'ok', advice: [] });
    expect(checkNode('22.1.0', '>=20.19').status).toBe('ok');
    expect(checkNode('20.18.3', '>=20.19').status).toBe('problem');
    expect(checkNode('9.20.0', '>=20.19').status).toBe('problem');
  });

  it('tell an engine that is not built from one that is broken', () => {
    expect(checkEngine(native, undefined)).toMatchObject({ status: 'ok' });
    const missing = checkEngine(reference('The file does not exist'), undefined);
    expect(missing.status).toBe('warn');
    expect(missing.advice.at(-1)).toBe('npx blasnet build-native');
    expect(checkEngine(reference('The addon is damaged'), undefined).status).toBe('problem');
    expect(checkEngine(reference('The file does not exist'), 'native').status).toBe('problem');
    expect(checkEngine(reference('x'), 'reference')).toMatchObject({
      status: 'warn',
      advice: ['unset BLASNET_ENGINE'],
    });
    expect(checkEngine(new Error('Expected one of …'), 'gpu').status).toBe('problem');
  });

  it('find a BLAS that is slower than it could be', () => {
    expect(checkBlas(native, {})).toMatchObject({ status: 'ok', detail: 'OpenBLAS 0.3.21, SkylakeX kernel' });
    const forced = checkBlas({ ...native, blasCore: 'Haswell' }, { OPENBLAS_CORETYPE: 'Haswell' });
    expect(forced).toMatchObject({ status: 'warn', advice: ['unset OPENBLAS_CORETYPE'] });
    expect(checkBlas({ ...native, blasCore: 'Zen' }, {})).toMatchObject({ status: 'warn' });
    expect(checkBlas({ ...native, blas: 'CBLAS', blasCore: '' }, {})).toMatchObject({ status: 'warn' });
    expect(checkBlas(reference('x'), {})).toBeUndefined();
  });

  it('find kernels and threads held back', () => {
    expect(checkSimd(native, undefined)).toMatchObject({ status: 'ok', detail: 'AVX-512' });
    expect(checkSimd(native, 'avx2')).toMatchObject({ status: 'warn', advice: ['unset BLASNET_SIMD'] });
    expect(checkThreads(4, undefined).status).toBe('ok');
    expect(checkThreads(1, 0.5).advice[0]).toContain('--threads 1');
    expect(checkThreads(8, 2.5).advice[0]).toContain('--threads 2');
  });

  it('measure the peak, and say when others are at work', () => {
    const measure = () => ({ gflops: 400.4, gigabytesPerSecond: 50.1, threads: 4 });
    expect(checkPeak(native, measure, 0)?.detail).toBe('400 GFLOP/s in float32, 50 GB/s, measured on 4 threads');
    expect(checkPeak(native, measure, 5)?.detail).toContain('load 5.0');
    expect(checkPeak(reference('x'), measure, 0)).toBeUndefined();
  });

  it('say where MNIST is, or what is missing where', () => {
    const place = { directory: '/data', named: 'BLASNET_DATA', found: ['a', 'b'], missing: ['c'] } as const;
    expect(checkData([place, { ...place, directory: '/cache', missing: [] }])).toMatchObject({
      status: 'ok',
      detail: 'MNIST in /cache (all four files)',
    });
    const none = checkData([place, { ...place, directory: '/cache', found: [] }]);
    expect(none).toMatchObject({
      status: 'warn',
      detail: 'no MNIST: /data has a, b and lacks c; none of the four files in /cache',
    });
    expect(none.advice.join()).toContain('BLASNET_DATA');
  });

  it('list the variables that steer blasnet', () => {
    expect(checkEnvironment({ PATH: 'x' })).toBeUndefined();
    expect(checkEnvironment({ OPENBLAS_B: '2', BLASNET_A: '1' })?.detail).toBe('BLASNET_A=1 OPENBLAS_B=2');
  });
});

describe('blasnet doctor', () => {
  it('reports for people', async () => {
    const { code, stdout, stderr } = await runCli(['doctor']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^blasnet \d/);
    for (const name of ['Node.js', 'Engine', 'Threads', 'Data']) expect(stdout).toMatch(new RegExp(`\n[✓!] ${name} `));
  });

  it('reports for programs', async () => {
    const { code, stdout } = await runCli(['doctor', '--json']);
    const report = JSON.parse(stdout) as { usable: boolean; checks: { name: string; status: string }[] };
    expect(code).toBe(0);
    expect(report).toMatchObject({ version: expect.any(String), usable: true });
    for (const check of report.checks) {
      expect(check).toEqual({
        name: expect.any(String),
        status: expect.stringMatching(/^(ok|warn|problem)$/),
        detail: expect.any(String),
        advice: expect.any(Array),
      });
    }
  });

  it('fails where something is broken', async () => {
    const { code, stdout } = await runCli(['doctor'], { BLASNET_NATIVE_PATH: import.meta.filename });
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ Engine .*native engine is there and does not load/);
    expect(stdout).toContain('→ npx blasnet build-native');
    expect(stdout).toMatch(/1 problem, \d warnings?\.\n$/);
  });

  const avx512 =
    engineInfo().engine === 'native' && engineInfo().simd === 'AVX-512' && engineInfo().blas.includes('OpenBLAS');

  it.skipIf(!avx512)('warns of OPENBLAS_CORETYPE, and so does train (AVX-512 and OpenBLAS here)', async () => {
    const environment = { OPENBLAS_CORETYPE: 'Haswell' };
    expect((await runCli(['doctor'], environment)).stdout).toContain('→ unset OPENBLAS_CORETYPE');
    const { code, stderr } = await runCli(['train', 'synthetic', '--epochs', '1', '--layers', 'none'], environment);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^blasnet: OPENBLAS_CORETYPE=Haswell holds OpenBLAS to its Haswell kernel .*\n$/);
  });
});
