import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { configurationPage } from '../../src/config/configuration-page.ts';

/** docs/configuration.md as it must be, in the format of the project. */
export const formattedConfigurationPage = (): Promise<string> =>
  format(configurationPage(), { parser: 'markdown', printWidth: 100 });

export const CONFIGURATION_PAGE = 'docs/configuration.md';

if (import.meta.filename === process.argv[1]) {
  void formattedConfigurationPage().then((page) => {
    writeFileSync(CONFIGURATION_PAGE, page);
  });
}
