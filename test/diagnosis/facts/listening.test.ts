import { describe, expect, it } from 'vitest';
import { listeningOf, loopbackBound, portsNamed, saysReady } from '../../../src/diagnosis/facts/listening.ts';

type Bundle = Parameters<typeof listeningOf>[0]['bundle'];

function saying(...texts: string[]) {
  const lines = texts.map((text, index) => ({ text, atMs: index, path: `.events[${index}]` }));
  return {
    bundle: { logs: [{ taskArn: 'task', container: 'app', evidence: 'log', lines }] } as unknown as Bundle,
  };
}

const placesOf = (text: string) =>
  portsNamed(saying(text), 'app').map(({ host, port }) => `${host ?? ''}:${port}`);

describe('where a program says that it listens', () => {
  it.each([
    ['2026/11/20 09:51:02 listening on :8080', [':8080']],
    ['09:51:02.806 [main] INFO  Server listening on port 8080', [':8080']],
    ['[09:55:42 INF] Now listening on: http://[::]:8080', ['[::]:8080']],
    ['[2026-11-20 09:51:02 +0000] [1] [INFO] Listening at: http://0.0.0.0:8080 (1)', ['0.0.0.0:8080']],
    ['I1120 09:51:02.114283       1 main.go:44] serving http on :8080', [':8080']],
    ['ts=2026-11-20T09:51:02Z caller=main.go:88 level=info msg="listening" address=:8080', [':8080']],
    ['address=0.0.0.0:8080 caller=main.go:88 msg=listening ts=2026-11-20T09:51:02Z', ['0.0.0.0:8080']],
    ['2026-11-20T09:51:02Z\tINFO\thttp/server.go:88\tlistening\t{"addr": "0.0.0.0:8080"}', ['0.0.0.0:8080']],
    [
      '{"level":30,"time":1763632500000,"msg":"Server listening at http://127.0.0.1:8080"}',
      ['127.0.0.1:8080'],
    ],
    [
      '{"level":"info","message":"server listening on port 8080","timestamp":"2026-11-20T09:51:02Z"}',
      [':8080'],
    ],
    ['{"time":"2026-11-20T09:51:02.114Z","level":"INFO","msg":"listening","addr":":8080"}', [':8080']],
    [
      '{"addr":"0.0.0.0:8080","level":"info","msg":"listening","time":"2026-11-20T09:51:02Z"}',
      ['0.0.0.0:8080'],
    ],
    ['{"caller":"http/server.go:88","msg":"listening","host":"127.0.0.1","port":8080}', ['127.0.0.1:8080']],
    ['{"level":30,"msg":"listening on 8080","time":"2026-11-20T09:51:02.114Z","v":0}', [':8080']],
    ['{"@mt":"Now listening on: {address}","address":"http://[::]:8080"}', ['[::]:8080']],
    ['{"Message":"Now listening on: x","State":{"address":"http://[::]:8080"},"EventId":14}', ['[::]:8080']],
    ['{"log":"{\\"level\\":30,\\"msg\\":\\"listening on 8080\\"}\\n","stream":"stdout"}', [':8080']],
    ['Tomcat started on port(s): 8080 (http) with context path', [':8080']],
    ['Tomcat started on ports 8080 (http), 8443 (https)', [':8080', ':8443']],
    ['Tomcat initialized with port 9090 (http)', [':9090']],
    ['p.c.s.AkkaHttpServer - Listening for HTTP on /0:0:0:0:0:0:0:0:9000', ['0:0:0:0:0:0:0:0:9000']],
    ['09:51:02.114 [info] Running Web.Endpoint, listening at :::4000 (http)', [':::4000']],
    ['Serving HTTP on 0.0.0.0 port 8000 (http://0.0.0.0:8000/) ...', ['0.0.0.0:8000']],
    ['LOG:  listening on IPv4 address "127.0.0.1", port 5432', ['127.0.0.1:5432']],
    ['Started ServerConnector@1b{HTTP/1.1, (http/1.1)}{0.0.0.0:8080}', ['0.0.0.0:8080']],
    ['bound to orders.internal:8080', ['orders.internal:8080']],
    ['ready - started server on 0.0.0.0:3000, url: http://localhost:3000', ['0.0.0.0:3000']],
    ['http://0.0.0.0:8080 is now listening', ['0.0.0.0:8080']],
    ['Application is running on: http://[::1]:3000', ['[::1]:3000']],
  ])('%s', (text, places) => {
    expect(placesOf(text)).toEqual(places);
  });

  it.each([
    '[09:55:42 INF] server started',
    '{"level":30,"msg":"server ready","pid":1}',
    'server started at 2026-11-20 09:51:02',
    'server ready (http/server.go:88)',
    '{"caller":"server.go:88","msg":"application startup complete","ts":"2026-11-20T09:51:02Z"}',
    'level=info msg="server started" db=10.0.3.4:5432 caller=main.go:88',
    '{"msg":"server ready","remoteAddress":"10.0.3.4:41234","transport":"http","hostname":"ip-10-0-1-2"}',
    'ready to accept connections from 10.0.3.4:41234',
    'server started, connected to tcp://10.0.3.4:5432',
    'Started OrdersApplication in 148.31 seconds (process running for 151.0)',
  ])('names no place: %s', (text) => {
    expect(saysReady(text)).toBe(true);
    expect(placesOf(text)).toEqual([]);
  });

  it('keeps every server of a program, one line each', () => {
    const facts = saying('09:51:02 internal API listening on :3000', '09:51:03 listening on :8080');
    expect(portsNamed(facts, 'app').map(({ port }) => port)).toEqual([3000, 8080]);
  });

  it('takes a server that started on a port as ready', () => {
    expect(
      listeningOf(saying("Tomcat started on port 8080 (http) with context path '/'")).map(({ port }) => port),
    ).toEqual([8080]);
    expect(listeningOf(saying('Tomcat initialized with port 8080 (http)'))).toEqual([]);
  });

  it('sees the loopback behind a time of day and in a record', () => {
    for (const text of [
      '2026-11-20T09:56:28.980Z server listening at http://127.0.0.1:8080',
      '{"level":30,"time":1763632500000,"msg":"Server listening at http://127.0.0.1:8080"}',
    ])
      expect(loopbackBound(saying(text))?.host).toBe('127.0.0.1');
  });
});
