// What the engine works out for programs that call AWS, images of other registries, log routers, sessions, proxies and requests that ECS
// refuses: each with the account that makes it fail and the same account with the one thing set right.

import { describe, expect, it } from 'vitest';
import type { Snapshot, SnapshotTaskDefinition } from '../../src/contract/snapshot.ts';
import { madeUpAccount } from '../../src/simulator/accounts/made-up-account.ts';
import { seededRandom } from '../../src/simulator/accounts/random.ts';
import { primaryOf } from '../../src/simulator/deployment.ts';
import { fastForward } from '../../src/simulator/fast-forward.ts';
import { deployAgain, deployRevision, serviceAt } from '../../src/simulator/faults/people.ts';
import { ask, pipelineRole } from '../../src/simulator/faults/requests.ts';
import { updateService } from '../../src/simulator/services/ecs-changes.ts';
import { createService, deleteService } from '../../src/simulator/services/ecs-service-life.ts';

const NOW_MS = Date.parse('2026-11-20T10:00:00Z');
type Container = NonNullable<SnapshotTaskDefinition['containerDefinitions']>[number];
type Site = Parameters<typeof deployAgain>[0];

/** The account after `minutes` of what `act` does to its first service. */
function becomes(minutes: number, act: (site: Site) => void) {
  const { plan, snapshot } = madeUpAccount('beside', {
    nowMs: NOW_MS,
    launchType: 'FARGATE',
    wayOut: 'one-nat',
  });
  const [service] = plan.services;
  if (service === undefined) throw new Error('an account has services');
  const later = fastForward(snapshot, minutes, (account) =>
    act({ account, plan, service, random: seededRandom('beside') }),
  );
  const own = later.ecs.services.find((one) => one.serviceName === service.name);
  const tasks = later.ecs.tasks.filter((task) => task.group === `service:${service.name}`);
  return { later, own, tasks, service, plan };
}

const deploys = (edit: (container: Container, definition: SnapshotTaskDefinition) => void) =>
  becomes(12, (site) => void deployRevision(site, (definition, container) => edit(container, definition)));
const rolledOut = ({ own }: ReturnType<typeof becomes>) => own?.deployments?.[0]?.rolloutState;
const reasons = ({ tasks }: ReturnType<typeof becomes>) =>
  tasks.map((task) => task.stoppedReason ?? '').join('\n');
const logged = ({ later }: ReturnType<typeof becomes>) =>
  later.logs.logGroups
    .flatMap((group) => group.streams.flatMap((stream) => stream.events))
    .map((event) => event.message)
    .join('\n');
const setVariables = (container: Container, more: Readonly<Record<string, string>>) => {
  container.dockerLabels = { SIMULATE: 'begins-with=s3:GetObject@arn:aws:s3:::nothing/else' };
  container.environment = [
    ...(container.environment ?? []),
    ...Object.entries(more).map(([name, value]) => ({ name, value })),
  ];
};

describe('a program that calls AWS when it starts', () => {
  it('ends when its role may not, and goes on when it may', () => {
    const refused = deploys((container) => setVariables(container, {}));
    expect(rolledOut(refused)).toBe('IN_PROGRESS');
    expect(logged(refused)).toMatch(/is not authorized to perform: s3:GetObject on resource/);
    const granted = becomes(12, (site) => {
      for (const role of site.account.state.iam.Roles)
        role.policies.push({
          PolicyName: 'all',
          Document: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
          },
        });
      deployRevision(site, (_, container) => setVariables(container, {}));
    });
    expect(rolledOut(granted)).toBe('COMPLETED');
  });

  it('has no credentials behind a proxy, unless their address is spared', () => {
    const proxy = { HTTP_PROXY: 'http://proxy:3128' };
    expect(logged(deploys((container) => setVariables(container, proxy)))).toContain(
      'CredentialsProviderError',
    );
    const spared = deploys((container) => setVariables(container, { ...proxy, NO_PROXY: '169.254.170.2' }));
    expect(logged(spared)).not.toContain('CredentialsProviderError');
  });
});

describe('an image of another registry', () => {
  const pulls = (image: string, more: Partial<Container> = {}, others = 0) =>
    becomes(12, (site) => {
      for (const nat of site.account.state.ec2.NatGateways)
        nat.Tags = [{ Key: 'SIMULATE', Value: `docker-hub-pulls=${others}` }];
      deployRevision(site, (_, container) => void Object.assign(container, { image }, more));
    });

  it('is not handed out by a private one without credentials', () => {
    expect(reasons(pulls('registry.gitlab.com/shop/api:1'))).toContain('no basic auth credentials');
    const secret = (site: Snapshot) => site.secretsmanager.secrets[0]?.ARN ?? '';
    const signedIn = becomes(12, (site) => {
      deployRevision(site, (_, container) => {
        container.image = 'registry.gitlab.com/shop/api:1';
        container.repositoryCredentials = { credentialsParameter: secret(site.account.state) };
      });
    });
    expect(rolledOut(signedIn)).toBe('COMPLETED');
  });

  it('is counted by Docker Hub for everybody behind a NAT gateway', () => {
    expect(reasons(pulls('grafana/api:1', {}, 100))).toContain('429 Too Many Requests');
    expect(rolledOut(pulls('grafana/api:1', {}, 20))).toBe('COMPLETED');
    expect(rolledOut(pulls('quay.io/grafana/api:1', {}, 100))).toBe('COMPLETED');
  });
});

