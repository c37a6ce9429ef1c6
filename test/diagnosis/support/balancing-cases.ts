// Cases of load balancers that end tasks or never reach them.

import { balanced, killedAfter, unhealthy } from './balanced-account.ts';
import type { CauseCase } from './cause-case.ts';

export const balancingCases: readonly CauseCase[] = [
  {
    class: 'lb-attachment-invalid',
    verdict: 'proven',
    ill: (s) => {
      balanced(s, {
        State: 'unused',
        Reason: 'Target.NotInUse',
        Description: 'Target group is not configured to receive traffic from the load balancer',
      });
      for (const group of s.elbv2.TargetGroups) group.LoadBalancerArns = [];
    },
    decoy: (s) => balanced(s, { State: 'healthy' }),
    denied: ['elasticloadbalancing:DescribeTargetGroups', 'elasticloadbalancing:DescribeTargetHealth'],
  },
  {
    class: 'network-mode-mismatch',
    verdict: 'proven',
    ill: (s) => {
      balanced(s, unhealthy('Target.Timeout'));
      for (const group of s.elbv2.TargetGroups) group.TargetType = 'instance';
    },
    decoy: (s) => balanced(s, unhealthy('Target.Timeout')),
    denied: ['elasticloadbalancing:DescribeTargetGroups'],
  },
  {
    class: 'lb-sg-ingress-missing',
    verdict: 'proven',
    ill: (s) => balanced(s, unhealthy('Target.Timeout'), { healthPort: '5000' }),
    decoy: (s) => balanced(s, unhealthy('Target.Timeout')),
    denied: ['elasticloadbalancing:DescribeLoadBalancers'],
    fix: 'ec2_authorize_security_group_ingress',
  },
  {
    class: 'lb-healthcheck-misconfig',
    verdict: 'proven',
    ill: (s) =>
      balanced(s, unhealthy('Target.ResponseCodeMismatch', 'Health checks failed with these codes: [301]')),
    decoy: (s) =>
      balanced(s, unhealthy('Target.ResponseCodeMismatch', 'Health checks failed with these codes: [503]')),
    denied: ['elasticloadbalancing:DescribeTargetHealth'],
  },
  {
    class: 'slow-start-grace',
    verdict: 'likely',
    ill: (s) => killedAfter(s, 90),
    decoy: (s) => killedAfter(s, 3),
    denied: ['logs:GetLogEvents'],
    fix: 'ecs_update_service',
  },
  {
    class: 'app-bind-address',
    verdict: 'likely',
    ill: (s) => {
      killedAfter(s, 3);
      for (const stream of s.logs.logGroups[0]?.streams ?? [])
        for (const event of stream.events) event.message = event.message.replace('0.0.0.0', '127.0.0.1');
    },
    decoy: (s) => killedAfter(s, 3),
    denied: ['logs:GetLogEvents'],
  },
];
