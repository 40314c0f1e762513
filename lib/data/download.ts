import { createHash } from 'node:crypto';
import { get as httpGet } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileError } from '../core/errors.js';
import { writeFileAtomic } from '../core/files.js';

/** A file of which everything is known beforehand, so that no server needs to be believed. */
export interface DownloadOptions {
  /** The same file on independent servers, tried in this order. https, or http on this machine. */
  urls: readonly string[];
  /** Where to; the file appears there complete and verified, or not at all. */
  path: string;
  /** Lower-case hexadecimal. */
  sha256: string;
  /** In bytes. */
  size: number;
  /** Milliseconds in which some server must have answered, all together. */
  connectTimeout: number;
  /** Milliseconds for each 64 KiB of a transfer, or for less at its end; else it is given up and resumed. */
  stallTimeout: number;
}

const ATTEMPTS_PER_SERVER = 3;
const MAX_REDIRECTS = 3;
const FIRST_PAUSE = 250;

/** Bytes that count as progress: a server that sends one byte at a time must not hold a program for days. */
const PROGRESS_BYTES = 2 ** 16;

/**
 * Downloads a file into memory, verifies it, and writes it in one step; an interrupted transfer is resumed where it
 * stopped. Only for files that fit into memory several times over.
 *
 * @throws FileError `ERR_FILE_DOWNLOAD` saying for every server why it failed; `ERR_FILE_WRITE`
 */
export async function download(options: DownloadOptions): Promise<void> {
  const { urls, path, connectTimeout } = options;
  const reasons: string[] = [];
  for (const url of urls) {
    const transfer = new Transfer(url, options, connectTimeout / urls.length);
    try {
      const content = await transfer.run();
      await writeFileAtomic(path, content);
      return;
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      reasons.push(`${new URL(url).host}: ${error.message}`);
    }
  }
  throw new FileError('ERR_FILE_DOWNLOAD', `Could not download ${basename(path)} (${reasons.join('; ')})`);
}

/** Why one attempt failed, and whether another one on the same server may fare better. */
class TransferError extends Error {
  constructor(
    message: string,
    readonly retry: boolean,
  ) {
    super(message);
  }
}

/** One file from one server: what has been received so far, over several attempts. */
class Transfer {
  readonly #url: string;
  readonly #options: DownloadOptions;
  readonly #connectTimeout: number;
  #chunks: Buffer[] = [];
  #received = 0;

  constructor(url: string, options: DownloadOptions, connectTimeout: number) {
    this.#url = url;
    this.#options = options;
    this.#connectTimeout = connectTimeout;
  }

  async run(): Promise<Buffer> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#request(new URL(this.#url), 0);
        return this.#verified();
      } catch (error) {
        if (!(error instanceof TransferError) || !error.retry || attempt === ATTEMPTS_PER_SERVER) throw error;
        await sleep(FIRST_PAUSE * 2 ** (attempt - 1));
      }
    }
  }

  #verified(): Buffer {
    const content = Buffer.concat(this.#chunks);
    const sum = createHash('sha256').update(content).digest('hex');
    if (sum !== this.#options.sha256) {
      throw new TransferError(`its SHA-256 is ${sum}, expected ${this.#options.sha256}`, false);
    }
    return content;
  }

  async #request(url: URL, redirects: number): Promise<void> {
    const get = url.protocol === 'https:' ? httpsGet : httpGet;
    const headers: Record<string, string> = { 'accept-encoding': 'identity', 'user-agent': 'blasnet' };
    if (this.#received > 0) headers.range = `bytes=${this.#received}-`;
    const request = get(url, { headers, agent: false });
    try {
      const response = await this.#answer(request);
      const next = this.#redirect(response, url, redirects);
      if (next !== undefined) return await this.#request(next, redirects + 1);
      this.#accept(response);
      await this.#receive(response);
    } finally {
      request.destroy();
    }
  }

  /** A server that does not answer is not asked again: with no network, failure must come soon. */
  #answer(request: ClientRequest): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const limit = this.#connectTimeout;
      const late = () => reject(new TransferError(`no answer within ${Math.round(limit)} ms`, false));
      const timer = setTimeout(late, limit);
      // Stays for the life of the request: an error without a listener would end the process.
      request.on('error', (error: NodeJS.ErrnoException) => {
        clearTimeout(timer);
        reject(new TransferError(error.code ?? error.message, false));
      });
      request.on('response', (response) => {
        clearTimeout(timer);
        response.on('error', () => undefined);
        resolve(response);
      });
    });
  }

  /** Where a redirect leads, if this is one: nowhere but to the origins of the mirrors themselves. */
  #redirect({ statusCode, headers }: IncomingMessage, from: URL, redirects: number): URL | undefined {
    if (![301, 302, 303, 307, 308].includes(statusCode ?? 0)) return undefined;
    if (redirects === MAX_REDIRECTS) throw new TransferError(`more than ${MAX_REDIRECTS} redirects`, false);
    const target = URL.canParse(headers.location ?? '', from.href) ? new URL(headers.location!, from.href) : undefined;
    if (target === undefined || !this.#options.urls.some((url) => new URL(url).origin === target.origin)) {
      throw new TransferError(`it redirects to ${target?.origin ?? 'nowhere'}`, false);
    }
    return target;
  }

  /** Checks status and lengths, and decides whether the body continues what has been received or begins anew. */
  #accept({ statusCode = 0, headers }: IncomingMessage): void {
    const resumed = statusCode === 206 && headers['content-range']?.startsWith(`bytes ${this.#received}-`) === true;
    if (!resumed) [this.#chunks, this.#received] = [[], 0];
    if (statusCode !== 200 && !resumed) {
      const retry = statusCode === 206 || statusCode === 408 || statusCode === 416 || statusCode === 429;
      throw new TransferError(`it answers ${statusCode}`, retry || statusCode >= 500);
    }
    const length = headers['content-length'];
    const rest = this.#options.size - this.#received;
    if (length !== undefined && Number(length) !== rest) {
      throw new TransferError(`it offers ${length} bytes, expected ${rest}`, false);
    }
  }

  /** Collects the body. */
  #receive(response: IncomingMessage): Promise<void> {
    const { size, stallTimeout } = this.#options;
    return new Promise<void>((resolve, reject) => {
      const stalled = () => reject(new TransferError(`hardly any data for ${stallTimeout} ms`, true));
      let mark = this.#received;
      const timer = setTimeout(stalled, stallTimeout);
      response.on('data', (chunk: Buffer) => {
        this.#chunks.push(chunk);
        this.#received += chunk.length;
        if (this.#received - mark >= PROGRESS_BYTES) {
          timer.refresh();
          mark = this.#received;
        }
        if (this.#received > size) reject(new TransferError(`it sends more than the ${size} bytes expected`, false));
      });
      // Comes after the end as after a broken connection.
      response.on('close', () => {
        clearTimeout(timer);
        const interrupted = () => new TransferError(`it stopped after ${this.#received} of ${size} bytes`, true);
        if (this.#received === size) resolve();
        else reject(interrupted());
      });
    });
  }
}