describe('a log router', () => {
  const routed = (Name: string) =>
    deploys((container, definition) => {
      definition.containerDefinitions?.push({
        ...structuredClone(container),
        name: 'log_router',
        portMappings: [],
        dockerLabels: { SIMULATE: 'port=24224' },
        firelensConfiguration: { type: 'fluentbit' },
      });
      delete definition.containerDefinitions?.at(-1)?.healthCheck;
      container.logConfiguration = { logDriver: 'awsfirelens', options: { Name } };
    });

  it('ends when it does not know its output, and takes the task with it', () => {
    const broken = routed('cloudwatch_log');
    expect(rolledOut(broken)).toBe('IN_PROGRESS');
    expect(logged(broken)).toContain("tried to instance a plugin name that doesn't exist");
    expect(rolledOut(routed('cloudwatch_logs'))).toBe('COMPLETED');
  });
});

describe('the proxy of Service Connect', () => {
  const connected = (takes: (whole: number) => number) =>
    becomes(12, (site) => {
      deployRevision(site, (_, container) => {
        container.memory = takes(site.service.memoryMiB);
      });
      const primary = primaryOf(serviceAt(site));
      if (primary !== undefined) primary.serviceConnectConfiguration = { enabled: true };
    });

  it('needs memory that the containers leave', () => {
    const full = connected((whole) => whole);
    expect(rolledOut(full)).toBe('IN_PROGRESS');
    expect(full.tasks.flatMap((task) => task.containers ?? [])).toContainEqual(
      expect.objectContaining({ name: expect.stringMatching(/^ecs-service-connect-/), exitCode: 137 }),
    );
    expect(rolledOut(connected((whole) => whole - 128))).toBe('COMPLETED');
  });
});

describe('the agent of sessions', () => {
  const agents = (actions: readonly string[]) => {
    const { tasks } = becomes(12, (site) => {
      serviceAt(site).enableExecuteCommand = true;
      const Statement = [{ Effect: 'Allow', Action: [...actions], Resource: '*' }];
      for (const role of site.account.state.iam.Roles)
        role.policies.push({ PolicyName: 'sessions', Document: { Version: '2012-10-17', Statement } });
      deployAgain(site);
    });
    const running = tasks.filter((task) => task.lastStatus === 'RUNNING');
    return new Set(
      running.flatMap((task) =>
        (task.containers ?? []).flatMap((one) => (one.managedAgents ?? []).map((agent) => agent.lastStatus)),
      ),
    );
  };

  it('runs where the task role may connect it, and stops where not', () => {
    expect(agents(['ssmmessages:*'])).toEqual(new Set(['RUNNING']));
    expect(agents(['ssmmessages:OpenDataChannel'])).toEqual(new Set(['STOPPED']));
  });
});

describe('what ECS is asked for', () => {
  const resource = { type: 'AWS::ECS::Service', name: 'service' };

  it('is refused to a role that may not pass the roles on, and recorded', () => {
    const messages: (string | undefined)[] = [];
    const { later } = becomes(1, (site) => {
      const { plan, service } = site;
      const passes = ['arn:aws:iam::1:role/one', 'arn:aws:iam::1:role/other'];
      pipelineRole(site, passes.slice(0, 1));
      const input = { cluster: plan.cluster, service: service.name, desiredCount: service.desired };
      for (const role of passes)
        messages.push(
          ask(site, updateService, { operation: 'ecs:UpdateService', input, resource, passes: [role] }),
        );
    });
    expect(messages[0]).toBeUndefined();
    expect(messages[1]).toContain('iam:PassRole on resource: arn:aws:iam::1:role/other');
    const codes = later.cloudtrail.events.map((event) => event.CloudTrailEvent?.['errorCode']);
    expect(codes.filter((code) => code !== undefined)).toEqual(['AccessDeniedException']);
  });

  it('frees a name only when the last task of the old service is gone', () => {
    const create = (site: Site) => {
      const { taskDefinition, networkConfiguration } = serviceAt(site);
      return ask(site, createService, {
        operation: 'ecs:CreateService',
        input: {
          cluster: site.plan.cluster,
          serviceName: site.service.name,
          taskDefinition,
          networkConfiguration,
          desiredCount: 1,
        },
        resource,
      });
    };
    const messages: (string | undefined)[] = [];
    const { plan, snapshot } = madeUpAccount('beside', { nowMs: NOW_MS });
    const [service] = plan.services;
    if (service === undefined) throw new Error('an account has services');
    const site = (account: Site['account']) => ({ account, plan, service, random: seededRandom('beside') });
    const later = fastForward(snapshot, 24, {
      first: (account) => {
        ask(site(account), deleteService, {
          operation: 'ecs:DeleteService',
          input: { cluster: plan.cluster, service: service.name, force: true },
          resource,
        });
        messages.push(create(site(account)));
      },
      again: { everyMinutes: 10, change: (account) => void messages.push(create(site(account))) },
    });
    expect(messages.slice(0, 2)).toEqual(['Unable to Start a service that is still Draining.', undefined]);
    expect(later.ecs.services.find((one) => one.serviceName === service.name)).toMatchObject({
      status: 'ACTIVE',
      runningCount: 1,
    });
  });
});
