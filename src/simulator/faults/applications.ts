// Faults of applications and of the containers beside them: what they may not call, credentials they do not get, a container they wait for,
// a log router that fails, a signal they do not heed.

import type { SnapshotTaskDefinition } from '../../contract/snapshot.ts';
import { roleArn } from '../accounts/names.ts';
import { anywhere, type Fault, type FaultSite } from './fault.ts';
import { deployAgain, deployRevision, recordChange } from './people.ts';

type Container = NonNullable<SnapshotTaskDefinition['containerDefinitions']>[number];

export const applicationFaults: readonly Fault[] = [
  {
    name: 'task-role-statement-removed',
    class: 'task-role-denied',
    about:
      'a statement that looked unused was taken out of the task role, and the program reads its assets when it starts',
    fits: anywhere,
    mendable: false,
    inject: (site) => {
      const { account, plan, service } = site;
      const assets = `arn:aws:s3:::${plan.cluster}-assets/settings.json`;
      // The program has always done so; only nobody took the permission from it before.
      for (const definition of account.state.ecs.taskDefinitions)
        if (definition.family === service.name)
          addWords(site, definition, `begins-with=s3:GetObject@${assets}`);
      const role = account.state.iam.Roles.find((one) => one.RoleName === service.taskRole);
      if (role !== undefined) role.policies = [];
      recordChange(
        site,
        'iam:DeleteRolePolicy',
        { roleName: service.taskRole },
        { type: 'AWS::IAM::Role', name: service.taskRole },
      );
      deployAgain(site);
      return [roleArn(plan, service.taskRole), service.taskRole];
    },
  },
  {
    name: 'new-call-not-allowed',
    class: 'task-role-denied',
    about: 'the new version sends to a queue, and nobody gave its task role the permission',
    fits: (plan) => plan.wayOut !== 'endpoints',
    mendable: true,
    inject: (site) => {
      const { plan, service, random } = site;
      const [action, resource] = random.pick([
        ['sqs:SendMessage', `arn:aws:sqs:${plan.region}:${plan.account}:${service.name}-events`],
        ['dynamodb:PutItem', `arn:aws:dynamodb:${plan.region}:${plan.account}:table/${service.name}`],
        ['sns:Publish', `arn:aws:sns:${plan.region}:${plan.account}:${service.name}`],
      ] as const);
      deployRevision(site, (definition) => addWords(site, definition, `begins-with=${action}@${resource}`));
      return [roleArn(plan, service.taskRole), service.taskRole, resource];
    },
  },
  {
    name: 'proxy-before-credentials',
    class: 'task-credentials-unavailable',
    about: 'the new revision sends everything through a proxy, the request for its own credentials too',
    fits: anywhere,
    mendable: true,
    inject: (site) => {
      const revision = deployRevision(site, (definition, container) => {
        beginsWithItsSettings(site, definition);
        const proxy = `http://proxy.${site.plan.cluster}.internal:3128`;
        container.environment = [
          ...(container.environment ?? []),
          { name: 'HTTP_PROXY', value: proxy },
          { name: 'HTTPS_PROXY', value: proxy },
          { name: 'NO_PROXY', value: site.random.pick(['localhost', 'localhost,127.0.0.1', '.internal']) },
        ];
      });
      return [revision, site.service.container];
    },
  },
  {
    name: 'credentials-address-copied',
    class: 'task-credentials-unavailable',
    about: 'the address of the credentials was copied from another task into the new revision',
    fits: anywhere,
    mendable: true,
    inject: (site) => {
      const revision = deployRevision(site, (definition, container) => {
        beginsWithItsSettings(site, definition);
        container.environment = [
          ...(container.environment ?? []),
          {
            name: 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
            value: `/v2/credentials/${site.random.hex(8)}-1b2c-4d3e-9f60-${site.random.hex(12)}`,
          },
        ];
      });
      return [revision, site.service.container];
    },
  },
  {
    name: 'migration-fails',
    class: 'container-dependency-failed',
    about: 'the program waits for a container that migrates the database, and the migration fails',
    fits: anywhere,
    mendable: true,
    inject: (site) =>
      beside(site, {
        name: 'migrate',
        words: `exits=1@${site.random.int(3, 12)},port=1`,
        condition: 'SUCCESS',
      }),
  },
  {
    name: 'sidecar-never-healthy',
    class: 'container-dependency-failed',
    about: 'the program waits for a container beside it to be healthy, and its check cannot succeed',
    fits: anywhere,
    mendable: true,
    inject: (site) =>
      beside(site, {
        name: site.random.pick(['cache', 'config-agent', 'tunnel']),
        words: 'lacks=nc,port=11211',
        condition: 'HEALTHY',
        healthCheck: {
          command: ['CMD-SHELL', 'nc -z localhost 11211 || exit 1'],
          interval: 10,
          timeout: 5,
          retries: 3,
        },
      }),
  },
  {
    name: 'router-without-output',
    class: 'log-pipeline-failure',
    about: 'the logs were moved to a log router, whose output is spelled in a way it does not know',
    fits: (plan, service) => plan.wayOut !== 'endpoints' && service.launchType === 'FARGATE',
    mendable: true,
    inject: (site) => {
      const revision = deployRevision(site, (definition, container) => {
        const own = container.logConfiguration;
        definition.containerDefinitions?.push({
          name: 'log_router',
          image: 'public.ecr.aws/aws-observability/aws-for-fluent-bit:stable',
          essential: true,
          cpu: 0,
          dockerLabels: { SIMULATE: 'port=24224' },
          firelensConfiguration: { type: 'fluentbit' },
          ...(own === undefined ? {} : { logConfiguration: structuredClone(own) }),
        });
        container.logConfiguration = {
          logDriver: 'awsfirelens',
          options: {
            Name: site.random.pick(['cloudwatch_log', 'cloudwatchlogs', 'open-search', 'datadog_logs']),
            region: site.plan.region,
            log_group_name: site.service.logGroup,
            log_stream_prefix: 'app-',
          },
        };
      });
      return [revision, 'log_router'];
    },
  },
  {
    name: 'signal-not-handled',
    class: 'graceful-shutdown-gap',
    about:
      'a shell starts the program and keeps the signal to stop for itself, so every deployment kills its tasks',
    fits: anywhere,
    runsOn: true,
    mendable: false,
    minutes: 32,
    again: { everyMinutes: 10, act: deployAgain },
    question: (plan, service) =>
      `Why do requests to ${service.name} in ${plan.cluster} fail during each deployment?`,
    inject: (site) => [
      deployRevision(site, (definition) => addWords(site, definition, 'ignores-sigterm')),
      site.service.container,
    ],
  },
];

