import { spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileError, OptionError } from '../../lib/core/errors.js';
import { writeFileAtomic } from '../../lib/core/files.js';
import { compileRooms } from '../support/compiled.js';
import { rejectionOf } from '../support/errors.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'blasnet-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (text: string) => new Uint8Array(Buffer.from(text));

describe('writeFileAtomic', () => {
  it('writes a new file and replaces an old one, leaving nothing else', async () => {
    const path = join(folder, 'model');
    await writeFileAtomic(path, bytes('first'));
    expect(readFileSync(path, 'utf8')).toBe('first');
    await writeFileAtomic(path, bytes('second'));
    expect(readFileSync(path, 'utf8')).toBe('second');
    await writeFileAtomic(path, new Uint8Array(0));
    expect(readFileSync(path, 'utf8')).toBe('');
    expect(readdirSync(folder)).toEqual(['model']);
  });

  it('writes the bytes of a view as they were at the call', async () => {
    const path = join(folder, 'model');
    const whole = bytes('--content--');
    const written = writeFileAtomic(path, whole.subarray(2, 9));
    whole.fill(0);
    await written;
    expect(readFileSync(path, 'utf8')).toBe('content');
  });

  it('follows a symbolic link', async () => {
    mkdirSync(join(folder, 'real'));
    writeFileSync(join(folder, 'real', 'model'), 'old');
    symlinkSync(join(folder, 'real', 'model'), join(folder, 'link'));
    await writeFileAtomic(join(folder, 'link'), bytes('new'));
    expect(readFileSync(join(folder, 'real', 'model'), 'utf8')).toBe('new');
    expect(readdirSync(folder).sort()).toEqual(['link', 'real']);
  });

  it('names path and reason where there is no folder', async () => {
    const path = join(folder, 'absent', 'model');
    const error = await rejectionOf(writeFileAtomic(path, bytes('x')));
    expect(error).toBeInstanceOf(FileError);
    expect(error.code).toBe('ERR_FILE_WRITE');
    expect(error.message).toBe(`Could not write ${path} (1 bytes): ENOENT: no such file or directory`);
  });

  it('removes the temporary file where the rename fails, and leaves what is there', async () => {
    const path = join(folder, 'model');
    mkdirSync(path);
    writeFileSync(join(path, 'inside'), 'stays');
    expect((await rejectionOf(writeFileAtomic(path, bytes('x')))).code).toBe('ERR_FILE_WRITE');
    expect(readdirSync(folder)).toEqual(['model']);
    expect(readFileSync(join(path, 'inside'), 'utf8')).toBe('stays');
  });

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'names a folder it may not write to',
    async () => {
      chmodSync(folder, 0o500);
      expect((await rejectionOf(writeFileAtomic(join(folder, 'model'), bytes('x')))).message).toMatch(/EACCES/);
    },
  );

  it('refuses wrong arguments before it touches anything', async () => {
    expect(await rejectionOf(writeFileAtomic('', bytes('x')))).toBeInstanceOf(OptionError);
    expect(await rejectionOf(writeFileAtomic(join(folder, 'a'), 'text' as never))).toBeInstanceOf(OptionError);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('keeps the old content or the new when the process is killed at any moment', { timeout: 60_000 }, async () => {
    const compiled = compileRooms('core');
    const path = join(folder, 'model');
    const size = 400_000;
    writeFileSync(path, Buffer.alloc(size, 65));
    const program = `
      import { writeFileAtomic } from ${JSON.stringify(join(compiled, 'core', 'files.js'))};
      process.stdout.write('ready');
      for (let i = 0; ; i++) await writeFileAtomic(${JSON.stringify(path)}, new Uint8Array(${size}).fill(65 + (i % 26)));
    `;
    try {
      for (let kill = 0; kill < 10; kill++) {
        const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        const closed = new Promise((resolve) => child.once('close', resolve));
        await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), closed]);
        expect(child.exitCode).toBeNull();
        await sleep(3 + ((kill * 37) % 50));
        child.kill('SIGKILL');
        await closed;
        const content = readFileSync(path);
        expect(content.length).toBe(size);
        expect(content.equals(Buffer.alloc(size, content[0]))).toBe(true);
      }
    } finally {
      rmSync(compiled, { recursive: true, force: true });
    }
  });
});
