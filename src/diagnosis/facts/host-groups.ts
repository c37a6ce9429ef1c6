// The auto scaling groups behind a cluster: which of them cannot give what is asked, and which instances run without having joined.

import type { Activity, AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { CapacityProvider } from '@aws-sdk/client-ecs';
import type { Observed } from '../evidence.ts';
import type { Facts } from './facts.ts';

/** A launch that failed longer ago belongs to an older story. */
const ACTIVITY_RECENT_MS = 6 * 3_600_000;

export interface ShortGroup {
  readonly group: Observed<AutoScalingGroup>;
  readonly failure: Observed<Activity> | undefined;
  readonly atMaximum: boolean;
  /** Somebody told the group to launch nothing. */
  readonly suspended: boolean;
  /** The capacity provider that lets the group stay empty, because nobody told it to scale it. */
  readonly unasked: string | undefined;
}

/** The group that cannot give what is asked of it, when there is one. */
export function shortGroup(facts: Pick<Facts, 'bundle'>): ShortGroup | undefined {
  const { capacity, nowMs, service } = facts.bundle;
  // Without a capacity provider nobody expects the group to grow; then its size is a fact and no failure.
  const grows = (service.value.capacityProviderStrategy ?? []).length > 0;
  for (const group of capacity?.autoScalingGroups.items ?? []) {
    const { AutoScalingGroupName: name, MaxSize = 0, Instances = [], DesiredCapacity = 0 } = group.value;
    const [newest] = (capacity?.activities.items ?? [])
      .filter(({ value }) => value.AutoScalingGroupName === name)
      .sort((a, b) => (b.value.StartTime?.getTime() ?? 0) - (a.value.StartTime?.getTime() ?? 0));
    const failed =
      newest?.value.StatusCode === 'Failed' || newest?.value.StatusCode === 'Cancelled' ? newest : undefined;
    const recent = nowMs - (failed?.value.StartTime?.getTime() ?? 0) <= ACTIVITY_RECENT_MS;
    const serving = Instances.filter(({ LifecycleState }) =>
      /^(?:InService|Pending)/.test(LifecycleState ?? ''),
    );
    const failure = recent && serving.length <= DesiredCapacity ? failed : undefined;
    const joined = unjoined(facts).length === 0;
    // A group at its maximum whose instances have all joined is used up; one whose instances did not join is another matter.
    const atMaximum = serving.length >= MaxSize && joined && (grows || serving.length === 0);
    // Suspended launches leave no activity: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html
    const suspended =
      serving.length < DesiredCapacity &&
      (group.value.SuspendedProcesses ?? []).some(({ ProcessName }) => ProcessName === 'Launch');
    const unasked =
      DesiredCapacity === 0 && serving.length === 0 && MaxSize > 0
        ? unscaledProvider(capacity?.capacityProviders.items ?? [], group.value)
        : undefined;
    if (failure !== undefined || atMaximum || suspended || unasked !== undefined)
      return { group, failure, atMaximum, suspended, unasked };
  }
  return undefined;
}

/** The provider of a group whose managed scaling is off. */
function unscaledProvider(
  providers: readonly Observed<CapacityProvider>[],
  { AutoScalingGroupARN: arn = '', AutoScalingGroupName: name = '' }: AutoScalingGroup,
): string | undefined {
  const provider = providers.find(({ value }) => {
    const behind = value.autoScalingGroupProvider?.autoScalingGroupArn ?? '';
    return behind !== '' && (behind === arn || behind.endsWith(`autoScalingGroupName/${name}`));
  })?.value;
  const off = provider?.autoScalingGroupProvider?.managedScaling?.status === 'DISABLED';
  return off ? provider.name : undefined;
}

/** " Auto Scaling group … launches an instance" of the group that may still bring a host, and what that means; empty when none does. */
export function launchText(facts: Pick<Facts, 'bundle'>): string {
  const { capacity, nowMs } = facts.bundle;
  const launching = (capacity?.activities.items ?? []).find(
    ({ value }) =>
      nowMs - (value.StartTime?.getTime() ?? 0) < JOINS_WITHIN_MS &&
      /^Launching/.test(value.Description ?? '') &&
      value.StatusCode !== 'Failed' &&
      value.StatusCode !== 'Cancelled',
  );
  const name = launching?.value.AutoScalingGroupName;
  return name === undefined
    ? ''
    : ` Auto Scaling group ${name} launched an instance less than five minutes ago: look again when its agent has had time to register.`;
}

/** An instance boots, and its agent registers, within this time. */
const JOINS_WITHIN_MS = 5 * 60_000;

/** Instances of the cluster's groups that run and are no container instances, unless they were launched just now. */
export function unjoined(facts: Pick<Facts, 'bundle'>): { id: string; group: Observed<AutoScalingGroup> }[] {
  const { capacity, nowMs } = facts.bundle;
  const joined = new Set((capacity?.containerInstances.items ?? []).map(({ value }) => value.ec2InstanceId));
  const launched = new Map(
    (capacity?.activities.items ?? []).map(({ value }) => [
      /\bi-[0-9a-f]{8,17}\b/.exec(value.Description ?? '')?.[0],
      value.StartTime?.getTime() ?? 0,
    ]),
  );
  const isNew = (id: string | undefined) => nowMs - (launched.get(id) ?? 0) < JOINS_WITHIN_MS;
  return (capacity?.autoScalingGroups.items ?? []).flatMap((group) =>
    (group.value.Instances ?? [])
      .filter(
        ({ LifecycleState, InstanceId }) =>
          LifecycleState === 'InService' && !joined.has(InstanceId) && !isNew(InstanceId),
      )
      .map(({ InstanceId = '' }) => ({ id: InstanceId, group })),
  );
}
