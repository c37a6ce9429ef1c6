import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../src/contract/snapshot.ts';
import { logPane } from '../../../tools/logs/log-pane.ts';
import { taskLogs } from '../../../tools/logs/task-logs.ts';
import { changed, context, parts, relog, TROUBLED, withAccount } from './support.ts';

const read = (
  input: Partial<Parameters<typeof taskLogs.run>[0]> = {},
  change: (s: Snapshot) => void = () => {},
) =>
  withAccount(changed(change), async (aws) =>
    taskLogs.output.parse(await taskLogs.run({ ...TROUBLED, ...input }, aws, context)),
  );

const lines = (...texts: string[]) =>
  texts.map((text, index) => ({ atMs: index * 10_000, text, path: `$.events[${index}]` }));

describe('the log of a task', () => {
  it('is that of the newest failed task, from the stream its own task definition names', async () => {
    const out = await read();
    expect(out).toMatchObject({ chosen: 'newest-failed', container: 'web', revision: 'my-web-service:42' });
    expect(out.stream.endsWith(out.task)).toBe(true);
    expect(out.lines.filter((line) => line.level === 'error').map((line) => line.text)).toEqual([
      '[ERROR] Database connection timeout after 30 seconds',
      '[ERROR] Failed to connect to db.production.internal:5432',
    ]);
    expect(JSON.stringify(out)).not.toContain('Tr0ub4dor');
  });

  it('is that of the named task', async () => {
    const id =
      changed(() => {})
        .ecs.tasks.find((task) => task.lastStatus === 'RUNNING' && task.group === 'service:my-web-service')
        ?.taskArn.split('/')
        .at(-1) ?? '';
    expect(await read({ task: id })).toMatchObject({ chosen: 'named', task: id });
  });

  it('is that of a running task when none has failed', async () => {
    expect(await read({ service: 'checkout' })).toMatchObject({ chosen: 'newest-running' });
  });

  it('is missing for stated reasons', async () => {
    const cases: readonly (readonly [string, (s: Snapshot) => void, RegExp])[] = [
      [
        'no group',
        (s) => {
          s.logs.logGroups = [];
        },
        /log group .* does not exist/,
      ],
      [
        'no stream',
        (s) => {
          for (const group of s.logs.logGroups) group.streams = [];
        },
        /wrote nothing/,
      ],
      [
        'denied',
        (s) => {
          s.denied = ['logs:GetLogEvents'];
        },
        /could not be read/,
      ],
      [
        'other driver',
        (s) => {
          for (const one of parts.definition(s).containerDefinitions ?? [])
            one.logConfiguration = { logDriver: 'splunk' };
        },
        /splunk/,
      ],
    ];
    for (const [name, change, message] of cases)
      await expect(read({}, change), name).rejects.toMatchObject({
        code: 'logs-unavailable',
        message: expect.stringMatching(message),
      });
    await expect(read({ task: '0'.repeat(32) })).rejects.toMatchObject({ code: 'logs-unavailable' });
    await expect(read({ container: 'nobody' })).rejects.toMatchObject({ code: 'logs-unavailable' });
  });

  it('shows hostile lines as plain text', async () => {
    const out = await read({}, (s) =>
      relog(s, '\u001b]0;owned\u0007\u001b[31mError: boom\u001b[0m \u202e<img src=x onerror=alert(1)>'),
    );
    expect(out.lines[0]?.text).toBe('Error: boom <img src=x onerror=alert(1)>');
  });
});

