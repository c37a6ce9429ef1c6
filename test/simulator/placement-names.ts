// Names of the demo account that placement tests use, and its target group as one of instances.

import type { Snapshot } from '../../src/contract/snapshot.ts';
import { targetGroupArn } from '../../src/simulator/demo/names.ts';

export { groups, subnets, targetGroupArn } from '../../src/simulator/demo/names.ts';

export function balancerGroup(state: Snapshot, TargetType: 'ip' | 'instance'): void {
  state.elbv2.TargetGroups.find((one) => one.TargetGroupArn === targetGroupArn('checkout'))!.TargetType =
    TargetType;
  state.elbv2.TargetHealth[targetGroupArn('checkout')] = [];
}
