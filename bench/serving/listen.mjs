/** One plain HTTP server for both contenders: 784 float32 in, 10 out. Says its port to the parent. */
import { createServer } from 'node:http';

export async function listen(predict) {
  const server = createServer(async (request, response) => {
    try {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      if (body.length !== 784 * 4) throw new Error(`Expected 3136 bytes, received ${body.length}`);
      const samples = new Float32Array(784);
      Buffer.from(samples.buffer).set(body);
      const predictions = await predict(samples);
      response.end(Buffer.from(predictions.buffer, predictions.byteOffset, predictions.byteLength));
    } catch (error) {
      response.writeHead(500).end(error.message);
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  process.on('message', () => process.send({ memory: process.memoryUsage.rss() }));
  process.on('disconnect', () => process.exit());
  process.send({ port: server.address().port });
}
