'use strict';
/**
 * Packs blasnet as it is published, into build/packages/: with the platform packages as optional dependencies of exactly its
 * version, and without the install script, which package managers no longer run and which they warn of. A clone has neither:
 * packages that are not published yet cannot stand in its lockfile.
 *
 *   npm run pack:release
 */
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { root } = require('./build-native.cjs');

const platforms = fs.readdirSync(path.join(root, 'npm')).sort();

/** The manifest that is published. */
function releaseManifest(manifest) {
  const left = ['devDependencies', 'scripts', 'allowScripts'];
  const rest = Object.fromEntries(Object.entries(manifest).filter(([key]) => !left.includes(key)));
  const names = platforms.map((platform) => `@blasnet/${platform}`);
  return { ...rest, optionalDependencies: Object.fromEntries(names.map((name) => [name, manifest.version])) };
}

function main() {
  const packages = path.join(root, 'build', 'packages');
  const staged = path.join(root, 'build', 'release');
  fs.rmSync(staged, { recursive: true, force: true });
  fs.mkdirSync(staged, { recursive: true });
  fs.mkdirSync(packages, { recursive: true });
  const npm = (args, cwd) =>
    execFileSync('npm', args, {
      cwd,
      encoding: 'utf8',
      shell: process.platform === 'win32',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  // The list of files is npm's own, so that what is tested of `npm pack` holds here as well.
  const [{ files }] = Object.values(JSON.parse(npm(['pack', '--dry-run', '--json', '--ignore-scripts'], root)));
  for (const { path: file } of files) {
    const to = path.join(staged, file);
    fs.mkdirSync(path.dirname(to), { recursive: true });
    fs.copyFileSync(path.join(root, file), to);
  }
  const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  fs.writeFileSync(path.join(staged, 'package.json'), `${JSON.stringify(releaseManifest(manifest), null, 2)}\n`);
  npm(['pack', '--pack-destination', packages, '--ignore-scripts'], staged);
  console.log(path.join('build', 'packages', `${manifest.name}-${manifest.version}.tgz`));
}

if (require.main === module) main();

module.exports = { platforms, releaseManifest };
