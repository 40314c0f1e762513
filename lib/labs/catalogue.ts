import type { Lab } from './lab.js';

/** Every lab by name: what it shows in a line, and its file, loaded when it is called for. */
export const catalogue: Readonly<Record<string, CatalogueEntry>> = {
  'optimizer-paths': { shows: 'eight optimizers in a narrow valley', load: () => import('./optimizer-paths.js') },
  optimizers: { shows: 'eight optimizers on MNIST', load: () => import('./optimizers.js') },
  'activations-by-initialization': {
    shows: 'what the first weights do to activations',
    load: () => import('./activations-by-initialization.js'),
  },
  'weight-initialization': {
    shows: 'std 0.01, Xavier and He on MNIST',
    load: () => import('./weight-initialization.js'),
  },
};

export interface CatalogueEntry {
  readonly shows: string;
  load(): Promise<{ lab: Lab }>;
}

export const labNames: readonly string[] = Object.keys(catalogue);
