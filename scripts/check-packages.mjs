/**
 * What a stranger gets: the tarballs of build/packages (npm run pack:release, npm run pack:platform) installed into empty
 * folders with install scripts disabled and no compiler on the PATH, on every Node.js that is promised.
 *
 *   npm run check:packages [-- 20 22 24]
 *
 * First what publint, are-the-types-wrong and the oldest and newest TypeScript say of it. With the platform package the native engine must train, without it the reference engine, with one notice. Versions of
 * Node.js come from npm, by the package `node-<platform>-<architecture>`; one that cannot be had is reported and skipped.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const { platformName } = createRequire(import.meta.url)('./pack-platform.cjs');
const { version } = createRequire(import.meta.url)('../package.json');
const tarball = (name) => {
  const file = join(root, 'build', 'packages', `${name}-${version}.tgz`);
  if (!existsSync(file)) throw new Error(`${file} is not there: npm run pack:release && npm run pack:platform`);
  return file;
};
const work = mkdtempSync(join(tmpdir(), 'blasnet-packages-'));
const npmCli = join(execFileSync('npm', ['root', '-g'], { encoding: 'utf8' }).trim(), 'npm', 'bin', 'npm-cli.js');
const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];

/** A folder for PATH that holds Node.js and nothing else: no compiler, no CMake. */
function bareFolder(node) {
  const bin = mkdtempSync(join(work, 'bin-'));
  symlinkSync(node, join(bin, 'node'));
  // npm starts commands by the shell.
  for (const shell of ['/bin/sh']) symlinkSync(shell, join(bin, 'sh'));
  return bin;
}

function nodeOf(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const folder = mkdtempSync(join(work, `node-${major}-`));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const { status } = spawnSync(process.execPath, [npmCli, 'install', ...quiet, `${name}@${major}`], { cwd: folder });
  const file = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return status === 0 && existsSync(file) ? file : undefined;
}

function check(node, tarballs, engine) {
  const folder = mkdtempSync(join(work, 'app-'));
  writeFileSync(join(folder, 'package.json'), '{ "name": "app", "private": true, "version": "1.0.0" }');
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(BLASNET_|npm_|INIT_CWD)/i.test(name)),
  );
  env.PATH = [bareFolder(node)].join(delimiter);
  const install = spawnSync(node, [npmCli, 'install', ...quiet, ...tarballs], { cwd: folder, env, encoding: 'utf8' });
  if (install.status !== 0) throw new Error(`npm install failed:\n${install.stderr}`);
  for (const file of readdirSync(join(root, '.ci', 'consumer'))) {
    copyFileSync(join(root, '.ci', 'consumer', file), join(folder, file));
  }
  const run = spawnSync(node, ['expect-engine.mjs'], {
    cwd: folder,
    env: { ...env, EXPECTED_ENGINE: engine },
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`expect-engine.mjs failed:\n${run.stderr}`);
  const notices = run.stderr.split('\n').filter((line) => line.includes('reference engine'));
  if (notices.length !== (engine === 'native' ? 0 : 1)) {
    throw new Error(
      `Expected ${engine === 'native' ? 'no' : 'one'} notice, received ${notices.length}:\n${run.stderr}`,
    );
  }
  process.stdout.write(run.stdout);
}

/** publint and are-the-types-wrong; then the types in a strict project, under the oldest and newest TypeScript promised. */
function checkTypes(own) {
  const bin = (name) => join(root, 'node_modules', '.bin', name);
  const run = (program, args, cwd = root) => {
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}:\n${stdout}${stderr}`);
  };
  run(bin('publint'), ['--strict', own]);
  run(bin('attw'), ['--profile', 'esm-only', own]);
  for (const version of ['5.4', 'latest']) {
    const folder = mkdtempSync(join(work, 'types-'));
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    run(process.execPath, [npmCli, 'install', ...quiet, `typescript@${version}`, '@types/node@20', own], folder);
    copyFileSync(join(root, '.ci', 'consumer', 'consumer.mts'), join(folder, 'consumer.mts'));
    const settings = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2023,esnext.disposable'];
    run(
      join(folder, 'node_modules', '.bin', 'tsc'),
      ['--noEmit', ...settings, '--types', 'node', 'consumer.mts'],
      folder,
    );
    console.log(`types: TypeScript ${version}`);
  }
}

try {
  const majors = process.argv.slice(2).length > 0 ? process.argv.slice(2) : ['20', '22', '24'];
  const own = tarball('blasnet');
  const platform = tarball(`blasnet-${platformName()}`);
  checkTypes(own);
  for (const major of majors) {
    const node = nodeOf(major);
    if (node === undefined) {
      console.log(`Node.js ${major}: not to be had here, skipped`);
      continue;
    }
    check(node, [own, platform], 'native');
    check(node, [own], 'reference');
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
