'use strict';
/**
 * The package's install script: builds the native kernels where that is possible, says at most one line, and never
 * fails an installation. Without them blasnet runs its TypeScript kernels and says so when it is first used.
 */
async function main() {
  if (process.env.BLASNET_SKIP_BUILD === '1') return;
  const { buildNative, isBuilt } = require('./build-native.cjs');
  if (isBuilt()) return;
  const { built, reason, log } = await buildNative({ quiet: true });
  if (!built) console.log(`blasnet: native kernels not built (${reason}), TypeScript kernels in use; log: ${log}`);
}

main()
  .catch((error) => console.log(`blasnet: native kernels not built (${error.message}), TypeScript kernels in use`))
  .finally(() => process.exit(0));
