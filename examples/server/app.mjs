// What the server answers to. Bad requests get a 4xx with a reason; nothing that a client sends ends the server.
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { streamSSE } from 'hono/streaming';
import { BlasnetError, engineInfo } from 'blasnet';
import { Metrics } from './metrics.mjs';
import { floatsOf, jsonOf, samplesOf } from './requests.mjs';

export function makeApp(service, { maxBody = 2 ** 20 } = {}) {
  const app = new Hono();
  const metrics = new Metrics(service);
  const refuse = (status, message, headers) => {
    throw new HTTPException(status, { res: Response.json({ error: message }, { status, headers }) });
  };

  app.use(async (c, next) => {
    const started = performance.now();
    await next();
    metrics.count(c.req.routePath, c.req.method, c.res.status, performance.now() - started);
  });
  app.use(bodyLimit({ maxSize: maxBody, onError: () => refuse(413, `The body is larger than ${maxBody} bytes`) }));

  app.get('/health', (c) => {
    const { engine, threads } = engineInfo();
    return c.json({
      status: 'ok',
      model: service.predictor !== undefined,
      engine,
      threads,
      training: service.training.state,
    });
  });
  app.get('/metrics', (c) => c.text(metrics.text(), 200, { 'content-type': 'text/plain; version=0.0.4' }));

  app.post('/predict', async (c) => {
    const predictor = service.predictor ?? refuse(503, 'There is no model yet: POST /train', { 'retry-after': '5' });
    const { inputs, outputs } = predictor.network;
    const { signal } = c.req.raw;
    if (c.req.header('content-type')?.startsWith('application/octet-stream')) {
      const predictions = await predictor.predict(floatsOf(await c.req.arrayBuffer()), { signal });
      return c.body(predictions.buffer, 200, { 'content-type': 'application/octet-stream' });
    }
    const flat = await predictor.predict(samplesOf(await jsonOf(c), inputs), { signal });
    const rows = Array.from({ length: flat.length / outputs }, (_, i) => [
      ...flat.subarray(i * outputs, (i + 1) * outputs),
    ]);
    return c.json({ predictions: rows });
  });

  app.get('/train', (c) => c.json(service.training));
  app.post('/train', async (c) => {
    if (!(await service.train(await jsonOf(c, {})))) refuse(409, 'A training is under way');
    return c.json({ run: service.training.run }, 202);
  });
  app.delete('/train', (c) =>
    service.cancel() ? c.json({ cancelled: true }, 202) : refuse(404, 'No training is under way'),
  );
  app.get('/train/events', (c) =>
    streamSSE(c, async (stream) => {
      const stop = new AbortController();
      stream.onAbort(() => stop.abort());
      await stream.writeSSE({ event: 'state', data: JSON.stringify(service.training) });
      for await (const event of service.events.listen(stop.signal)) await stream.writeSSE(event);
    }),
  );

  app.notFound((c) => c.json({ error: `There is no ${c.req.method} ${c.req.path}` }, 404));
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    if (error.code === 'ERR_PREDICTOR_BUSY') return c.json({ error: error.message }, 503, { 'retry-after': '1' });
    if (error instanceof BlasnetError && /^ERR_(OPTION|SHAPE|DATA|CHECKPOINT)/.test(error.code)) {
      return c.json({ error: error.message, code: error.code }, 400);
    }
    if (error.name === 'AbortError') return c.body(null, 499);
    console.error(error);
    return c.json({ error: 'Internal error' }, 500);
  });
  return app;
}
