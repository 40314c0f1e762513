import { checkEpsilon, makeOptimizer, readOptions, type Optimizer, type OptimizerOptions } from './optimizer.js';

export interface AdaGradOptions extends OptimizerOptions {
  /** Added outside the root, at least 0; default 1e-10. */
  epsilon?: number;
}

/**
 * AdaGrad: each parameter's step is divided by the size of all its gradients so far. Rare features keep large steps; all
 * steps shrink with time.
 *
 *     s = s + g²    p -= learningRate · g / (√s + epsilon)
 *
 * @param options `learningRate` above 0 or a schedule, default 0.01; `epsilon` at least 0, default 1e-10; `clipValue`,
 *   `clipNorm` or `clipNormPerTensor` above 0
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * network.fit(train, { optimizer: adaGrad({ learningRate: 0.05 }) });
 *
 * Source: Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic optimization", JMLR
 * 2011. As in PyTorch, whose `lr_decay` is `inverseTimeSchedule`; Keras starts `s` at 0.1 and has epsilon 1e-7.
 */
export function adaGrad(options?: AdaGradOptions): Optimizer {
  const { given, shared } = readOptions<AdaGradOptions>('adaGrad', options, ['epsilon'], 0.01);
  const epsilon = checkEpsilon(given.epsilon ?? 1e-10);
  return makeOptimizer(shared, {
    slots: 1,
    config: { epsilon },
    update(program, parameter) {
      const operands = {
        gradient: program.gradientOf(parameter),
        parameter,
        sumOfSquares: program.slotOf(parameter, 0),
      };
      const attributes = { epsilon, multiplier: parameter.learningRateMultiplier };
      program.parameterCall(parameter, 'update', 'adaGrad', operands, attributes);
    },
  });
}
