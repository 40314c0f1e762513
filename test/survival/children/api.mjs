/**
 * api.mjs <table|fuzz> <seed> <calls>: calls every function of the addon directly with what it was not made for. Reports
 * everything thrown that is no Error with a message. What a crash or a hang would be, the parent sees.
 */
import { encodeProgram } from '../../../dist/engine/encode.js';
import { contract } from '../../../dist/kernels/contract.js';
import { signatures } from '../../../dist/kernels/signature.js';
import { adam } from '../../../dist/index.js';
import { compilePrediction, compileTraining } from '../../../dist/network/compile.js';
import { addon, network, report, width } from './work.mjs';

const native = addon();
// Wrong sizes are to be refused, not served.
native.limitMemory(2 ** 29);
const { architecture } = network({ units: 8 });
const parameters = architecture.arenaSize;
const trainCode = encodeProgram(compileTraining(architecture, adam(), 16));
const predictCode = encodeProgram(compilePrediction(architecture, true));
const features = new Float32Array(width * 40).fill(0.25);
const labels = new Int32Array(40).map((_, i) => i % 6);

const make = {
  data: () => native.createData(40, width, features, 1, labels, undefined, 0),
  store: () => native.createStore(parameters, 2),
  train: () => native.compile(trainCode),
  predict: () => native.compile(predictCode),
  stop: () => native.createStop(),
};
const scalars = new Float64Array(30);
const order = Uint32Array.from({ length: 40 }, (_, i) => 39 - i);

/** A good call of every function, from which the wrong ones differ in one argument. */
const good = {
  contract: () => [],
  info: () => [],
  createData: () => [40, width, features, 1, labels, features, 4],
  createStore: () => [parameters, 2],
  readStore: () => [make.store(), 2, 1, 3, new Float32Array(10)],
  writeStore: () => [make.store(), 0, 0, 3, new Float32Array(10)],
  compile: () => [trainCode, 0],
  run: () => [make.train(), make.store(), make.data(), make.stop(), order, 2, 30, scalars, 7, 3, 2],
  runSync: () => [make.predict(), make.store(), features.subarray(0, width * 2), 2, new Float32Array(12)],
  runKernel: () => [
    0,
    Object.keys(contract).indexOf('dense'),
    [new Float32Array(6), new Float32Array(6), new Float32Array(2), new Float32Array(4)],
    Float64Array.of(3, 2),
    Float64Array.of(1, 0),
    0,
    2,
    2,
    0,
    1,
    scalars,
  ],
  createStop: () => [],
  raiseStop: () => [make.stop()],
  dispose: () => [make.data()],
  measurePeak: () => [0, 1],
  failAllocation: () => [-1],
  fault: () => [1, 0, -1],
  allocatedBytes: () => [],
};

function detached(array) {
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
}

function disposed(handle) {
  native.dispose(handle);
  return handle;
}

function shrunk(Type, lengthTracking) {
  const buffer = new ArrayBuffer(64, { maxByteLength: 256 });
  const view = lengthTracking ? new Type(buffer) : new Type(buffer, 0, 8);
  buffer.resize(16);
  return view;
}

const trap = new Proxy(
  {},
  {
    get() {
      throw new Error('a getter that throws');
    },
    getPrototypeOf() {
      throw new Error('a prototype that throws');
    },
  },
);
const hostileArray = [new Float32Array(6)];
Object.defineProperty(hostileArray, 1, {
  get() {
    // Takes away the memory of the operand that came before.
    structuredClone(hostileArray[0].buffer, { transfer: [hostileArray[0].buffer] });
    return new Float32Array(6);
  },
});

