// @ts-check
// The same predictions by onnxruntime-node. Argument: the ONNX file. MODE=fit trains with blasnet meanwhile.
import { createRequire } from 'node:module';
import { listen } from './listen.mjs';

const ort = createRequire(import.meta.url)('onnxruntime-node');
const session = await ort.InferenceSession.create(process.argv[2], { logSeverityLevel: 3 });
const state = { trainedSamples: 0 };
await listen(async (samples) => {
  const { output } = await session.run({ input: new ort.Tensor('float32', samples, [1, 784]) });
  return output.data;
}, state);
if (process.env['MODE'] === 'fit') {
  const { train } = await import('./train.mjs');
  await train(state);
}
