// @ts-check
/**
 * Compiles lib/ into a folder, file by file, and bundles the code of its programs into few files: Node.js takes four times
 * as long to find and link three hundred small modules as to load the same code in ten. The modules stay beside the bundle
 * for tests and benchmarks of inner parts; the package leaves them out.
 *
 *   node scripts/compile.mjs FOLDER
 *
 * Modules that find other files by their own place work from both: they are two folders below the package in dist/ROOM/ and
 * in dist/chunks/ alike.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/** Where programs begin: the package, the command line, and the thread of a search. */
const ENTRIES = {
  index: 'index.js',
  'cli/main': 'cli/main.js',
  'chunks/search-worker': 'experiments/search/search-worker.js',
};

const root = fileURLToPath(new URL('..', import.meta.url));
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Expected the folder to compile into');
// The code that nearly all of it shares is named after this folder.
const modules = join(`${folder}-modules`, 'blasnet');

for (const old of [folder, dirname(modules)]) rmSync(old, { recursive: true, force: true });
compile();
cpSync(modules, folder, { recursive: true });
await bundle();
rmSync(dirname(modules), { recursive: true });

function compile() {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [compiler, '-p', 'tsconfig.build.json', '--noEmitOnError', '--outDir', modules];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

/**
 * JavaScript keeps a file as two bytes a character for one that is beyond Latin-1: the few of them, all in texts and
 * patterns, would double the memory of the bundle.
 *
 * @param {string} code
 */
function escapeBeyondAscii(code) {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

async function bundle() {
  const input = Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, join(modules, file)]));
  const build = await rolldown({
    input,
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('/') && !/^[A-Za-z]:/.test(id),
  });
  const { output } = await build.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    // The types keep what users read.
    comments: false,
  });
  await build.close();
  for (const file of output) {
    if (file.type === 'chunk') writeFileSync(join(folder, file.fileName), escapeBeyondAscii(file.code));
  }
}
