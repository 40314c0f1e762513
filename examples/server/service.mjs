// The model that is served, and the training that makes a better one in the background.
import { access, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { adam, checkpoint, createPredictor, dense, dropout, Network, OptionError } from 'blasnet';
import { Events } from './events.mjs';

export class Service {
  /** Undefined until a first model is there. */
  predictor;
  events = new Events();
  training = { state: 'idle' };
  #stop = new AbortController();
  #done = Promise.resolve();

  constructor(folder, data) {
    this.folder = folder;
    this.data = data;
  }

  static async open(folder, data) {
    const service = new Service(folder, data);
    const file = join(folder, 'model.safetensors');
    const exists = await access(file).then(
      () => true,
      () => false,
    );
    if (exists) service.#serve(await Network.load(file));
    return service;
  }

  /** Starts a fit in the background, or goes on with the last one. Wrong options are errors here, not later. */
  async train({ epochs = 5, batchSize = 64, learningRate = 0.001, resume = false, ...unknown }) {
    const [stray] = Object.keys(unknown);
    if (stray !== undefined) throw new OptionError('ERR_OPTION_UNKNOWN', `Unknown option ${stray} for train`);
    const { train, test } = this.data;
    const layers = [dense(256, { activation: 'relu' }), dropout(0.2), dense(10)];
    const network = new Network({ inputs: train.width, layers });
    const runs = (await readdir(this.folder)).filter((name) => name.startsWith('run-')).sort();
    const run = resume && runs.length > 0 ? runs.at(-1) : `run-${Date.now()}`;
    const folder = join(this.folder, run);
    if (resume) await mkdir(folder, { recursive: true });
    // Asked behind everything that is waited for: two requests may come at once.
    if (this.training.state === 'running') return false;
    this.#stop = new AbortController();
    const fit = network.fit(train, {
      epochs,
      batchSize,
      optimizer: adam({ learningRate }),
      validation: test,
      signal: this.#stop.signal,
      // What publishes the best comes behind what writes it.
      callbacks: [checkpoint(folder, { best: 'valLoss' }), this.#publisher(folder)],
      onProgress: (progress) => this.#report('progress', progress),
      ...(resume ? { resume: folder } : {}),
    });
    this.training = { state: 'running', run };
    this.#done = this.#follow(fit);
    return true;
  }

  cancel() {
    if (this.training.state !== 'running') return false;
    this.#stop.abort(new Error('cancelled'));
    return true;
  }

  /** Stops training, which leaves a checkpoint, and answers what waits. */
  async close() {
    this.cancel();
    await this.#done;
    await this.predictor?.close();
    this.events.close();
  }

  async #follow(fit) {
    let state = 'completed';
    let reason;
    try {
      await fit;
    } catch (error) {
      state = this.#stop.signal.aborted ? 'cancelled' : 'failed';
      reason = error.message;
    }
    this.training = { ...this.training, state, reason };
    this.#report('end', { state, reason });
  }

  /** The best so far is saved and served; requests under way end with the model they began with. */
  #publisher(folder) {
    let best = Infinity;
    return {
      name: 'publish',
      last: true,
      onEpochEnd: async (record) => {
        this.#report('epoch', record);
        if (record.valLoss >= best) return;
        best = record.valLoss;
        const network = await Network.load(join(folder, 'best.safetensors'));
        await network.save(join(this.folder, 'model.safetensors'));
        this.#serve(network);
      },
      state: () => ({ values: { best } }),
      restore({ values }) {
        best = values.best;
      },
    };
  }

  #serve(network) {
    if (this.predictor === undefined) this.predictor = createPredictor(network.fuse(), { maxBatch: 64 });
    else this.predictor.use(network.fuse());
  }

  #report(name, data) {
    this.training = { ...this.training, [name]: data };
    this.events.send(name, data);
  }
}
