// Other images in every step. Run it with: node examples/augmentation.mjs
import { writeFile } from 'node:fs/promises';
import { dense, elasticDistortion, imageSheet, mnist, Network, preview, rotation, scale, shift } from 'blasnet';

const { train, test } = await mnist();
const few = train.take(Math.min(2000, train.length));
const augmentation = [rotation(10), scale(0.1), shift(1), elasticDistortion({ sigma: 4, alpha: 34 })];

// Look first: eight variants of ten digits, as one picture.
const samples = await preview(few.take(10), augmentation, { variants: 8 });
await writeFile('augmented.png', await imageSheet(samples, { columns: 8 }));
console.log(`${samples.length} images in augmented.png`);

for (const [name, options] of Object.entries({ plain: {}, augmented: { augmentation } })) {
  const network = new Network({ inputs: 784, layers: [dense(128, { activation: 'relu' }), dense(10)], seed: 1 });
  await network.fit(few, { epochs: 20, ...options });
  const [onTrain, onTest] = [await network.evaluate(few), await network.evaluate(test)];
  const percent = ({ accuracy }) => `${(100 * accuracy).toFixed(1)} %`;
  console.log(`${name}: ${percent(onTrain)} of the training images, ${percent(onTest)} of the test images`);
}
