'use strict';
/**
 * Makes the package of the platform it runs on: builds the addon with OpenBLAS inside, tries it, and leaves
 * npm/<platform>/blasnet.node with its manifest, and a tarball in build/packages/. With --package-only, packs what is built.
 *
 *   npm run pack:platform
 *
 * The C library that the result asks for is that of this machine: release builds run in an old distribution (see
 * .github/workflows/release.yml).
 */
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { findProgram, root } = require('./build-native.cjs');
const { version, license } = require('../package.json');

const MOST_BYTES = 30 * 2 ** 20;
const platform = platformName();
const folder = path.join(root, 'npm', platform);
const build = path.join(root, 'build', `platform-${platform}`);
const packages = path.join(root, 'build', 'packages');

/** The name of this platform's package: that of Node.js, and on Linux the C library. */
function platformName() {
  const name = `${process.platform}-${process.arch}`;
  if (process.platform !== 'linux') return name;
  process.report.excludeNetwork = true;
  return `${name}-${process.report.getReport().header.glibcVersionRuntime ? 'gnu' : 'musl'}`;
}

function run(program, args, options = {}) {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit', ...options });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}`);
}

function compile() {
  const cmake = findProgram('cmake');
  if (cmake === undefined) throw new Error('CMake is needed and was not found on PATH');
  const ccache = findProgram('ccache');
  const launcher = ccache === undefined ? [] : [`-DCMAKE_CXX_COMPILER_LAUNCHER=${ccache}`];
  run(cmake, ['-S', root, '-B', build, '-DCMAKE_BUILD_TYPE=Release', '-DBLASNET_STATIC_BLAS=ON', ...launcher]);
  run(cmake, ['--build', build, '--config', 'Release', '--target', 'blasnet', '--parallel', '2']);
  const product = [path.join(build, 'blasnet.node'), path.join(build, 'Release', 'blasnet.node')].find(fs.existsSync);
  if (product === undefined) throw new Error('The build left no blasnet.node');
  run(process.execPath, ['-e', 'require(process.argv[1])', product]);
  return fs.readFileSync(product);
}

/** The newest version of the C library that a symbol of the addon asks for. */
function glibcOf(bytes) {
  const versions = [...bytes.toString('latin1').matchAll(/GLIBC_(\d+)\.(\d+)/g)].map(([, major, minor]) => [
    +major,
    +minor,
  ]);
  const [newest] = versions.sort((a, b) => b[0] - a[0] || b[1] - a[1]);
  return newest === undefined ? undefined : `>=${newest.join('.')}`;
}

function place(bytes) {
  if (bytes.length > MOST_BYTES) throw new Error(`The addon has ${bytes.length} bytes, more than ${MOST_BYTES}`);
  fs.writeFileSync(path.join(folder, 'blasnet.node'), bytes, { mode: 0o755 });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const manifest = { size: bytes.length, sha256, builtBy: 'pack-platform', version };
  fs.writeFileSync(path.join(folder, 'blasnet.node.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const [from, to] of [
    ['LICENSE', 'LICENSE'],
    ['native/LICENSE.openblas', 'LICENSE.openblas'],
  ]) {
    if (to === 'LICENSE' || process.platform !== 'darwin')
      fs.copyFileSync(path.join(root, from), path.join(folder, to));
  }
}

function pack(bytes) {
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const glibc = platform.endsWith('-gnu') ? glibcOf(bytes) : undefined;
  const staged = path.join(build, 'package');
  fs.rmSync(staged, { recursive: true, force: true });
  fs.cpSync(folder, staged, { recursive: true });
  const config = glibc === undefined ? {} : { config: { glibc } };
  const complete = { ...manifest, version, license, ...config };
  fs.writeFileSync(path.join(staged, 'package.json'), `${JSON.stringify(complete, null, 2)}\n`);
  fs.mkdirSync(packages, { recursive: true });
  run('npm', ['pack', '--silent', '--pack-destination', packages], {
    cwd: staged,
    shell: process.platform === 'win32',
  });
  console.log(
    `${manifest.name} ${version}: ${(bytes.length / 2 ** 20).toFixed(1)} MiB${glibc ? `, glibc ${glibc}` : ''}`,
  );
}

if (require.main === module) {
  const bytes = process.argv.includes('--package-only')
    ? fs.readFileSync(path.join(folder, 'blasnet.node'))
    : compile();
  place(bytes);
  pack(bytes);
}

module.exports = { platformName };
