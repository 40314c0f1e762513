/**
 * arrays.mjs <rounds>: takes the arrays away right after a call that was given them: overwritten, transferred, shrunk.
 * Reports every result that differs from that of arrays left alone.
 */
import { MessageChannel } from 'node:worker_threads';
import { dataset } from '../../../dist/index.js';
import { selectEngine } from '../../../dist/engine/select.js';
import { compilePrediction } from '../../../dist/network/compile.js';
import { hashOf, network, report, samples, width } from './work.mjs';

const rounds = Number(process.argv[2]);
const engine = process.env.BLASNET_ENGINE;

/** What happens to an array after the call; each knows how its buffer must be made for that. */
const mischiefs = {
  overwrite: { take: (array) => array.fill(array instanceof Int32Array ? 99999 : NaN) },
  transfer: { take: ({ buffer }) => structuredClone(buffer, { transfer: [buffer] }) },
  post: {
    take({ buffer }) {
      const { port1, port2 } = new MessageChannel();
      port1.postMessage(buffer, [buffer]);
      port1.close();
      port2.close();
    },
  },
  shrink: { take: ({ buffer }) => buffer.resize(0), resizable: true },
};

function copyInto(array, resizable) {
  const { byteLength } = array;
  const buffer = resizable
    ? new ArrayBuffer(byteLength, { maxByteLength: byteLength * 2 })
    : new ArrayBuffer(byteLength);
  const copy = new array.constructor(buffer);
  copy.set(array);
  return copy;
}

/** Samples whose arrays can be taken away. */
function loose(resizable, shift) {
  const { features, labels, ...rest } = samples(700, shift);
  return { features: copyInto(features, resizable), labels: copyInto(labels, resizable), ...rest };
}

const different = [];

/** Runs `call` on arrays left alone and on arrays taken away, and compares. */
async function compare(name, call) {
  for (const [how, { take, resizable = false }] of Object.entries(mischiefs)) {
    for (let round = 0; round < rounds; round++) {
      const wanted = await call(loose(resizable, round), () => undefined);
      const got = await call(loose(resizable, round), (...arrays) => arrays.forEach(take));
      if (JSON.stringify(got) !== JSON.stringify(wanted)) different.push(`${name}, ${how}, round ${round}`);
    }
  }
}

const options = { epochs: 1, batchSize: 50 };

await compare('fit', async (data, take) => {
  const trained = network({ engine });
  const fit = trained.fit(data, options);
  take(data.features, data.labels);
  await fit;
  return hashOf(trained);
});
await compare('a fit that waits for another', async (data, take) => {
  const trained = network({ engine });
  const first = trained.fit(samples(700), options);
  const second = trained.fit(data, options);
  take(data.features, data.labels);
  await Promise.all([first, second]);
  return hashOf(trained);
});
await compare('validation', async (data, take) => {
  const fit = network({ engine }).fit(samples(300), { ...options, validation: data });
  take(data.features, data.labels);
  return (await fit).epochs.map(({ valLoss }) => valLoss);
});
await compare('evaluate', async (data, take) => {
  const done = network({ engine }).evaluate(data);
  take(data.features, data.labels);
  return done;
});
await compare('predict', async ({ features }, take) => {
  const done = network({ engine }).predict(features);
  take(features);
  return [...(await done)];
});
await compare('predict a data set', async (data, take) => {
  const checked = dataset(data);
  const done = network({ engine }).predict(checked);
  take(data.features);
  return [...(await done)];
});
await compare('a parameter that is written', async ({ features }, take) => {
  const trained = network({ engine });
  const values = features.subarray(0, width * 64);
  trained.writeParameter('dense1.kernel', values);
  take(values);
  return hashOf(trained);
});
await compare('a parameter that is written after a prediction began', async ({ features }) => {
  const trained = network({ engine });
  const done = trained.predict(features);
  trained.writeParameter('dense1.kernel', new Float32Array(width * 64));
  return [...(await done)];
});
await compare('order and scalars of a run', async ({ features }, take) => {
  const { architecture, store } = network({ engine });
  const program = selectEngine({ engine }).compile(compilePrediction(architecture, true));
  const data = selectEngine({ engine }).createData({ length: 700, width, features, scale: 1, targetWidth: 0 });
  const { resizable } = features.buffer;
  const order = copyInto(
    Uint32Array.from({ length: 500 }, (_, i) => (i * 13) % 700),
    resizable,
  );
  const scalars = copyInto(new Float64Array(4), resizable);
  const run = program.run(store, { data, order, firstSample: 100, count: 400, scalars, seed: 1, firstStep: 0 });
  // The reference engine takes the order of its caller, the trainer, which nobody else can reach.
  if (engine === 'native') take(order, scalars);
  else take(features);
  return [...(await run).output];
});

report({ different, kinds: Object.keys(mischiefs).length, rounds });
