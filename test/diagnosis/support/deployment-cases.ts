// Cases of deployments that cannot move and services that name what is gone.

import type { Snapshot } from '../../../src/contract/snapshot.ts';
import { rollOut, theService } from '../../support/account-builder.ts';
import { type CauseCase, complains, iso, short } from './cause-case.ts';

function scaled(s: Snapshot, counts: readonly number[]): void {
  const service = theService(s);
  service.events = [0, 1, 2, 3, 4, 5].map((index) => ({
    id: `e${index}`,
    createdAt: iso(300 + index * 600),
    message:
      index % 2 === 0
        ? '(service api) has started 2 tasks: (task a).'
        : '(service api) has stopped 2 running tasks: (task b).',
  }));
  const about = {
    ServiceNamespace: 'ecs' as const,
    ResourceId: 'service/prod/api',
    ScalableDimension: 'ecs:service:DesiredCount' as const,
  };
  s.applicationAutoscaling.ScalableTargets = [
    {
      ...about,
      MinCapacity: 1,
      MaxCapacity: 10,
      RoleARN: 'arn:aws:iam::210987654321:role/scaling',
      CreationTime: iso(900_000),
    },
  ];
  s.applicationAutoscaling.ScalingActivities = counts.map((count, index) => ({
    ...about,
    ActivityId: `a${index}`,
    Description: `Setting desired count to ${count}.`,
    Cause: 'monitor alarm cpu in state ALARM triggered policy cpu',
    StartTime: iso(5_000 - index * 600),
    StatusCode: 'Successful',
  }));
}

export const deploymentCases: readonly CauseCase[] = [
  {
    class: 'deployment-settings',
    verdict: 'proven',
    ill: (s) => {
      rollOut(s).deploymentConfiguration = { minimumHealthyPercent: 100, maximumPercent: 120 };
      theService(s).desiredCount = 2;
    },
    decoy: (s) => {
      rollOut(s).deploymentConfiguration = { minimumHealthyPercent: 50, maximumPercent: 100 };
    },
  },
  {
    class: 'deployment-controller-mismatch',
    verdict: 'proven',
    ill: (s) => {
      theService(s).deploymentController = { type: 'CODE_DEPLOY' };
      short(s);
      complains(
        s,
        'Unable to update network parameters on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
      );
    },
    decoy: (s) => {
      theService(s).deploymentController = { type: 'CODE_DEPLOY' };
    },
  },
  {
    class: 'stale-or-wrong-reference',
    verdict: 'proven',
    ill: (s) => {
      const network = theService(s).networkConfiguration?.awsvpcConfiguration;
      if (network !== undefined) network.securityGroups = ['sg-0dead0000dead0000'];
      short(s);
      complains(
        s,
        'failed to launch a task with (error The security group sg-0dead0000dead0000 does not exist).',
      );
    },
    decoy: (s) => (
      short(s),
      complains(
        s,
        'failed to launch a task with (error The security group sg-0dead0000dead0000 does not exist).',
      )
    ),
    denied: ['ec2:DescribeSecurityGroups'],
  },
  {
    class: 'service-lifecycle-conflict',
    verdict: 'likely',
    ill: (s) => {
      theService(s).status = 'DRAINING';
    },
    decoy: (s) => complains(s, 'Unable to Start a service that is still Draining.', 200),
  },
  {
    class: 'autoscaling-conflict',
    verdict: 'proven',
    ill: (s) => scaled(s, [6, 6, 6]),
    decoy: (s) => scaled(s, [2, 4, 6]),
    denied: ['application-autoscaling:DescribeScalingActivities'],
  },
];
