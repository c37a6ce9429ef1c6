// What answers in the place of AWS and is not AWS, or breaks off: each a failure with its cause, never an empty list.

import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { AwsAction } from '../../src/contract/aws.ts';
import { limits } from '../../src/kernel/limits.ts';
import { createAwsClients } from '../../src/node/aws/clients.ts';
import { type ClassifiedFailure, classifyFailure } from '../../src/node/aws/failure.ts';

const PAGE = '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in</body></html>';
/** One of each protocol that AWS speaks to this product. */
const READS = [
  'ecs:DescribeClusters',
  'ec2:DescribeSubnets',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticfilesystem:DescribeMountTargets',
  'cloudwatch:GetMetricData',
] as const satisfies readonly AwsAction[];

type Answer = string | ((socket: net.Socket) => void);

const answer = (status: string, type: string, body: string): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
const BEGUN =
  'HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: 5000\r\n\r\n{"clusters":[';

describe('what answers in the place of AWS', () => {
  let close = (): void => {};
  afterEach(() => close());

  /** What becomes of each of `actions` when whatever listens answers like this. */
  async function ask(
    what: Answer,
    actions: readonly AwsAction[],
    { scheme = 'http', signal = new AbortController().signal } = {},
  ): Promise<ClassifiedFailure[]> {
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => (typeof what === 'string' ? socket.end(what) : what(socket)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    const clients = createAwsClients({
      endpoints: { default: `${scheme}://127.0.0.1:${port}` },
      region: 'us-east-1',
      credentials: { accessKeyId: 'simulated', secretAccessKey: 'simulated' },
    });
    close = () => {
      clients.close();
      server.close();
    };
    return Promise.all(
      actions.map((action) =>
        clients.send(action, {}, signal).then(({ output }) => {
          throw new Error(`${action} was taken for answered: ${JSON.stringify(output)}`);
        }, classifyFailure),
      ),
    );
  }

  it.each([
    ['a page', answer('200 OK', 'text/html', PAGE), 'an HTML page (HTTP 200)'],
    ['a page that says no', answer('403 Forbidden', 'text/html', PAGE), 'an HTML page (HTTP 403)'],
    ['a page that finds nothing', answer('404 Not Found', 'text/html', PAGE), 'an HTML page (HTTP 404)'],
    [
      'a page for a sign-in',
      answer('407 Proxy Authentication Required', 'text/html', PAGE),
      'an HTML page (HTTP 407)',
    ],
    [
      'a redirect',
      'HTTP/1.1 302 Found\r\nLocation: http://proxy/\r\nContent-Length: 0\r\n\r\n',
      'a redirect (HTTP 302)',
    ],
    ['nothing', answer('200 OK', 'text/html', ''), 'an empty body (HTTP 200)'],
    ['nothing, as JSON', answer('200 OK', 'application/json', ''), 'an empty body (HTTP 200)'],
    ['a text', answer('200 OK', 'text/plain', 'It works!'), '9 bytes of text/plain (HTTP 200)'],
    [
      'a list',
      answer('200 OK', 'application/x-amz-json-1.1', '[]'),
      '2 bytes of application/x-amz-json-1.1 (HTTP 200)',
    ],
    [
      'JSON of another service',
      answer('404 Not Found', 'application/json', '{"detail":"Not Found"}'),
      '22 bytes of application/json (HTTP 404)',
    ],
  ])(
    '%s is told as what it is, for every protocol, and never as an empty list or a refusal by AWS',
    async (_, what, says) => {
      for (const { kind, code, message } of await ask(what, READS)) {
        expect({ kind, code }).toEqual({ kind: 'unreachable', code: 'NotFromAws' });
        expect(message).toMatch(/^127\.0\.0\.1:\d+ answered with .+, which is not how AWS answers$/);
        expect(message).toContain(says);
      }
    },
  );

  it.each([
    ['503 Service Unavailable', ''],
    ['500 Internal Server Error', PAGE],
    ['502 Bad Gateway', 'upstream'],
  ])('%s without a message of AWS names its number and both causes', async (status, body) => {
    for (const { kind, code, message, mayHaveApplied } of await ask(
      answer(status, 'text/html', body),
      READS,
    )) {
      expect({ kind, code, mayHaveApplied }).toEqual({
        kind: 'other',
        code: `HTTP ${status.slice(0, 3)}`,
        mayHaveApplied: true,
      });
      expect(message).toMatch(/: AWS is overloaded, or a proxy on the way cannot reach it$/);
    }
  });

  it.each<[string, Answer]>([
    ['is reset', (socket) => socket.write(BEGUN, () => setImmediate(() => socket.resetAndDestroy()))],
    ['ends', (socket) => socket.end(BEGUN)],
    ['ends before it began', (socket) => socket.end()],
  ])('a connection that %s is told as one that broke off', async (_, what) => {
    for (const { kind, message, mayHaveApplied } of await ask(what, READS)) {
      expect({ kind, mayHaveApplied }).toEqual({ kind: 'unreachable', mayHaveApplied: true });
      expect(message).toBe('the connection ended before the answer was complete');
    }
  });

  it('an answer that stands still is one that did not come in time, once it is given up', async () => {
    const gaveUp = new AbortController();
    const still: Answer = (socket) => socket.write(BEGUN, () => setImmediate(() => gaveUp.abort()));
    const [failure] = await ask(still, ['ecs:DescribeClusters'], { signal: gaveUp.signal });
    expect(failure).toMatchObject({ kind: 'timeout', mayHaveApplied: true });
    expect(failure?.message).toBe('no complete answer came within 15 s');
  });

  it('JSON that breaks off is told without the words of a parser', async () => {
    const cut = answer('200 OK', 'application/x-amz-json-1.1', '{"clusters":[1,');
    for (const { code, message } of await ask(cut, READS)) {
      expect(code).toBe('AnswerUnreadable');
      expect(message).toBe('the answer (HTTP 200) is not in the format of AWS');
    }
  });

  it('a port without TLS, and one with it, are named by what to write in the endpoint', async () => {
    const [plain] = await ask(answer('400 Bad Request', 'text/plain', 'no'), ['ecs:DescribeClusters'], {
      scheme: 'https',
    });
    expect(plain).toMatchObject({ kind: 'unreachable', mayHaveApplied: false });
    expect(plain?.message).toBe(
      'the endpoint does not speak TLS; if that is meant, its address begins with http://',
    );
    close();
    const alert: Answer = (socket) => socket.end(Buffer.from([0x15, 3, 1, 0, 2, 2, 0x46]));
    const [tls] = await ask(alert, ['ecs:DescribeClusters']);
    expect(tls?.message).toBe(
      'what answers does not speak HTTP; if it expects TLS, its address begins with https://',
    );
  });

  it.each<[string, Answer]>([
    [
      'says how long it is',
      (socket) =>
        socket.write(endless(`Content-Length: ${limits.call.awsAnswerBytes + 1}`), () => pour(socket)),
    ],
    ['does not', (socket) => socket.write(endless('Transfer-Encoding: identity'), () => pour(socket))],
  ])('an answer without end that %s is stopped at the limit, which is named', async (_, what) => {
    const [failure] = await ask(what, ['ecs:DescribeClusters']);
    expect(failure).toMatchObject({ kind: 'other', code: 'AnswerTooLarge', mayHaveApplied: true });
    expect(failure?.message).toBe('the answer is larger than 32 MiB, the most that is taken');
  });
});

const endless = (length: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\n${length}\r\nConnection: close\r\n\r\n{"clusters":["`;

/** Writes until the other side has had enough. */
function pour(socket: net.Socket): void {
  const chunk = Buffer.alloc(1 << 20, 'x');
  const more = (): void => {
    while (!socket.destroyed) if (!socket.write(chunk)) break;
  };
  socket.on('drain', more);
  more();
}
