import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { onNative, withoutAddon } from './child.js';

const built = fileURLToPath(new URL('../../build/Release/blasnet.node', import.meta.url));
const hasTools =
  process.platform === 'linux' && ['readelf', 'nm'].every((tool) => spawnSync(tool, ['--version']).status === 0);
const why = withoutAddon ? onNative : hasTools ? '' : ' (skipped: readelf and nm are not here)';

function ask(tool: string, ...args: string[]): string {
  const { status, stdout } = spawnSync(tool, [...args, built], { encoding: 'utf8' });
  expect(status).toBe(0);
  return stdout;
}

describe.skipIf(withoutAddon || !hasTools)(`how the addon is linked${why}`, () => {
  it('binds every symbol when it is loaded, where a missing one can be caught', () => {
    expect(ask('readelf', '-d')).toMatch(/FLAGS.*\bBIND_NOW\b/);
  });

  it('stays in memory when the worker that loaded it ends', () => {
    expect(ask('readelf', '-d')).toMatch(/FLAGS_1.*\bNODELETE\b/);
  });

  it('looks for libraries nowhere but where the system does', () => {
    expect(ask('readelf', '-d')).not.toMatch(/\((RPATH|RUNPATH)\)/);
  });

  it('has no executable stack and a protected relocation table', () => {
    const segments = ask('readelf', '-lW');
    expect(segments).toMatch(/GNU_STACK.*RW /);
    expect(segments).toContain('GNU_RELRO');
  });

  it('exports what Node.js asks for, and nothing of its own', () => {
    const names = ask('nm', '-D', '--defined-only', '--format=posix')
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]);
    expect(names).toContain('napi_register_module_v1');
    // Weak symbols of the C++ library's templates are shared by everybody who uses it.
    const own = names.filter((name) => !/^_Z(T[ISV]|ZN?)?(St|N?KSt|NSt)/.test(name) && !name.startsWith('_ZTS'));
    expect(own.sort()).toEqual(['napi_register_module_v1', 'node_api_module_get_api_version_v1']);
  });

  it('asks for no memory of its own to be shown to JavaScript, which Electron refuses', () => {
    const wanted = ask('nm', '-D', '--undefined-only', '--format=posix')
      .split('\n')
      .map((line) => line.split(' ')[0])
      .filter((name) => name.startsWith('napi_'));
    expect(wanted).toContain('napi_get_typedarray_info');
    expect(wanted.filter((name) => /buffer/.test(name))).toEqual([]);
  });

  it('asks for a version of Node-API that every supported Node.js has', () => {
    const code = 'process.stdout.write(process.versions.napi)';
    const { stdout } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' });
    expect(Number(stdout)).toBeGreaterThanOrEqual(8);
    // `mov eax, 8; ret` and the like: the number that the addon answers with.
    const disassembled = spawnSync('objdump', ['-d', '--no-show-raw-insn', built], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    if (disassembled.status !== 0 || process.arch !== 'x64') return;
    const [, answer] = /<node_api_module_get_api_version_v1>:[^]*?mov\s+\$0x(\w+),%eax/.exec(disassembled.stdout) ?? [];
    expect(parseInt(answer, 16)).toBe(8);
  });
});
