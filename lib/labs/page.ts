import type { EngineName } from '../index.js';
import type { Page } from '../report/index.js';
import type { Lab, LabOutcome } from './lab.js';

export interface LabRun {
  readonly lab: Lab;
  readonly outcome: LabOutcome;
  readonly seed: number;
  /** Where the caller asked for a number of them. */
  readonly epochs: number | undefined;
  readonly quick: boolean;
  readonly engine: EngineName;
  readonly threads: number;
  readonly seconds: number;
  /** Where the data came from; undefined where the lab needs none. */
  readonly source: string | undefined;
}

/** The report of a lab: what to look at, the figures, the numbers, and how they compare. */
export function labPage({ lab, outcome, seed, epochs, quick, engine, threads, seconds, source }: LabRun): Page {
  return {
    title: lab.title,
    sections: [
      { heading: 'What to look at', list: lab.lookAt },
      { figures: outcome.figures },
      ...(outcome.table === undefined ? [] : [{ heading: 'In numbers', table: outcome.table }]),
      {
        heading: 'Beside the original',
        table: {
          columns: ['', 'result'],
          rows: [
            ['original', lab.original],
            [quick ? 'here, quick size' : 'here', outcome.ours],
          ],
        },
      },
      {
        heading: 'What this run bears out',
        list: outcome.conclusions.map(({ claim, holds }) => `${holds ? '✓' : '✗ not here:'} ${claim}`),
      },
    ],
    footer:
      `blasnet lab ${lab.name} · seed ${seed}${epochs === undefined ? '' : ` · ${epochs} epochs`}${quick ? ' · quick size' : ''} · ${engine} engine, ${threads} ${threads === 1 ? 'thread' : 'threads'} · ` +
      `${seconds.toFixed(1)} s${source === undefined ? '' : ` · data: ${source === 'synthetic' ? 'synthetic digits' : 'MNIST'}`}`,
  };
}

/** What the JSON file says. Names are kept; new ones may be added. */
export function labJson({ lab, outcome, seed, epochs, quick, engine, threads, seconds, source }: LabRun) {
  return {
    lab: lab.name,
    title: lab.title,
    original: lab.original,
    ours: outcome.ours,
    conclusions: outcome.conclusions,
    table: outcome.table ?? null,
    seed,
    epochs: epochs ?? null,
    quick,
    seconds,
    engine,
    threads,
    data: source === undefined ? null : source === 'synthetic' ? 'synthetic' : 'mnist',
    values: outcome.values,
  };
}
