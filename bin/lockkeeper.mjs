#!/usr/bin/env node
// The `lockkeeper` command. In a checkout that was not built yet it builds first.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
if (existsSync(path.join(root, 'scripts', 'setup.mjs'))) {
  const { ensureBuilt, ensureInstalled, requireNode } = await import('../scripts/setup.mjs');
  requireNode();
  await ensureInstalled();
  await ensureBuilt();
}
await import(pathToFileURL(path.join(root, 'dist', 'src', 'cli', 'main.js')).href);
