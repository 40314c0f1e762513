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
  'depth-and-initialization': {
    shows: 'three against five layers under many weight scales',
    load: () => import('./depth-and-initialization.js'),
  },
  'vanishing-gradients': {
    shows: 'gradient norms over twenty layers, with and without BatchNorm',
    load: () => import('./vanishing-gradients.js'),
  },
  'batch-normalization': {
    shows: 'with and without, at sixteen weight scales',
    load: () => import('./batch-normalization.js'),
  },
  'learning-rate-with-batch-normalization': {
    shows: 'the largest rate that still trains, with and without',
    load: () => import('./learning-rate-with-batch-normalization.js'),
  },
  overfitting: { shows: '300 images, seven layers: train against test', load: () => import('./overfitting.js') },
  'weight-decay': { shows: 'L2 against the overfitting net', load: () => import('./weight-decay.js') },
  'l1-sparsity': { shows: 'L1 and the share of weights it empties', load: () => import('./l1-sparsity.js') },
  dropout: { shows: 'dropout against the overfitting net, rates by layer', load: () => import('./dropout.js') },
  'max-norm': { shows: 'weights kept within a ball', load: () => import('./max-norm.js') },
  'label-smoothing': { shows: 'a net that is less sure of itself', load: () => import('./label-smoothing.js') },
  'dropout-at-inference': {
    shows: 'many masks averaged against one pass without',
    load: () => import('./dropout-at-inference.js'),
  },
  'cost-decreases': {
    shows: 'what must fall at every step, and what need not',
    load: () => import('./cost-decreases.js'),
  },
  'logistic-regression': {
    shows: 'one layer with L2 and L1, its weights as images',
    load: () => import('./logistic-regression.js'),
  },
  'input-normalization': {
    shows: 'contours and convergence, with and without',
    load: () => import('./input-normalization.js'),
  },
  'gradient-clipping': {
    shows: 'a wild deep net tamed; by norm and by value',
    load: () => import('./gradient-clipping.js'),
  },
  'learning-rate-schedules': {
    shows: 'constant, step, exponential, cosine, one cycle',
    load: () => import('./learning-rate-schedules.js'),
  },
  'transfer-learning': {
    shows: 'from the digits 0 to 4 to 5 to 9 with few labels',
    load: () => import('./transfer-learning.js'),
  },
  'fuse-batch-normalization': {
    shows: 'the same outputs in less time',
    load: () => import('./fuse-batch-normalization.js'),
  },
  'early-stopping': { shows: 'stopping at the lowest validation loss', load: () => import('./early-stopping.js') },
  augmentation: { shows: 'a thousand digits, shifted, turned and bent', load: () => import('./augmentation.js') },
  'autoencoder-pretraining': {
    shows: 'unlabelled digits first, then 500 labels',
    load: () => import('./autoencoder-pretraining.js'),
  },
  'rbm-pretraining': {
    shows: 'stacked Boltzmann machines, their filters, then 500 labels',
    load: () => import('./rbm-pretraining.js'),
  },
  'gan-pretraining': {
    shows: 'digits drawn from noise; the judge’s layers with 500 labels',
    load: () => import('./gan-pretraining.js'),
  },
  'auxiliary-task': { shows: 'telling rotations first, then 500 labels', load: () => import('./auxiliary-task.js') },
  'hyperparameter-search': {
    shows: 'random search over logarithmic ranges, narrowed',
    load: () => import('./hyperparameter-search.js'),
  },
  'bias-and-variance': { shows: 'four sick nets and their diagnosis', load: () => import('./bias-and-variance.js') },
  'simard-2003': { shows: '800 hidden units, elastic distortions (long)', load: () => import('./simard-2003.js') },
  'srivastava-2014': { shows: '3 x 1024, dropout and max-norm (long)', load: () => import('./srivastava-2014.js') },
  'ciresan-2010': {
    shows: 'a large plain net, distortions renewed each epoch (long)',
    load: () => import('./ciresan-2010.js'),
  },
};

export interface CatalogueEntry {
  readonly shows: string;
  load(): Promise<{ lab: Lab }>;
}

export const labNames: readonly string[] = Object.keys(catalogue);
