import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packageFolder } from './package-info.js';

/** The parts of scripts/build-native.cjs that know where things are. */
interface BuildScript {
  readonly findProgram: (name: string) => string | undefined;
  readonly findOpenBlas: () => string | undefined;
}

const byPackageManager: readonly [program: string, command: string][] = [
  ['apt-get', 'apt-get install libopenblas-dev cmake g++ make'],
  ['dnf', 'dnf install openblas-devel cmake gcc-c++ make'],
  ['apk', 'apk add openblas-dev cmake g++ make'],
  ['pacman', 'pacman -S openblas cmake gcc make'],
  ['zypper', 'zypper install openblas-devel cmake gcc-c++ make'],
];

function buildScript(): BuildScript {
  const script = join(packageFolder(), 'scripts', 'build-native.cjs');
  return createRequire(import.meta.url)(script) as BuildScript;
}

/** What a build needs and this machine lacks. */
export function missingTools(): string[] {
  const { findProgram, findOpenBlas } = buildScript();
  const compilers = ['c++', 'g++', 'clang++', 'cl'].concat(process.env['CXX'] ?? []);
  return [
    ...(findProgram('cmake') === undefined ? ['CMake'] : []),
    ...(compilers.some((name) => findProgram(name) !== undefined) ? [] : ['a C++ compiler']),
    ...(findOpenBlas() === undefined ? ['OpenBLAS with its headers'] : []),
  ];
}

/** The commands that make the native engine possible here. */
export function toolsAdvice(): string[] {
  const missing = missingTools();
  const install = missing.length === 0 ? [] : [`${installCommand()}  (missing: ${missing.join(', ')})`];
  return [...install, 'npx blasnet build-native'];
}

function installCommand(): string {
  if (process.platform === 'darwin') return 'xcode-select --install; brew install cmake';
  if (process.platform === 'win32') {
    return 'choco install cmake visualstudio2022-workload-vctools; vcpkg install openblas';
  }
  const { findProgram } = buildScript();
  const known = byPackageManager.find(([program]) => findProgram(program) !== undefined)?.[1];
  if (known === undefined) return 'install OpenBLAS with its headers, CMake, a C++20 compiler and make';
  return process.getuid?.() === 0 ? known : `sudo ${known}`;
}
