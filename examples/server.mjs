// Predictions over HTTP. Run it with: node examples/server.mjs
//   curl -X POST --data-binary @digit.bin http://127.0.0.1:8080/     (784 bytes, a 28 x 28 image)
import { createServer } from 'node:http';
import { dense, Network, syntheticDigits } from 'blasnet';

const { train } = syntheticDigits({ train: 4000, test: 1 });
const network = new Network({ inputs: 784, layers: [dense(100, { activation: 'relu' }), dense(10)], seed: 1 });

// Training runs on threads of its own: the server below answers meanwhile, with what has been learned so far.
const training = network.fit(train, { epochs: 10, batchSize: 64 });

const server = createServer(async (request, response) => {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > 784) break;
    chunks.push(chunk);
  }
  if (size !== 784) {
    response
      .writeHead(400, { connection: 'close' })
      .end(`expected 784 bytes, received ${size > 784 ? 'more' : size}\n`);
    return;
  }
  // predictSync takes values as the network sees them: bytes become 0 to 1, as in training.
  const probabilities = network.predictSync(Float32Array.from(Buffer.concat(chunks), (byte) => byte / 255));
  const digit = probabilities.indexOf(Math.max(...probabilities));
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ digit, probability: probabilities[digit], step: network.step }));
});
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}/`);
});

await training;
console.log(`trained: ${network.step} steps`);
