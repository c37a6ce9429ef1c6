// Secrets, loggers and definitions: what a task definition has to say, in AWS's words for it.

import type { World } from './base.ts';
import { changed, type ToldCase } from './case.ts';
import { failedToStart, failing, failingRollOut } from './incident.ts';
import { theContainer, theDefinition } from './workload.ts';

const at = {
  region: 'eu-central-1',
  account: '330044550077',
  cluster: 'ledger',
  service: 'intake',
  net: 141,
} as const;

const startFails = (w: World, text: string) => failing(w, { code: failedToStart, reason: text });

function unknownParameter(w: World, denied: readonly string[]): void {
  theContainer(w).secrets = [{ name: 'TOKEN', valueFrom: w.arn('ssm', 'parameter/ledger/token') }];
  w.snapshot.denied.push(...denied);
  startFails(
    w,
    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /ledger/tok...',
  );
}

export const toldConfig: readonly ToldCase[] = [
  {
    name: 'a secret that is there and in which no value was ever stored',
    class: 'secret-reference-invalid',
    verdicts: ['likely', 'proven'],
    says: () => ['ledger/fresh', 'AWSCURRENT', /no value/],
    account: () =>
      changed(at, [
        (w) => {
          const arn = w.arn('secretsmanager', 'secret:ledger/fresh-q1w2e3');
          w.snapshot.secretsmanager.secrets.push({ ARN: arn, Name: 'ledger/fresh' });
          theContainer(w).secrets = [{ name: 'SIGNING', valueFrom: `${arn}:SIGNING::` }];
          startFails(
            w,
            `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${arn} from secrets manager: operation error Secrets Manager: GetSecretValue, https response error StatusCode: 400, RequestID: 047440d4, ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT`,
          );
        },
      ]),
  },
  {
    name: 'a parameter that Systems Manager does not know and that may not be looked up',
    class: 'secret-reference-invalid',
    verdicts: ['likely'],
    missing: 'ssm:DescribeParameters',
    account: () => changed(at, [(w) => unknownParameter(w, ['ssm:DescribeParameters', 'ssm:GetParameters'])]),
  },
  {
    name: 'a parameter that Systems Manager does not know',
    class: 'secret-reference-invalid',
    verdicts: ['proven'],
    says: () => ['/ledger/token'],
    account: () => changed(at, [(w) => unknownParameter(w, [])]),
  },
  {
    name: 'a log driver without its region',
    class: 'invalid-task-definition',
    verdicts: ['proven'],
    says: () => ['awslogs-region'],
    account: () =>
      changed(at, [
        (w) =>
          failingRollOut(
            w,
            (definition) => {
              for (const one of definition.containerDefinitions ?? [])
                if (one.logConfiguration?.options !== undefined)
                  one.logConfiguration.options['awslogs-region'] = '';
            },
            {
              code: failedToStart,
              reason:
                'ResourceInitializationError: failed to validate logger args: unable to get awslogs driver arguments: awslogs-region is required',
            },
          ),
      ]),
  },
  {
    name: 'more ephemeral storage on Windows, which has none to give',
    class: 'invalid-task-definition',
    verdicts: ['proven'],
    says: () => ['ephemeral', 'Windows'],
    account: () =>
      changed(at, [
        (w) => {
          Object.assign(theDefinition(w), {
            ephemeralStorage: { sizeInGiB: 60 },
            runtimePlatform: {
              operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE',
              cpuArchitecture: 'X86_64',
            },
            cpu: '1024',
            memory: '2048',
          });
          startFails(
            w,
            'PlatformTaskDefinitionIncompatibilityException: One or more of the requested capabilities are not supported.',
          );
        },
      ]),
  },
  {
    name: 'a group that the driver may not create, and that can be created for it',
    class: 'exec-role-logs-denied',
    verdicts: ['proven'],
    says: () => ['/ecs/ledger/intake-v2'],
    fix: 'logs_create_log_group',
    account: () =>
      changed(at, [
        (w) => {
          const { logConfiguration } = theContainer(w);
          Object.assign(logConfiguration?.options ?? {}, {
            'awslogs-group': '/ecs/ledger/intake-v2',
            'awslogs-create-group': 'true',
          });
          startFails(
            w,
            `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log group: operation error CloudWatch Logs: CreateLogGroup, https response error StatusCode: 400, RequestID: 0b0a, api error AccessDeniedException: User: arn:aws:sts::${w.place.account}:assumed-role/ledger-execution/0f9e8d is not authorized to perform: logs:CreateLogGroup on resource: ${w.arn('logs', 'log-group:/ecs/ledger/intake-v2:log-stream:')} because no identity-based policy allows the logs:CreateLogGroup action : exit status 1`,
          );
        },
      ]),
  },
];