const wrong = {
  undefined: () => undefined,
  null: () => null,
  NaN: () => NaN,
  'minus zero': () => -0,
  '-1': () => -1,
  0: () => 0,
  0.5: () => 0.5,
  '2^31': () => 2 ** 31,
  '2^32': () => 2 ** 32,
  '2^53': () => 2 ** 53,
  '1e308': () => 1e308,
  Infinity: () => Infinity,
  'a string': () => '3',
  'a bigint': () => 3n,
  'a symbol': () => Symbol('3'),
  true: () => true,
  'an empty array': () => [],
  'an array': () => [1, 2, 3],
  'a hostile array': () => hostileArray,
  'a sparse array': () => new Array(5),
  'an object': () => ({}),
  'a function': () => () => 1,
  'a date': () => new Date(),
  'a promise': () => Promise.resolve(1),
  'a Float32Array': () => new Float32Array(3),
  'a large Float32Array': () => new Float32Array(5000).fill(NaN),
  'a Float64Array': () => new Float64Array(3),
  'a Float64Array of NaN': () => new Float64Array(64).fill(NaN),
  'a Float64Array of 2^40': () => new Float64Array(64).fill(2 ** 40),
  'an Int32Array': () => new Int32Array(50).fill(-5),
  'a Uint32Array': () => new Uint32Array(50).fill(4e9),
  'a Uint8Array': () => new Uint8Array(7),
  'a BigInt64Array': () => new BigInt64Array(4),
  'a DataView': () => new DataView(new ArrayBuffer(16)),
  'an ArrayBuffer': () => new ArrayBuffer(16),
  'a zero-length array': () => new Float32Array(0),
  'a view at an odd offset': () => new Float32Array(new ArrayBuffer(64), 4, 3),
  'a detached Float32Array': () => detached(new Float32Array(24)),
  'a detached Float64Array': () => detached(new Float64Array(24)),
  'a detached Uint32Array': () => detached(new Uint32Array(40)),
  'a shared array': () => new Float32Array(new SharedArrayBuffer(64)),
  'WebAssembly memory': () => new Float32Array(new globalThis.WebAssembly.Memory({ initial: 1 }).buffer, 0, 8),
  'a resizable array, shrunk': () => shrunk(Float32Array, false),
  'a length-tracking array, shrunk': () => shrunk(Float64Array, true),
  'a proxy that throws': () => trap,
  'a proxy of a handle': () => new Proxy(make.data(), {}),
  'an object with a handle as prototype': () => Object.create(make.store()),
  'a fake typed array': () => Object.setPrototypeOf({ length: 9, buffer: new ArrayBuffer(36) }, Float32Array.prototype),
  'an array with another prototype': () => Object.setPrototypeOf(new Float32Array(8), Float64Array.prototype),
  'a data handle': make.data,
  'a store handle': make.store,
  'a program that trains': make.train,
  'a program that predicts': make.predict,
  'a stop handle': make.stop,
  'a disposed data handle': () => disposed(make.data()),
  'a disposed store handle': () => disposed(make.store()),
  'a disposed program': () => disposed(make.train()),
};

const problems = [];
const counts = { calls: 0, refused: 0 };

function note(name, error) {
  counts.refused++;
  const isError = error instanceof Error && typeof error.message === 'string' && error.message !== '';
  if (!isError && problems.length < 20) problems.push(`${name}: ${String(error)}`);
}

async function call(name, args) {
  counts.calls++;
  try {
    await native[name.split(',')[0]](...args);
  } catch (error) {
    note(name, error);
  }
  // What a wrong call of the test hooks has ordered.
  for (let site = 0; site < 6; site++) native.fault(site, 0, -1);
}

async function table() {
  const values = Object.entries(wrong);
  for (const [name, arguments_] of Object.entries(good)) {
    await call(`${name}, as it should be called`, arguments_());
    const { length } = arguments_();
    for (const [what, value] of values) {
      for (let place = 0; place <= length; place++) {
        const args = arguments_();
        args[place] = value();
        await call(`${name}, ${what} at ${place}`, args);
      }
      await call(`${name}, ${what} everywhere`, Array.from({ length: 11 }, value));
      await call(`${name}, on ${what}`, []);
    }
    for (let count = 0; count < length; count++)
      await call(`${name}, ${count} arguments`, arguments_().slice(0, count));
  }
  return values.length;
}

/** A generator of whole numbers below a limit; the same for the same seed. */
function randomOf(seed) {
  let state = BigInt(seed) * 2685821657736338717n + 1n;
  return (limit) => {
    state ^= (state << 13n) & 0xffffffffffffffffn;
    state ^= state >> 7n;
    state ^= (state << 17n) & 0xffffffffffffffffn;
    return limit < 2 ? 0 : Number(state % BigInt(limit));
  };
}