/** The program reads its settings from S3 before anything else, for which it needs the credentials of its role. */
function beginsWithItsSettings(site: FaultSite, definition: SnapshotTaskDefinition): void {
  addWords(
    site,
    definition,
    `begins-with=s3:GetObject@arn:aws:s3:::${site.plan.cluster}-assets/settings.json`,
  );
}

/** What the program of the service is like, beside what was said of it before. */
function addWords({ service }: FaultSite, definition: SnapshotTaskDefinition, words: string): void {
  for (const container of definition.containerDefinitions ?? []) {
    if (container.name !== service.container) continue;
    const before = container.dockerLabels?.SIMULATE;
    container.dockerLabels = {
      ...container.dockerLabels,
      SIMULATE: before === undefined ? words : `${before},${words}`,
    };
  }
}

/** Deploys a revision whose program waits for another container of the same image. */
function beside(
  site: FaultSite,
  {
    words,
    condition,
    ...more
  }: Partial<Container> & { name: string; words: string; condition: 'SUCCESS' | 'HEALTHY' },
): string[] {
  const revision = deployRevision(site, (definition, container) => {
    definition.containerDefinitions?.push({
      ...(container.image === undefined ? {} : { image: container.image }),
      essential: false,
      cpu: 0,
      dockerLabels: { SIMULATE: words },
      ...(container.logConfiguration === undefined
        ? {}
        : { logConfiguration: structuredClone(container.logConfiguration) }),
      ...more,
    });
    container.dependsOn = [{ containerName: more.name, condition }];
  });
  return [revision, more.name];
}
