// What ECS checks before it takes another revision or another target group for a service: that whoever deploys it may, and that the
// revision fits what the service names. The words are ECS's own, as its error messages have them.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html

import type { SnapshotService, SnapshotTaskDefinition } from '../../contract/snapshot.ts';
import type { SimulatedAccount } from '../account.ts';
import { AwsFault } from '../wire/aws-fault.ts';

/** What a service would be after a request. */
export interface WantedService {
  readonly definition: SnapshotTaskDefinition;
  readonly networkConfiguration: SnapshotService['networkConfiguration'];
  readonly loadBalancers: NonNullable<SnapshotService['loadBalancers']>;
}

/** Throws InvalidParameterException for a deployment that ECS leaves to CodeDeploy. */
export function checkController(
  service: SnapshotService,
  asked: { readonly revision: boolean; readonly force: boolean },
): void {
  const type = service.deploymentController?.type ?? 'ECS';
  if (type === 'ECS' || (!asked.revision && !asked.force)) return;
  const what = asked.revision ? 'Unable to update task definition' : 'Cannot force a new deployment';
  const instead = type === 'CODE_DEPLOY' ? ' Use AWS CodeDeploy to trigger a new deployment.' : '';
  throw refused(`${what} on services with a ${type} deployment controller.${instead}`);
}

/** Throws InvalidParameterException when the parts of a service contradict each other. */
export function checkFit(account: SimulatedAccount, wanted: WantedService): void {
  const { definition, loadBalancers } = wanted;
  const awsvpc = definition.networkMode === 'awsvpc';
  const configured = wanted.networkConfiguration?.awsvpcConfiguration !== undefined;
  if (awsvpc && !configured)
    throw refused("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  if (!awsvpc && configured)
    throw refused('Network Configuration is not valid for the given networkMode of this task definition.');
  for (const balancer of loadBalancers) checkBalancer(account, definition, balancer);
}

function checkBalancer(
  account: SimulatedAccount,
  definition: SnapshotTaskDefinition,
  { targetGroupArn, containerName, containerPort }: WantedService['loadBalancers'][number],
): void {
  const container = definition.containerDefinitions?.find((one) => one.name === containerName);
  if (container === undefined)
    throw refused(`The container ${containerName ?? ''} does not exist in the task definition.`);
  if (!(container.portMappings ?? []).some((one) => one.containerPort === containerPort))
    throw refused(
      `The container ${containerName ?? ''} did not have a container port ${containerPort ?? 0} defined.`,
    );
  const group = account.state.elbv2.TargetGroups.find((one) => one.TargetGroupArn === targetGroupArn);
  if (group === undefined) return;
  if ((group.LoadBalancerArns ?? []).length === 0)
    throw refused(
      `The target group with targetGroupArn ${targetGroupArn ?? ''} does not have an associated load balancer.`,
    );
  const type = group.TargetType ?? 'instance';
  const mode = definition.networkMode ?? 'bridge';
  if ((type === 'ip') !== (mode === 'awsvpc'))
    throw refused(
      `The provided target group ${targetGroupArn ?? ''} has target type ${type}, which is incompatible with the ${mode} network mode specified in the task definition.`,
    );
}

function refused(message: string): AwsFault {
  return new AwsFault('InvalidParameterException', message);
}
