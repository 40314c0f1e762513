import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import type { NativeEngine } from '../../lib/engine/native.js';
import { selectEngine } from '../../lib/engine/select.js';
import { addon } from '../support/engines.js';

it.skipIf(addon === undefined)('an engine has the threads asked for, but no more than there are processors', () => {
  const threadsOf = (threads?: number) => (selectEngine({ engine: 'native', threads }) as NativeEngine).threads;
  expect(threadsOf(1)).toBe(1);
  expect(threadsOf(1024)).toBe(availableParallelism());
  expect(threadsOf()).toBe(availableParallelism());
});
