// The packed package finds its native kernels, and trains with them; so it does with the reference engine.
import { Network, dense, engineInfo, syntheticDigits } from 'blasnet';

const info = engineInfo();
if (info.engine !== 'native') throw new Error(`the packed package runs the ${info.engine} engine: ${info.reason}`);
console.log(`imported: ${info.engine}, ${info.simd}, ${info.blas} ${info.blasCore}`);

const { train, test } = syntheticDigits({ train: 1000, test: 200 });
for (const engine of ['native', 'reference']) {
  const network = new Network({
    inputs: 784,
    layers: [dense(32, { activation: 'relu' }), dense(10)],
    engine,
    seed: 1,
  });
  const { loss: before } = await network.evaluate(test);
  await network.fit(train, { epochs: 2 });
  const { loss, accuracy } = await network.evaluate(test);
  if (!(loss < before)) throw new Error(`two epochs on the ${engine} engine left the loss at ${loss} from ${before}`);
  console.log(`trained: ${engine}, loss ${before.toFixed(3)} to ${loss.toFixed(3)}, accuracy ${accuracy?.toFixed(3)}`);
}
