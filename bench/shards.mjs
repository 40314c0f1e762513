// @ts-check
/**
 * Training from shards beside training from memory: the share of the rate that is left, and the memory that is resident.
 * Both take turns, each in a process of its own. What is in memory is a part of what is in the shards.
 */
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { syntheticDigits, writeShards } from '../dist/index.js';
import { runChild } from './child.mjs';
import { number, percent, table } from './format.mjs';
import { median } from './statistics.mjs';

const RECORD_BYTES = 784 + 4;
const MOST_IN_MEMORY = 400_000;
const GOALS = { share: 0.9, megabytes: 400 };

/** @param {Pick<import('./arguments.mjs').BenchArguments, 'threads' | 'engine' | 'rounds' | 'samples'>} options */
export async function measure({ threads, engine, rounds, samples }) {
  const directory = mkdtempSync(join(tmpdir(), 'blasnet-bench-shards-'));
  try {
    const { bavail, bsize } = statfsSync(directory);
    const free = bavail * bsize;
    if (free < 2 * samples * RECORD_BYTES) {
      const text = `  ${number(free / 1e9)} GB are free in ${tmpdir()}; choose fewer --samples, or another TMPDIR.`;
      return { text, rows: [] };
    }
    await writeShards(directory, parts(samples));
    const pairs = Array.from({ length: rounds }, () => {
      const request = { samples: Math.min(samples, MOST_IN_MEMORY), threads, engine };
      const memory = runChild('shards-fit.mjs', request).answer;
      return { memory, sharded: runChild('shards-fit.mjs', { ...request, directory }).answer };
    });
    const of = (/** @type {(pair: any) => number} */ take) => median(pairs.map(take));
    const row = {
      engine,
      samples,
      gigabytes: (samples * RECORD_BYTES) / 1e9,
      inMemorySamplesPerSecond: of(({ memory }) => memory.samplesPerSecond),
      shardedSamplesPerSecond: of(({ sharded }) => sharded.samplesPerSecond),
      share: of(({ memory, sharded }) => sharded.samplesPerSecond / memory.samplesPerSecond),
      shareByCpu: of(({ memory, sharded }) => memory.microsecondsOfCpu / sharded.microsecondsOfCpu),
      maxResidentMegabytes: Math.max(...pairs.map(({ sharded }) => sharded.maxResidentMegabytes)),
    };
    const cells = [
      [
        `classic, ${engine}, ${number(row.gigabytes)} GB`,
        number(row.inMemorySamplesPerSecond),
        number(row.shardedSamplesPerSecond),
        `${percent(row.share)} (≥ ${percent(GOALS.share)})`,
        percent(row.shareByCpu),
        `${number(row.maxResidentMegabytes)} (< ${GOALS.megabytes})`,
      ],
    ];
    const heads = [
      '<training',
      'in memory, samples/s',
      'from shards',
      'share (goal)',
      'by processor time',
      'most resident MB (goal)',
    ];
    return { text: table(heads, cells), rows: [row] };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** @param {number} samples */
function* parts(samples) {
  const { train } = syntheticDigits({ train: Math.min(samples, 20_000), test: 1 });
  for (let done = 0; done < samples; done += train.length) yield train.take(Math.min(train.length, samples - done));
}
