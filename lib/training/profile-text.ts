import type { Profile } from './profile.js';

/** From these shares on something is worth saying. */
const MUCH_WAITING = 0.2;
const MOSTLY = 0.6;
const NEAR_PEAK = 0.7;

/** One sentence on what bounds a training. */
export function explain(found: Omit<Profile, 'summary'>): string {
  const { kernels, waiting, threads, batchSize, engine } = found;
  const products = kernels.filter(({ gflops }) => gflops !== undefined);
  const inProducts = products.reduce((sum, { share }) => sum + share, 0);
  if (engine === 'reference') {
    return `The reference engine spends ${percent(inProducts)} of its time in matrix products: the native engine is many times as fast.`;
  }
  if (threads > 1 && waiting > MUCH_WAITING) {
    return (
      `${threads} threads wait for each other ${percent(waiting)} of their time: the work of a step is small or other ` +
      `programs are busy; larger batches than ${batchSize} give each thread more.`
    );
  }
  if (inProducts > MOSTLY) {
    const reached = products.reduce((sum, { share, shareOfPeak = 0 }) => sum + share * shareOfPeak, 0) / inProducts;
    const bound =
      reached > NEAR_PEAK
        ? 'arithmetic bounds this training, and only fewer numbers make it faster'
        : 'they wait for memory in between, as kernels larger than the cache or few rows make them do';
    return (
      `Matrix products take ${percent(inProducts)} of the time and reach ${percent(reached)} of the machine's ` +
      `multiply-adds: ${bound}.`
    );
  }
  const [first] = kernels.filter(({ gflops }) => gflops === undefined);
  return (
    `Matrix products take only ${percent(inProducts)} of the time; the longest of the rest is ${first.kernel} of ` +
    `${first.layer} with ${percent(first.share)}.`
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
