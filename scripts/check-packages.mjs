/**
 * What a stranger gets: the tarballs of build/packages (npm run pack:release, npm run pack:platform) installed into empty
 * folders with install scripts disabled and no compiler on the PATH, on every Node.js that is promised.
 *
 *   npm run check:packages [-- 20 22 24]
 *
 * With the platform package the native engine must train, without it, or with a damaged one, the reference engine, with one
 * notice: by import and by require, each in the main thread and in a worker. Before that come the types, behind it bundles,
 * a NestJS application, and docs/getting-started.md word for word. Node.js, TypeScript and NestJS come from npm; what cannot
 * be had is a failure.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { application, nodeOf, root, work } from './check/application.mjs';
import { checkBundles } from './check/bundle.mjs';
import { checkNest } from './check/nest.mjs';
import { checkTypes } from './check/types.mjs';
import { checkWalk } from './check/walk.mjs';

const { platformName } = createRequire(import.meta.url)('./pack-platform.cjs');
const { version } = createRequire(import.meta.url)('../package.json');
const programs = ['expect-engine.mjs', 'expect-engine.cjs'];

function tarball(name) {
  const file = join(root, 'build', 'packages', `${name}-${version}.tgz`);
  if (!existsSync(file)) throw new Error(`${file} is not there: npm run pack:release && npm run pack:platform`);
  return file;
}

function checkEngine(node, tarballs, engine, what = '', harm = () => undefined) {
  const app = application(tarballs, node);
  harm(join(app.folder, 'node_modules', '@blasnet', platformName(), 'blasnet.node'));
  for (const program of programs) {
    app.add(program);
    console.log(`${program}${what}: ${app.expectEngine(engine, program)}`);
  }
}

/** What may become of an addon on its way. The second has a manifest that agrees with it: it was built so. */
const harms = {
  'cut short': (file) => writeFileSync(file, readFileSync(file).subarray(0, 100_000)),
  'of another architecture': (file) => {
    const bytes = readFileSync(file);
    // The machine in the header of an ELF file.
    bytes.writeUInt16LE(process.arch === 'x64' ? 183 : 62, 18);
    writeFileSync(file, bytes);
    const manifest = { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    writeFileSync(`${file}.json`, JSON.stringify(manifest));
  },
};

try {
  const majors = process.argv.slice(2).length > 0 ? process.argv.slice(2) : ['20', '22', '24'];
  const [own, platform] = [tarball('blasnet'), tarball(`blasnet-${platformName()}`)];
  checkTypes(own);
  for (const major of majors) {
    const node = nodeOf(major);
    checkEngine(node, [own, platform], 'native');
    checkEngine(node, [own], 'reference');
  }
  for (const [what, harm] of Object.entries(process.platform === 'linux' ? harms : {})) {
    checkEngine(process.execPath, [own, platform], 'reference', `, addon ${what}`, harm);
  }
  checkBundles(own, platform);
  checkNest(own, platform);
  if (process.platform !== 'win32') await checkWalk(own, platform);
} finally {
  rmSync(work, { recursive: true, force: true });
}
