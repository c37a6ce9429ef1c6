// `npm run build`: bundles the program and the web page, always.

import { build, ensureInstalled, requireNode } from './setup.mjs';

requireNode();
await ensureInstalled();
await build();
