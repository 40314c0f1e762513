import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of the package. `lib/cli/` and `dist/cli/` are both two folders below it. */
export function packageFolder(): string {
  return fileURLToPath(new URL('../../', import.meta.url));
}

interface Manifest {
  readonly version: string;
  readonly engines: { readonly node: string };
}

export function manifest(): Manifest {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Manifest;
}

export function packageVersion(): string {
  return manifest().version;
}
