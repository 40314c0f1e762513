import type { EngineData } from '../engine/engine.js';
import type { Settings } from './fit-checks.js';
import type { Network } from './network.js';

/** A fit's samples in the engine's own memory. */
export interface Samples {
  readonly data: EngineData;
  readonly validation: EngineData | undefined;
  dispose(): void;
}

export function copySamples({ engine }: Network, { train, validation }: Settings): Samples {
  const data = engine.createData(train);
  try {
    const second = validation === undefined ? undefined : engine.createData(validation);
    const dispose = () => {
      data.dispose();
      second?.dispose();
    };
    return { data, validation: second, dispose };
  } catch (error) {
    data.dispose();
    throw error;
  }
}
