/** A package with a built addon. */
interface PlatformPackage {
  readonly name: string;
  /** Names stand in full in the calls, so that a bundler can see them. */
  readonly resolve: (require: NodeJS.Require) => string;
}

/**
 * The packages by platform and architecture; `npm/` has their manifests. On Linux both C libraries are tried: package managers
 * install the one that fits.
 */
const packages: Readonly<Record<string, readonly PlatformPackage[]>> = {
  'linux-x64': [
    { name: '@blasnet/linux-x64-gnu', resolve: (require) => require.resolve('@blasnet/linux-x64-gnu/blasnet.node') },
    { name: '@blasnet/linux-x64-musl', resolve: (require) => require.resolve('@blasnet/linux-x64-musl/blasnet.node') },
  ],
  'linux-arm64': [
    {
      name: '@blasnet/linux-arm64-gnu',
      resolve: (require) => require.resolve('@blasnet/linux-arm64-gnu/blasnet.node'),
    },
  ],
  'darwin-arm64': [
    { name: '@blasnet/darwin-arm64', resolve: (require) => require.resolve('@blasnet/darwin-arm64/blasnet.node') },
  ],
  'darwin-x64': [
    { name: '@blasnet/darwin-x64', resolve: (require) => require.resolve('@blasnet/darwin-x64/blasnet.node') },
  ],
  'win32-x64': [
    { name: '@blasnet/win32-x64', resolve: (require) => require.resolve('@blasnet/win32-x64/blasnet.node') },
  ],
};

/** Where the package of this platform may have the addon. */
export function platformPackages(require: NodeJS.Require): { name: string; find: () => string }[] {
  const platform = `${process.platform}-${process.arch}`;
  const known = packages[platform] ?? [];
  const places = known.map(({ name, resolve }) => ({ name, find: () => installed(() => resolve(require)) }));
  if (places.length > 0) return places;
  const find = () => {
    throw new Error('There is no such package');
  };
  return [{ name: `@blasnet/${platform}`, find }];
}

function installed(resolve: () => string): string {
  try {
    return resolve();
  } catch {
    throw new Error('The package is not installed');
  }
}
