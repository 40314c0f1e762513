/** What a classifier got wrong, from its predictions. */
export interface Mistake {
  /** Which sample. */
  readonly index: number;
  readonly label: number;
  readonly predicted: number;
  /** The network's share of certainty in what it said. */
  readonly confidence: number;
}

export interface Confusion {
  readonly label: number;
  readonly predicted: number;
  readonly count: number;
}

/** The samples classified wrongly, those that the network was surest of first. */
export function mistakesOf(predictions: Float32Array, labels: ArrayLike<number>): Mistake[] {
  const classes = predictions.length / labels.length;
  const mistakes: Mistake[] = [];
  for (let index = 0; index < labels.length; index++) {
    const scores = predictions.subarray(index * classes, (index + 1) * classes);
    const predicted = largest(scores);
    if (predicted !== labels[index]) {
      mistakes.push({ index, label: labels[index], predicted, confidence: scores[predicted] });
    }
  }
  return mistakes.sort((a, b) => b.confidence - a.confidence || a.index - b.index);
}

/** Pairs of a class and what it was taken for, most frequent first. */
export function confusionsOf(mistakes: readonly Mistake[]): Confusion[] {
  const counts = new Map<string, Confusion>();
  for (const { label, predicted } of mistakes) {
    const key = `${label} ${predicted}`;
    counts.set(key, { label, predicted, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || a.label - b.label || a.predicted - b.predicted);
}

/** Place of the largest score; the first of several. */
export function largest(scores: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i] > scores[best]) best = i;
  return best;
}
