// The quotas that matter to tasks and hosts, far above what a healthy account uses.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html

import type { Snapshot } from '../../contract/snapshot.ts';
import type { AccountPlan } from './plan.ts';

const fargate = { ServiceCode: 'fargate', ServiceName: 'AWS Fargate', Unit: 'None', Adjustable: true };
const ec2 = {
  ServiceCode: 'ec2',
  ServiceName: 'Amazon Elastic Compute Cloud (Amazon EC2)',
  Unit: 'None',
  Adjustable: true,
};

export function quotasOf({ second }: AccountPlan): Snapshot['servicequotas']['quotas'] {
  // Older accounts were given more; which is which makes no difference to a healthy one.
  const value = second % 2 === 0 ? 256 : 1_000;
  return [
    {
      ...fargate,
      QuotaCode: 'L-3032A538',
      QuotaName: 'Fargate On-Demand vCPU resource count',
      Value: value,
    },
    { ...fargate, QuotaCode: 'L-36FBB829', QuotaName: 'Fargate Spot vCPU resource count', Value: value },
    {
      ...ec2,
      QuotaCode: 'L-1216C47A',
      QuotaName: 'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances',
      Value: value,
    },
  ];
}
