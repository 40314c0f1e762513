// A fit that keeps checkpoints while its file operations are counted, refused, or the process is killed before one of them.
// Arguments: the folder, and as JSON: `faultAt`, the operation from 1 on (0 for none), `kind`: kill, once or forever;
// `every` steps. Prints "training" at its first step, "saved N" behind each checkpoint, and a line of JSON at the end.
import { createHash } from 'node:crypto';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const [folder, text = '{}'] = process.argv.slice(2);
const { faultAt = 0, kind = 'kill', every = 2, epochs = 3 } = JSON.parse(text);
let operations = 0;
let watching = false;

function before(name) {
  if (!watching) return;
  operations++;
  const hit = kind === 'forever' ? operations >= faultAt : operations === faultAt;
  if (faultAt === 0 || !hit) return;
  if (kind === 'kill') process.kill(process.pid, 'SIGKILL');
  throw Object.assign(new Error(`ENOSPC: no space left on device, ${name}`), { code: 'ENOSPC' });
}

for (const name of ['open', 'rename', 'unlink', 'readdir', 'readFile', 'stat', 'mkdir', 'realpath']) {
  const original = promises[name];
  promises[name] = async (...args) => {
    before(name);
    const result = await original(...args);
    if (name === 'open') {
      for (const method of ['writeFile', 'sync', 'close']) {
        const inner = result[method].bind(result);
        result[method] = async (...given) => {
          // A handle must be closed even where closing is said to have failed.
          if (method === 'close') await inner();
          before(method);
          return method === 'close' ? undefined : inner(...given);
        };
      }
    }
    return result;
  };
}
syncBuiltinESMExports();

const { activation, batchNorm, checkpoint, dense, dropout, hooks, Network } = await import(
  new URL('../../../dist/index.js', import.meta.url).href
);
const features = Float32Array.from({ length: 80 * 6 }, (_, i) => Math.sin(i * 1.7) * 2);
const labels = Int32Array.from({ length: 80 }, (_, i) => i % 3);
const layers = [dense(9), batchNorm(), activation('relu'), dropout(0.2), dense(3)];
const network = new Network({ inputs: 6, layers, seed: 3 });
const errors = [];
const say = (line) => process.stdout.write(`${line}\n`);
let resumedFrom = 0;
let first = true;
const witness = {
  last: true,
  stepInterval: every,
  onTrainBegin: (training) => (resumedFrom = Number(/(\d+)\.safetensors$/.exec(training.resumedFrom ?? '')?.[1] ?? 0)),
  onStepEnd: ({ step }) => {
    if (first) say('training');
    first = false;
    if (errors.length === 0) say(`saved ${step}`);
  },
};
watching = true;
const data = { features, labels, width: 6 };
const keeper = checkpoint(folder, { every: { steps: every }, onError: (error) => errors.push(error.message) });
let rejected = null;
try {
  await network.fit(data, {
    epochs,
    batchSize: 10,
    callbacks: [keeper, witness, hooks({ onEpochEnd: () => undefined })],
    resume: folder,
  });
} catch (error) {
  rejected = { name: error.name, code: error.code, message: error.message };
}
watching = false;
const hash = createHash('sha256');
for (const name of network.parameterNames) hash.update(Buffer.from(network.readParameter(name).buffer));
const files = await promises.readdir(folder).catch(() => []);
say(JSON.stringify({ operations, errors, rejected, resumedFrom, files, step: network.step, sha: hash.digest('hex') }));
