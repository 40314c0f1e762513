export const commandsHelp = `
Examples:
  blasnet train                            on MNIST, in seconds
  blasnet train ~/data/fashion-mnist       any four IDX files named as MNIST's
  blasnet train --layers 100,100 --seed 1 --save model.safetensors
  blasnet predict model.safetensors digit.png
  blasnet lab batch-normalization
  blasnet profile --layers 2048,2048       where the time goes
  blasnet doctor

Exit codes:
    0  done
    1  failed: something is broken (doctor), a build failed, a fault of blasnet
    2  wrong usage
    3  data, a model or an image cannot be found, read, understood or written
    4  training diverged: the loss was no finite number any more
    5  the native engine was asked for and does not load
    6  stopped by Ctrl-C or SIGTERM with a checkpoint to go on from by --resume
  130  interrupted by Ctrl-C     143  ended by SIGTERM     141  output closed

Environment:
  BLASNET_DATA     a folder with MNIST, or with a folder mnist
  BLASNET_ENGINE   native or reference
  BLASNET_DEBUG=1  errors with their stack
  NO_COLOR=1       no colours
`;

export const trainHelp = `
The network ends in softmax over the classes of the data. MNIST is looked for in
--data, else in BLASNET_DATA, else in the user's cache folder, where it is
downloaded otherwise; without network, synthetic digits take its place.
The learning rate falls along half a cosine to nothing; --schedule constant
keeps it, and starts at half as much by default.
Ctrl-C stops after the step at hand, saves if --save was given, and reports.
With --checkpoint, Ctrl-C and SIGTERM keep a checkpoint first and end with exit
code 6. The same command with --resume goes on, in the middle of an epoch, and
ends with the weights of a training that was never stopped; without a checkpoint
in the directory it begins.

Examples:
  blasnet train --epochs 3 --threads 1 --seed 1
  blasnet train synthetic --layers 100,100,100 --batch-norm --dropout 0
  blasnet train --json > result.json
  blasnet train --epochs 50 --checkpoint runs/a --checkpoint-every 5min --resume
`;

export const predictHelp = `
For a model of 28 x 28 inputs the image is made into what MNIST's are: light ink
on black, cropped, its longer side 20 pixels, centred by its mass. One that is
28 x 28 already is taken as it is, inverted where its background is light.
`;

export const labHelp = `
Writes NAME.html with everything in it, an SVG for each chart in light and dark,
and NAME.json with the numbers, into --output. Charts need two packages more:
npm install vega@~6.4.0 vega-lite@~6.4.3

Examples:
  blasnet lab list
  blasnet lab optimizers --seed 1
  blasnet lab all --quick --output reports
`;
