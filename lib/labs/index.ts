export { catalogue, labNames, type CatalogueEntry } from './catalogue.js';
export { LabContext, type Conclusion, type Lab, type LabOptions, type LabOutcome } from './lab.js';
export { labJson, labPage, type LabRun } from './page.js';
export { runLab } from './run.js';
export { loadRenderer, makeFolder, writePage, writeText, type Renderer } from '../report/index.js';
