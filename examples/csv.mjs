// From a CSV file to predictions by name. Run it with: node examples/csv.mjs
import { Readable } from 'node:stream';
import { dense, inputNormalization, Network, readCsv, split } from 'blasnet';

// Stands for a file or a download: readCsv takes a path or a stream.
function* lines() {
  yield 'weight,height,kind\n';
  for (let i = 0; i < 300; i++) {
    const [kind, weight, height] = [
      ['mouse', 20, 3],
      ['cat', 4000, 25],
      ['horse', 500_000, 160],
    ][i % 3];
    yield `${weight * (0.8 + 0.4 * Math.abs(Math.sin(i)))},${height * (0.8 + 0.4 * Math.abs(Math.cos(i)))},${kind}\n`;
  }
}
const animals = await readCsv(Readable.from(lines()), { label: 'kind' });
const { train, test } = split(animals, { train: 0.7, test: 0.3 }, { seed: 1, stratified: true });

const network = new Network({
  inputs: 2,
  layers: [inputNormalization(), dense(16, { activation: 'relu' }), dense(3)],
  seed: 1,
});
await network.fit(train, { epochs: 60, batchSize: 16, validation: test });
console.log(
  `classes ${animals.classNames.join(', ')}; test accuracy ${(await network.evaluate(test)).accuracy.toFixed(2)}`,
);
console.log(
  await network.classifyByName([
    [19, 2.9],
    [4200, 27],
    [450_000, 155],
  ]),
);
