import { FormatError } from '../core/errors.js';

/** A record of a CSV text, with the line on which it begins, counted from 1. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/** The longest field: what is longer is a quote that was never closed. */
const MOST_CHARACTERS = 2 ** 20;

/**
 * Takes a stream of text apart into records, by RFC 4180: fields in quotes may hold delimiters, line ends and doubled quotes;
 * lines end with CRLF, LF or CR. Empty lines are passed over, a byte order mark at the start as well.
 *
 * @throws FormatError naming the line
 */
export async function* csvRecords(
  source: string,
  chunks: AsyncIterable<string> | Iterable<string>,
  delimiter: string,
): AsyncGenerator<CsvRecord[]> {
  const parser = new Parser(source, delimiter);
  for await (const chunk of chunks) {
    const records = parser.take(chunk);
    if (records.length > 0) yield records;
  }
  const records = parser.end();
  if (records.length > 0) yield records;
}

type State = 'start' | 'plain' | 'quoted' | 'closed';

class Parser {
  readonly #source: string;
  readonly #delimiter: string;
  #state: State = 'start';
  #field = '';
  #fields: string[] = [];
  #line = 1;
  /** Where the record at hand began. */
  #begun = 1;
  #afterReturn = false;
  #first = true;

  constructor(source: string, delimiter: string) {
    this.#source = source;
    this.#delimiter = delimiter;
  }

  take(chunk: string): CsvRecord[] {
    const records: CsvRecord[] = [];
    let text = chunk;
    if (this.#first && text !== '') {
      this.#first = false;
      if (text.startsWith('\ufeff')) text = text.slice(1);
    }
    for (const character of text) {
      const isLineEnd = character === '\n' || character === '\r';
      // The second half of CRLF ends nothing.
      const secondHalf = character === '\n' && this.#afterReturn;
      this.#afterReturn = character === '\r';
      if (this.#state === 'quoted') this.#quoted(character, isLineEnd && !secondHalf);
      else if (isLineEnd) {
        if (!secondHalf) this.#endLine(records);
      } else this.#unquoted(character);
    }
    return records;
  }

  end(): CsvRecord[] {
    if (this.#state === 'quoted') throw this.#wrong('a quote that is never closed', this.#begun);
    const records: CsvRecord[] = [];
    this.#endLine(records);
    return records;
  }

  #quoted(character: string, isLineEnd: boolean): void {
    if (character === '"') this.#state = 'closed';
    else this.#add(character);
    if (isLineEnd) this.#line++;
  }

  #unquoted(character: string): void {
    if (character === this.#delimiter) {
      this.#fields.push(this.#field);
      this.#field = '';
      this.#state = 'start';
    } else if (character === '"' && this.#state !== 'plain') {
      // A second quote within quotes stands for one.
      if (this.#state === 'closed') this.#add('"');
      this.#state = 'quoted';
    } else if (this.#state === 'closed') {
      throw this.#wrong(`"${character}" behind a closing quote`, this.#line);
    } else if (character === '"') {
      throw this.#wrong('a quote within a field that does not begin with one', this.#line);
    } else {
      this.#state = 'plain';
      this.#add(character);
    }
  }

  #add(character: string): void {
    if (this.#field.length >= MOST_CHARACTERS) {
      throw this.#wrong('a field of more than a million characters, or a quote that is never closed', this.#begun);
    }
    this.#field += character;
  }

  #endLine(records: CsvRecord[]): void {
    const empty = this.#fields.length === 0 && this.#field === '' && this.#state === 'start';
    if (!empty) records.push({ line: this.#begun, fields: [...this.#fields, this.#field] });
    [this.#fields, this.#field, this.#state] = [[], '', 'start'];
    this.#begun = ++this.#line;
  }

  #wrong(what: string, line: number): FormatError {
    return new FormatError(`${this.#source}, line ${line}: found ${what}`);
  }
}
