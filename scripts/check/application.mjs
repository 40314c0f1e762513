/** Empty folders as a stranger has them: npm without install scripts, and no compiler on the PATH. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');
/** Everything that is made here; removed at the end. */
export const work = mkdtempSync(join(tmpdir(), 'blasnet-packages-'));
const consumers = join(root, '.ci', 'consumer');
const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
const windows = process.platform === 'win32';

/** The program behind `npm`: started by itself it needs nothing on the PATH. */
function npmProgram() {
  const given = process.env.npm_execpath;
  if (given?.endsWith('npm-cli.js')) return given;
  const modules = execFileSync('npm', ['root', '-g'], { encoding: 'utf8', shell: windows }).trim();
  const program = join(modules, 'npm', 'bin', 'npm-cli.js');
  if (!existsSync(program)) throw new Error(`Expected npm at ${program}: start this by npm run check:packages`);
  return program;
}
export const npm = npmProgram();

/** A folder for PATH that holds Node.js, the shell that npm starts commands by, and nothing else. */
function bareFolder(node) {
  const bin = mkdtempSync(join(work, 'bin-'));
  if (windows) return dirname(node);
  symlinkSync(node, join(bin, 'node'));
  symlinkSync('/bin/sh', join(bin, 'sh'));
  return bin;
}

/** Runs a program to its end; throws with all that it said where it fails. */
export function run(program, args, options = {}) {
  const ended = spawnSync(program, args, { encoding: 'utf8', timeout: 300_000, ...options });
  if (ended.status === 0) return ended;
  const how = ended.error?.message ?? `ended with ${ended.status ?? ended.signal}`;
  throw new Error(`${program} ${args.join(' ')} ${how}:\n${ended.stdout}${ended.stderr}`);
}

/** Runs a program of a package's in `.bin`. */
export function runBin(folder, name, args, options = {}) {
  return run(join(folder, 'node_modules', '.bin', name), args, { shell: windows, ...options });
}

/** A new folder with packages installed: names, or the paths of tarballs. */
export function application(packages, node = process.execPath) {
  const folder = mkdtempSync(join(work, 'app-'));
  writeFileSync(join(folder, 'package.json'), '{ "name": "app", "private": true, "version": "1.0.0" }');
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(BLASNET_|npm_|INIT_CWD|PATH$)/i.test(name)),
  );
  env.PATH = bareFolder(node);
  if (packages.length > 0) run(node, [npm, 'install', ...quiet, ...packages], { cwd: folder, env });
  return {
    folder,
    env,
    node,
    /** Copies a file of .ci/consumer into the folder; returns its path. */
    add(name) {
      const to = join(folder, name);
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(join(consumers, name), to);
      return to;
    },
    /** Runs a program of the folder, which is to meet this engine, with one notice where it is not the native one. */
    expectEngine(engine, program) {
      const said = run(node, [program], { cwd: folder, env: { ...env, EXPECTED_ENGINE: engine } });
      const notices = said.stderr.split('\n').filter((line) => line.includes('BLASNET_REFERENCE'));
      if (notices.length === (engine === 'native' ? 0 : 1)) return said.stdout.trim();
      const wanted = engine === 'native' ? 'no' : 'one';
      throw new Error(`${program}: expected ${wanted} notice, received ${notices.length}:\n${said.stderr}`);
    },
  };
}

/** Node.js of this major version: the one that runs, or from npm by `node-<platform>-<architecture>`. */
export function nodeOf(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const name = `node-${windows ? 'win' : process.platform}-${process.arch}`;
  const { folder } = application([`${name}@${major}`]);
  return join(folder, 'node_modules', name, 'bin', windows ? 'node.exe' : 'node');
}
