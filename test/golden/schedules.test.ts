import * as blasnet from '../../lib/index.js';
import { readGolden } from './files.js';
import { camel } from './names.js';
import { runnable } from './pending.js';

const { cases } = readGolden('schedules');

/** There are none yet. The first one that the library exports fails here and is to be compared with its case. */
runnable('schedules', Object.keys(cases), (name) =>
  ['', 'Schedule', 'Decay'].some((ending) => Object.hasOwn(blasnet, `${camel(name)}${ending}`)),
);
