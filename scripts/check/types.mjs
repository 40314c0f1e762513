/** What publint, are-the-types-wrong and the oldest and newest TypeScript that are promised say of the package. */
import { application, root, runBin } from './application.mjs';

export const typeScripts = ['5.4', 'latest'];

export function checkTypes(own) {
  runBin(root, 'publint', ['--strict', own]);
  // Only `import` and `require` in Node.js are promised, and there is one module for both.
  runBin(root, 'attw', ['--profile', 'esm-only', own]);
  const settings = [
    '--strict',
    '--target',
    'es2022',
    '--lib',
    'es2023,esnext.disposable',
    '--types',
    'node',
    '--noEmit',
  ];
  for (const version of typeScripts) {
    const { folder, add } = application([`typescript@${version}`, '@types/node@20', own]);
    add('consumer.mts');
    runBin(folder, 'tsc', [...settings, '--module', 'nodenext', 'consumer.mts'], { cwd: folder });
    console.log(`types: TypeScript ${version}`);
  }
}
