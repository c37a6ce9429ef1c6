// `npm run build`: compiles the sources and bundles the web page, always.

import { build, ensureInstalled, requireNode } from './setup.mjs';

requireNode();
await ensureInstalled();
await build();
