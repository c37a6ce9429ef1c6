// One HTTP server for every AWS service: finds service and region in the request signature, decodes the input with
// the SDK's schemas, calls the handler, encodes its answer. Signatures are read for routing and never verified:
// the server listens on loopback and holds nothing that is worth protecting.

import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { type Clock, sleep } from '../../kernel/clock.ts';
import { messageOf } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/log.ts';
import type { ApiRate } from './api-rate.ts';
import { AwsFault } from './aws-fault.ts';
import { type AwsServiceWire, awsServices } from './aws-services.ts';
import { denialFault, type InjectedTrouble, type InjectionTable, throttlingFault } from './injection.ts';
import { type Operation, operationsOf } from './operation.ts';
import { type Answer, decodeRequest, encodeFault, encodeOutput } from './protocols.ts';
import type { Recorder } from './recorder.ts';

/** AWS itself accepts about 1 MiB for the actions served here. */
const BODY_BYTES_MAX = 1024 * 1024;

export interface WireRequest {
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly input: Record<string, unknown>;
}

export interface WireDependencies {
  /** Answers a decoded request with a stored value. Throws AwsFault. */
  handle(request: WireRequest): unknown;
  /** Whether the caller's role lacks permission for an action, such as `ecs:DescribeServices`. */
  isDenied(action: string): boolean;
  /** The ARN of the caller, for the words of a denial. */
  principal(): string;
  /** Simulated time in epoch milliseconds. */
  now(): number;
  readonly clock: Clock;
  readonly inject: InjectionTable;
  readonly rate: ApiRate;
  readonly recorder: Recorder;
  readonly log: Logger;
}

interface Route {
  readonly service: AwsServiceWire;
  readonly region: string;
}

/** Creates the server; the caller makes it listen and closes it. */
export function createWireServer(dependencies: WireDependencies): http.Server {
  const loaded = new Map<string, Promise<ReadonlyMap<string, Operation>>>();
  const operationsFor = (service: AwsServiceWire) => {
    const known = loaded.get(service.prefix);
    if (known !== undefined) return known;
    const loading = service.load().then(operationsOf);
    loaded.set(service.prefix, loading);
    return loading;
  };
  return http.createServer((request, response) => {
    answer(request, { dependencies, operationsFor }).then(
      (result) => {
        if (result === undefined || response.destroyed) return;
        response.writeHead(result.status, result.headers).end(result.body);
      },
      (thrown: unknown) => {
        dependencies.log.warn({ error: messageOf(thrown) }, 'a simulated AWS request broke off');
        response.destroy();
      },
    );
  });
}

interface Serving {
  readonly dependencies: WireDependencies;
  operationsFor(service: AwsServiceWire): Promise<ReadonlyMap<string, Operation>>;
}

/** The answer to one request, or undefined when none must ever be sent. */
async function answer(request: http.IncomingMessage, serving: Serving): Promise<Answer | undefined> {
  const requestId = randomUUID();
  const route = routeOf(request.headers.authorization);
  let recorded: { status: number; errorCode?: string } | undefined;
  try {
    const body = await readBody(request);
    if (route === undefined)
      throw new AwsFault(
        'UnrecognizedClientException',
        'The request is not signed for a service that is simulated here.',
      );
    const operations = await serving.operationsFor(route.service);
    const { operation, input } = await decodeRequest({ request, body, operations, service: route.service });
    const { dependencies } = serving;
    const entry = {
      service: route.service.prefix,
      operation: operation.name,
      input,
      at: dependencies.now(),
      region: route.region,
      status: 0,
    };
    dependencies.recorder.add(entry);
    recorded = entry;
    const trouble = dependencies.inject.take(route.service.prefix, operation.name);
    if (trouble.silent) return undefined;
    if (trouble.delayMs > 0) await sleep(dependencies.clock, trouble.delayMs);
    const result = perform({ route, operation, input, trouble, dependencies });
    entry.status = 200;
    return encodeOutput(route.service, operation, { result, requestId });
  } catch (thrown) {
    const fault = asFault(thrown, serving.dependencies.log);
    if (recorded !== undefined) Object.assign(recorded, { status: fault.status, errorCode: fault.code });
    return encodeFault(route?.service, fault, requestId);
  }
}

interface Performing {
  readonly route: Route;
  readonly operation: Operation;
  readonly input: Record<string, unknown>;
  readonly trouble: Pick<InjectedTrouble, 'throttled' | 'denied' | 'fault'>;
  readonly dependencies: WireDependencies;
}

function perform({ route, operation, input, trouble, dependencies }: Performing): unknown {
  const { service, region } = route;
  if (trouble.throttled || !dependencies.rate.admits(service.prefix, operation.name, region))
    throw throttlingFault(service);
  if (trouble.fault !== undefined) throw trouble.fault;
  const action = `${service.prefix}:${operation.name}`;
  if (trouble.denied || dependencies.isDenied(action)) {
    throw denialFault(service, {
      principal: dependencies.principal(),
      operation: operation.name,
      resource: resourceOf(input),
    });
  }
  return dependencies.handle({ service: service.prefix, operation: operation.name, region, input });
}

/** The first ARN a request names, as AWS names the resource in a denial; otherwise every resource. */
function resourceOf(input: Record<string, unknown>): string {
  const arn = Object.values(input)
    .flat()
    .find((value) => typeof value === 'string' && value.startsWith('arn:'));
  return typeof arn === 'string' ? arn : '*';
}

/** Our own bugs become a 500 that names nothing internal; the log has the rest. */
function asFault(thrown: unknown, log: Logger): AwsFault {
  if (thrown instanceof AwsFault) return thrown;
  log.error(
    { error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) },
    'a simulated AWS handler failed',
  );
  return new AwsFault('InternalFailure', 'The simulated service failed.', { status: 500 });
}

/** The credential scope is `<key>/<date>/<region>/<service>/aws4_request`. */
function routeOf(authorization: string | undefined): Route | undefined {
  const scope = /Credential=[^/\s]+\/\d{8}\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request/.exec(
    authorization ?? '',
  );
  const [, region, signingName] = scope ?? [];
  const service = awsServices.find((candidate) => candidate.signingName === signingName);
  return region === undefined || service === undefined ? undefined : { service, region };
}

async function readBody(request: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX)
      throw new AwsFault('RequestEntityTooLargeException', 'The request is too large.', { status: 413 });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
