// What people do in an account, as CloudTrail has it: deploy, register a revision, change a thing.

import type { SnapshotService, SnapshotTaskDefinition } from '../../contract/snapshot.ts';
import { isoTime } from '../../kernel/clock.ts';
import { definitionArn, roleArn } from '../accounts/names.ts';
import type { AccountPlan } from '../accounts/plan.ts';
import { beginDeployment } from '../deployment.ts';
import { requiredAttributes } from '../physics/required-attributes.ts';
import { sessionArn } from '../physics/roles.ts';
import type { FaultSite } from './fault.ts';

const BY_PIPELINE: ReadonlySet<string> = new Set(['UpdateService', 'RegisterTaskDefinition']);
const PEOPLE = ['m.keller', 'j.okafor', 'priya', 'tomasz.w'] as const;

type Container = NonNullable<SnapshotTaskDefinition['containerDefinitions']>[number];

/** The service of the account that the fault happens to. */
export function serviceAt({ account, service }: FaultSite): SnapshotService {
  const found = account.state.ecs.services.find((one) => one.serviceName === service.name);
  if (found === undefined) throw new RangeError(`the account has no service ${service.name}`);
  return found;
}

/** Writes a change into CloudTrail, made by one of the people or programs that make such changes. */
export function recordChange(
  { account, plan }: FaultSite,
  operation: `${string}:${string}`,
  input: Record<string, unknown>,
  resource: { type: string; name: string },
): void {
  const [service = '', name = ''] = operation.split(':');
  account.changed(
    {
      service,
      operation: name,
      input,
      resources: [{ ResourceType: resource.type, ResourceName: resource.name }],
    },
    whoDoes(plan, name),
  );
}

/** Pipelines deploy; everything else is done by hand, by the same person in one account. */
function whoDoes(plan: AccountPlan, operation: string): { arn: string; session: string } {
  const { role, session } = BY_PIPELINE.has(operation)
    ? { role: 'ci-deploy', session: 'pipeline' }
    : {
        role: `AWSReservedSSO_AdministratorAccess_${plan.vpc.slice(-16)}`,
        session: PEOPLE[Number(plan.account) % PEOPLE.length] ?? PEOPLE[0],
      };
  return { arn: sessionArn(roleArn(plan, role), session), session };
}

/** A new deployment of the revision that runs, as after "force new deployment". */
export function deployAgain(site: FaultSite): void {
  const service = serviceAt(site);
  beginDeployment(site.account, service, isoTime(site.account.now()));
  recordChange(
    site,
    'ecs:UpdateService',
    { cluster: site.plan.cluster, service: site.service.name, forceNewDeployment: true },
    { type: 'AWS::ECS::Service', name: site.service.name },
  );
}

/** Registers the next revision with `edit` made to it and deploys it; returns its ARN. */
export function deployRevision(
  site: FaultSite,
  edit: (definition: SnapshotTaskDefinition, container: Container) => void,
): string {
  const { account, plan, service } = site;
  const taskDefinitionArn = registerRevision(site, edit);
  const running = serviceAt(site);
  running.taskDefinition = taskDefinitionArn;
  beginDeployment(account, running, isoTime(account.now()));
  recordChange(
    site,
    'ecs:UpdateService',
    {
      cluster: plan.cluster,
      service: service.name,
      taskDefinition: taskDefinitionArn.slice(taskDefinitionArn.lastIndexOf('/') + 1),
    },
    { type: 'AWS::ECS::Service', name: service.name },
  );
  return taskDefinitionArn;
}

/** Registers the next revision with `edit` made to it; returns its ARN. */
export function registerRevision(
  site: FaultSite,
  edit: (definition: SnapshotTaskDefinition, container: Container) => void,
): string {
  const { account, plan, service } = site;
  const { taskDefinitions } = account.state.ecs;
  const newest = taskDefinitions.filter((one) => one.family === service.name).at(-1);
  if (newest === undefined) throw new RangeError(`the account has no task definition ${service.name}`);
  const revision = (newest.revision ?? 0) + 1;
  const taskDefinitionArn = definitionArn(plan, service.name, revision);
  const next: SnapshotTaskDefinition = {
    ...structuredClone(newest),
    taskDefinitionArn,
    revision,
    registeredAt: isoTime(account.now()),
  };
  const container = next.containerDefinitions?.find((one) => one.name === service.container);
  if (container === undefined) throw new RangeError(`the revision has no container ${service.container}`);
  edit(next, container);
  next.requiresAttributes = requiredAttributes(next);
  taskDefinitions.push(next);
  recordChange(
    site,
    'ecs:RegisterTaskDefinition',
    { family: service.name },
    {
      type: 'AWS::ECS::TaskDefinition',
      name: `${service.name}:${revision}`,
    },
  );
  return taskDefinitionArn;
}
