import { describe, expect, it } from 'vitest';
import { createLogMiner } from '../../../src/diagnosis/logs/miner.ts';

interface Trace {
  readonly language: string;
  readonly title: RegExp;
  readonly lines: readonly string[];
}

const traces: readonly Trace[] = [
  {
    language: 'Java',
    title: /^Exception in thread "main" java\.lang\.IllegalStateException: no pool$/,
    lines: [
      'Exception in thread "main" java.lang.IllegalStateException: no pool',
      '\tat com.acme.Pool.open(Pool.java:41)',
      '\tat com.acme.Main.main(Main.java:7)',
      'Caused by: java.net.ConnectException: Connection refused',
      '\tat java.base/sun.nio.ch.Net.pollConnect(Native Method)',
      '\t... 12 more',
      '\tSuppressed: java.io.IOException: closed',
      '\t\tat com.acme.Pool.close(Pool.java:50)',
    ],
  },
  {
    language: 'Python',
    title: /^<\*>\.OperationalError: connection refused$/,
    lines: [
      'Traceback (most recent call last):',
      '  File "/app/main.py", line 12, in <module>',
      '    connect()',
      '    ^^^^^^^^^',
      'psycopg2.OperationalError: connection refused',
      '\tIs the server running on that host?',
    ],
  },
  {
    language: 'Python, chained',
    title: /^KeyError: 'url'$/,
    lines: [
      'Traceback (most recent call last):',
      '  File "/app/a.py", line 1, in a',
      "KeyError: 'url'",
      '',
      'During handling of the above exception, another exception occurred:',
      '',
      'Traceback (most recent call last):',
      '  File "/app/b.py", line 2, in b',
      'RuntimeError: bad configuration',
    ],
  },
  {
    language: 'Node.js, uncaught',
    title: /^Error: connect ECONNREFUSED <\*>$/,
    lines: [
      '/app/server.js:10',
      '    throw error;',
      '    ^',
      '',
      'Error: connect ECONNREFUSED 10.0.0.1:5432',
      '    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16) {',
      '  errno: -111,',
      "  code: 'ECONNREFUSED',",
      "  syscall: 'connect',",
      '}',
      '',
      'Node.js v20.11.0',
    ],
  },
  {
    language: 'Go',
    title: /^panic: runtime error: invalid memory address/,
    lines: [
      'panic: runtime error: invalid memory address or nil pointer dereference',
      '[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x47b2f1]',
      '',
      'goroutine 1 [running]:',
      'main.(*Server).handle(0x0, {0x4c5e60?, 0xc000012345})',
      '\t/app/main.go:21 +0x1d',
      'main.main()',
      '\t/app/main.go:9 +0x25',
      'exit status 2',
    ],
  },
  {
    language: '.NET',
    title: /^Unhandled exception\. System\.InvalidOperationException: no host$/,
    lines: [
      'Unhandled exception. System.InvalidOperationException: no host',
      ' ---> System.Net.Sockets.SocketException (111): Connection refused',
      '   at System.Net.Sockets.Socket.Connect(EndPoint remote)',
      '   --- End of inner exception stack trace ---',
      '   at Acme.Program.Main() in /src/Program.cs:line 12',
    ],
  },
  {
    language: 'Ruby',
    title: /connection refused \(Errno::ECONNREFUSED\)$/,
    lines: [
      "/app/lib/db.rb:14:in `connect': connection refused (Errno::ECONNREFUSED)",
      "\tfrom /app/lib/db.rb:7:in `open'",
      "\tfrom /app/server.rb:3:in `<main>'",
    ],
  },
];

function mine(lines: readonly string[]) {
  const miner = createLogMiner();
  for (const [index, line] of lines.entries()) miner.line(line, index);
  return miner.result();
}

describe.each(traces)('a stack trace of $language', ({ title, lines }) => {
  const text = (line: string) => line.replace(/\t/g, '  ');

  it('is one record, whole, titled by what happened', () => {
    const { templates } = mine(['starting', ...lines, 'INFO next request']);
    expect(templates.map(({ text }) => text)).toEqual([
      expect.stringMatching(title),
      'starting',
      'INFO next request',
    ]);
    const [record] = templates;
    const shown = [record?.example, ...(record?.trace ?? [])];
    for (const line of lines) if (line !== '') expect(shown).toContain(text(line));
    expect(record?.count).toBe(1);
  });

  it('is shown once when it repeats', () => {
    const { templates } = mine([...lines, 'INFO between', ...lines]);
    expect(templates[0]?.count).toBe(2);
    expect(templates[0]?.trace.length).toBeLessThan(lines.length);
    expect(templates.reduce((sum, one) => sum + one.lines, 0)).toBe(
      2 * lines.filter((line) => line !== '').length + 1,
    );
  });
});

describe('lines that only look like a trace', () => {
  it('are records of their own', () => {
    const lines = [
      'GET /at/home 200',
      'Creating the pool',
      'Caching is on',
      '{"a": 1}',
      'goroutines: many',
      'from here on: all well',
      'Panic room opened',
    ];
    expect(mine(lines).templates.map(({ count, lines }) => [count, lines])).toEqual(lines.map(() => [1, 1]));
  });

  it('a Python trace under an error line belongs to it, under another line it does not', () => {
    const trace = ['Traceback (most recent call last):', '  File "a.py", line 1', 'ValueError: no'];
    expect(mine(['ERROR:root:cannot start', ...trace]).templates.map(({ text }) => text)).toEqual([
      'ERROR:root:cannot start',
    ]);
    expect(mine(['INFO:root:started', ...trace]).templates.map(({ text }) => text)).toEqual([
      'ValueError: no',
      'INFO:root:started',
    ]);
  });
});