/** Sequences of calls on a few living handles, most of them nearly right, many at the same time. */
async function fuzz(seed, calls) {
  const below = randomOf(seed);
  const pick = (items) => items[below(items.length)];
  const names = Object.keys(good).filter((name) => !['failAllocation', 'fault', 'measurePeak'].includes(name));
  const busy = ['run', 'run', 'runSync', 'runKernel', 'readStore', 'writeStore', 'dispose', 'compile', 'createData'];
  const living = { data: [make.data()], store: [make.store()], train: [make.train()], predict: [make.predict()] };
  const kinds = Object.keys(living);
  const wrongValues = Object.values(wrong);
  const numbers = [0, 1, 2, 3, 7, 16, 29, 30, 40, 41, 64, -1, 0.5, 2 ** 31, 2 ** 32, 2 ** 53];
  const waiting = new Set();
  const mutated = (code) => {
    const copy = code.slice(0, below(10) === 0 ? below(code.length) : code.length);
    for (let n = below(3); n > 0; n--) copy[below(copy.length)] = pick(numbers);
    return copy;
  };
  const kernelCall = () => {
    const { id, operands, symbols, attributes } = pick(signatures);
    const extents = new Map(symbols.map((symbol) => [symbol, 1 + below(9)]));
    const rows = 1 + below(9);
    extents.set('rows', rows);
    const arrays = operands.map(({ shape }) => {
      return new Float32Array(shape.reduce((size, symbol) => size * extents.get(symbol), 1)).fill(below(12) / 4 - 1);
    });
    const dimensions = Float64Array.from(symbols, (symbol) => extents.get(symbol));
    return [
      below(3),
      id,
      arrays,
      dimensions,
      new Float64Array(attributes.length).fill(below(5) / 4),
      0,
      below(rows + 1),
      rows,
      1,
      1,
      scalars,
    ];
  };
  for (let i = 0; i < calls; i++) {
    const name = below(4) > 0 ? pick(busy) : pick(names);
    let args = good[name]();
    if (name === 'run') args = [pick(living.train), pick(living.store), pick(living.data), ...args.slice(3)];
    if (name === 'run' && below(2) === 0) args[0] = pick(living.predict);
    if (name === 'runSync') args = [pick(living.predict), pick(living.store), ...args.slice(2)];
    if (name.endsWith('Store') && name !== 'createStore') args[0] = pick(living.store);
    if (name === 'compile') args[0] = mutated(pick([trainCode, predictCode]));
    if (name === 'runKernel' && below(2) === 0) args = kernelCall();
    if (name === 'dispose') args = [pick(living[pick(kinds)])];
    for (let n = below(3) - 1; n > 0 && args.length > 0; n--) {
      const place = below(args.length);
      args[place] = below(2) === 0 ? pick(wrongValues)() : pick(numbers);
    }
    // What allocates without bound belongs to the memory tests.
    if (name === 'createStore') args[0] = typeof args[0] === 'number' ? Math.min(args[0], 1e6) : args[0];
    counts.calls++;
    try {
      const result = native[name](...args);
      if (result instanceof Promise) {
        const settled = result.catch((error) => note(name, error)).finally(() => waiting.delete(settled));
        waiting.add(settled);
      } else if (name === 'createData' || name === 'createStore') {
        const kind = name === 'createData' ? living.data : living.store;
        kind[below(3)] = result;
      } else if (name === 'compile') {
        living[pick(['train', 'predict'])][below(4)] = result;
      }
    } catch (error) {
      note(name, error);
    }
    for (const kind of kinds) if (below(20) === 0) living[kind][below(3)] = make[kind]();
    if (waiting.size > 8) await Promise.race(waiting);
    if (i % 50 === 0) await new Promise((turn) => setImmediate(turn));
  }
  await Promise.all(waiting);
  return living.data.length;
}

const [, , kind, seed, calls] = process.argv;
const variety = kind === 'table' ? await table() : await fuzz(Number(seed), Number(calls));
// The engine is as good as before.
const totals = async () => String((await native.run(...good.run())).totals);
if ((await totals()) !== (await totals())) problems.push('two equal runs differ');
report({ ...counts, variety, problems });
