// Writes what esbuild bundled as modules of CommonJS. esbuild splits a program only as ES modules, and V8 keeps the compiled code of
// scripts alone (src/cli/parts.ts).

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { transform } from 'esbuild';

// What `import.meta.url` says in a part: the file that was started, which looks for the package from where it is.
const ENTRY = 'LOCKKEEPER_ENTRY';

/**
 * @param {{ folder: string, outputFiles: readonly import('esbuild').OutputFile[], entry: string }} options `entry`: the file that is
 *   started, seen from `folder`.
 */
export async function writeParts({ folder, outputFiles, entry }) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const texts = new Map(outputFiles.map(({ path: file, text }) => [file, text]));
  const write = async ([file, text]) => {
    const name = path.basename(file);
    const { code, map } = await transform(withMap(text, texts.get(`${file}.map`)), {
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      // An import becomes a `require`, as those of parts must.
      supported: { 'dynamic-import': false },
      define: { 'import.meta.url': ENTRY },
      banner: text.includes('import.meta.url')
        ? `const ${ENTRY} = require('node:url').pathToFileURL(require('node:path').join(__dirname, ${JSON.stringify(entry)})).href;`
        : '',
      charset: 'ascii',
      sourcemap: 'external',
      sourcefile: file,
      sourcesContent: false,
      legalComments: 'none',
    });
    writeFileSync(path.join(folder, name), `${inAscii(code)}//# sourceMappingURL=${name}.map\n`);
    writeFileSync(path.join(folder, `${name}.map`), map);
  };
  await Promise.all([...texts].filter(([file]) => file.endsWith('.js')).map(write));
}

/** esbuild leaves other characters in comments and regular expressions alone, and in both an escape says the same. */
function inAscii(code) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them.
  return code.replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** esbuild follows lines back through a map that stands in the text. */
function withMap(text, map) {
  const bare = text.replace(/\/\/# sourceMappingURL=.*\n?$/, '');
  if (map === undefined) return bare;
  return `${bare}//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}\n`;
}
