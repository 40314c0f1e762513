import path from 'node:path';
import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { roomsRule } from './scripts/rooms.mjs';

const library = path.join(import.meta.dirname, 'lib');

const readonly = (...names) => Object.fromEntries(names.map((name) => [name, 'readonly']));
const nodeGlobals = readonly(
  'AbortController',
  'AbortSignal',
  'Buffer',
  'Response',
  'URL',
  'console',
  'fetch',
  'performance',
  'process',
  'setImmediate',
  'structuredClone',
);
const timers = readonly('clearTimeout', 'queueMicrotask', 'setTimeout');
const commonJs = { ...readonly('__dirname', '__filename', 'require'), exports: 'writable', module: 'writable' };

export default tseslint.config(
  {
    ignores: [
      'build/',
      'native/build/',
      'dist/',
      'coverage/',
      'docs/api/',
      'docs/public/',
      'docs/node_modules/',
      'docs/.vitepress/cache/',
      'docs/.vitepress/dist/',
      'bench/peers/',
      // Of packages that are installed by the check which compiles it.
      '.ci/consumer/nest.ts',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { blasnet: { rules: { rooms: roomsRule } } },
    rules: {
      'blasnet/rooms': ['error', library],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // `import { type X }` still loads the module; the rooms rule counts on `import type`.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-misused-spread': ['error', { allow: [{ from: 'file', name: 'Dataset' }] }],
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      // JavaScript callers pass what the types forbid, and checking it is not unnecessary.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unnecessary-type-conversion': 'off',
      // `!` says of a map or an index what the types cannot.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // An engine hands out its handles as an interface and takes them back as its own class.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      eqeqeq: 'error',
      'no-eval': 'error',
    },
  },
  {
    // Kernels read `const { exp } = Math`, and loop by index.
    files: ['lib/kernels/**/*.ts'],
    rules: { '@typescript-eslint/unbound-method': 'off', '@typescript-eslint/prefer-for-of': 'off' },
  },
  {
    // Tests pass wrong values on purpose and read golden numbers from JSON.
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: ['**/*.{js,mjs,cjs}'], languageOptions: { globals: { ...nodeGlobals, ...timers } } },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs', globals: commonJs } },
);
