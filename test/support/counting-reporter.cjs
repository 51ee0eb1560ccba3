// mocha's spec reporter that also appends `passed failed` to the file named by FATHOM_COUNTS_FILE, so that CI can add up several runs.
const { appendFileSync } = require('node:fs');
const { reporters, Runner } = require('mocha');

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const file = process.env.FATHOM_COUNTS_FILE;
      if (file) appendFileSync(file, `${this.stats.passes} ${this.stats.failures}\n`);
    });
  }
};
