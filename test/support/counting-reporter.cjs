// mocha's spec reporter that also appends to the file named by FATHOM_COUNTS_FILE `passed failed`, so that CI can add up
// several runs, and then a line for each test that failed, so that the end of CI's output names them.
const { appendFileSync } = require('node:fs');
const { reporters, Runner } = require('mocha');

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failures = [];
    runner.on(Runner.constants.EVENT_TEST_FAIL, (test, error) => {
      failures.push(`${test.fullTitle()}: ${error?.message ?? error}`);
    });
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const file = process.env.FATHOM_COUNTS_FILE;
      if (!file) return;
      appendFileSync(file, `${this.stats.passes} ${this.stats.failures}\n`);
      for (const failure of failures) appendFileSync(file, `x ${oneLine(failure)}\n`);
    });
  }
};

const oneLine = (text) => text.replace(/\s+/g, ' ').slice(0, 600);
