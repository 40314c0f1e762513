// The smallest problem that needs a hidden layer. Run it with: node examples/xor.mjs
import { adam, dense, Network } from 'blasnet';

const features = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const network = new Network({ inputs: 2, layers: [dense(8, { activation: 'tanh' }), dense(2)], seed: 1 });
await network.fit({ features, labels: [0, 1, 1, 0] }, { epochs: 300, optimizer: adam({ learningRate: 0.05 }) });

const classes = await network.classify(features);
features.forEach(([a, b], row) => console.log(`${a} xor ${b} = ${classes[row]}`));
