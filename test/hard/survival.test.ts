/** The survival suites again, with the counts of the reliability plan instead of those of `npm test`. */
process.env['BLASNET_HARD'] = '1';

const suites = ['api', 'arrays', 'ending', 'faults', 'loading', 'resources', 'spawning', 'workers'];
for (const suite of suites) await import(`../survival/${suite}.test.ts`);
