export { ONNX_OPSET, saveOnnx, toOnnx, type ToOnnxOptions } from './onnx/export.js';
export { fromOnnx, type FromOnnxOptions } from './onnx/import.js';
export { fromStateDict, type FromStateDictOptions, type StateDict } from './state-dict.js';
export { toJavaScript, type ToJavaScriptOptions } from './javascript.js';
