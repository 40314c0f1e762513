import { createRequire } from 'node:module';

/** What the tests use of onnxruntime-node; its own types want those of a browser. */
interface Runtime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: { logSeverityLevel: number }): Promise<Session>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => unknown;
}

interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputMetadata: readonly { readonly shape: readonly (string | number)[] }[];
  run(feeds: Record<string, unknown>): Promise<Record<string, { data: Float32Array; dims: readonly number[] }>>;
  release(): Promise<void>;
}

const ort = createRequire(import.meta.url)('onnxruntime-node') as Runtime;

export async function openOnnx(model: Uint8Array): Promise<Session> {
  return ort.InferenceSession.create(model, { logSeverityLevel: 3 });
}

/** Runs samples, row after row, through the first input of a session; returns one of its outputs. */
export async function runSession(
  session: Session,
  samples: Float32Array,
  width: number,
  output = session.outputNames[0],
): Promise<{ data: Float32Array; dims: readonly number[] }> {
  const tensor = new ort.Tensor('float32', samples, [samples.length / width, width]);
  return (await session.run({ [session.inputNames[0]]: tensor }))[output];
}

export async function runOnnx(model: Uint8Array, samples: Float32Array, width: number): Promise<Float32Array> {
  const session = await openOnnx(model);
  try {
    return (await runSession(session, samples, width)).data;
  } finally {
    await session.release();
  }
}
