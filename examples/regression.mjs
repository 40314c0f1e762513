// A curve from noisy points, by mean squared error. Run it with: node examples/regression.mjs
import { adam, dense, meanSquaredError, Network } from 'blasnet';

const curve = (x) => Math.sin(3 * x) + x / 2;
const points = Array.from({ length: 512 }, (_, i) => i / 256 - 1);
// Noise that is the same in every run.
const noise = points.map((_, i) => 0.1 * Math.sin(i * 12.9898) * Math.cos(i * 78.233));

const network = new Network({
  inputs: 1,
  layers: [dense(32, { activation: 'tanh' }), dense(32, { activation: 'tanh' }), dense(1)],
  loss: meanSquaredError(),
  seed: 1,
});
const history = await network.fit(
  { features: points.map((x) => [x]), targets: points.map((x, i) => [curve(x) + noise[i]]) },
  { epochs: 200, batchSize: 64, optimizer: adam({ learningRate: 0.01 }) },
);
console.log(`mean squared error ${history.epochs.at(-1).loss.toFixed(4)}, of which the noise is about 0.0025`);

for (const x of [-0.8, -0.4, 0, 0.4, 0.8]) {
  const [y] = network.predictSync(Float32Array.of(x));
  console.log(`f(${x.toFixed(1)}) = ${y.toFixed(2)}, the curve without noise has ${curve(x).toFixed(2)}`);
}
