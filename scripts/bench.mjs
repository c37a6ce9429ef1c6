// `npm run bench`: builds what is missing, bundles the bench beside the packages it needs, and runs it. Arguments name parts of it.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensureBuilt, ensureInstalled, requireNode, root } from './setup.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
const { build } = await import('esbuild');
const outdir = path.join(root, 'node_modules', '.cache', 'lockkeeper-bench');
await build({
  entryPoints: ['main', 'account'].map((name) => path.join(root, 'test', 'bench', `${name}.ts`)),
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'esm',
});
const [main, account] = ['main.mjs', 'account.mjs'].map((name) => path.join(outdir, name));
spawn(process.execPath, [main, account, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
}).on('close', (code) => process.exit(code ?? 1));
