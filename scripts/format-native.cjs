'use strict';
/** Formats the C++ sources by .clang-format; with --check it only names those that differ. Says so without the tool. */
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { findProgram, root } = require('./build-native.cjs');

const check = process.argv.includes('--check');
const clangFormat = findProgram('clang-format') ?? findProgram('clang-format-14');
const sources = fs
  .readdirSync(path.join(root, 'native'), { recursive: true })
  .filter((name) => /\.(cc|h|inc)$/.test(name) && !name.startsWith(`build${path.sep}`))
  .map((name) => path.join('native', name));

if (clangFormat === undefined) {
  console.log('clang-format is not installed: C++ formatting not checked.');
} else if (sources.length > 0) {
  const mode = check ? ['--dry-run', '--Werror'] : ['-i'];
  const { status } = spawnSync(clangFormat, [...mode, ...sources], { cwd: root, stdio: 'inherit' });
  process.exitCode = status ?? 1;
  if (status === 0)
    console.log(`clang-format: ${sources.length} files ${check ? 'are' : 'formatted'} as they should be.`);
}
