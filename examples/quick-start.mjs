// MNIST from data to a saved model. Run it with: node examples/quick-start.mjs
import { adam, cosineSchedule, dense, dropout, mnist, Network } from 'blasnet';

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

const [epochs, batchSize] = [4, 128];
const steps = epochs * Math.ceil(train.length / batchSize);
const optimizer = adam({ learningRate: cosineSchedule({ initial: 0.002, steps }) });
const { seconds } = await network.fit(train, { epochs, batchSize, optimizer });
const { accuracy } = await network.evaluate(test);
console.log(`trained in ${seconds.toFixed(1)} s, test accuracy ${(accuracy * 100).toFixed(2)} %`);

await network.save('model.safetensors');
