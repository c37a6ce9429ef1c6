// Reading a request and writing an answer in whichever protocol the service speaks.

import type http from 'node:http';
import { AwsFault } from './aws-fault.ts';
import type { AwsServiceWire } from './aws-services.ts';
import { decodeJson, encodeJson, jsonFault } from './json-protocol.ts';
import { missingMembers, type Operation } from './operation.ts';
import { decodeForm, encodeXml, escapeXml } from './query-protocol.ts';
import { decodeRest, restFault, routeRest } from './rest-json-protocol.ts';

export interface Answer {
  readonly status: number;
  readonly body: string | Uint8Array;
  readonly headers: Record<string, string>;
}

export interface ReceivedRequest {
  readonly request: http.IncomingMessage;
  readonly body: Buffer;
  readonly service: AwsServiceWire;
  readonly operations: ReadonlyMap<string, Operation>;
}

export interface DecodedRequest {
  readonly operation: Operation;
  readonly input: Record<string, unknown>;
}

/** Which operation is asked for, and its input. Throws AwsFault for what AWS would not understand either. */
export async function decodeRequest(received: ReceivedRequest): Promise<DecodedRequest> {
  const { service } = received;
  const decoded =
    service.protocol === 'json'
      ? await decodeJsonRequest(received)
      : service.protocol === 'rest-json'
        ? await decodeRestRequest(received)
        : decodeFormRequest(received);
  refuseMissing(service, decoded);
  return decoded;
}

/** The answer to a request that succeeded. */
export function encodeOutput(
  service: AwsServiceWire,
  operation: Operation,
  done: { result: unknown; requestId: string },
): Answer {
  const { result, requestId } = done;
  const headers = { 'content-type': service.contentType, 'x-amzn-requestid': requestId };
  if (service.protocol === 'json' || service.protocol === 'rest-json') {
    return { status: operation.http?.status ?? 200, body: encodeJson(operation.output, result), headers };
  }
  const inner = encodeXml(operation.output, result);
  const open = `<?xml version="1.0" encoding="UTF-8"?>\n<${operation.name}Response xmlns="${service.xmlNamespace}">`;
  const close = `</${operation.name}Response>`;
  const content =
    service.protocol === 'ec2'
      ? `<requestId>${requestId}</requestId>${inner}`
      : `<${operation.name}Result>${inner}</${operation.name}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  return { status: 200, body: `${open}${content}${close}`, headers };
}

/** The answer to a request that failed; AWS JSON when not even the service is known. */
export function encodeFault(service: AwsServiceWire | undefined, fault: AwsFault, requestId: string): Answer {
  const headers = {
    'content-type': service?.contentType ?? 'application/x-amz-json-1.1',
    'x-amzn-requestid': requestId,
  };
  const { status } = fault;
  if (service === undefined || service.protocol === 'json')
    return { status, body: jsonFault(fault), headers };
  if (service.protocol === 'rest-json') {
    const rest = restFault(fault);
    return { status, body: rest.body, headers: { ...headers, ...rest.headers } };
  }
  const error = `<Code>${escapeXml(fault.code)}</Code><Message>${escapeXml(fault.message)}</Message>`;
  if (service.protocol === 'ec2') {
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error>${error}</Error></Errors><RequestID>${requestId}</RequestID></Response>`;
    return { status, body, headers };
  }
  const type = status < 500 ? 'Sender' : 'Receiver';
  const body = `<ErrorResponse xmlns="${service.xmlNamespace}"><Error><Type>${type}</Type>${error}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
  return { status, body, headers };
}

async function decodeJsonRequest({ request, body, operations }: ReceivedRequest): Promise<DecodedRequest> {
  const name =
    String(request.headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1) ?? '';
  const operation = operations.get(name);
  if (operation === undefined)
    throw new AwsFault('UnknownOperationException', `The operation ${name} is unknown.`);
  return { operation, input: await decodeJson(operation.input, body) };
}

async function decodeRestRequest({ request, body, operations }: ReceivedRequest): Promise<DecodedRequest> {
  const { method = '', url = '/' } = request;
  const asked = { method, url: new URL(url, 'http://localhost'), body };
  const route = routeRest(operations, asked);
  if (route === undefined)
    throw new AwsFault('UnknownOperationException', `${method} ${asked.url.pathname} is unknown.`, {
      status: 404,
    });
  return { operation: route.operation, input: await decodeRest(route, asked) };
}

function decodeFormRequest({ body, service, operations }: ReceivedRequest): DecodedRequest {
  const form = new URLSearchParams(body.toString('utf8'));
  const name = form.get('Action') ?? '';
  const operation = operations.get(name);
  if (operation === undefined)
    throw new AwsFault('InvalidAction', `The action ${name} is not valid for this web service.`);
  return { operation, input: decodeForm(operation.input, form, service.protocol === 'ec2') };
}

function refuseMissing(service: AwsServiceWire, { operation, input }: DecodedRequest): void {
  const [missing] = missingMembers(operation.input, input);
  if (missing === undefined) return;
  if (service.protocol === 'ec2')
    throw new AwsFault('MissingParameter', `The request must contain the parameter ${missing}`);
  const text = `1 validation error detected: Value null at '${missing}' failed to satisfy constraint: Member must not be null`;
  if (service.protocol === 'query') throw new AwsFault('ValidationError', text);
  throw new AwsFault(missingCodes[service.prefix] ?? 'InvalidParameterException', text);
}

/** What the JSON services that differ call a request without a required member. */
const missingCodes: Readonly<Record<string, string>> = {
  'application-autoscaling': 'ValidationException',
  elasticfilesystem: 'BadRequest',
  events: 'ValidationException',
  kms: 'ValidationException',
  servicediscovery: 'InvalidInput',
  ssm: 'ValidationException',
};
