// @ts-check
const start = performance.now();
await import('../../dist/index.js');
console.log(JSON.stringify({ milliseconds: performance.now() - start }));
