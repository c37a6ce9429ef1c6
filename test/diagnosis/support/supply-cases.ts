// Cases of what AWS could not or would not supply.

import { addTasks, allFail } from '../../support/account-builder.ts';
import { type CauseCase, complains, short } from './cause-case.ts';

export const supplyCases: readonly CauseCase[] = [
  {
    class: 'subnet-ip-exhaustion',
    verdict: 'proven',
    ill: (s) => {
      for (const subnet of s.ec2.Subnets) subnet.AvailableIpAddressCount = 0;
      allFail(s, {
        stop: {
          stopCode: 'TaskFailedToStart',
          stoppedReason:
            'Unexpected EC2 error while attempting to Create Network Interface: InsufficientFreeAddressesInSubnet',
        },
      });
    },
    decoy: (s) =>
      void allFail(s, {
        stop: {
          stopCode: 'TaskFailedToStart',
          stoppedReason:
            'Unexpected EC2 error while attempting to Create Network Interface: InsufficientFreeAddressesInSubnet',
        },
      }),
    denied: ['ec2:DescribeSubnets'],
  },
  {
    class: 'fargate-capacity-unavailable',
    verdict: 'likely',
    ill: (s) => (
      short(s),
      complains(
        s,
        'was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone',
      )
    ),
    decoy: (s) =>
      complains(
        s,
        'was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone',
        3_000,
      ),
  },
  {
    class: 'fargate-quota',
    verdict: 'likely',
    ill: (s) => (
      short(s),
      complains(
        s,
        "was unable to place a task. Reason: You've reached the limit on the number of tasks you can run concurrently.",
      )
    ),
    decoy: (s) => (
      short(s),
      complains(
        s,
        "was unable to place a task. Reason: You've reached the limit on the number of tasks you can run concurrently.",
        9 * 3_600,
      )
    ),
  },
  {
    class: 'api-throttling',
    verdict: 'likely',
    ill: (s) => (short(s), complains(s, 'operations are being throttled. Will try again later.')),
    decoy: (s) => complains(s, 'operations are being throttled. Will try again later.'),
  },
  {
    class: 'infrastructure-interruption',
    verdict: 'proven',
    ill: (s) =>
      void allFail(s, {
        stop: { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' },
      }),
    decoy: (s) =>
      void addTasks(s, {
        count: 1,
        secondsAgo: 1_000,
        stop: { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' },
      }),
  },
];
