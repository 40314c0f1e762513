// A model as one file, and back. Run it with: node examples/save-and-load.mjs
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activation, batchNorm, dense, Network, syntheticDigits } from 'blasnet';

const { train, test } = syntheticDigits({ train: 2000, test: 500 });
const network = new Network({
  inputs: 784,
  layers: [dense(64, { bias: false }), batchNorm(), activation('relu'), dense(10)],
  seed: 1,
});
await network.fit(train, { epochs: 5, batchSize: 50 });

// Weights, layers, seed and step in the safetensors format; written so that a crash leaves the old file or the new one.
const path = join(tmpdir(), `blasnet-example-${process.pid}.safetensors`);
await network.save(path);

const loaded = await Network.load(path);
console.log('before:', await network.evaluate(test));
console.log('after: ', await loaded.evaluate(test));

// A model file is data: nothing in it runs, and what does not fit is an error that says so.
await Network.load(import.meta.filename).catch((error) => {
  console.log(`loading another file: ${error.name}, ${error.code}`);
});
await rm(path);
