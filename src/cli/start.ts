// What is started in the program as it is shipped: `dist/src/cli/main.js`. It loads the parts, of which `main` is the first.

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { readEnvironment } from './environment.ts';
import { createParts } from './parts.ts';

/** Put here by `scripts/build-program.mjs`: the folder of the parts, seen from this file. */
declare const LOCKKEEPER_PARTS: string;

const folder = fileURLToPath(new URL(LOCKKEEPER_PARTS, import.meta.url));
// Where the details of errors are asked for they name the lines of the sources, which Node knows only of files that it loads itself.
if (readEnvironment(process.env).logLevel === 'debug') createRequire(import.meta.url)(`${folder}/main.js`);
else createParts(folder).load('main.js');
