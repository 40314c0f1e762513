// Two networks against each other (a GAN). Run it with: node examples/adversarial.mjs
import { adam, dense, Network } from 'blasnet';

const batch = 64;
let state = 1;
/** Numbers in [0, 1), the same in every run. */
const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const noise = (rows) => Float32Array.from({ length: rows * 2 }, normal);
const real = () => Float32Array.from({ length: batch }, () => 4 + 0.5 * normal());

const hidden = { activation: 'leakyRelu' };
const generator = new Network({ inputs: 2, layers: [dense(32, hidden), dense(1)], loss: 'meanSquaredError', seed: 1 });
const critic = new Network({ inputs: 1, layers: [dense(32, hidden), dense(1)], loss: 'binaryCrossEntropy', seed: 2 });
const making = generator.loop({ optimizer: adam({ learningRate: 0.001, beta1: 0.5 }) });
const judging = critic.loop({ optimizer: adam({ learningRate: 0.004, beta1: 0.5 }) });

/** Gradient of the mean binary cross-entropy by the critic's logits, where all of them should say `target`. */
const gradientTo = (target) => (logits) => logits.map((logit) => (1 / (1 + Math.exp(-logit)) - target) / logits.length);

for (let step = 0; step < 2000; step++) {
  // The critic learns to tell the two apart: gradients of both passes add up until its step.
  const made = await making.forward(noise(batch));
  await judging.backward(gradientTo(1)(await judging.forward(real())));
  await judging.backward(gradientTo(0)(await judging.forward(made)));
  await judging.step();
  // The generator learns what the critic would have liked better: its gradient comes through the critic's inputs.
  const wish = gradientTo(1)(await judging.forward(made));
  await making.backward(await judging.inputGradient(wish));
  await making.step();
}

const values = await generator.predict(noise(2000));
const mean = values.reduce((sum, value) => sum + value) / values.length;
const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
console.log(`real: mean 4.00, deviation 0.50; made: mean ${mean.toFixed(2)}, deviation ${deviation.toFixed(2)}`);
