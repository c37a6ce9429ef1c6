// What the log tools and a diagnosis let out of a log that holds secrets, as the node sends it on: whole lines, lines so long that they
// are cut, and secrets over several lines.

import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/kernel/canonical-json.ts';
import { createRedactor } from '../../../src/kernel/redact.ts';
import { logsFilterEvents } from '../../../tools/logs/filter-events.ts';
import { logsGetEvents } from '../../../tools/logs/get-events.ts';
import { taskLogs } from '../../../tools/logs/task-logs.ts';
import { made } from '../../kernel/secrets.ts';
import { changed, context, diagnosisOf, relog, TROUBLED, withAccount } from './support.ts';

const redactor = createRedactor({ key: Buffer.alloc(32, 7) });
/** The output as it leaves the node. */
const sent = (output: unknown): string =>
  JSON.stringify(redactor.json(JSON.parse(JSON.stringify(output)) as Json).value);

const pw = `${made('log', 14)}!k`;
const gh = `ghp_${made('log', 36)}`;
const key = [made('log1', 64), made('log2', 64)];
const lines = (before: string): string[] => [
  `ERROR ${before}DB_PASSWORD=${pw} node server.js`,
  `ERROR ${before}Error: connect ETIMEDOUT postgres://app:${pw}@db.production.internal:5432/shop`,
  `ERROR ${before}{"headers":{"set-cookie":["session=${gh}; Path=/"]}}`,
  `ERROR ${before}GET /cb?x=${encodeURIComponent(`Authorization: Bearer ${gh}`)}`,
  `ERROR ${before}pushing with ${gh} failed`,
  '-----BEGIN RSA PRIVATE KEY-----',
  ...key,
  '-----END RSA PRIVATE KEY-----',
];

/** The longest beginning of a secret that `text` shows. */
const shownOf = (text: string, secret: string): number => {
  let length = secret.length;
  while (length > 0 && !text.includes(secret.slice(0, length))) length -= 1;
  return length;
};

describe('a log with secrets', () => {
  it('leaves none of them in what the log tools return, nor a part of one where a line is cut', async () => {
    for (const words of [0, 38, 180, 184, 188, 190, 192, 194, 196, 198]) {
      const snapshot = changed((s) => relog(s, ...lines('word '.repeat(words))));
      await withAccount(snapshot, async (aws) => {
        const log = taskLogs.output.parse(await taskLogs.run({ ...TROUBLED }, aws, context));
        const names = { log_group: log.group, log_stream: log.stream, limit: 100 };
        const { log_group, limit } = names;
        for (const output of [
          log,
          await logsGetEvents.run(names, aws, context),
          await logsFilterEvents.run({ log_group, limit }, aws, context),
        ]) {
          const text = sent(output);
          for (const secret of [pw, gh.slice(4), ...key]) expect(shownOf(text, secret), text).toBeLessThan(4);
        }
        if (words === 0) expect(sent(log)).toContain(' node server.js');
      });
    }
  }, 60_000);

  it('leaves none of them in the findings of a diagnosis', async () => {
    for (const line of lines('cannot start: ')) {
      const text = sent(await diagnosisOf((s) => relog(s, 'starting', line)));
      for (const secret of [pw, gh.slice(4)]) expect(shownOf(text, secret), text).toBeLessThan(4);
    }
  }, 60_000);
});
