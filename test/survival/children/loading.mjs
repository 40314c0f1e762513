/**
 * loading.mjs many <folder>: loads every `*.node` of a folder as if it were the only one, each with fresh state; reports
 * what came of each. loading.mjs one: trains a little with whatever engine there is; reports which one, and why.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { engineInfo, selectEngine } from '../../../dist/index.js';
import { contractText } from '../../../dist/kernels/signature.js';
import { report, samples, train } from './work.mjs';

async function many(folder) {
  const outcomes = {};
  for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.node'))) {
    process.env.BLASNET_NATIVE_PATH = join(folder, name);
    // Another query is another module, with nothing loaded yet.
    const { loadAddon } = await import(`../../../dist/engine/load.js?${name}`);
    const { addon, attempts } = loadAddon();
    if (addon !== undefined && addon.contract() !== contractText()) throw new Error(`${name} loads and is not whole`);
    outcomes[name] = addon === undefined ? (attempts[0].error ?? '') : 'loaded';
  }
  return outcomes;
}

async function one() {
  let thrown;
  try {
    selectEngine();
    // Said once, however often it is asked.
    for (let i = 0; i < 3; i++) await train({ epochs: 1, data: samples(60), batchSize: 30 });
  } catch (error) {
    thrown = { name: error.name, code: error.code, message: error.message };
  }
  const { engine, reason, attempts } = engineInfo();
  return { engine, reason, attempts, thrown };
}

report(process.argv[2] === 'many' ? await many(process.argv[3]) : await one());
