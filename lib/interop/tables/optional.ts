import { BlasnetError } from '../../core/errors.js';

/** Loads a package that blasnet does without until somebody needs it. */
export async function optional<T>(name: string, purpose: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException | null)?.code === 'ERR_MODULE_NOT_FOUND';
    if (!missing) throw error;
    throw new BlasnetError('ERR_PACKAGE_MISSING', `${purpose} needs the package ${name}: npm install ${name}`, {
      cause: error,
    });
  }
}
