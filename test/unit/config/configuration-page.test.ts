import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import {
  CONFIGURATION_PAGE,
  formattedConfigurationPage,
} from '../../support/write-configuration-page.ts';

describe('docs/configuration.md', () => {
  it('is what the schema says (npx tsx test/support/write-configuration-page.ts)', async () => {
    expect(readFileSync(CONFIGURATION_PAGE, 'utf8')).to.equal(await formattedConfigurationPage());
  });

  it('describes keys of every section with kind and default', async () => {
    const page = await formattedConfigurationPage();
    for (const key of [
      'engine.dataDir',
      'sessions.<name>.cancelOrdersOnDisconnect',
      'risk.notionalMax',
    ]) {
      expect(page).to.match(new RegExp(`\\| \`${key}\` +\\|[^|]+\\| \\*\\*required\\*\\*`));
    }
    expect(page).to.match(/`engine\.durability` +\| "disk" \\\| "process" +\| `"disk"`/);
  });
});
