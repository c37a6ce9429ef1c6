// An esbuild plugin: of each AWS client the node gets the commands that it can send, and no others. The packages describe every operation
// of a service, EC2 some seven hundred, and a start that loads them all spends much of its time on what is never used.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

/** The file whose imports of AWS clients are narrowed. */
const IMPORTER = path.join('src', 'node', 'aws', 'clients.ts');
const NAMESPACE = 'aws-client';

/**
 * @param {{ root: string, operations: readonly string[] }} options `operations`: names such as `DescribeServices`; of each
 *   package the ones that it has are kept.
 */
export function awsClientParts({ root, operations }) {
  return {
    name: 'aws-client-parts',
    setup(bundle) {
      bundle.onResolve({ filter: /^@aws-sdk\/client-/ }, ({ path: name, importer }) =>
        importer.endsWith(IMPORTER) ? { path: name, namespace: NAMESPACE } : undefined,
      );
      bundle.onLoad({ filter: /.*/, namespace: NAMESPACE }, async ({ path: name }) => {
        const packageDir = path.join(root, 'node_modules', name);
        return { contents: await narrowed(packageDir, operations), resolveDir: packageDir, loader: 'js' };
      });
    },
  };
}

/** One module with the client of a package and its commands, which still imports what the packages share. */
async function narrowed(packageDir, operations) {
  const folder = path.join(packageDir, 'dist-es');
  const clients = readdirSync(folder).filter((file) => file.endsWith('Client.js'));
  const commands = operations
    .map((operation) => `${operation}Command.js`)
    .filter((file) => existsSync(path.join(folder, 'commands', file)));
  const names = [...clients, ...commands].map((file) => path.basename(file, '.js'));
  const { outputFiles } = await build({
    stdin: { contents: `export { ${names.join(', ')} } from './index.js';`, resolveDir: folder },
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    write: false,
    logLevel: 'warning',
    plugins: [plainKeys],
  });
  return outputFiles[0].text;
}

/**
 * Schemas name some members by constants, `{ [_eQN]: … }`, which a bundler must take for something that might run. With the constant's
 * value in its place, schemas that nobody needs are seen to be so.
 */
const plainKeys = {
  name: 'plain-keys',
  setup(bundle) {
    bundle.onLoad({ filter: /schemas_\d+\.js$/ }, ({ path: file }) => {
      const text = readFileSync(file, 'utf8');
      const constants = new Map(
        [...text.matchAll(/^const (_\w+) = ("[^"\n]*");$/gm)].map(([, name, value]) => [name, value]),
      );
      const contents = text.replace(/\[(_\w+)\]:/g, (key, name) =>
        constants.has(name) ? `${constants.get(name)}:` : key,
      );
      return { contents, loader: 'js' };
    });
  },
};
