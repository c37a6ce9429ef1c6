// `config.yaml` in the data folder: what an operator may set. All of it is optional; anything unknown or wrong stops the start,
// because a setting that is silently ignored is worse than none.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { linkLevels } from '../contract/decision.ts';
import { fail } from '../contract/errors.ts';
import { firstIssue } from '../contract/json.ts';
import { messageOf } from '../kernel/errors.ts';

const CONFIG_BYTES_MAX = 64 * 1024;

const settingsSchema = z.strictObject({
  /** The address people open when it is not this machine's loopback, such as https://lockkeeper.example.com. */
  publicUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** PEM files. With them the hub speaks TLS itself and may listen beyond loopback. */
  tls: z.strictObject({ certFile: z.string().min(1), keyFile: z.string().min(1) }).optional(),
  /** The agent that works for people, and the level of its link to every node. */
  agent: z
    .strictObject({
      name: z
        .string()
        .regex(/^[a-z][a-z0-9-]{0,39}$/)
        .default('ecs-engineer'),
      level: z.enum(linkLevels).default('propose'),
    })
    .prefault({}),
});
export type Settings = z.infer<typeof settingsSchema>;

/** Reads the settings of a data folder; the defaults when there is no file. Throws `config-invalid` with the path and the field. */
export function readSettings(dataDir: string): Settings {
  const file = path.join(dataDir, 'config.yaml');
  const text = textOf(file);
  if (text === null) return settingsSchema.parse({});
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line ?? 1;
    throw fail('config-invalid', {
      path: file,
      where: `line ${line}`,
      // The library repeats the place, which stands in `where` already.
      detail: (error.message.split('\n')[0] ?? 'not YAML').replace(/ at line \d+, column \d+:?$/, ''),
    });
  }
  const parsed = settingsSchema.safeParse(plainValue(file, () => document.toJS({ maxAliasCount: 0 })) ?? {});
  if (!parsed.success) throw fail('config-invalid', { path: file, ...firstIssue(parsed.error) });
  return parsed.data;
}

function plainValue(file: string, read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    throw fail('config-invalid', { path: file, where: 'the top', detail: messageOf(error) }, error);
  }
}

function textOf(file: string): string | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw fail('config-invalid', { path: file, where: 'the top', detail: messageOf(error) }, error);
  }
  if (Buffer.byteLength(text) <= CONFIG_BYTES_MAX) return text;
  throw fail('config-invalid', {
    path: file,
    where: 'the top',
    detail: `it is larger than ${CONFIG_BYTES_MAX} bytes`,
  });
}
