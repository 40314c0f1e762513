import { FormatError } from './errors.js';

/** One entry of a safetensors header as it stands in the file: well formed, its numbers not yet related to each other. */
export interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly entries: Map<string, HeaderEntry>;
  readonly metadata: Map<string, string>;
}

/** No tensor of a network has more dimensions; a limit keeps a header from spending its bytes on one shape. */
const MAX_DIMENSIONS = 8;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Reads the JSON of a safetensors header, and nothing but that: an object of entries with `dtype`, `shape` and
 * `data_offsets`, and `__metadata__`, an object of strings.
 *
 * A reader of its own, because JSON.parse keeps the last of two equal keys without a word, nests as deep as a hostile
 * file likes, and turns 2^53+1 into another number. Names land in maps, so `__proto__` is a name like any other.
 */
export class HeaderReader {
  readonly #text: string;
  readonly #maxTensors: number;
  #at = 0;

  constructor(text: string, maxTensors: number) {
    this.#text = text;
    this.#maxTensors = maxTensors;
  }

  /** @throws FormatError where the text is anything else than such a header */
  read(): Header {
    const entries = new Map<string, HeaderEntry>();
    let metadata: Map<string, string> | undefined;
    this.#object('the header', (key) => {
      if (key === '__metadata__') {
        if (metadata !== undefined) throw this.#error('the key "__metadata__" stands there twice');
        metadata = this.#metadata();
        return;
      }
      if (entries.has(key)) throw this.#error(`the tensor ${quote(key)} stands there twice`);
      if (entries.size === this.#maxTensors) throw this.#error(`more than ${this.#maxTensors} tensors`);
      entries.set(key, this.#entry(key));
    });
    this.#skipSpace();
    if (this.#at !== this.#text.length) throw this.#error('text after the closing brace');
    return { entries, metadata: metadata ?? new Map<string, string>() };
  }

  #entry(name: string): HeaderEntry {
    let dtype: string | undefined;
    let shape: number[] | undefined;
    let offsets: number[] | undefined;
    const once = (previous: unknown, key: string) => {
      if (previous !== undefined) throw this.#error(`the key "${key}" of ${quote(name)} stands there twice`);
    };
    this.#object(quote(name), (key) => {
      if (key === 'dtype') {
        once(dtype, key);
        dtype = this.#string();
      } else if (key === 'shape') {
        once(shape, key);
        shape = this.#integers(MAX_DIMENSIONS);
      } else if (key === 'data_offsets') {
        once(offsets, key);
        offsets = this.#integers(2);
      } else {
        throw this.#error(`unknown key ${quote(key)} of ${quote(name)}`);
      }
    });
    if (dtype === undefined || shape === undefined || offsets?.length !== 2) {
      throw this.#error(`expected dtype, shape and two data_offsets for ${quote(name)}`);
    }
    return { dtype, shape, begin: offsets[0], end: offsets[1] };
  }

  #metadata(): Map<string, string> {
    const metadata = new Map<string, string>();
    this.#object('__metadata__', (key) => {
      if (metadata.has(key)) throw this.#error(`the metadata key ${quote(key)} stands there twice`);
      if (metadata.size === this.#maxTensors) throw this.#error(`more than ${this.#maxTensors} metadata entries`);
      metadata.set(key, this.#string());
    });
    return metadata;
  }

  /** Reads `{ "key": …, … }`; `readValue` reads what follows each colon. */
  #object(what: string, readValue: (key: string) => void): void {
    if (!this.#take('{')) throw this.#error(`expected an object for ${what}`);
    if (this.#take('}')) return;
    do {
      const key = this.#string();
      if (!this.#take(':')) throw this.#error(`expected ":" in ${what}`);
      readValue(key);
    } while (this.#take(','));
    if (!this.#take('}')) throw this.#error(`expected "," or "}" in ${what}`);
  }

  #integers(max: number): number[] {
    const numbers: number[] = [];
    if (!this.#take('[')) throw this.#error('expected a list of whole numbers');
    if (this.#take(']')) return numbers;
    do {
      if (numbers.length === max) throw this.#error(`more than ${max} numbers in a list`);
      numbers.push(this.#integer());
    } while (this.#take(','));
    if (!this.#take(']')) throw this.#error('expected "," or "]" in a list of whole numbers');
    return numbers;
  }

  /** Digits only: no sign, fraction or exponent has business in a shape or an offset. */
  #integer(): number {
    this.#skipSpace();
    const start = this.#at;
    while (isDigit(this.#text.charCodeAt(this.#at))) this.#at++;
    const digits = this.#text.slice(start, Math.min(this.#at, start + 17));
    const value = Number(digits);
    const leadingZero = digits.length > 1 && digits[0] === '0';
    if (digits.length === 0 || leadingZero || !Number.isSafeInteger(value)) {
      throw this.#error('expected a whole number from 0 to 2^53 - 1');
    }
    return value;
  }

  #string(): string {
    if (!this.#take('"')) throw this.#error('expected a string');
    const start = this.#at;
    let escaped = false;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === QUOTE) break;
      if (!(code >= 0x20)) throw this.#error('expected a closing quote, not a control character or the end'); // or NaN
      if (code === BACKSLASH) {
        escaped = true;
        this.#at++;
      }
      this.#at++;
    }
    const raw = this.#text.slice(start, this.#at++);
    if (!escaped) return raw;
    let value: string;
    try {
      value = JSON.parse(`"${raw}"`) as string;
    } catch (cause) {
      throw this.#error('expected a valid escape in a string', cause);
    }
    if (!isWellFormed(value)) throw this.#error('half a surrogate pair in a string');
    return value;
  }

  #take(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #error(what: string, cause?: unknown): FormatError {
    return new FormatError(`Not a safetensors file: ${what} (character ${this.#at} of the header)`, { cause });
  }
}

/** No half of a surrogate pair stands alone: such text cannot be written as UTF-8. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** A name out of a file for a message: escaped, and cut where it is long. */
export function quote(name: string): string {
  return JSON.stringify(name.length > 64 ? name.slice(0, 63) + '…' : name);
}
