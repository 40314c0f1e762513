'use strict';
/** counts.cjs <vitest.json> <failed check…>: prints "N passed, N failed" as the last line, and fails if any did. */
const fs = require('node:fs');

const [file, ...failedChecks] = process.argv.slice(2);

function countTests() {
  if (!fs.existsSync(file)) return { passed: 0, failed: 0 };
  const { testResults } = JSON.parse(fs.readFileSync(file, 'utf8'));
  let passed = 0;
  let failed = 0;
  for (const { status, assertionResults } of testResults) {
    const of = (outcome) => assertionResults.filter((test) => test.status === outcome).length;
    passed += of('passed');
    // A file that fails to load, or in a hook, has no failed test of its own.
    failed += status === 'failed' ? Math.max(of('failed'), 1) : 0;
  }
  return { passed, failed };
}

const { passed, failed } = countTests();
// The check 'tests' stands for the failed tests already counted, if there are any.
const others = failedChecks.filter((name) => !(name === 'tests' && failed > 0)).length;
console.log(`${passed} passed, ${failed + others} failed`);
process.exitCode = failed + others > 0 || passed === 0 ? 1 : 0;