describe('what is new in the log of a failed task', () => {
  /** Lines for the tasks of the revision before, which run. */
  const loggedBefore =
    (...messages: string[]) =>
    (s: Snapshot) => {
      const ids = s.ecs.tasks
        .filter((task) => task.taskDefinitionArn?.endsWith(':41') && task.lastStatus === 'RUNNING')
        .map((task) => task.taskArn.split('/').at(-1) ?? '');
      for (const { streams } of s.logs.logGroups)
        for (const stream of streams)
          if (ids.some((id) => stream.logStreamName.endsWith(id)))
            stream.events = messages.map((message, index) => ({ timestamp: 1_000 + index, message }));
    };

  it('is what the revision that runs did not log', async () => {
    const out = await read({}, (s) => {
      relog(s, 'ERROR pool 7 is empty', 'ERROR relation "orders" is missing');
      loggedBefore('listening', 'ERROR pool 3 is empty')(s);
    });
    expect(out.comparedWith).toMatchObject({ revision: 'my-web-service:41', lines: 2 });
    expect(out.lines.map(({ text, isNew }) => [text, isNew])).toEqual([
      ['ERROR pool 7 is empty', undefined],
      ['ERROR relation "orders" is missing', true],
    ]);
    expect(taskLogs.text(out)).toContain('ERROR relation "orders" is missing (new)');
  });

  it('is not said when no such log can be read', async () => {
    const out = await read({}, (s) => {
      relog(s, 'ERROR boom');
      loggedBefore()(s);
    });
    expect(out).toMatchObject({ comparedWith: null, lines: [{ text: 'ERROR boom' }] });
    expect(JSON.stringify(out)).not.toContain('isNew');
  });

  it('takes events of several lines apart', async () => {
    const out = await read({}, (s) =>
      relog(s, 'java.lang.IllegalStateException: no pool\n\tat a.B.c(B.java:1)\nCaused by: x\n\t... 3 more'),
    );
    expect(out.counts).toEqual({ error: 1, warn: 0, info: 0 });
    expect(out.lines.map(({ text }) => text)).toEqual([
      'java.lang.IllegalStateException: no pool',
      '  at a.B.c(B.java:1)',
      'Caused by: x',
      '  ... 3 more',
    ]);
  });
});

describe('a folded log', () => {
  it('counts what repeats and says how often it comes', () => {
    expect(logPane(lines(...Array.from({ length: 31 }, (_, n) => `GET /healthz 503 ${n}ms`)), 50)).toEqual([
      {
        at: '1970-01-01T00:00:00.000Z',
        level: 'warn',
        text: 'GET /healthz 503 0ms',
        repeated: 31,
        note: 'every 10 s',
      },
    ]);
  });

  it('keeps a stack trace whole, once', () => {
    const trace = ['Error: boom', '    at a (a.js:1:2)', '    at b (b.js:3:4)'];
    expect(
      logPane(lines(...trace, ...trace), 50).map((line) => [line.text, line.level, line.repeated]),
    ).toEqual([
      ['Error: boom', 'error', 2],
      ['    at a (a.js:1:2)', 'error', undefined],
      ['    at b (b.js:3:4)', 'error', undefined],
    ]);
  });

  it('keeps errors and their surroundings when there is too much, and says how much was left out', () => {
    const word = (n: number) =>
      String.fromCharCode(97 + (n % 26)) + String.fromCharCode(97 + Math.floor(n / 26));
    const many = Array.from({ length: 200 }, (_, n) =>
      n === 100 ? 'fatal: the one that matters' : `step ${word(n)}`,
    );
    const pane = logPane(lines(...many), 30);
    const texts = pane.map((line) => line.text);
    expect(texts).toEqual(expect.arrayContaining(['step vd', 'fatal: the one that matters', 'step xd']));
    const left = pane
      .filter((line) => line.at === null)
      .reduce((sum, line) => sum + Number(/^\d+/.exec(line.note ?? '')?.[0]), 0);
    expect(left + pane.filter((line) => line.at !== null).length).toBe(200);
  });

  it('loses no line and no error, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            'ok',
            'error: x',
            'warn: y',
            'GET / 200',
            'Exception in thread',
            '{"level":"error"}',
          ),
          { maxLength: 60 },
        ),
        (texts) => {
          const pane = logPane(lines(...texts), 100);
          expect(pane.reduce((sum, line) => sum + (line.repeated ?? 1), 0)).toBe(texts.length);
        },
      ),
    );
  });
});
