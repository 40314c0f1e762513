// The published types compile in a strict project that skips no library check.
import { createPredictor, fromOnnx, toJavaScript, toOnnx, type Predictor } from 'blasnet';
import { Network, adam, dense, dropout, syntheticDigits, type Evaluation, type History } from 'blasnet';

export async function train(): Promise<[History, Evaluation]> {
  const { train, test } = syntheticDigits({ train: 1000, test: 200 });
  const network = new Network({
    inputs: 784,
    layers: [dense(32, { activation: 'relu' }), dropout(0.2), dense(10)],
    seed: 1,
  });
  const history = await network.fit(train, { optimizer: adam({ learningRate: 0.001 }), epochs: 2, validation: test });
  return [history, await network.evaluate(test)];
}

export async function serve(network: Network): Promise<[Predictor, string]> {
  const again = await fromOnnx(toOnnx(network), { loss: 'softmaxCrossEntropy' });
  return [createPredictor(again, { maxBatch: 32 }), toJavaScript(network, { module: 'commonjs' })];
}
