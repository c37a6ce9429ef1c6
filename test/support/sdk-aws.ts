// The narrow gate to AWS that tools are given, on top of real SDK clients that talk to one endpoint over loopback.
// It has no journal and no budget: those belong to the node. It keeps what was called, so that a test can say "nothing".

import * as ApplicationAutoScaling from '@aws-sdk/client-application-auto-scaling';
import * as AutoScaling from '@aws-sdk/client-auto-scaling';
import * as CloudTrail from '@aws-sdk/client-cloudtrail';
import * as CloudWatch from '@aws-sdk/client-cloudwatch';
import * as Logs from '@aws-sdk/client-cloudwatch-logs';
import * as CodeDeploy from '@aws-sdk/client-codedeploy';
import * as Ec2 from '@aws-sdk/client-ec2';
import * as Ecr from '@aws-sdk/client-ecr';
import * as Ecs from '@aws-sdk/client-ecs';
import * as Efs from '@aws-sdk/client-efs';
import * as ElbV2 from '@aws-sdk/client-elastic-load-balancing-v2';
import * as EventBridge from '@aws-sdk/client-eventbridge';
import * as Iam from '@aws-sdk/client-iam';
import * as Kms from '@aws-sdk/client-kms';
import * as Rds from '@aws-sdk/client-rds';
import * as SecretsManager from '@aws-sdk/client-secrets-manager';
import * as ServiceQuotas from '@aws-sdk/client-service-quotas';
import * as ServiceDiscovery from '@aws-sdk/client-servicediscovery';
import * as Ssm from '@aws-sdk/client-ssm';
import * as Sts from '@aws-sdk/client-sts';
import {
  type Aws,
  type AwsAction,
  type AwsAnswer,
  AwsCallError,
  type AwsFailureKind,
  type AwsInput,
} from '../../src/contract/aws.ts';

export interface SdkAws extends Aws {
  /** Every action called so far, in order. */
  readonly calls: { readonly action: AwsAction; readonly input: unknown }[];
  close(): void;
}

/** A gate to whatever answers for AWS at `endpoint`. */
export function sdkAws({
  endpoint,
  account,
  region,
}: {
  endpoint: string;
  account: string;
  region: string;
}): SdkAws {
  const clients = clientsOf(endpoint, region);
  const calls: SdkAws['calls'] = [];
  return {
    account,
    region,
    calls,
    call: async <A extends AwsAction>(action: A, input: AwsInput<A>): Promise<AwsAnswer<A>> => {
      const count = calls.push({ action, input });
      try {
        const output = await send(clients, action, input);
        // The client that belongs to the action returns the action's output.
        return { output, evidence: `ev_${count}` } as AwsAnswer<A>;
      } catch (thrown) {
        throw new AwsCallError(failureOf(action, thrown), thrown);
      }
    },
    close: () => {
      for (const { client } of Object.values(clients)) client.destroy();
    },
  };
}

type Clients = ReturnType<typeof clientsOf>;

function clientsOf(endpoint: string, region: string) {
  const config = {
    endpoint,
    region,
    maxAttempts: 1,
    credentials: { accessKeyId: 'simulated', secretAccessKey: 'simulated' },
  };
  return {
    ecs: { client: new Ecs.ECSClient(config), commands: Ecs },
    ec2: { client: new Ec2.EC2Client(config), commands: Ec2 },
    logs: { client: new Logs.CloudWatchLogsClient(config), commands: Logs },
    elasticloadbalancing: { client: new ElbV2.ElasticLoadBalancingV2Client(config), commands: ElbV2 },
    'application-autoscaling': {
      client: new ApplicationAutoScaling.ApplicationAutoScalingClient(config),
      commands: ApplicationAutoScaling,
    },
    autoscaling: { client: new AutoScaling.AutoScalingClient(config), commands: AutoScaling },
    sts: { client: new Sts.STSClient(config), commands: Sts },
    cloudwatch: { client: new CloudWatch.CloudWatchClient(config), commands: CloudWatch },
    cloudtrail: { client: new CloudTrail.CloudTrailClient(config), commands: CloudTrail },
    codedeploy: { client: new CodeDeploy.CodeDeployClient(config), commands: CodeDeploy },
    ecr: { client: new Ecr.ECRClient(config), commands: Ecr },
    elasticfilesystem: { client: new Efs.EFSClient(config), commands: Efs },
    events: { client: new EventBridge.EventBridgeClient(config), commands: EventBridge },
    iam: { client: new Iam.IAMClient(config), commands: Iam },
    kms: { client: new Kms.KMSClient(config), commands: Kms },
    rds: { client: new Rds.RDSClient(config), commands: Rds },
    secretsmanager: { client: new SecretsManager.SecretsManagerClient(config), commands: SecretsManager },
    servicediscovery: {
      client: new ServiceDiscovery.ServiceDiscoveryClient(config),
      commands: ServiceDiscovery,
    },
    servicequotas: { client: new ServiceQuotas.ServiceQuotasClient(config), commands: ServiceQuotas },
    ssm: { client: new Ssm.SSMClient(config), commands: Ssm },
  };
}

async function send(clients: Clients, action: AwsAction, input: unknown): Promise<unknown> {
  const [service, operation] = action.split(':');
  // `AwsAction` is service:Operation; every service of the list above has a client here.
  const { client, commands } = clients[service as keyof Clients];
  const command = (commands as Readonly<Record<string, unknown>>)[`${operation}Command`] as new (
    input: unknown,
  ) => never;
  return (client as { send(command: never): Promise<unknown> }).send(new command(input));
}

function failureOf(action: AwsAction, thrown: unknown) {
  const code = thrown instanceof Error ? thrown.name : 'Unknown';
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { kind: kindOf(code), action, code, message };
}

function kindOf(code: string): AwsFailureKind {
  if (/^(?:AccessDenied|AccessDeniedException|UnauthorizedOperation)$/.test(code)) return 'denied';
  if (/NotFound/.test(code)) return 'not-found';
  if (/Throttl|RequestLimitExceeded/.test(code)) return 'throttled';
  return /Invalid|Validation|ClientException/.test(code) ? 'invalid' : 'other';
}
