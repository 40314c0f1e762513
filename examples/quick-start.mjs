// MNIST from data to a saved model. Run it with: node examples/quick-start.mjs
import { dense, dropout, mnist, Network } from 'blasnet';

const { train, test, source } = await mnist();
const network = new Network({
  inputs: 784,
  layers: [
    dense(512, { activation: 'relu' }),
    dropout(0.2),
    dense(512, { activation: 'relu' }),
    dropout(0.2),
    dense(10),
  ],
  seed: 1,
});
console.log(`${train.length} images from ${source}\n\n${network.summary()}\n`);

const { seconds } = await network.fit(train, { epochs: 10, batchSize: Math.min(512, train.length) });
const { accuracy } = await network.evaluate(test);
console.log(`trained in ${seconds.toFixed(1)} s, test accuracy ${(accuracy * 100).toFixed(2)} %`);

await network.save('model.safetensors');
