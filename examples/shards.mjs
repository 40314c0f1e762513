// Data larger than memory: written in parts, trained on from disk. Run it with: node examples/shards.mjs
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dense, Network, shards, syntheticDigits, writeShards } from 'blasnet';

// Each part is made, written and forgotten.
function* parts() {
  for (let seed = 1; seed <= 5; seed++) yield syntheticDigits({ train: 2000, test: 1, seed }).train;
}
const directory = await mkdtemp(join(tmpdir(), 'shards-'));
const paths = await writeShards(directory, parts(), { samplesPerShard: 4000 });

const train = await shards(directory, { window: 2048 });
console.log(`${train.length} samples in ${paths.length} files, ${train.window} in memory`);
const { test } = syntheticDigits({ train: 1, test: 1000 });
const network = new Network({ inputs: 784, layers: [dense(64, { activation: 'relu' }), dense(10)], seed: 1 });
for await (const { epoch, valAccuracy } of network.fit(train, { epochs: 3, validation: test })) {
  console.log(`epoch ${epoch}: ${(100 * valAccuracy).toFixed(1)} %`);
}
await rm(directory, { recursive: true });
