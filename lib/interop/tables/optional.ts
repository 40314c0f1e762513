import { BlasnetError } from '../../core/errors.js';

/**
 * For the `catch` of an `import()` of a package that blasnet does without until somebody needs it. The `catch` has to stand at
 * the import: there it tells bundlers that the package may be absent.
 */
export function missingPackage(name: string, purpose: string): (error: unknown) => never {
  return (error) => {
    // By import, and by the require that a bundler makes of it.
    const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
    if (!['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(code)) throw error;
    throw new BlasnetError('ERR_PACKAGE_MISSING', `${purpose} needs the package ${name}: npm install ${name}`, {
      cause: error,
    });
  };
}
