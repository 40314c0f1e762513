/**
 * spawning.mjs <children> <main|worker>: starts child processes in every way while fits are under way, here or in a
 * worker thread. Reports the hashes of the fits beside the one of an undisturbed fit.
 */
import { execSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { report, train } from './work.mjs';

const [, , count, where] = process.argv;

async function fits(isOver) {
  const hashes = [];
  do hashes.push(await train());
  while (!isOver());
  return hashes;
}

function spawned(index) {
  if (index % 10 === 0) execSync('true');
  else if (index % 3 === 0) spawnSync('true');
  else return once(spawn('true', { stdio: 'ignore' }), 'exit');
  return undefined;
}

async function spawnAll() {
  let waiting = [];
  for (let index = 0; index < Number(count); index++) {
    const exit = spawned(index);
    if (exit !== undefined) waiting.push(exit);
    // Other work of this thread, the slices of its own fit among it, gets its turn.
    if (index % 4 === 3) {
      await Promise.all(waiting);
      waiting = [];
    }
  }
  await Promise.all(waiting);
}

if (isMainThread) {
  const undisturbed = await train();
  let over = false;
  let hashes;
  if (where === 'worker') {
    const worker = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) });
    // Asked for before either may come: a worker that ends with its message unread emits both in one go.
    const done = once(worker, 'message');
    const exit = once(worker, 'exit');
    await once(worker, 'online');
    await spawnAll();
    worker.postMessage('over');
    [hashes] = await done;
    await exit;
  } else {
    const fitting = fits(() => over);
    await spawnAll();
    over = true;
    hashes = await fitting;
  }
  report({ undisturbed, different: hashes.filter((hash) => hash !== undisturbed).length, fits: hashes.length });
} else {
  let over = false;
  parentPort.once('message', () => (over = true));
  parentPort.postMessage(await fits(() => over));
}
