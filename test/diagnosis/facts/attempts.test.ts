import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContainerLog } from '../../../src/diagnosis/evidence.ts';
import { failedAttempts } from '../../../src/diagnosis/facts/attempts.ts';

function log(...lines: string[]): ContainerLog {
  return {
    taskArn: 'arn:aws:ecs:us-east-1:123456789012:task/c/1',
    container: 'web',
    group: '/ecs/web',
    stream: 'web/web/1',
    evidence: 'ev_log',
    lines: lines.map((text, index) => ({ atMs: index * 1000, text, path: `$.events[${index}]` })),
  };
}

const attemptOf = (...lines: string[]) => failedAttempts([log(...lines)])[0];

describe('what an application says it could not reach', () => {
  const wordings: readonly (readonly [string, string, string, number | undefined])[] = [
    ['Error: connect ETIMEDOUT 10.0.40.18:5432', 'timeout', '10.0.40.18', 5432],
    ['Error: connect ECONNREFUSED 10.0.40.18:6379', 'refused', '10.0.40.18', 6379],
    // A time in front of a line looks like a host and its port.
    [
      'time=2026-11-20T09:50:01Z level=error msg="redis: dial tcp 10.20.11.180:6379: i/o timeout"',
      'timeout',
      '10.20.11.180',
      6379,
    ],
    ['2026/11/20 09:50:01 dial tcp 10.20.11.180:6379: i/o timeout', 'timeout', '10.20.11.180', 6379],
    ['09:50:01.417 ERROR connect ETIMEDOUT 10.20.11.180:6379', 'timeout', '10.20.11.180', 6379],
    [
      '2026-11-20 09:50:01,123 [main] ERROR Connection timed out: redis.internal:6379',
      'timeout',
      'redis.internal',
      6379,
    ],
    ['[12:30:45] pool.py:88 could not connect to db.internal:5432: timeout', 'timeout', 'db.internal', 5432],
    ['2026-11-20T09:50:01.000+00:00 ERROR 1 --- timeout 10.0.3.4:9092', 'timeout', '10.0.3.4', 9092],
    ['<2026-11-20T09:50:01> app-7 (db.internal:3306) i/o timeout', 'timeout', 'db.internal', 3306],
    ['Error: getaddrinfo ENOTFOUND orders.internal', 'unresolved', 'orders.internal', undefined],
    ['getaddrinfo EAI_AGAIN cache.internal cache.internal:6379', 'unresolved', 'cache.internal', 6379],
    [
      'org.postgresql.util.PSQLException: Connection to orders.internal:5432 refused. Check that the hostname and port are correct',
      'refused',
      'orders.internal',
      5432,
    ],
    [
      'nginx: [emerg] host not found in upstream "orders.internal" in /etc/nginx/conf.d/default.conf:23',
      'unresolved',
      'orders.internal',
      undefined,
    ],
    ['Caused by: java.net.UnknownHostException: orders.internal', 'unresolved', 'orders.internal', undefined],
    [
      'io.netty.channel.ConnectTimeoutException: connection timed out: cache.internal/10.0.3.4:6379',
      'timeout',
      'cache.internal',
      6379,
    ],
    ['dial tcp 10.0.40.18:5432: i/o timeout', 'timeout', '10.0.40.18', 5432],
    [
      'dial tcp: lookup orders.internal on 10.0.0.2:53: no such host',
      'unresolved',
      'orders.internal',
      undefined,
    ],
    ['dial tcp [fd00:1::5]:5432: connect: connection refused', 'refused', 'fd00:1::5', 5432],
    [
      'psycopg2.OperationalError: could not connect to server: Connection timed out. Is the server running on host "orders.internal" (10.0.40.18) and accepting TCP/IP connections on port 5432?',
      'timeout',
      'orders.internal',
      5432,
    ],
    [
      'connection to server at "orders.internal" (10.0.40.18), port 5432 failed: timeout expired',
      'timeout',
      'orders.internal',
      5432,
    ],
    [
      'could not translate host name "orders.internal" to address: Name or service not known',
      'unresolved',
      'orders.internal',
      undefined,
    ],
    [
      'redis.exceptions.ConnectionError: Error 110 connecting to cache.internal:6379. Connection timed out.',
      'timeout',
      'cache.internal',
      6379,
    ],
    [
      "requests: HTTPSConnectionPool(host='api.example.com', port=443): Max retries exceeded with url: / (Caused by ConnectTimeoutError)",
      'timeout',
      'api.example.com',
      443,
    ],
    [
      "pymysql.err.OperationalError: (2003, \"Can't connect to MySQL server on 'shop.internal' (timed out)\")",
      'timeout',
      'shop.internal',
      3306,
    ],
    [
      'curl: (28) Failed to connect to api.example.com port 443 after 130012 ms: Connection timed out',
      'timeout',
      'api.example.com',
      443,
    ],
    ['curl: (6) Could not resolve host: api.example.com', 'unresolved', 'api.example.com', undefined],
    [
      'pymongo.errors.ServerSelectionTimeoutError: mongo.internal:27017: timed out',
      'timeout',
      'mongo.internal',
      27_017,
    ],
    [
      'Npgsql.NpgsqlException: Failed to connect to 10.0.40.18:5432 ---> System.TimeoutException',
      'timeout',
      '10.0.40.18',
      5432,
    ],
    [
      'Failed to open TCP connection to api.example.com:443 (execution expired)',
      'timeout',
      'api.example.com',
      443,
    ],
    [
      '{"level":"error","msg":"db ping failed","error":"dial tcp 10.0.40.18:5432: connect: no route to host"}',
      'unreachable',
      '10.0.40.18',
      5432,
    ],
    [
      'amqp: connection to amqp://app:hunter2@mq.internal:5672/ failed: i/o timeout',
      'timeout',
      'mq.internal',
      5672,
    ],
  ];
  for (const [line, kind, host, port] of wordings) {
    it(`is read from: ${line.slice(0, 70)}`, () => {
      expect(attemptOf(line)).toMatchObject({ kind, host, ...(port === undefined ? {} : { port }) });
    });
  }

  // A record quotes the text, and a record in a record quotes its quotes.
  const records: readonly (readonly [string, (line: string) => object])[] = [
    ['a message', (line) => ({ level: 60, msg: line })],
    ['an error beside a message', (line) => ({ err: { message: line, code: 1 }, msg: 'cannot start' })],
    ['a stack alone', (line) => ({ level: 50, stack: `${line}\n    at Socket (node:net:1)`, msg: 'gone' })],
    ['a record in a record', (line) => ({ log: `${JSON.stringify({ level: 60, msg: line })}\n` })],
  ];
  for (const [where, record] of records)
    for (const [line, kind, host, port] of wordings)
      it(`is read from ${where}: ${line.slice(0, 70)}`, () => {
        expect(attemptOf(JSON.stringify(record(line)))).toMatchObject({
          kind,
          host,
          ...(port === undefined ? {} : { port }),
        });
      });

  it('takes the reason from the line next to the one with the host', () => {
    expect(
      attemptOf(
        'Database connection timeout after 30 seconds',
        'Failed to connect to db.production.internal:5432',
      ),
    ).toMatchObject({
      kind: 'timeout',
      host: 'db.production.internal',
      port: 5432,
    });
  });

  it('points at the line', () => {
    expect(attemptOf('starting', 'connect ETIMEDOUT 10.0.40.18:5432')?.evidence).toEqual([
      { id: 'ev_log', path: '$.events[1]' },
    ]);
  });

  it('counts repetitions once', () => {
    const attempts = failedAttempts([
      log(...Array.from({ length: 30 }, () => 'connect ETIMEDOUT 10.0.40.18:5432')),
    ]);
    expect(attempts).toHaveLength(1);
    expect(attempts[0]?.lines).toBe(30);
  });

  it('never keeps credentials of a URL', () => {
    expect(
      JSON.stringify(
        failedAttempts([log('cannot connect to postgres://app:hunter2@orders.internal:5432/app: timed out')]),
      ),
    ).not.toContain('hunter2');
  });

  it('is nothing in calm lines, code places, times and listeners', () => {
    for (const line of [
      'Listening on 0.0.0.0:8080',
      'Connected to orders.internal:5432',
      'at com.example.Server.start(Server.java:5432)',
      'GET /health 200 1ms',
      '2026-11-20T10:00:00Z request timeout=30s ok',
      '    at Socket.<anonymous> (/app/node_modules/pg/lib/client.js:132) connect timeout',
    ])
      expect(failedAttempts([log(line)]), line).toEqual([]);
  });

  it('never throws and never takes long, whatever the log holds', () => {
    const startedMs = performance.now();
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 300, unit: 'binary' }), { maxLength: 5 }), (lines) =>
        Array.isArray(failedAttempts([log(...lines)])),
      ),
    );
    failedAttempts([
      log('a.'.repeat(20_000), `timeout ${'x'.repeat(50_000)}:`, `host=${'-'.repeat(50_000)} timed out`),
    ]);
    expect(performance.now() - startedMs).toBeLessThan(20_000);
  });
});
