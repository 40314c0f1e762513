import { MessageChannel } from 'node:worker_threads';

/** Less is not worth the messenger. */
const LEAST_BYTES = 2 ** 20;

/**
 * Gives the memory of a large array back now, and not when JavaScript next looks for garbage, which may be after a whole fit:
 * it is sent to a channel that nobody reads. The array is empty afterwards, and so is all that shares its memory. An array
 * that is a part of a larger memory is left alone.
 */
export function release(array: Uint8Array | Float32Array | Float64Array): void {
  const { buffer, byteLength } = array;
  if (byteLength < LEAST_BYTES || byteLength !== buffer.byteLength || !(buffer instanceof ArrayBuffer)) return;
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(null, [buffer]);
  port1.close();
  port2.close();
}
