/**
 * programs.mjs <file>: compiles a few small networks with every layer, loss and optimizer, and writes the programs as the
 * native engine gets them, for core_test.cc: [count, then for each its length and its numbers], all float64.
 * Needs dist/.
 */
import { writeFileSync } from 'node:fs';
import * as blasnet from '../../dist/index.js';
import { encodeProgram } from '../../dist/engine/encode.js';
import { buildArchitecture } from '../../dist/network/architecture.js';
import { compileEvaluation, compilePrediction, compileTraining } from '../../dist/network/compile.js';

const { activation, adam, batchNorm, dense, dropout, l1, l2, maxNorm, momentum, nonNegative, rmsProp, sgd } = blasnet;
const { adaDelta, adaGrad, adaMax, adamW, nadam, nesterov, radam } = blasnet;
const { alphaDropout, gaussianNoise, inputNormalization, layerNorm, prelu, residual, softmax } = blasnet;
const { meanSquaredError, softmaxCrossEntropy } = blasnet;

const networks = [
  { layers: [dense(5)], loss: softmaxCrossEntropy() },
  {
    layers: [
      dense(33, { activation: 'relu', regularizer: l2(1e-3) }),
      batchNorm(),
      dropout(0.3),
      dense(70, { activation: 'tanh' }),
      dense(5),
    ],
    loss: softmaxCrossEntropy(),
  },
  { layers: [dense(300), batchNorm(), activation('relu'), dense(5)], loss: softmaxCrossEntropy() },
  {
    layers: [
      inputNormalization(),
      gaussianNoise(0.1),
      residual([dense(37, { activation: 'selu' }), alphaDropout(0.2), layerNorm(), prelu()]),
      residual([softmax(), residual([dense(9), batchNorm()])]),
      dense(5),
      softmax(),
    ],
    loss: softmaxCrossEntropy(),
  },
  // The same BatchNorm frozen, between layers that learn.
  { layers: [dense(33), batchNorm(), dense(5)], loss: softmaxCrossEntropy(), frozen: ['batchNorm1'] },
  {
    layers: [
      dense(17, { activation: 'sigmoid', activityRegularizer: [l1(1e-3), l2(1e-3)], constraint: nonNegative() }),
      dense(3, { regularizer: l1(1e-3), constraint: maxNorm(2) }),
    ],
    loss: meanSquaredError(),
  },
];
const optimizers = [
  ...[sgd({ clipNorm: 1 }), momentum({ clipNormPerTensor: 0.1 }), rmsProp(), adam(), nesterov({ clipValue: 0.01 })],
  ...[
    adaGrad(),
    adaDelta(),
    rmsProp({ centered: true, momentum: 0.9 }),
    adam({ amsgrad: true, clipNorm: 0.1 }),
    adamW(),
  ],
  ...[nadam(), radam(), adaMax()],
];

const programs = networks.flatMap(({ layers, loss, frozen = [] }) => {
  const architecture = { ...buildArchitecture(20, layers, loss), frozen: new Set(frozen) };
  return [
    ...optimizers.map((optimizer, index) => compileTraining(architecture, optimizer, [1, 7, 64, 100][index % 4])),
    compileEvaluation(architecture),
    compilePrediction(architecture, false),
  ];
});
const codes = programs.map(encodeProgram);
const all = [codes.length, ...codes.flatMap((code) => [code.length, ...code])];
writeFileSync(process.argv[2], Float64Array.from(all));
