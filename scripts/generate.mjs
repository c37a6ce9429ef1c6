// `npm run generate [-- --check]`: writes the reference pages and the Cedar schema from the tables the program runs on.
// With --check nothing is written: a page that is out of date fails the run and is named.
// A generator is a pair of path and text; another source of pages is added to the list in `pages`.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { loadSource, root } from './load-source.mjs';

/** Everything that is generated: path in the repository → text. */
async function pages() {
  const { allTools } = await loadSource('tools/index.ts');
  const reference = await loadSource('src/catalog/reference.ts');
  const { cedarSchema } = await loadSource('src/catalog/cedar-schema.ts');
  const { causesPage } = await loadSource('src/catalog/causes-page.ts');
  const { createWholeProgram } = await loadSource('src/cli/program.ts');
  const { cliPage } = await loadSource('src/cli/reference.ts');
  return {
    // Building the tree needs nothing of a running command line.
    'docs/reference/cli.md': cliPage(await createWholeProgram({ version: '' })),
    'docs/reference/causes.md': causesPage(),
    'docs/reference/tools.md': reference.toolsPage(allTools),
    'docs/reference/errors.md': reference.errorsPage(),
    'docs/reference/audit-events.md': reference.auditEventsPage(),
    'docs/reference/policy-actions.md': reference.policyActionsPage(allTools),
    'docs/reference/iam.md': reference.iamPage(allTools),
    'policies/schema.cedarschema': cedarSchema(allTools),
  };
}

const check = process.argv.includes('--check');
const stale = [];
for (const [file, text] of Object.entries(await pages())) {
  const target = path.join(root, file);
  const present = await readFile(target, 'utf8').catch(() => null);
  if (present === text) continue;
  if (check) {
    stale.push(file);
  } else {
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, text);
    console.log(`written: ${file}`);
  }
}
if (stale.length > 0) {
  console.error(`Out of date: ${stale.join(', ')}. Run \`npm run generate\` and commit what it writes.`);
  process.exitCode = 1;
}
