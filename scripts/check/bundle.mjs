/** Bundles by esbuild, as ES module and as CommonJS: only the package with the addon stays outside. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { application, root, runBin } from './application.mjs';

export function checkBundles(own, platform) {
  for (const [program, format] of [
    ['expect-engine.mjs', 'esm'],
    ['expect-engine.cjs', 'cjs'],
  ]) {
    const app = application([own, platform]);
    const entry = app.add(program);
    const bundle = `bundle${program.slice(-4)}`;
    const options = [
      '--bundle',
      '--platform=node',
      `--format=${format}`,
      `--outfile=${bundle}`,
      '--external:@blasnet/*',
    ];
    runBin(root, 'esbuild', [entry, ...options, '--log-level=warning'], { cwd: app.folder });
    // From here on there is the bundle, and the addon's package beside it.
    for (const name of ['blasnet', 'commander', 'fast-png']) {
      rmSync(join(app.folder, 'node_modules', name), { recursive: true });
    }
    const size = readFileSync(join(app.folder, bundle)).length;
    console.log(`esbuild, ${format}, ${size} bytes: ${app.expectEngine('native', bundle)}`);
  }
}
