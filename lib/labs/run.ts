import { mnist, selectEngine, type TrainAndTest } from '../index.js';
import { catalogue } from './catalogue.js';
import { LabContext, type LabOptions } from './lab.js';
import type { LabRun } from './page.js';

/** Runs the lab of a name of the catalogue. */
export async function runLab(name: string, options: LabOptions = {}): Promise<LabRun> {
  const { name: engine, threads } = selectEngine({ engine: options.engine, threads: options.threads });
  const { lab } = await catalogue[name].load();
  let source: string | undefined;
  const load = async (): Promise<TrainAndTest> => {
    const digits = await (options.load ?? mnist)();
    source = digits.source;
    return digits;
  };
  const context = new LabContext({ ...options, load });
  const began = performance.now();
  const outcome = await lab.run(context);
  const seconds = (performance.now() - began) / 1000;
  return {
    lab,
    outcome,
    seed: context.seed,
    epochs: options.epochs,
    quick: context.quick,
    engine,
    threads,
    seconds,
    source,
  };
}
