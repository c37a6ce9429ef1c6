// ecs_stop_service_deployment: proposes to end the deployment that is under way and to go back to the revision before.

import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import { defineChangeTool, type PreparedChange } from '../../src/contract/tool.ts';
import { limits } from '../../src/kernel/limits.ts';
import { familyRevision, lastPart, requireOwn } from '../arn.ts';
import { clusterField, serviceField } from '../fields.ts';
import { counted } from '../text-lines.ts';
import { readService } from './service-state.ts';

const deploymentState = z.strictObject({
  cluster: z.string(),
  service: z.string(),
  controller: z.string(),
  desired: z.number().int(),
  /** The revision the service asks for now. */
  revision: z.string(),
  /** The deployment under way; null when none is. */
  deployment: z.strictObject({ arn: z.string(), status: z.string() }).nullable(),
  /** The revision it would go back to; null when none is known. */
  before: z.string().nullable(),
});
type DeploymentState = z.infer<typeof deploymentState>;

export const ecsStopServiceDeployment = defineChangeTool({
  name: 'ecs_stop_service_deployment',
  summary:
    'Proposes to stop the deployment of a service that is under way and to roll back to the revision before. A person approves it before anything changes.',
  risk: 'change',
  actions: [
    'ecs:StopServiceDeployment',
    'ecs:ListServiceDeployments',
    'ecs:DescribeServices',
    'ecs:ListClusters',
    'ecs:ListServices',
  ],
  input: z.strictObject({ cluster: clusterField, service: serviceField }),
  target: ({ cluster, service }) => ({
    cluster: lastPart(cluster),
    service: lastPart(service),
    resources: [service],
  }),
  observe: ({ cluster, service }, aws) => observeDeployment(cluster, service, aws),
  prepare: async (_, state) => prepareStop(deploymentState.parse(state)),
});

async function observeDeployment(cluster: string, name: string, aws: Aws): Promise<DeploymentState> {
  requireOwn(aws, [cluster, name]);
  const service = await readService(cluster, name, aws);
  const { output } = await aws.call('ecs:ListServiceDeployments', {
    cluster,
    service: name,
    status: ['PENDING', 'IN_PROGRESS'],
  });
  const [found] = output.serviceDeployments ?? [];
  const before = service.deployments?.find(({ status }) => status === 'ACTIVE')?.taskDefinition;
  return {
    cluster: lastPart(service.clusterArn ?? cluster),
    service: service.serviceName ?? lastPart(name),
    controller: service.deploymentController?.type ?? 'ECS',
    desired: service.desiredCount ?? 0,
    revision: familyRevision(service.taskDefinition ?? ''),
    deployment:
      found === undefined ? null : { arn: found.serviceDeploymentArn ?? '', status: found.status ?? '' },
    before: before === undefined ? null : familyRevision(before),
  };
}

function prepareStop(state: DeploymentState): PreparedChange {
  const { deployment, service, desired } = state;
  if (state.controller !== 'ECS')
    throw fail('change-unsafe', {
      detail: `${service} is deployed by ${state.controller}`,
      advice: 'Stop the deployment there.',
    });
  if (deployment === null)
    throw fail('change-unneeded', { detail: `no deployment of ${service} is under way` });
  const back = state.before ?? 'the revision before';
  return {
    title: `Stop the deployment of ${state.revision} and go back to ${back}`,
    call: {
      action: 'ecs:StopServiceDeployment',
      input: { serviceDeploymentArn: deployment.arn, stopType: 'ROLLBACK' },
    },
    targets: [deployment.arn],
    diff: {
      caption: `Deployment of ${service} in ${state.cluster}`,
      rows: [
        { sign: '-', cells: ['deployment', deployment.status, state.revision] },
        { sign: '+', cells: ['deployment', 'rolled back', back] },
      ],
    },
    blastRadius: {
      summary: `1 service, ${counted(desired, 'task')}. Tasks of ${state.revision} are replaced by tasks of ${back}.`,
      items: [deployment.arn],
    },
    opens: ['Nothing becomes reachable that was not.'],
    inverse: {
      none: `A stopped deployment does not go on; ${state.revision} can be deployed again as a change of its own.`,
    },
    success:
      desired === 0
        ? { kind: 'none', because: 'The service is scaled to zero; no task has to become healthy.' }
        : {
            kind: 'service-steady',
            cluster: state.cluster,
            service,
            running: desired,
            withinMs: limits.watch.lifeMs,
          },
    warnings: state.before === null ? ['Which revision ECS goes back to was not seen.'] : [],
    idempotency: 'none',
  };
}
