'use strict';
/**
 * Makes a fresh clone ready to run: npm packages, dist/, the system packages that the native kernels need, and the
 * native kernels. What is done already is skipped, in a fraction of a second. Runs before `npm install` has, so it
 * uses Node.js alone. Every step takes effect by a rename at its end: an interrupted run is simply run again.
 *
 *   node scripts/setup.cjs [--no-native]
 *
 * BLASNET_SKIP_BUILD=1 is the same as --no-native; BLASNET_SETUP_NO_APT=1 never installs system packages.
 */
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const native = require('./build-native.cjs');

const { root, findProgram, stampOf } = native;
const build = path.join(root, 'build');
const setupLog = path.join(build, 'setup.log');
const distRecord = path.join(build, 'dist.json');
const failureRecord = path.join(build, 'native-failure.json');

async function main() {
  const args = process.argv.slice(2);
  const unknown = args.find((arg) => arg !== '--no-native');
  if (unknown !== undefined) throw new SetupError(`Unknown option ${unknown}; the only one is --no-native.`);
  const withNative = args.length === 0 && process.env.BLASNET_SKIP_BUILD !== '1';
  checkNodeVersion();

  const steps = [
    { done: packagesInstalled, run: installPackages },
    { done: distCurrent, run: compileTypeScript },
    ...(withNative ? [{ done: native.isCurrent, run: buildKernels }] : []),
  ];
  if (steps.every((step) => step.done())) return;
  const waiting = () => say('Another set-up is at work in this folder; waiting for it …');
  await native.withLock(path.join(build, 'setup.lock'), () => runAll(steps), waiting);
}

async function runAll(steps) {
  fs.writeFileSync(setupLog, '');
  for (const step of steps) {
    if (!step.done()) await step.run();
  }
}

function checkNodeVersion() {
  const required = readJson(path.join(root, 'package.json')).engines.node.replace('>=', '');
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [needMajor, needMinor] = required.split('.').map(Number);
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return;
  throw new SetupError(`blasnet needs Node.js ${required} or newer; this is ${process.versions.node}.`);
}

// npm packages

/** True when npm's own record of what it installed agrees with package-lock.json. npm writes that record last. */
function packagesInstalled() {
  try {
    const locked = readJson(path.join(root, 'package-lock.json')).packages;
    const installed = readJson(path.join(root, 'node_modules', '.package-lock.json')).packages;
    return lockIsCurrent() && Object.keys(locked).every((name) => name === '' || agrees(locked[name], installed[name]));
  } catch {
    return false;
  }
}

/** Packages for other platforms are locked but not installed; those are optional. */
function agrees(locked, installed) {
  if (installed === undefined) return Boolean(locked.optional || locked.devOptional);
  return installed.version === locked.version && installed.integrity === locked.integrity;
}

/** True when package-lock.json was made from the dependencies that package.json names now. */
function lockIsCurrent() {
  const manifest = readJson(path.join(root, 'package.json'));
  const locked = readJson(path.join(root, 'package-lock.json')).packages[''];
  return ['dependencies', 'devDependencies', 'optionalDependencies'].every(
    (group) => JSON.stringify(sorted(manifest[group])) === JSON.stringify(sorted(locked[group])),
  );
}

function sorted(record = {}) {
  return Object.entries(record).sort(([first], [second]) => (first < second ? -1 : 1));
}

async function installPackages() {
  const command = fs.existsSync(path.join(root, 'package-lock.json')) && lockIsCurrent() ? 'ci' : 'install';
  say(`Installing npm packages (npm ${command}) …`);
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : npmOnPath();
  // The addon is this script's own last step, so the package's install script has nothing to do now.
  const env = { BLASNET_SKIP_BUILD: '1' };
  await must([...npm, command, '--include=dev', '--no-audit', '--no-fund'], `npm ${command} failed`, env);
}

function npmOnPath() {
  return process.platform === 'win32' ? ['cmd.exe', '/d', '/s', '/c', 'npm'] : ['npm'];
}

// TypeScript

/** First the declarations, with all checks, then the JavaScript. */
const typeScriptProjects = ['tsconfig.build.json', 'tsconfig.emit.json'];

function stampOfTypeScript() {
  return stampOf(['lib', 'tsconfig.json', ...typeScriptProjects, 'node_modules/typescript/package.json']);
}

function distCurrent() {
  try {
    const { sources, dist } = readJson(distRecord);
    return sources === stampOfTypeScript() && dist === stampOf(['dist']);
  } catch {
    return false;
  }
}

/** Compiles into a folder of its own that then takes the place of dist/, so no removed file lives on in it. */
async function compileTypeScript() {
  say('Compiling TypeScript …');
  const fresh = path.join(build, 'dist-new');
  const old = path.join(build, 'dist-old');
  const dist = path.join(root, 'dist');
  for (const folder of [fresh, old]) fs.rmSync(folder, { recursive: true, force: true });
  const sources = stampOfTypeScript();
  const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  for (const project of typeScriptProjects) {
    const options = ['-p', project, '--noEmitOnError', '--outDir', fresh];
    await must([process.execPath, compiler, ...options], 'The TypeScript sources do not compile');
  }
  if (fs.existsSync(dist)) fs.renameSync(dist, old);
  fs.renameSync(fresh, dist);
  fs.rmSync(old, { recursive: true, force: true });
  fs.writeFileSync(distRecord, JSON.stringify({ sources, dist: stampOf(['dist']) }));
}

// The native kernels

