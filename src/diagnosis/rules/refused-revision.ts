// Whether the state of the account shows why ECS refused a change: the revision that was asked for against the service as it is. AWS's words
// say that it was refused; the fields that contradict each other say why, and prove it.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { CauseClass, EvidenceRef } from '../../contract/finding.ts';
import { below, type Observed } from '../evidence.ts';
import { definitionDefects } from '../facts/definition-defects.ts';
import type { Facts } from '../facts/facts.ts';
import { runsOnHosts } from '../facts/further.ts';
import type { RequestRecord } from '../facts/requests.ts';
import { revisionOf } from '../facts/service.ts';
import { listed } from './rule.ts';

export interface Contradiction {
  readonly sentence: string;
  readonly evidence: readonly EvidenceRef[];
  readonly culprits: readonly string[];
}

/** The contradiction a class of refusal stands for, when what was read shows it. */
export function contradictionOf(
  name: CauseClass,
  refusal: RequestRecord,
  facts: Facts,
): Contradiction | undefined {
  if (name === 'deployment-controller-mismatch') return otherController(facts);
  const asked = askedRevision(refusal, facts);
  if (asked === undefined) return undefined;
  if (name === 'stale-or-wrong-reference') return deregistered(asked);
  if (name === 'lb-attachment-invalid') return unmapped(asked, facts);
  if (name === 'invalid-task-definition') return unrunnable(asked, refusal, facts);
  return name === 'network-mode-mismatch' ? otherMode(asked, facts) : undefined;
}

function askedRevision(
  { taskDefinition }: RequestRecord,
  { bundle }: Facts,
): Observed<Ecs.TaskDefinition> | undefined {
  const wanted = revisionOf(taskDefinition ?? '');
  return [...(bundle.askedDefinitions?.items ?? []), ...bundle.taskDefinitions.items].find(
    ({ value }) => wanted !== '' && revisionOf(value.taskDefinitionArn ?? '') === wanted,
  );
}

function otherController({ service }: Facts): Contradiction | undefined {
  return service.controller === 'ECS'
    ? undefined
    : {
        sentence: `Its deployment controller is ${service.controller}, so a new revision has to go through that.`,
        evidence: [below(service.observed, '.deploymentController')],
        culprits: [],
      };
}

function deregistered(asked: Observed<Ecs.TaskDefinition>): Contradiction | undefined {
  const { status, taskDefinitionArn: arn = '' } = asked.value;
  return status === 'INACTIVE' || status === 'DELETE_IN_PROGRESS'
    ? {
        sentence: `${revisionOf(arn)}, which was asked for, is ${status}: it was deregistered.`,
        evidence: [below(asked, '.status')],
        culprits: [arn],
      }
    : undefined;
}

/** The revision lacks what ECS says it needs, or cannot run where the service runs. */
function unrunnable(
  asked: Observed<Ecs.TaskDefinition>,
  { errorMessage }: RequestRecord,
  facts: Facts,
): Contradiction | undefined {
  const { taskDefinitionArn: arn = '', executionRoleArn, requiresCompatibilities = [] } = asked.value;
  const contradiction = (says: string, paths: readonly string[]): Contradiction => ({
    sentence: `In ${revisionOf(arn)}, which was asked for, ${says}.`,
    evidence: paths.map((path) => below(asked, path)),
    culprits: [arn],
  });
  if (/execution role/i.test(errorMessage) && executionRoleArn === undefined)
    return contradiction('no execution role is set', ['.executionRoleArn']);
  const on = runsOnHosts(facts) ? 'hosts' : 'fargate';
  const wanted = on === 'hosts' ? 'EC2' : 'FARGATE';
  if (requiresCompatibilities.length > 0 && !requiresCompatibilities.includes(wanted))
    return contradiction(`requiresCompatibilities has ${listed(requiresCompatibilities)} and not ${wanted}`, [
      '.requiresCompatibilities',
    ]);
  const defects = definitionDefects(asked.value, on);
  return defects.length === 0
    ? undefined
    : contradiction(
        listed(defects.map(({ says }) => says)),
        defects.map(({ path }) => path),
      );
}

/** The service names a container or a port for its load balancer that the revision does not have. */
function unmapped(asked: Observed<Ecs.TaskDefinition>, { service }: Facts): Contradiction | undefined {
  const { containerDefinitions: containers = [], taskDefinitionArn: arn = '' } = asked.value;
  const attached = service.observed.value.loadBalancers ?? [];
  for (const [index, { containerName, containerPort }] of attached.entries()) {
    if (containerName === undefined) continue;
    const container = containers.find(({ name }) => name === containerName);
    const ports = (container?.portMappings ?? []).flatMap((one) => one.containerPort ?? []);
    if (container !== undefined && (containerPort === undefined || ports.includes(containerPort))) continue;
    const has =
      container === undefined
        ? `containers ${containers.map(({ name }) => name ?? '').join(', ')}`
        : `ports ${ports.join(', ')} of it`;
    return {
      sentence: `The load balancer is to reach port ${containerPort ?? 'unknown'} of container ${containerName}, and ${revisionOf(arn)} has ${has === '' ? 'none' : has}.`,
      evidence: [below(service.observed, `.loadBalancers[${index}]`), below(asked, '.containerDefinitions')],
      culprits: [arn],
    };
  }
  return undefined;
}

function otherMode(asked: Observed<Ecs.TaskDefinition>, { service }: Facts): Contradiction | undefined {
  const { networkMode: mode, taskDefinitionArn: arn = '' } = asked.value;
  const configured = service.observed.value.networkConfiguration?.awsvpcConfiguration !== undefined;
  if (mode === undefined || (mode === 'awsvpc') === configured) return undefined;
  return {
    sentence: `${revisionOf(arn)} uses network mode ${mode}, and the service ${configured ? 'gives its tasks subnets and security groups, which only awsvpc takes' : 'has no network configuration, which awsvpc needs'}.`,
    evidence: [below(asked, '.networkMode'), below(service.observed, '.networkConfiguration')],
    culprits: [arn],
  };
}
