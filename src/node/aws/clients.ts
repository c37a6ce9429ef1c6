// The only place that constructs AWS clients. One per service and purpose, made when first needed. The program as it is shipped holds of
// each package only the commands of the closed list (scripts/aws-client-parts.mjs). A change is sent once and never retried: AWS has no
// client token for any change this product makes, so a second attempt after a lost answer could run it twice.

import { type AwsAction, type AwsService, isReadAction } from '../../contract/aws.ts';
import { invariant } from '../../kernel/assert.ts';
import { limits } from '../../kernel/limits.ts';
import { guardAnswers, type MiddlewareStack } from './answer-guard.ts';

export interface AwsSettings {
  /** Where requests go instead of AWS: by service, or `default` for all. From the node's own environment only. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  /** Fixed credentials, for an account that is not AWS. Left out: the SDK's own chain. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

export interface RawAnswer {
  /** The SDK's output without its `$metadata`. */
  readonly output: Record<string, unknown>;
  readonly requestId: string | null;
  readonly attempts: number;
}

export interface AwsClients {
  /** Sends one request. Throws what the SDK throws; `classifyFailure` says what it means. */
  send(action: AwsAction, input: object, signal: AbortSignal): Promise<RawAnswer>;
  /** The region requests are signed for, as the SDK resolves it. Throws the SDK's error when none is set. */
  region(): Promise<string>;
  /** Where requests go when it is not AWS itself. */
  readonly endpoint: string | null;
  close(): void;
}

const loaders: Readonly<Record<AwsService, () => Promise<object>>> = {
  ecs: () => import('@aws-sdk/client-ecs'),
  ec2: () => import('@aws-sdk/client-ec2'),
  logs: () => import('@aws-sdk/client-cloudwatch-logs'),
  elasticloadbalancing: () => import('@aws-sdk/client-elastic-load-balancing-v2'),
  sts: () => import('@aws-sdk/client-sts'),
  'application-autoscaling': () => import('@aws-sdk/client-application-auto-scaling'),
  autoscaling: () => import('@aws-sdk/client-auto-scaling'),
  cloudwatch: () => import('@aws-sdk/client-cloudwatch'),
  cloudtrail: () => import('@aws-sdk/client-cloudtrail'),
  codedeploy: () => import('@aws-sdk/client-codedeploy'),
  ecr: () => import('@aws-sdk/client-ecr'),
  elasticfilesystem: () => import('@aws-sdk/client-efs'),
  events: () => import('@aws-sdk/client-eventbridge'),
  iam: () => import('@aws-sdk/client-iam'),
  kms: () => import('@aws-sdk/client-kms'),
  rds: () => import('@aws-sdk/client-rds'),
  secretsmanager: () => import('@aws-sdk/client-secrets-manager'),
  servicediscovery: () => import('@aws-sdk/client-servicediscovery'),
  servicequotas: () => import('@aws-sdk/client-service-quotas'),
  ssm: () => import('@aws-sdk/client-ssm'),
};

const clientNames: Readonly<Record<AwsService, string>> = {
  ecs: 'ECSClient',
  ec2: 'EC2Client',
  logs: 'CloudWatchLogsClient',
  elasticloadbalancing: 'ElasticLoadBalancingV2Client',
  sts: 'STSClient',
  'application-autoscaling': 'ApplicationAutoScalingClient',
  autoscaling: 'AutoScalingClient',
  cloudwatch: 'CloudWatchClient',
  cloudtrail: 'CloudTrailClient',
  codedeploy: 'CodeDeployClient',
  ecr: 'ECRClient',
  elasticfilesystem: 'EFSClient',
  events: 'EventBridgeClient',
  iam: 'IAMClient',
  kms: 'KMSClient',
  rds: 'RDSClient',
  secretsmanager: 'SecretsManagerClient',
  servicediscovery: 'ServiceDiscoveryClient',
  servicequotas: 'ServiceQuotasClient',
  ssm: 'SSMClient',
};

/**
 * Left out, the SDK makes its own logger that says nothing, and walks through every answer to take out what it must not say:
 * that is asked for by `info`. The chain of credentials calls `debug` and `warn` without asking whether they are there.
 */
const unheard = { debug() {}, warn() {} };
const READ_ATTEMPTS = 3;
const CONNECT_MS = 3_000;

