import { describe, expect, it } from 'vitest';
import { drawSeed, philox, RandomStream, streams, toUniform } from '../../lib/core/random.js';
import type { KernelCall } from '../support/kernel-call.js';
import { runNative, runReference } from '../support/kernel-call.js';
import { addon, levels } from '../support/engines.js';

/** Known answers of philox4x32-10 that come with Random123: key, counter, output. */
const published: [string, number[], number[], number[]][] = [
  ['zeros', [0, 0], [0, 0, 0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
  [
    'ones',
    [0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    'digits of pi',
    [0xa4093822, 0x299f31d0],
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];

function block(key: number[], counter: number[]): number[] {
  const output = new Uint32Array(4);
  philox(output, key[0], key[1], counter[0], counter[1], counter[2], counter[3]);
  return Array.from(output);
}

describe('philox', () => {
  it.each(published)('gives the published numbers for %s', (_name, key, counter, wanted) => {
    expect(block(key, counter)).toEqual(wanted);
  });

  it('flips half of the bits of its output for any one bit of its input', () => {
    const start = block([1, 2], [3, 4, 5, 6]);
    const ones = (word: number) => word.toString(2).replace(/0/g, '').length;
    for (let bit = 0; bit < 192; bit++) {
      const words = [1, 2, 3, 4, 5, 6];
      words[bit >> 5] = (words[bit >> 5] ^ (1 << (bit & 31))) >>> 0;
      const output = block(words.slice(0, 2), words.slice(2));
      const flipped = output.reduce((sum, word, i) => sum + ones((word ^ start[i]) >>> 0), 0);
      // 128 bits, each with probability 1/2: 64 ± 5.7.
      expect(flipped, `bit ${bit}`).toBeGreaterThan(34);
      expect(flipped, `bit ${bit}`).toBeLessThan(94);
    }
  });
});

/** χ² over equally likely cells; for many cells nearly normal, so 6 deviations fail by chance once in 500 million. */
function expectUniform(counts: readonly number[]): void {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const share = total / counts.length;
  const square = counts.reduce((sum, count) => sum + (count - share) ** 2 / share, 0);
  const freedom = counts.length - 1;
  expect(Math.abs(square - freedom) / Math.sqrt(2 * freedom)).toBeLessThan(6);
}

function tally(count: number, cells: number, draw: () => number): number[] {
  const counts = new Array<number>(cells).fill(0);
  for (let i = 0; i < count; i++) counts[draw()]++;
  return counts;
}

describe('a stream', () => {
  it.each([0, 1, 2 ** 32 + 5, 2 ** 53 - 1])('is uniform in [0, 1), seed %i', (seed) => {
    const random = new RandomStream(seed, streams.data);
    // A value outside the range would make a cell of its own.
    const counts = tally(200_000, 100, () => Math.floor(random.uniform() * 100));
    expect(Object.keys(counts)).toHaveLength(100);
    expectUniform(counts);
  });

  it('draws every whole number below a limit alike, also where the limit is no power of two', () => {
    for (const limit of [1, 2, 3, 7, 10, 1000]) {
      const random = new RandomStream(limit, 5);
      const counts = tally(100_000, limit, () => random.integer(limit));
      if (limit > 1) expectUniform(counts);
    }
    const random = new RandomStream(3, 5);
    // A remainder of 3 · 2^30 would favour the lower third.
    const high = tally(50_000, 3, () => Math.floor(random.integer(3 * 2 ** 30) / 2 ** 30));
    expectUniform(high);
    expect(new RandomStream(1, 1).integer(2 ** 32)).toBeLessThan(2 ** 32);
  });

  it('has normal numbers with the moments of a normal distribution', () => {
    const random = new RandomStream(11, 4);
    const count = 200_000;
    const sums = [0, 0, 0, 0];
    let beyond = 0;
    for (let i = 0; i < count; i++) {
      const value = random.normal();
      sums.forEach((_, power) => (sums[power] += value ** (power + 1)));
      if (Math.abs(value) > 1.959964) beyond++;
    }
    // Five standard errors of each moment: √(1, 2, 15, 96) / √n; and of a share of 0.05.
    [0, 1, 0, 3].forEach((wanted, power) => {
      const error = Math.sqrt([1, 2, 15, 96][power] / count);
      expect(Math.abs(sums[power] / count - wanted), `moment ${power + 1}`).toBeLessThan(5 * error);
    });
    expect(Math.abs(beyond / count - 0.05)).toBeLessThan(5 * Math.sqrt((0.05 * 0.95) / count));
  });

  it('differs from every other seed, stream and step, and does not resemble them', () => {
    const size = 20_000;
    const draw = (seed: number, stream: number, step: number) => {
      const random = new RandomStream(seed, stream, step);
      return Float64Array.from({ length: size }, () => random.uniform() - 0.5);
    };
    const base = draw(1, streams.dropout, 7);
    const others = [
      draw(2, streams.dropout, 7),
      draw(1 + 2 ** 32, streams.dropout, 7),
      draw(1, streams.dropout + 1, 7),
      draw(1, streams.shuffle, 7),
      draw(1, streams.dropout, 8),
      draw(1, streams.dropout, 7 + 2 ** 32),
    ];
    for (const other of others) {
      const product = other.reduce((sum, value, i) => sum + value * base[i], 0) / size;
      // Uncorrelated: 0 ± 1/12 / √n.
      expect(Math.abs(product)).toBeLessThan(5 / 12 / Math.sqrt(size));
      expect(other.subarray(0, 8)).not.toEqual(base.subarray(0, 8));
    }
    expect(draw(1, streams.dropout, 7)).toEqual(base);
  });

  it('keeps its purposes apart: 2^28 layers lie between two of them', () => {
    const starts = Object.values(streams).sort((a, b) => a - b);
    for (let i = 1; i < starts.length; i++) expect(starts[i] - starts[i - 1]).toBeGreaterThanOrEqual(2 ** 28);
  });
});

describe('permutation', () => {
  it('is the shuffle of the natural order, number for number', () => {
    // As they were drawn when the first results were recorded: a changed order changes every training.
    const order = new RandomStream(2 ** 40 + 17, streams.shuffle, 3).permutation(12);
    expect(Array.from(order)).toEqual([7, 11, 9, 8, 10, 0, 3, 6, 1, 2, 5, 4]);
    for (const length of [0, 1, 2, 1000]) {
      const natural = Uint32Array.from({ length }, (_, i) => i);
      expect(new RandomStream(9, 5, 1).permutation(length)).toEqual(new RandomStream(9, 5, 1).shuffle(natural));
    }
  });
});

describe('shuffle', () => {
  it('is a permutation, of anything', () => {
    for (const length of [0, 1, 2, 3, 10, 1000]) {
      const order = new RandomStream(length, streams.shuffle).shuffle(Uint32Array.from({ length }, (_, i) => i));
      expect(Array.from(order).sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, i) => i));
    }
    expect(new RandomStream(1, 1).shuffle(['a', 'b', 'c']).sort()).toEqual(['a', 'b', 'c']);
  });

  it('brings every order about alike', () => {
    const counts = new Map<string, number>();
    for (let step = 0; step < 24_000; step++) {
      const order = new RandomStream(5, streams.shuffle, step).shuffle([0, 1, 2, 3]).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expectUniform([...counts.values()]);
  });
});

describe('dropout masks', () => {
  const stream = streams.dropout + 2;
  const call = (rows: number, columns: number, first: number, count: number, rate = 0.3): KernelCall => ({
    kernel: 'dropout',
    rows,
    extents: { columns },
    operands: {
      input: new Float32Array(rows * columns).fill(1),
      output: new Float32Array(rows * columns).fill(NaN),
      mask: new Float32Array(rows * columns).fill(NaN),
    },
    attributes: [rate, stream],
    scalars: [0, 0, 0],
    seed: 2 ** 40 + 17,
    step: 2 ** 33 + 9,
    first,
    count,
    shift: 1,
  });

  /** By the definition: word e mod 4 of block e div 4, kept from the rate upwards. */
  function defined(elements: number, rate: number): number[] {
    return Array.from({ length: elements }, (_, e) => {
      const words = block([17, 2 ** 8], [e >>> 2, stream, 9, 2]);
      return toUniform(words[e & 3]) >= Math.fround(rate) ? Math.fround(1 / (1 - rate)) : 0;
    });
  }

  const runs: [string, (given: KernelCall) => Float32Array][] = [
    ['reference', (given) => runReference(given, Float32Array).operands['mask'] as Float32Array],
    ...levels.map((level): [string, (given: KernelCall) => Float32Array] => [
      `native level ${level}`,
      (given) => runNative(addon!, level, given).operands['mask'] as Float32Array,
    ]),
  ];

  it.each(runs)('follow their definition at any tile: %s', (_name, maskOf) => {
    const [rows, columns] = [13, 37];
    const wanted = defined(rows * columns, 0.3);
    for (let first = 0; first < rows; first++) {
      for (const count of [1, 2, 5, rows - first]) {
        if (first + count > rows) continue;
        const mask = maskOf(call(rows, columns, first, count));
        const range = [first * columns, (first + count) * columns] as const;
        expect(Array.from(mask.slice(...range))).toEqual(wanted.slice(...range));
      }
    }
  });

  it.each([0, 0.1, 0.5, 0.9])('drop a share of %f', (rate) => {
    const mask = runReference(call(500, 100, 0, 500, rate), Float32Array).operands['mask'] as Float32Array;
    const dropped = mask.filter((value) => value === 0).length / mask.length;
    expect(Math.abs(dropped - rate)).toBeLessThanOrEqual(5 * Math.sqrt((rate * (1 - rate)) / mask.length));
  });
});

it('draws a seed that is one', () => {
  const seeds = Array.from({ length: 100 }, drawSeed);
  expect(seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)).toBe(true);
  expect(new Set(seeds).size).toBeGreaterThan(95);
});
