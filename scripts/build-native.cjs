'use strict';
/**
 * Builds the native addon into build/Release/blasnet.node, by the first way that works here: cmake-js, plain CMake,
 * node-gyp. Used by the install script, by scripts/setup.cjs and, in the foreground, by `npx blasnet build-native`.
 *
 * A new addon is first loaded by a child process, because a broken one can kill the process that loads it. Only then
 * does it take its final name, with a manifest of size and SHA-256 beside it which the loader compares. An interrupted
 * build leaves the last good addon as it was.
 */
const { spawn, spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const root = path.resolve(__dirname, '..');
const addonPath = path.join(root, 'build', 'Release', 'blasnet.node');
const manifestPath = `${addonPath}.json`;
const defaultLog = path.join(root, 'build', 'install.log');
// A quiet machine needs a minute or two; one that does much else besides has to get there as well.
const timeLimit = 10 * 60_000;
const windows = process.platform === 'win32';

/**
 * Builds, probes and places the addon.
 * @param {object} [options]
 * @param {boolean} [options.quiet] Sends all output to the log only. Default false: to the terminal as well.
 * @param {boolean} [options.fresh] Builds everything anew. Default false: only what changed since the last build.
 * @param {string} [options.log] The log file. Default build/install.log.
 * @returns {Promise<{ built: boolean, reason: string, log: string }>} Never rejects; `reason` says how or why not.
 */
async function buildNative({ quiet = false, fresh = false, log = defaultLog } = {}) {
  try {
    fs.mkdirSync(path.dirname(log), { recursive: true });
    fs.writeFileSync(log, '');
    const output = new Output(log, quiet);
    const result = await withLock(path.join(root, 'build', 'native.lock'), () => buildByAnyWay(output, fresh));
    output.line(result.reason);
    return { ...result, log };
  } catch (error) {
    return { built: false, reason: error.message, log };
  }
}

async function buildByAnyWay(output, fresh) {
  const deadline = Date.now() + timeLimit;
  const sources = stampOfSources();
  const reasons = [];
  for (const way of waysToBuild()) {
    output.line(`Building by ${way.name}`);
    if (fresh) fs.rmSync(way.directory, { recursive: true, force: true });
    const outcome = await runWay(way, output, deadline);
    const refusal = outcome === 'built' ? place(way, sources) : `${way.name} ${outcome}`;
    if (refusal === undefined) return { built: true, reason: `built by ${way.name}` };
    reasons.push(refusal);
    // Where the sources themselves do not build, another build tool would only repeat it more slowly.
    if (!outcome.startsWith('could not configure') || Date.now() >= deadline) break;
  }
  if (reasons.length === 0) reasons.push('neither CMake nor node-gyp was found');
  removeOutdated(sources);
  return { built: false, reason: reasons.join('; ') };
}

/** An addon of other sources than today's must not be loaded in place of the one that did not build. */
function removeOutdated(sources) {
  if (readManifest()?.sources === sources) return;
  for (const file of [addonPath, manifestPath]) fs.rmSync(file, { force: true });
}

/** The ways to build that exist on this machine, best first. */
function waysToBuild() {
  const ways = [];
  const cmake = findProgram('cmake');
  const cmakeJs = resolve('cmake-js/package.json');
  if (cmake !== undefined && cmakeJs !== undefined) {
    const run = [path.join(path.dirname(cmakeJs), 'bin', 'cmake-js')];
    const where = ['--directory', root, '--out', path.join('build', 'cmake-js'), '--config', 'Release'];
    ways.push({
      name: 'cmake-js',
      directory: path.join(root, 'build', 'cmake-js'),
      configure: [process.execPath, ...run, 'configure', ...where],
      compile: [process.execPath, ...run, 'build', ...where, '--target', 'blasnet', '--parallel', '2'],
    });
  }
  if (cmake !== undefined) {
    const directory = path.join(root, 'build', 'cmake');
    ways.push({
      name: 'cmake',
      directory,
      configure: [cmake, '-S', root, '-B', directory, '-DCMAKE_BUILD_TYPE=Release'],
      compile: [cmake, '--build', directory, '--config', 'Release', '--target', 'blasnet', '--parallel', '2'],
    });
  }
  const nodeGyp = findNodeGyp();
  if (nodeGyp !== undefined) {
    const where = ['--directory', path.join(root, 'native')];
    // Headers that came with this Node.js save node-gyp a download.
    const prefix = path.resolve(process.execPath, '..', '..');
    const shipped = fs.existsSync(path.join(prefix, 'include', 'node', 'common.gypi'));
    if (shipped && !process.env.npm_config_nodedir) where.push('--nodedir', prefix);
    ways.push({
      name: 'node-gyp',
      directory: path.join(root, 'native', 'build'),
      configure: [process.execPath, nodeGyp, 'configure', ...where],
      compile: [process.execPath, nodeGyp, 'build', '--jobs', '2', ...where],
    });
  }
  return ways;
}

function findNodeGyp() {
  const besideNpm = process.env.npm_execpath && path.join(process.env.npm_execpath, '../../node_modules/node-gyp');
  const candidates = [
    resolve('node-gyp/bin/node-gyp.js'),
    process.env.npm_config_node_gyp,
    besideNpm && path.join(besideNpm, 'bin', 'node-gyp.js'),
  ];
  return candidates.find((file) => file && fs.existsSync(file));
}

/** Configures and compiles in the way's own directory: 'built', or what it could not do and the first error. */
async function runWay(way, output, deadline) {
  // A killed compiler can leave an object file that looks finished; a directory so marked is built anew.
  const mark = path.join(root, 'build', `${way.name}.unfinished`);
  const begin = fs.statSync(output.log).size;
  if (fs.existsSync(mark)) fs.rmSync(way.directory, { recursive: true, force: true });
  fs.writeFileSync(mark, '');
  let outcome = 'could not configure';
  let status = await runLogged(way.configure, output, { deadline });
  if (status === 0) {
    outcome = 'could not compile';
    status = await runLogged(way.compile, output, { deadline });
    if (status === 0) outcome = 'built';
  }
  if (status === 'timeout') return `took longer than ${timeLimit / 60_000} minutes`;
  fs.rmSync(mark, { force: true });
  // CMake remembers what it did not find; once that is installed, it has to look again.
  if (outcome === 'could not configure') fs.rmSync(way.directory, { recursive: true, force: true });
  return outcome === 'built' ? outcome : outcome + firstError(fs.readFileSync(output.log).subarray(begin).toString());
}

/** The first error in a build's output, as the tools here write it. */
function firstError(text) {
  const [, ...said] =
    /CMake Error[^\n]*:\n\s+([^\n]+)|\b(error: [^\n]+)|gyp ERR! stack (Error: [^\n]+)/.exec(text) ?? [];
  const line = said.find(Boolean);
  return line === undefined ? '' : ` (${line.slice(0, 200)})`;
}

/** Probes the addon that a way has built and moves it to its final name: undefined, or why it was refused. */
function place(way, sources) {
  const product = ['Release', '.']
    .map((folder) => path.join(way.directory, folder, 'blasnet.node'))
    .find((file) => fs.existsSync(file));
  if (product === undefined) return `${way.name} produced no blasnet.node`;
  const bytes = fs.readFileSync(product);
  const candidate = path.join(path.dirname(addonPath), `candidate-${process.pid}.node`);
  fs.mkdirSync(path.dirname(addonPath), { recursive: true });
  try {
    writeDurably(candidate, bytes, 0o755);
    const refusal = probe(candidate);
    if (refusal !== undefined) return `${way.name} built an addon that does not load (${refusal})`;
    const manifest = { size: bytes.length, sha256: sha256(bytes), builtBy: way.name, sources };
    const manifestCandidate = `${candidate}.json`;
    writeDurably(manifestCandidate, `${JSON.stringify(manifest, null, 2)}\n`);
    // The manifest first: an addon never stands under its final name without one.
    fs.renameSync(manifestCandidate, manifestPath);
    fs.renameSync(candidate, addonPath);
  } finally {
    fs.rmSync(candidate, { force: true });
    if (way.name === 'node-gyp') fs.rmSync(way.directory, { recursive: true, force: true });
  }
  return undefined;
}

/** Loads an addon in a child process: undefined when it loads, otherwise why it does not. */
function probe(file) {
  const child = spawnSync(process.execPath, ['-e', 'require(process.argv[1])', file], {
    encoding: 'utf8',
    timeout: 30_000,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (child.status === 0) return undefined;
  const said = (child.stderr ?? '').split('\n').find((line) => /^\w*Error\b/.test(line));
  return said ?? (child.signal ? `the process ended by ${child.signal}` : `exit code ${child.status}`);
}

/** True when the addon stands under its final name and agrees with its manifest. */
function isBuilt() {
  return readManifest() !== undefined;
}

/** True when the addon is built, from the sources as they are now. */
function isCurrent() {
  return readManifest()?.sources === stampOfSources();
}

function readManifest() {
  try {
    const manifest = JSON.parse(fs.readFileSync(manifestPath, 'utf8'));
    const bytes = fs.readFileSync(addonPath);
    return manifest.size === bytes.length && manifest.sha256 === sha256(bytes) ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** One hash over everything the addon is compiled from. */
function stampOfSources() {
  const files = ['CMakeLists.txt', 'native', 'node_modules/node-addon-api/package.json'];
  return stampOf(files, `${process.platform}-${process.arch}`);
}

/** One hash over the names, sizes and modification times of files and folders; what is missing counts as such. */
function stampOf(names, extra = '') {
  const hash = createHash('sha256').update(extra);
  const visit = (name) => {
    const stat = fs.statSync(path.join(root, name), { throwIfNoEntry: false });
    if (stat === undefined) hash.update(`${name} missing\n`);
    else if (!stat.isDirectory()) hash.update(`${name} ${stat.size} ${stat.mtimeMs}\n`);
    else if (name !== path.join('native', 'build')) {
      for (const entry of fs.readdirSync(path.join(root, name)).sort()) visit(path.join(name, entry));
    }
  };
  for (const name of names) visit(name);
  return hash.digest('hex');
}

const heldLocks = [];

/** Writes into the held locks whose they are: this process's, and those of the command that it runs. */
function claimLocks(...children) {
  for (const file of heldLocks) fs.writeFileSync(file, [process.pid, ...children].join(' '));
}

/** Runs `work` while holding a lock file, waiting while another living process holds it. */
async function withLock(file, work, waiting = () => {}) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  for (let announced = false; ; await new Promise((wake) => setTimeout(wake, 200))) {
    try {
      fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned(file)) fs.rmSync(file, { force: true });
    else if (!announced) {
      announced = true;
      waiting();
    }
  }
  heldLocks.push(file);
  try {
    return await work();
  } finally {
    heldLocks.pop();
    fs.rmSync(file, { force: true });
  }
}

/** A lock whose processes are gone, or that is older than any build may last (process ids are used again). */
function isAbandoned(file) {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  const age = Date.now() - stat.mtimeMs;
  const owners = fs.readFileSync(file, 'utf8').split(' ').map(Number);
  if (!owners.every((owner) => owner > 0)) return age > 10_000;
  return age > 3 * timeLimit || !owners.some(isAlive);
}

function isAlive(id) {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

/** A log file that the terminal may share. */
class Output {
  constructor(log, quiet) {
    this.log = log;
    this.quiet = quiet;
  }

  write(text) {
    fs.appendFileSync(this.log, text);
    if (!this.quiet) process.stdout.write(text);
  }

  line(text) {
    this.write(`${text}\n`);
  }
}

/**
 * Runs a command with its output in the log: its exit code, or 'timeout'. The command gets a process group of its own,
 * so that neither a time limit nor Ctrl-C leaves compilers behind.
 */
function runLogged([program, ...args], output, { deadline = Infinity, env = {} } = {}) {
  return new Promise((done) => {
    output.line(`$ ${[program, ...args].join(' ')}`);
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: !windows,
      env: { ...process.env, ...env },
    });
    const stop = () => {
      try {
        if (windows) child.kill('SIGKILL');
        else process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    };
    const interrupted = (signal) => {
      stop();
      for (const file of heldLocks) fs.rmSync(file, { force: true });
      process.exit(128 + os.constants.signals[signal]);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    let late = false;
    const limit = Math.min(Math.max(deadline - Date.now(), 0), 2 ** 31 - 1);
    const timer = setTimeout(() => {
      late = true;
      stop();
    }, limit);
    const end = (status) => {
      clearTimeout(timer);
      for (const signal of signals) process.off(signal, interrupted);
      claimLocks();
      done(late ? 'timeout' : status);
    };
    for (const signal of signals) process.on(signal, interrupted);
    if (child.pid !== undefined) claimLocks(child.pid);
    child.stdout.on('data', (bytes) => output.write(bytes));
    child.stderr.on('data', (bytes) => output.write(bytes));
    child.on('error', (error) => {
      output.line(error.message);
      end(127);
    });
    child.on('close', (code) => end(code ?? 1));
  });
}

/** A file written and flushed to the disk. */
function writeDurably(file, content, mode = 0o644) {
  const descriptor = fs.openSync(file, 'w', mode);
  try {
    fs.writeFileSync(descriptor, content);
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The full path of a program on PATH. */
function findProgram(name) {
  const suffixes = windows ? ['.exe', '.cmd', '.bat'] : [''];
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const suffix of suffixes) {
      const file = path.join(folder, name + suffix);
      try {
        fs.accessSync(file, fs.constants.X_OK);
        if (folder !== '' && fs.statSync(file).isFile()) return file;
      } catch {
        // Not here; the next folder.
      }
    }
  }
  return undefined;
}

/** The folder of OpenBLAS's cblas.h. macOS has Accelerate instead. */
function findOpenBlas() {
  if (process.platform === 'darwin') return 'Accelerate';
  const given = process.env.OPENBLAS_HOME ? [process.env.OPENBLAS_HOME] : [];
  const triple = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch] ?? '';
  const includes = [...given, '/usr', '/usr/local', '/opt/OpenBLAS', '/opt/homebrew/opt/openblas'].flatMap((prefix) => [
    path.join(prefix, 'include', triple),
    path.join(prefix, 'include'),
  ]);
  const flavours = ['openblas-pthread', 'openblas-openmp', 'openblas-serial', 'openblas', '.'];
  const folders = includes.flatMap((include) => flavours.map((flavour) => path.join(include, flavour)));
  return folders.find((folder) =>
    ['openblas_config.h', 'cblas.h'].every((name) => fs.existsSync(path.join(folder, name))),
  );
}

function resolve(request) {
  try {
    return require.resolve(request, { paths: [root] });
  } catch {
    return undefined;
  }
}

module.exports = {
  buildNative,
  addonPath,
  manifestPath,
  root,
  findOpenBlas,
  findProgram,
  isBuilt,
  isCurrent,
  Output,
  runLogged,
  stampOf,
  stampOfSources,
  withLock,
};

if (require.main === module) {
  void buildNative({ fresh: true }).then(({ built }) => {
    process.exitCode = built ? 0 : 1;
  });
}