/** The part of every SDK client that is used here. */
interface SdkClient {
  readonly config: { region(): Promise<string> };
  readonly middlewareStack: MiddlewareStack;
  send(command: object, options: { abortSignal: AbortSignal }): Promise<Record<string, unknown>>;
  destroy(): void;
}

interface LoadedService {
  readonly client: SdkClient;
  command(operation: string, input: object): object;
}

export function createAwsClients(settings: AwsSettings): AwsClients {
  const loaded = new Map<string, Promise<LoadedService>>();
  const serviceFor = (service: AwsService, purpose: 'read' | 'change'): Promise<LoadedService> => {
    const key = `${service} ${purpose}`;
    const known = loaded.get(key) ?? loadService(service, purpose, settings);
    loaded.set(key, known);
    return known;
  };
  return {
    endpoint: settings.endpoints.default ?? Object.values(settings.endpoints)[0] ?? null,

    async send(action, input, signal) {
      const [service, operation] = splitAction(action);
      const { client, command } = await serviceFor(service, isReadAction(action) ? 'read' : 'change');
      try {
        const { $metadata, ...output } = await client.send(command(operation, input), {
          abortSignal: signal,
        });
        return { output, ...metadataOf($metadata) };
      } catch (thrown) {
        // A request that is stopped while its answer comes in ends like one whose connection broke.
        if (signal.aborted) throw new DOMException('The request was stopped.', 'AbortError');
        throw thrown;
      }
    },

    async region() {
      const { client } = await serviceFor('sts', 'read');
      return client.config.region();
    },

    close() {
      for (const service of loaded.values()) {
        service
          .then(({ client }) => client.destroy())
          .catch(() => {
            // A service that could not be loaded has nothing to release.
          });
      }
      loaded.clear();
    },
  };
}

export function splitAction(action: AwsAction): [AwsService, string] {
  const [service, operation] = action.split(':');
  invariant(
    service !== undefined && service in loaders && operation !== undefined,
    'an action names a known service',
  );
  // The line above has just looked the name up in the closed table of services.
  return [service as AwsService, operation];
}

async function loadService(
  service: AwsService,
  purpose: 'read' | 'change',
  settings: AwsSettings,
): Promise<LoadedService> {
  // The SDK packages share one convention, `<Service>Client` and `<Operation>Command`, that their types do not express;
  // a test resolves every action of the contract through here.
  const sdk = (await loaders[service]()) as Record<string, new (argument: object) => object>;
  const Client = sdk[clientNames[service]];
  invariant(Client !== undefined, `the SDK has a client for ${service}`);
  const client = new Client(configOf(service, purpose, settings)) as SdkClient;
  guardAnswers(client.middlewareStack, purpose);
  return {
    client,
    command(operation, input) {
      const Command = sdk[`${operation}Command`];
      invariant(Command !== undefined, `the SDK has ${service}:${operation}`);
      return new Command(input);
    },
  };
}

function configOf(service: AwsService, purpose: 'read' | 'change', settings: AwsSettings): object {
  const endpoint = settings.endpoints[service] ?? settings.endpoints.default;
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(settings.region === undefined ? {} : { region: settings.region }),
    ...(settings.profile === undefined ? {} : { profile: settings.profile }),
    // Fixed credentials mean an account that is not AWS: what the shell says about AWS's own endpoints must not reach it.
    ...(settings.credentials === undefined
      ? {}
      : {
          credentials: settings.credentials,
          useFipsEndpoint: false,
          useDualstackEndpoint: false,
          defaultsMode: 'standard',
        }),
    maxAttempts: purpose === 'read' ? READ_ATTEMPTS : 1,
    retryMode: 'standard',
    logger: unheard,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: limits.call.awsCallMs,
      throwOnRequestTimeout: true,
    },
  };
}

function metadataOf(metadata: unknown): { requestId: string | null; attempts: number } {
  // Every SDK output carries ResponseMetadata; its members are optional and checked here.
  const { requestId, attempts } = (metadata ?? {}) as { requestId?: unknown; attempts?: unknown };
  return {
    requestId: typeof requestId === 'string' ? requestId.slice(0, 128) : null,
    attempts: typeof attempts === 'number' ? attempts : 1,
  };
}
