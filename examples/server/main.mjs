// A server that trains and predicts. Run it with: node examples/server/main.mjs
//   PORT, HOST (127.0.0.1), MODELS (a folder, ./models), MAX_BODY (bytes, 1048576), DATA (mnist or synthetic)
import { mkdir } from 'node:fs/promises';
import { serve } from '@hono/node-server';
import { mnist, syntheticDigits } from 'blasnet';
import { makeApp } from './app.mjs';
import { Service } from './service.mjs';

const { PORT = '8080', HOST = '127.0.0.1', MODELS = 'models', MAX_BODY = '1048576', DATA = 'synthetic' } = process.env;
await mkdir(MODELS, { recursive: true });
const data = DATA === 'mnist' ? await mnist() : syntheticDigits({ train: 4000, test: 1000 });
const service = await Service.open(MODELS, data);
const app = makeApp(service, { maxBody: Number(MAX_BODY) });

const server = serve({ fetch: app.fetch, port: Number(PORT), hostname: HOST }, ({ port }) => {
  console.log(`listening on http://${HOST}:${port}/`);
});
// What Node.js allows by default is five minutes for a request, and any number of slow ones.
server.requestTimeout = 30_000;
server.headersTimeout = 10_000;
server.maxConnections = 1000;

/** No new connections; the fit stops after its step and leaves a checkpoint; what waits is answered. */
let stopping = false;
async function stop(signal) {
  if (stopping) return;
  stopping = true;
  console.log(`${signal}: shutting down`);
  setTimeout(() => process.exit(1), 20_000).unref();
  server.close();
  await service.close();
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), 1000).unref();
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
