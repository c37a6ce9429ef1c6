// `npm run demo`: from a fresh clone to a working chat against a simulated AWS account. Arguments go to `lockkeeper up --demo`.

import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, requireNode, root } from './setup.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
process.argv.splice(2, 0, 'up', '--demo');
await import(pathToFileURL(path.join(root, 'dist', 'src', 'cli', 'main.js')).href);
