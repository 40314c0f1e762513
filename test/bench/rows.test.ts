import { describe, expect, it } from 'vitest';
import { bench } from './bench.js';

const { median, quantile, spread } = await bench('statistics');
const { rowsOf } = await bench('rows');
const { workloads, trainingFlopsPerSample } = await bench('workloads');
const { insertBlock, markdownTable, openingMarker, closingMarker } = await bench('table');
const { workloadReport } = await bench('report');
const { number, percent, times } = await bench('format');

describe('statistics', () => {
  it('interpolate between neighbours, whatever the order', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(quantile([0, 10], 0.99)).toBeCloseTo(9.9);
    expect(quantile([7], 0.5)).toBe(7);
    expect(spread([90, 100, 120])).toBeCloseTo(0.3);
  });

  it('refuse to make a number of nothing', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});

const result = (samplesPerSecond: number, more: object = {}) => ({
  samplesPerSecond,
  samplesPerCoreSecond: samplesPerSecond / 2,
  windows: [samplesPerSecond],
  configuration: 'as is',
  loss: 1,
  coresBusyElsewhere: 0,
  notes: [],
  ...more,
});
const failed = { ...result(NaN), samplesPerCoreSecond: NaN, windows: [], loss: NaN, notes: ['failed: no compiler'] };
const torch = { name: 'torch' };
const classic = workloads.find(({ name }: { name: string }) => name === 'classic');
const twoThreads = { threads: 2, mode: 'native' };

/** Ours at 100, 200, 300 beside torch eager at 50, 50, 60; torch compiled failed. */
const trials = {
  workload: classic,
  data: 'random bytes',
  contender: { name: 'blasnet' },
  variant: twoThreads,
  ours: [100, 200, 300].map((speed) => result(speed)),
  pairings: [
    {
      peer: torch,
      variant: { threads: 1, mode: 'eager' },
      ours: [100, 200, 300].map((speed) => result(speed)),
      theirs: [50, 50, 60].map((speed) => result(speed, { version: '2.0.0+cpu' })),
    },
    { peer: torch, variant: { threads: 2, mode: 'compile' }, ours: [result(300)], theirs: [failed] },
  ],
  peaks: new Map([[2, 1]]),
};

describe('rows', () => {
  const [ours, theirs] = rowsOf(trials);

  it('hold the median, the GFLOP/s and the share of the peak', () => {
    const gflops = (200 * trainingFlopsPerSample(classic.sizes)) / 1e9;
    expect(ours).toMatchObject({
      workload: 'classic',
      contender: 'blasnet',
      threads: 2,
      samplesPerSecond: 200,
      gflops,
    });
    expect(ours).toMatchObject({ shareOfPeak: gflops, ratio: null, goal: 0.75 });
  });

  it('compare a peer at its best with the trials of ours beside it', () => {
    expect(theirs).toMatchObject({
      contender: 'torch',
      mode: 'eager',
      samplesPerSecond: 50,
      ratio: 4,
      coreRatio: 4,
      goal: 4.5,
    });
    // There is no peak of one thread here to take a share of.
    expect(theirs.shareOfPeak).toBeNull();
  });

  it('keep what failed, and say so', () => {
    expect(theirs.variants).toHaveLength(2);
    expect(theirs.variants[1]).toMatchObject({ samplesPerSecond: null, ratio: null, trials: [] });
    expect(theirs.notes).toEqual(['compile, threads 2: failed: no compiler']);
    expect(workloadReport([ours, theirs])).toContain('no compiler');
  });

  it('say met or not met of each goal, and when the machine was busy', () => {
    const report = workloadReport([ours, { ...theirs, ratio: 4.5, coresBusyElsewhere: 1 }]);
    expect(report).toMatch(/4\.50×\s+≥ 4\.5×\s+met\?/);
    expect(report).toMatch(/NOISY/);
    expect(workloadReport([ours, theirs])).toMatch(/4\.00×\s+≥ 4\.5×\s+not met/);
  });

  it('survive JSON', () => {
    expect(JSON.parse(JSON.stringify([ours, theirs]))).toEqual([ours, { ...theirs }]);
  });
});

describe('the table of a document', () => {
  const machine = {
    ...{ cpu: 'A processor', cores: 2, memoryGigabytes: 8, system: 'linux x64', node: 'v20.0.0' },
    ...{ blas: 'OpenBLAS 0.3', blasCore: 'Zen', simd: 'AVX2' },
  };
  const stored = rowsOf(trials).map((row: object) => ({
    suite: 'training',
    ...row,
    machine,
    command: 'npm run bench -- --rounds 5',
    date: '2030-01-02T03:04:05Z',
  }));

  it('states machine and date, and has a row for each workload', () => {
    const text: string = markdownTable([...stored, { suite: 'predict' }]);
    expect(text).toContain('Measured 2030-01-02 by `npm run bench -- --rounds 5`, 2 threads: A processor, 2 cores');
    expect(text).toContain('| PyTorch 2.0.0 | ratio |');
    expect(text).toMatch(/\| classic \| 784-512-512-10 \| 128 \| 200 \| .* \| 50\.0 \| 4\.00× \|$/);
  });

  it('refuses a file without rows of training', () => {
    expect(() => markdownTable([{ suite: 'predict' }])).toThrow('no rows of the training suite');
  });

  it('goes between the markers, again and again, and touches nothing else', () => {
    const document = `# Title\n${openingMarker}\nold\n${closingMarker}\nend\n`;
    const once: string = insertBlock(document, 'new');
    expect(once).toBe(`# Title\n${openingMarker}\nnew\n${closingMarker}\nend\n`);
    expect(insertBlock(once, 'new')).toBe(once);
    expect(insertBlock('# Title', 'new')).toBeUndefined();
  });
});

it('writes numbers for people', () => {
  expect([number(1234567), number(12.345), number(1.2345), number(NaN)]).toEqual(['1,234,567', '12.3', '1.23', '–']);
  expect([percent(0.256), percent(undefined), times(4.456), times(61.7)]).toEqual(['26 %', '–', '4.46×', '62×']);
});
