// What clients send, checked: every refusal says what was expected.
import { HTTPException } from 'hono/http-exception';

function refuse(message) {
  throw new HTTPException(400, { res: Response.json({ error: message }, { status: 400 }) });
}

/** The body as a JSON object; `absent` where there is none. */
export async function jsonOf(c, absent) {
  const text = await c.req.text();
  if (text === '' && absent !== undefined) return absent;
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    refuse('Expected a JSON object as the body');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) refuse('Expected a JSON object as the body');
  return body;
}

/** `{ "sample": [...] }` or `{ "samples": [[...], ...] }` as numbers one after the other. */
export function samplesOf({ sample, samples = [sample] }, inputs) {
  if (!Array.isArray(samples) || samples.length === 0)
    refuse('Expected "sample", a list of numbers, or "samples", a list of them');
  const wrong = samples.findIndex((row) => !Array.isArray(row) || row.length !== inputs);
  if (wrong >= 0) refuse(`Expected ${inputs} numbers in samples[${wrong}]`);
  return samples.flat();
}

/** Little-endian float32. */
export function floatsOf(buffer) {
  if (buffer.byteLength % 4 !== 0) refuse(`Expected a multiple of 4 bytes, received ${buffer.byteLength}`);
  return new Float32Array(buffer);
}
