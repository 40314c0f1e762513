// One record an epoch, as training goes on. Run it with: node examples/epochs.mjs
import { dense, dropout, Network, syntheticDigits } from 'blasnet';

const { train, test } = syntheticDigits({ train: 4000, test: 1000 });
const network = new Network({
  inputs: 784,
  layers: [dense(128, { activation: 'relu' }), dropout(0.2), dense(10)],
  seed: 1,
});

// Leaving the loop does not end the training; the signal does.
const enough = new AbortController();
const fit = network.fit(train, { epochs: 50, batchSize: 50, validation: test, signal: enough.signal });
try {
  for await (const { epoch, loss, valAccuracy, samplesPerSecond } of fit) {
    const rate = Math.round(samplesPerSecond).toLocaleString('en-US');
    console.log(`epoch ${epoch}: loss ${loss.toFixed(4)}, test ${(valAccuracy * 100).toFixed(1)} %, ${rate} samples/s`);
    if (valAccuracy > 0.9) enough.abort('90 % reached');
  }
} catch (reason) {
  console.log(reason);
}
