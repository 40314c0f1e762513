import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileError } from '../../lib/core/errors.js';
import { download } from '../../lib/data/download.js';
import type { DownloadOptions } from '../../lib/data/download.js';
import { compileRooms } from '../support/compiled.js';
import { rejectionOf } from '../support/errors.js';
import { serve } from '../support/file-server.js';
import type { FileServer } from '../support/file-server.js';

const content = Buffer.from(Uint8Array.from({ length: 50_000 }, (_, index) => (index * 7919) >> 4));
const sha256 = createHash('sha256').update(content).digest('hex');

let folder: string;
let servers: FileServer[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'blasnet-download-'));
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  rmSync(folder, { recursive: true, force: true });
});

async function start(listener: RequestListener): Promise<FileServer> {
  const server = await serve(listener);
  servers.push(server);
  return server;
}

/** Downloads `file` from these servers into the test's folder, with limits a test can wait for. */
function fetchFrom(...from: (FileServer | string)[]): Promise<void> {
  const options: DownloadOptions = {
    urls: from.map((server) => `${typeof server === 'string' ? server : server.url}file`),
    path: join(folder, 'file'),
    sha256,
    size: content.length,
    connectTimeout: 1000,
    stallTimeout: 150,
  };
  return download(options);
}

const whole: RequestListener = (_, response) => response.end(content);

/** Answers a range request as servers do, and cuts the body off after `bytes` where that is given. */
function ranged(request: IncomingMessage, response: ServerResponse, bytes?: number): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const rest = content.subarray(from);
  response.writeHead(from > 0 ? 206 : 200, {
    'content-length': rest.length,
    ...(from > 0 && { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }),
  });
  if (bytes === undefined) response.end(rest);
  else response.write(rest.subarray(0, bytes), () => response.destroy());
}

async function refused(...from: (FileServer | string)[]): Promise<string> {
  const error = await rejectionOf(fetchFrom(...from));
  expect(error).toBeInstanceOf(FileError);
  expect(error.code).toBe('ERR_FILE_DOWNLOAD');
  expect(readdirSync(folder)).toEqual([]);
  return error.message;
}

async function arrived(...from: (FileServer | string)[]): Promise<void> {
  await fetchFrom(...from);
  expect(readFileSync(join(folder, 'file')).equals(content)).toBe(true);
  expect(readdirSync(folder)).toEqual(['file']);
}