async function buildKernels() {
  let tools = findTools();
  if (missing(tools).length > 0) {
    await installTools(missing(tools));
    tools = findTools();
  }
  const attempt = { sources: native.stampOfSources(), tools };
  const before = lastFailure();
  if (before !== undefined && sameAttempt(before, attempt)) return sayUnbuilt(before);
  say('Building the native kernels (up to two minutes the first time) …');
  const { built, reason, log } = await native.buildNative({ quiet: true });
  fs.rmSync(failureRecord, { force: true });
  if (built) return say(`Native kernels ready: ${reason}.`);
  const failure = { ...attempt, reason, log: path.relative(root, log) };
  fs.writeFileSync(failureRecord, JSON.stringify(failure));
  return sayUnbuilt(failure);
}

function lastFailure() {
  try {
    return readJson(failureRecord);
  } catch {
    return undefined;
  }
}

function sameAttempt(first, second) {
  return first.sources === second.sources && JSON.stringify(first.tools) === JSON.stringify(second.tools);
}

function sayUnbuilt({ reason, log }) {
  say(`Native kernels not built: ${reason}. Log: ${log}. Going on with the TypeScript kernels, many times slower.`);
  say('Once the cause is gone, `npm run build:native` tries again.');
}

/** What the build needs, as paths, so that a newly installed tool is noticed; null where it is missing. */
function findTools() {
  const compilers = [process.env.CXX, 'c++', 'g++', 'clang++', 'cl'].filter(Boolean);
  return {
    cmake: findProgram('cmake') ?? null,
    compiler: compilers.map((name) => (path.isAbsolute(name) ? name : findProgram(name))).find(Boolean) ?? null,
    make: ['make', 'gmake', 'ninja', 'nmake'].map(findProgram).find(Boolean) ?? null,
    openblas: native.findOpenBlas() ?? null,
  };
}

function missing(tools) {
  return Object.keys(tools).filter((name) => tools[name] === null);
}

/** Installs what is missing where apt may; elsewhere says the command, and the run goes on without. */
async function installTools(names) {
  const { command, prefix } = installCommand();
  const list = names.join(', ');
  if (prefix === undefined) {
    say(`The native kernels need what is missing here (${list}). To install it:\n\n    ${command}\n`);
    return;
  }
  say(`Installing what the native kernels need (${list}): ${command} …`);
  const environment = ['env', 'DEBIAN_FRONTEND=noninteractive'];
  const apt = [...prefix, ...environment, 'apt-get', '-o', 'DPkg::Lock::Timeout=120'];
  const install = [...apt, 'install', '-y', '--no-install-recommends', ...debianPackages];
  const output = new native.Output(setupLog, true);
  const update = () => native.runLogged([...apt, 'update'], output);
  const fresh = hasPackageLists() ? undefined : await update();
  let status = await native.runLogged(install, output);
  if (status !== 0 && fresh === undefined) {
    await update();
    status = await native.runLogged(install, output);
  }
  if (status === 0) return;
  say(
    `That failed (log: ${path.relative(root, setupLog)}). Going on without; to install it by hand:\n\n    ${command}\n`,
  );
}

const debianPackages = ['libopenblas-dev', 'cmake', 'g++', 'make'];

const installCommands = [
  { program: 'apt-get', command: `apt-get install ${debianPackages.join(' ')}` },
  { program: 'dnf', command: 'dnf install openblas-devel cmake gcc-c++ make' },
  { program: 'apk', command: 'apk add openblas-dev cmake g++ make' },
  { program: 'pacman', command: 'pacman -S openblas cmake gcc make' },
  { program: 'zypper', command: 'zypper install openblas-devel cmake gcc-c++ make' },
];

/** The command that installs the tools here, and what to prefix apt-get with where this script may run it itself. */
function installCommand() {
  if (process.platform === 'darwin') return { command: 'xcode-select --install; brew install cmake' };
  if (process.platform === 'win32') {
    return { command: 'choco install cmake visualstudio2022-workload-vctools; vcpkg install openblas' };
  }
  const known = installCommands.find(({ program }) => findProgram(program) !== undefined);
  if (known === undefined) return { command: 'install OpenBLAS with its headers, CMake, a C++20 compiler and make' };
  const isRoot = process.getuid() === 0;
  const command = isRoot ? known.command : `sudo ${known.command}`;
  if (known.program !== 'apt-get' || process.env.BLASNET_SETUP_NO_APT === '1') return { command };
  if (isRoot) return { command, prefix: [] };
  const sudo = findProgram('sudo');
  const allowed = sudo !== undefined && spawnSync(sudo, ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  return { command, prefix: allowed ? [sudo, '-n'] : undefined };
}

function hasPackageLists() {
  try {
    return fs.readdirSync('/var/lib/apt/lists').some((name) => name.includes('_Packages'));
  } catch {
    return false;
  }
}

// Helpers

class SetupError extends Error {}

function say(text) {
  console.log(text);
}

function readJson(file) {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

/** Runs a command with its output in the log, and ends the set-up with the end of that output when it fails. */
async function must(command, failure, env = {}) {
  const from = fs.statSync(setupLog).size;
  const status = await native.runLogged(command, new native.Output(setupLog, true), { env });
  if (status === 0) return;
  const said = fs.readFileSync(setupLog).subarray(from).toString('utf8').trim().split('\n').slice(1, 41).join('\n');
  throw new SetupError(`${said}\n\n${failure}; the whole output is in ${path.relative(root, setupLog)}.`);
}

main().catch((error) => {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
});
