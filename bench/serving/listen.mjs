// @ts-check
/** One plain HTTP server for both contenders: 784 float32 in, 10 out. Says its port to the parent, and its state when asked. */
import { createServer } from 'node:http';

const BODY = 784 * 4;

/**
 * What it says when asked: `live` are the bytes that JavaScript holds once all garbage is gone, buffers outside of its heap
 * included.
 *
 * @typedef {{ resident: number, live: number | undefined, coreSeconds: number, trainedSamples: number }} State
 */

/**
 * @param {(samples: Float32Array) => Promise<Float32Array>} predict
 * @param {{ trainedSamples: number }} state
 */
export async function listen(predict, state) {
  const server = createServer(async (request, response) => {
    try {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      if (body.length !== BODY) throw new Error(`Expected ${BODY} bytes, received ${body.length}`);
      const samples = new Float32Array(784);
      Buffer.from(samples.buffer).set(body);
      const predictions = await predict(samples);
      response.end(Buffer.from(predictions.buffer, predictions.byteOffset, predictions.byteLength));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await /** @type {Promise<void>} */ (new Promise((done) => server.listen(0, '127.0.0.1', done)));
  const send = (/** @type {object} */ message) => process.send?.(message);
  process.on('message', (question) => {
    const { user, system } = process.cpuUsage();
    const { trainedSamples } = state;
    let live;
    if (question === 'live') {
      globalThis.gc?.();
      const { heapUsed, external } = process.memoryUsage();
      live = heapUsed + external;
    }
    send({ resident: process.memoryUsage.rss(), live, coreSeconds: (user + system) / 1e6, trainedSamples });
  });
  process.on('disconnect', () => process.exit());
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  send({ port });
}