describe('download', { timeout: 20_000 }, () => {
  it('writes what the server sends, with a declared length or without', async () => {
    await arrived(await start(whole));
    await arrived(
      await start((_, response) => {
        response.write(content.subarray(0, 10));
        response.end(content.subarray(10));
      }),
    );
  });

  it('refuses other bytes of the right length, and asks the next server', async () => {
    const wrong = await start((_, response) => response.end(Buffer.alloc(content.length)));
    expect(await refused(wrong)).toMatch(/its SHA-256 is [0-9a-f]{64}, expected/);
    expect(wrong.requests.length).toBe(1);
    await arrived(wrong, await start(whole));
  });

  it('refuses another length as soon as it is announced', async () => {
    const longer = await start((_, response) => response.end(Buffer.concat([content, content])));
    expect(await refused(longer)).toMatch(/offers 100000 bytes, expected 50000/);
    const shorter = await start((_, response) => response.end(content.subarray(1)));
    expect(await refused(shorter)).toMatch(/offers 49999 bytes/);
  });

  it('stops a body that never ends', async () => {
    const server = await start((_, response) => {
      const more = () => {
        if (!response.destroyed) response.write(content, () => setImmediate(more));
      };
      more();
    });
    expect(await refused(server)).toMatch(/more than the 50000 bytes expected/);
  });

  it('gives up a body that stays short, after three attempts', async () => {
    const server = await start((_, response) => {
      response.write(content.subarray(0, 100));
      response.end();
    });
    expect(await refused(server)).toMatch(/stopped after 100 of 50000 bytes/);
    expect(server.requests.length).toBe(3);
  });

  it('resumes where a connection broke', async () => {
    const server = await start((request, response) =>
      ranged(request, response, server.requests.length < 3 ? 20_000 : undefined),
    );
    await arrived(server);
    expect(server.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=20000-', 'bytes=40000-']);
  });

  it('begins anew where a server does not resume', async () => {
    const server = await start((request, response) => {
      if (server.requests.length === 1) ranged(request, response, 20_000);
      else response.end(content);
    });
    await arrived(server);
  });

  it('does not believe a range it did not ask for', async () => {
    const server = await start((request, response) => {
      if (server.requests.length === 1) return ranged(request, response, 20_000);
      const start = server.requests.length === 2 ? 10 : 0;
      if (start === 0) return void response.end(content);
      response.writeHead(206, { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` });
      response.end(content.subarray(start));
    });
    await arrived(server);
    expect(server.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=20000-', undefined]);
  });

  it('does not ask again after 404, but asks the next server', async () => {
    const server = await start((_, response) => response.writeHead(404).end());
    expect(await refused(server)).toMatch(/answers 404/);
    expect(server.requests.length).toBe(1);
    await arrived(server, await start(whole));
  });

  it('asks again after 500', async () => {
    const server = await start((_, response) => {
      if (server.requests.length < 3) response.writeHead(500).end();
      else response.end(content);
    });
    await arrived(server);
  });

  it('gives up a server that stalls, and says so', async () => {
    const server = await start((_, response) => void response.write(content.subarray(0, 100)));
    expect(await refused(server)).toMatch(/hardly any data for 150 ms/);
    expect(server.requests.length).toBe(3);
  });

  it('takes one byte at a time for a stall', async () => {
    const server = await start((_, response) => {
      let at = 0;
      const drip = setInterval(() => response.write(content.subarray(at, ++at)), 5);
      response.on('close', () => clearInterval(drip));
    });
    expect(await refused(server)).toMatch(/hardly any data/);
  });

  it('goes on from a stall', async () => {
    const server = await start((request, response) => {
      if (server.requests.length > 1) ranged(request, response);
      else response.write(content.subarray(0, 30_000));
    });
    await arrived(server);
    expect(server.requests[1].range).toBe('bytes=30000-');
  });

  it('asks a server that does not answer only once, and shares the limit among the servers', async () => {
    const silent = await start(() => undefined);
    const began = performance.now();
    expect(await refused(silent, silent)).toMatch(/no answer within 500 ms.*no answer within 500 ms/);
    expect(performance.now() - began).toBeLessThan(5000);
    expect(silent.requests.length).toBe(2);
  });

  it('says why a server cannot be reached', async () => {
    const server = await serve(whole);
    await server.close();
    expect(await refused(server)).toMatch(/127\.0\.0\.1:\d+: ECONNREFUSED/);
    expect(await refused('http://blasnet.invalid/')).toMatch(/blasnet\.invalid: (ENOTFOUND|EAI_AGAIN|no answer)/);
    await arrived(server, await start(whole));
  });

  it('follows a redirect within the mirrors', async () => {
    const target = await start(whole);
    const server = await start((_, response) =>
      response.writeHead(302, { location: `${target.url}moved` }).end('moved'),
    );
    await arrived(server, target);
    expect(target.requests[0].url).toBe('/moved');
    const relative = await start((request, response) => {
      if (request.url === '/file') response.writeHead(301, { location: '/there' }).end();
      else response.end(content);
    });
    await arrived(relative);
  });

  it.each([
    'file:///etc/passwd',
    'https://example.com/file',
    'http://127.0.0.1:1/file',
    'http://[',
    '',
    '//evil.invalid/x',
  ])('does not follow a redirect to %s', async (location) => {
    const server = await start((_, response) => response.writeHead(302, { location }).end());
    // An empty location is this address again: it may be asked, but not for ever.
    expect(await refused(server)).toMatch(/redirects/);
  });

  it('does not follow redirects in a circle', async () => {
    const server = await start((_, response) => response.writeHead(307, { location: '/file' }).end());
    expect(await refused(server)).toMatch(/more than 3 redirects/);
    expect(server.requests.length).toBe(4);
  });

  it('takes no name from the server', async () => {
    const disposition = { 'content-disposition': 'attachment; filename="../../etc/x"' };
    await arrived(await start((_, response) => response.writeHead(200, disposition).end(content)));
  });

  it('lets two run at once', async () => {
    const server = await start((request, response) => void setTimeout(() => ranged(request, response), 20));
    await Promise.all([fetchFrom(server), fetchFrom(server), fetchFrom(server)]);
    await arrived(server);
  });

  it('replaces a damaged file and never shows a half one', async () => {
    writeFileSync(join(folder, 'file'), 'damaged');
    await arrived(await start(whole));
  });

  it('leaves no file under the name when its process is killed', { timeout: 60_000 }, async () => {
    const server = await start((_, response) => {
      response.write(content.subarray(0, 25_000));
      const rest = setTimeout(() => response.end(content.subarray(25_000)), 60);
      response.on('close', () => clearTimeout(rest));
    });
    const compiled = compileRooms('core', 'data');
    const options = {
      urls: [`${server.url}file`],
      path: join(folder, 'file'),
      sha256,
      size: content.length,
      connectTimeout: 5000,
      stallTimeout: 5000,
    };
    const program = `
      import { download } from ${JSON.stringify(join(compiled, 'data', 'download.js'))};
      process.stdout.write('ready');
      await download(${JSON.stringify(options)});
    `;
    try {
      let finished = 0;
      for (let kill = 0; kill < 10; kill++) {
        const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        const closed = new Promise((resolve) => child.once('close', resolve));
        await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), closed]);
        expect(child.exitCode).toBeNull();
        await sleep(10 + kill * 15);
        child.kill('SIGKILL');
        await closed;
        if (!readdirSync(folder).includes('file')) continue;
        finished++;
        expect(readFileSync(join(folder, 'file')).equals(content)).toBe(true);
        rmSync(join(folder, 'file'));
      }
      expect(finished).toBeLessThan(10);
    } finally {
      rmSync(compiled, { recursive: true, force: true });
    }
  });
});
