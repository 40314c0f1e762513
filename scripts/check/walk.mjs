/**
 * A newcomer's walk: docs/getting-started.md word for word in an empty folder. Files get the blocks whose names stand before
 * them, shell blocks are typed in, the server runs on while the next is asked. Tarballs stand for the registry.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { application, npm, root, run } from './application.mjs';

/** Blocks of a page in order, each with the name of the file that the line before it states. */
function blocksOf(page) {
  const blocks = page.matchAll(/(?:^`([\w.]+)`[^\n]*:\n\n)?^```(js|sh)\n(.*?)^```$/gms);
  return [...blocks].map(([, file, language, code]) => ({ file, language, code }));
}

/** What a newcomer is to see. */
const outcomes = {
  'node train.js': /accuracy: 0\.[89]/,
  'node ask.js': /^a (\d) and it is a \1$/,
};

export async function checkWalk(own, platform) {
  const page = readFileSync(join(root, 'docs', 'getting-started.md'), 'utf8');
  const blocks = blocksOf(page);
  const [install, ...others] = blocks;
  if (!install.code.endsWith('npm install blasnet\n')) throw new Error('The page does not begin with its installation');
  const { folder, env, node } = application([]);
  // npm itself is not on the bare PATH; what it is told to install lies in two tarballs.
  const started = `#!/bin/sh\nexec node '${npm}' "$@" --ignore-scripts --no-audit --no-fund\n`;
  writeFileSync(join(folder, 'npm'), started, { mode: 0o755 });
  const shell = (code, cwd) => {
    const text = code.replace('npm install blasnet', `npm install '${own}' '${platform}'`);
    const path = `${folder}:${env.PATH}`;
    const mkdir = `mkdir() { node -e 'require("fs").mkdirSync(process.argv[1])' "$1"; }`;
    return run('/bin/sh', ['-e', '-c', `${mkdir}\n${text}`], { cwd, env: { ...env, PATH: path } }).stdout.trim();
  };
  shell(install.code, folder);
  const cwd = join(folder, 'digits');
  let server;
  try {
    for (const { file, language, code } of others) {
      if (language === 'js') {
        if (file === undefined) throw new Error(`A block of docs/getting-started.md names no file:\n${code}`);
        writeFileSync(join(cwd, file), code);
      } else if (code.trim() === 'node server.js') {
        server = spawn(node, ['server.js'], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
        const ended = once(server, 'exit').then(([code]) => Promise.reject(new Error(`server.js ended with ${code}`)));
        await Promise.race([once(server.stdout, 'data'), ended]);
      } else {
        const said = shell(code, cwd);
        console.log(`walk, ${code.trim()}: ${said.replaceAll('\n', ' ')}`);
        const wanted = outcomes[code.trim()];
        if (wanted !== undefined && !wanted.test(said)) throw new Error(`Expected ${wanted}, received ${said}`);
      }
    }
  } finally {
    server?.kill();
  }
}
