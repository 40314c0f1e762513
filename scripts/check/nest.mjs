/**
 * A NestJS application with real decorators and their metadata, compiled to CommonJS by TypeScript: by the oldest that is
 * promised with the settings that Nest's own template long had, by the newest with those it has now.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { application, runBin } from './application.mjs';
import { typeScripts } from './types.mjs';

const nest = ['@nestjs/common@11', '@nestjs/core@11', '@nestjs/platform-express@11', 'reflect-metadata', 'rxjs'];
const decorators = ['--experimentalDecorators', '--emitDecoratorMetadata', '--skipLibCheck', '--strict'];
const modules = { 5.4: ['--module', 'commonjs', '--moduleResolution', 'node10'], latest: ['--module', 'nodenext'] };

export function checkNest(own, platform) {
  for (const version of typeScripts) {
    const app = application([own, platform, ...nest, `typescript@${version}`, '@types/node@20']);
    app.add('nest.ts');
    const settings = [...decorators, ...modules[version], '--target', 'es2022', '--types', 'node', '--outDir', 'out'];
    runBin(app.folder, 'tsc', [...settings, 'nest.ts'], { cwd: app.folder });
    const program = join('out', 'nest.js');
    const text = readFileSync(join(app.folder, program), 'utf8');
    if (!text.includes('require("blasnet")') || !text.includes('design:paramtypes')) {
      throw new Error(`Expected CommonJS with metadata of TypeScript ${version}, received:\n${text}`);
    }
    console.log(`NestJS, TypeScript ${version}: ${app.expectEngine('native', program)}`);
  }
}
