// Stands before the SDK's parsers: takes no more of an answer than the limit, and nothing for an answer that AWS would not give.
// The parsers read a page of a proxy, or no body at all, as an answer in which every list is empty, and a diagnosis would believe it.

import type { AwsFailureKind } from '../../contract/aws.ts';
import { limits } from '../../kernel/limits.ts';

/** Something answered, and it was nothing that can be used. */
export class AnswerError extends Error {
  readonly kind: AwsFailureKind;
  /** As the SDK's own errors carry it: its retries look at the status. */
  readonly $metadata: { readonly httpStatusCode: number };

  constructor(name: 'NotFromAws' | 'AnswerTooLarge' | `HTTP ${number}`, status: number, message: string) {
    super(message);
    this.name = name;
    this.kind = name === 'NotFromAws' ? 'unreachable' : 'other';
    this.$metadata = { httpStatusCode: status };
  }
}

/** The parts of an SDK client's middleware that are used here. */
export interface MiddlewareStack {
  add(
    middleware: (next: (step: Step) => Promise<Received>) => (step: Step) => Promise<Received>,
    options: { readonly step: 'deserialize'; readonly priority: 'low'; readonly name: string },
  ): void;
}

interface Step {
  readonly request: unknown;
}

interface Received {
  readonly response: unknown;
}

/** The SDK's HttpResponse. Its body is a stream at first, and may be bytes for whoever reads it later. */
interface Response {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  body: AsyncIterable<Uint8Array> | Uint8Array | undefined;
}

/** Lets `stack` pass on only what can be an answer of AWS; throws `AnswerError` for anything else. No read has an empty one. */
export function guardAnswers(stack: MiddlewareStack, purpose: 'read' | 'change'): void {
  stack.add(
    (next) => async (step) => {
      const received = await next(step);
      // At this step it is what the HTTP handler made, untouched by anybody.
      const response = received.response as Response;
      const body = await collected(response);
      response.body = body;
      if (!canBeFromAws(response, body, purpose))
        throw foreign(hostOf(step.request), response.statusCode, whatItIs(body, response));
      return received;
    },
    { step: 'deserialize', priority: 'low', name: 'lockkeeperAnswerGuard' },
  );
}

/** What answers with `status`, and with no error that AWS would name. */
export function foreign(host: string, status: number, what: string): AnswerError {
  if (status >= 500)
    return new AnswerError(
      `HTTP ${status}`,
      status,
      `${host} answered with ${what}: AWS is overloaded, or a proxy on the way cannot reach it`,
    );
  return new AnswerError('NotFromAws', status, `${host} answered with ${what}, which is not how AWS answers`);
}

async function collected({ body, headers, statusCode }: Response): Promise<Uint8Array> {
  const most = limits.call.awsAnswerBytes;
  const tooLarge = () =>
    new AnswerError(
      'AnswerTooLarge',
      statusCode,
      `the answer is larger than ${most / 1024 ** 2} MiB, the most that is taken`,
    );
  if (body === undefined || body instanceof Uint8Array) return body ?? new Uint8Array();
  const parts: Uint8Array[] = [];
  const announced = Number(headers['content-length']);
  let bytes = 0;
  // Leaving the loop early destroys the stream and with it the connection.
  for await (const part of body) {
    bytes += part.length;
    if (Math.max(bytes, announced || 0) > most) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const XML_ROOT = /^\s*(?:<\?xml[^>]{0,200}\?>\s*)?<(?:[\w-]{1,50}:)?\w{0,100}Response[\s>/]/;
/** How the protocols of AWS name the error in its body; some name it in a header instead. */
const NAMES_AN_ERROR = /"(?:__type|[cC]ode|ErrorCode)"\s*:|<Code>/;
const HEAD_BYTES = 1_000;
/** The high bits of a CBOR map's first byte. */
const CBOR_MAP = 5;

function canBeFromAws(
  { statusCode, headers }: Response,
  body: Uint8Array,
  purpose: 'read' | 'change',
): boolean {
  if (headers['x-amzn-errortype'] !== undefined) return true;
  // Some changes have nothing to answer.
  if (body.length === 0)
    return purpose === 'change' && statusCode < 300 && headers['x-amzn-requestid'] !== undefined;
  if (headers['smithy-protocol'] === 'rpc-v2-cbor') return (body[0] ?? 0) >> 5 === CBOR_MAP;
  const head = Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, HEAD_BYTES)).toString('utf8');
  return (/^\s*\{/.test(head) || XML_ROOT.test(head)) && (statusCode < 300 || NAMES_AN_ERROR.test(head));
}

function whatItIs(body: Uint8Array, { statusCode, headers }: Response): string {
  const status = `(HTTP ${statusCode})`;
  if (statusCode >= 300 && statusCode < 400) return `a redirect ${status}`;
  if (body.length === 0) return `an empty body ${status}`;
  const type = /^[\w.+-]{1,40}\/[\w.+-]{1,60}/.exec(headers['content-type'] ?? '')?.[0] ?? 'an unnamed type';
  return type === 'text/html' ? `an HTML page ${status}` : `${body.length} bytes of ${type} ${status}`;
}

function hostOf(request: unknown): string {
  // The SDK's HttpRequest; both members are those of the endpoint that was configured.
  const { hostname, port } = request as { readonly hostname: string; readonly port?: number };
  return port === undefined ? hostname : `${hostname}:${port}`;
}
