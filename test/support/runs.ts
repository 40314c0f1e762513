import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, vi } from 'vitest';

/** Gives paths of new folders within one that is removed behind the tests of a file. */
export function runFolders(name: string): () => string {
  const root = mkdtempSync(join(tmpdir(), `blasnet-${name}-`));
  afterAll(() => rmSync(root, { recursive: true }));
  let count = 0;
  return () => join(root, `run${count++}`);
}

/** What the process warned of within the test under way. */
export function collectWarnings(): readonly string[] {
  const warnings: string[] = [];
  beforeEach(() => {
    warnings.length = 0;
    vi.spyOn(process, 'emitWarning').mockImplementation((warning) => void warnings.push(String(warning)));
  });
  afterEach(() => vi.restoreAllMocks());
  return warnings;
}
