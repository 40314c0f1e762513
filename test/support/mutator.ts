/** Makes broken files out of good ones, the same ones for the same seed. */
export class Mutator {
  #state: number;
  readonly #seeds: readonly Uint8Array[];

  constructor(seed: number, seeds: readonly Uint8Array[]) {
    this.#state = seed >>> 0 || 1;
    this.#seeds = seeds;
  }

  /** One of the seeds after one to four mutations. */
  next(): Uint8Array {
    let bytes: Uint8Array = this.#pick(this.#seeds).slice();
    for (let left = 1 + this.#below(4); left > 0; left--) bytes = this.#mutate(bytes);
    return bytes;
  }

  #mutate(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) return Uint8Array.of(this.#below(256));
    const at = this.#below(bytes.length);
    switch (this.#below(10)) {
      case 0:
        bytes[at] ^= 1 << this.#below(8);
        return bytes;
      case 1:
        bytes[at] = this.#pick([0, 1, 0x7f, 0x80, 0xff, 0x22, 0x5c, 0x7b, 0x7d, 0x2c, 0x30, 0x39]);
        return bytes;
      case 2:
        return bytes.slice(0, at);
      case 3: {
        const longer = new Uint8Array(bytes.length + 1 + this.#below(16));
        longer.set(bytes);
        return longer;
      }
      case 4: {
        // Head of this one, tail of another.
        const other = this.#pick(this.#seeds);
        return join(bytes.subarray(0, at), other.subarray(this.#below(other.length)));
      }
      case 5:
        return join(bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + this.#below(12))));
      case 6: {
        const end = Math.min(bytes.length, at + 1 + this.#below(24));
        return join(bytes.subarray(0, end), bytes.subarray(at));
      }
      case 7:
        this.#writeLength(bytes, this.#below(2) === 0 ? 0 : at);
        return bytes;
      case 8: {
        const from = this.#below(bytes.length);
        bytes.copyWithin(at, from, from + 1 + this.#below(16));
        return bytes;
      }
      default:
        // A digit for a digit: offsets and shapes that are nearly right.
        for (let index = at; index < bytes.length; index++) {
          if (bytes[index] >= 0x30 && bytes[index] <= 0x39) {
            bytes[index] = 0x30 + this.#below(10);
            break;
          }
        }
        return bytes;
    }
  }

  #writeLength(bytes: Uint8Array, at: number): void {
    const value = this.#pick([0n, 1n, 7n, 8n, 255n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]);
    const field = new DataView(new ArrayBuffer(8));
    field.setBigUint64(0, value, this.#below(2) === 0);
    const room = Math.min(8, bytes.length - at);
    bytes.set(new Uint8Array(field.buffer, 0, room), at);
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#below(items.length)];
  }

  /** xorshift32: the fuzzer's own speed matters more than the quality of its numbers. */
  #below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
