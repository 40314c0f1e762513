import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bench } from './bench.js';

const { compare, remarks } = await bench('instructions');
const { assign, totalOf } = await bench('callgrind');
const { instructionCases, nameOfCase } = await bench('instruction-cases');
const { workloads } = await bench('workloads');

const nets = workloads.filter(({ name }: { name: string }) => /^(seven-layer|classic)$|norm$/.test(name));
const cases: { kernel: string; shape: string; operations: number; line: string }[] = instructionCases(nets);

describe('the cases', () => {
  it('are the tiles and blocks that training runs, each once', () => {
    const named = new Map(cases.map((one) => [nameOfCase(one), one]));
    expect(named.size).toBe(cases.length);
    expect(named.get('dense 64×784×512')).toMatchObject({
      operations: 64 * 784 * 512,
      line: 'dense 128 64 2 784 512 2 1 0',
    });
    expect(named.get('denseKernelGradient+adam 196×512 over 128')?.operations).toBe(196 * 512 * 128);
    expect(named.get('adam 196×512')?.operations).toBe(196 * 512);
    expect(named.has('batchNormInputGradient 50×100')).toBe(true);
    expect(named.has('dense 1×784×512')).toBe(true);
  });

  it('are all recorded', () => {
    const file = new URL('../../bench/results/instructions.json', import.meta.url);
    const { counts } = JSON.parse(readFileSync(file, 'utf8'));
    const recorded = counts.filter((one: any) => one.level === 'AVX2');
    expect(recorded.map(nameOfCase)).toEqual(cases.map(nameOfCase));
    for (const { instructions } of counts) expect(instructions).toBeGreaterThan(50);
  });
});

describe('counting', () => {
  it('reads totals, one for each kernel that ran', () => {
    expect(totalOf('events: Ir\nfn=(1)\n0 3\ntotals: 1937682\n')).toBe(1937682);
    expect(() => totalOf('events: Ir\n')).toThrow('no total');
    expect(assign(['ran', 'none', 'ran'], [7, 8])).toEqual([7, undefined, 8]);
    expect(() => assign(['ran', 'ran'], [7])).toThrow('2 kernels ran, and callgrind wrote 1 counts');
  });

  it('says where valgrind is not', () => {
    const main = fileURLToPath(new URL('../../bench/main.mjs', import.meta.url));
    const env = { ...process.env, PATH: '/nowhere' };
    const run = spawnSync(process.execPath, [main, '--suite', 'instructions'], { env, encoding: 'utf8' });
    expect(run.stdout).toContain('valgrind is not here');
    expect(run.stdout).toContain('apt-get install valgrind');
  });
});

describe('against what was recorded', () => {
  const count = (kernel: string, instructions: number) => ({
    ...{ level: 'AVX2', kernel, shape: '2×3', operations: 6, instructions },
  });
  const recorded = { valgrind: 'v', compiler: 'c', counts: [count('dense', 1000), count('adam', 100)] };

  it('names the kernels that take more', () => {
    const counts = [count('dense', 1020), count('adam', 100), count('activation', 5)];
    const rows = compare(counts, recorded.counts);
    expect(rows.map(({ change }: { change: number }) => change)).toEqual([expect.closeTo(0.02), 0, undefined]);
    expect(remarks({ ...recorded, counts }, recorded, rows)).toEqual([
      'MORE than recorded, by over 1 %: AVX2 dense 2×3',
    ]);
  });

  it('says when all is well, when nothing was recorded, and when the compiler is another', () => {
    const rows = compare(recorded.counts, recorded.counts);
    expect(remarks(recorded, recorded, rows)).toEqual(['No kernel takes over 1 % more instructions than recorded.']);
    expect(remarks(recorded, undefined, rows)[0]).toContain('--record');
    expect(remarks({ ...recorded, compiler: 'd' }, recorded, rows)[0]).toContain('compiler c, counted with d');
  });
});
