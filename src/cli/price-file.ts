// Reads the file that `--prices` names.

import { readFileSync, statSync } from 'node:fs';
import { fail } from '../contract/errors.ts';
import { type GivenPrice, pricesIn } from '../diagnosis/cost/price-file.ts';

const BYTES_MAX = 262_144;

/** The option's words, and the format of the file. */
export const pricesOption = [
  '--prices <file>',
  'JSON of Fargate prices by region: {"currency":"USD","prices":[{"region","architecture","asOf","perVcpuHour","perGbHour"}]}',
] as const;

/** The rows of the file; none without one. Throws `usage` for a file that cannot be read and `config-invalid` for one that is not right. */
export function readPrices(file: string | undefined): readonly GivenPrice[] {
  if (file === undefined) return [];
  let text: string;
  try {
    if (statSync(file).size > BYTES_MAX) throw new Error(`it is larger than ${BYTES_MAX} bytes`);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw fail('usage', { detail: `The file of prices ${file} cannot be read.` }, error);
  }
  const read = pricesIn(text);
  if ('detail' in read) throw fail('config-invalid', { path: file, ...read });
  return read;
}
