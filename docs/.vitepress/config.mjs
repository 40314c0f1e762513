import { defineConfig } from 'vitepress';

const page = (text, link) => ({ text, link });

export default defineConfig({
  title: 'blasnet',
  description: 'Trains neural networks on the CPU from TypeScript',
  cleanUrls: true,
  srcExclude: ['node_modules/**'],
  // The API pages are made by typedoc and copied as they are.
  ignoreDeadLinks: [/^\/api\//, /^(\.\.\/)+/, /examples\//],
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      page('Guide', '/getting-started'),
      page('Coming from …', '/coming-from'),
      { text: 'API', link: '/api/index.html', target: '_blank' },
    ],
    sidebar: [
      {
        text: 'Guide',
        items: [
          page('Getting started', '/getting-started'),
          page('Data', '/data'),
          page('Train in a server', '/train-in-a-server'),
          page('Callbacks', '/callbacks'),
          page('Checkpoints and resuming', '/resume'),
          page('Serving', '/serving'),
          page('Exchange with other libraries', '/interop'),
          page('Work with a trained network', '/trained-networks'),
          page('Augmentation', '/augmentation'),
          page('Training loops of your own', '/custom-loops'),
          page('Labs', '/labs'),
          page('Coming from Keras, PyTorch, …', '/coming-from'),
          page('Troubleshooting', '/troubleshooting'),
        ],
      },
      {
        text: 'Reference',
        items: [
          page('Layers', '/layers'),
          page('Activations', '/activations'),
          page('Losses', '/losses'),
          page('Optimizers', '/optimizers'),
          page('Schedules', '/schedules'),
          page('Regularization', '/regularization'),
          page('Initializers', '/initializers'),
          page('Metrics', '/metrics'),
          page('Conventions', '/conventions'),
          page('The model file', '/model-format'),
        ],
      },
      { text: 'Inside', items: [page('Architecture', '/architecture'), page('Performance', '/performance')] },
    ],
  },
});
