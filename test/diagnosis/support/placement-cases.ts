// Cases of tasks that find no host.

import { theService } from '../../support/account-builder.ts';
import { type CauseCase, complains, short } from './cause-case.ts';
import { fixedPort, grouped, noPlace, onHosts } from './host-account.ts';

export const placementCases: readonly CauseCase[] = [
  {
    class: 'insufficient-cluster-resources',
    verdict: 'proven',
    ill: (s) => (
      onHosts(s, [{ memory: 100 }, { memory: 200 }]),
      short(s),
      complains(s, noPlace('has insufficient memory available.'))
    ),
    decoy: (s) => (
      onHosts(s, [{ memory: 100 }, {}]), short(s), complains(s, noPlace('has insufficient memory available.'))
    ),
    denied: ['ecs:ListContainerInstances'],
  },
  {
    class: 'host-port-conflict',
    verdict: 'proven',
    ill: (s) => (
      onHosts(s, [{ ports: ['22', '8080'] }]),
      fixedPort(s),
      short(s),
      complains(s, noPlace('is already using a port required by your task.'))
    ),
    decoy: (s) => (
      onHosts(s, [{ ports: ['22', '8080'] }, {}]),
      fixedPort(s),
      short(s),
      complains(s, noPlace('is already using a port required by your task.'))
    ),
    denied: ['ecs:DescribeContainerInstances'],
  },
  {
    class: 'placement-constraint-unmet',
    verdict: 'proven',
    ill: (s) => {
      onHosts(s, [{}]);
      theService(s).placementConstraints = [
        { type: 'memberOf', expression: 'attribute:ecs.instance-type =~ g4dn.*' },
      ];
      short(s);
      complains(s, noPlace('is missing an attribute required by your task.'));
    },
    decoy: (s) => {
      onHosts(s, [{ attributes: [{ name: 'ecs.instance-type', value: 'g4dn.xlarge' }] }]);
      theService(s).placementConstraints = [
        { type: 'memberOf', expression: 'attribute:ecs.instance-type =~ g4dn.*' },
      ];
      short(s);
      complains(s, noPlace('is missing an attribute required by your task.'));
    },
    denied: ['ecs:ListContainerInstances'],
  },
  {
    class: 'agent-disconnected',
    verdict: 'proven',
    ill: (s) => (
      onHosts(s, [{ connected: false }]), short(s), complains(s, noPlace('encountered error "AGENT".'))
    ),
    decoy: (s) => (
      onHosts(s, [{ connected: false }, {}]), short(s), complains(s, noPlace('encountered error "AGENT".'))
    ),
    denied: ['ecs:DescribeContainerInstances'],
  },
  {
    class: 'asg-capacity-failure',
    verdict: 'proven',
    ill: (s) => (
      onHosts(s, []),
      short(s),
      grouped(
        s,
        { max: 3, instances: [] },
        'You have requested more vCPU capacity than your current vCPU limit allows.',
      ),
      complains(
        s,
        'was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your capacity provider.',
      )
    ),
    decoy: (s) => (
      onHosts(s, [{}]),
      short(s),
      grouped(s, { max: 1, instances: ['i-0aaaa1111bbbb2220'] }),
      complains(s, noPlace('has insufficient memory available.'))
    ),
    denied: ['autoscaling:DescribeAutoScalingGroups'],
  },
  {
    class: 'instance-registration-failed',
    verdict: 'proven',
    ill: (s) => (
      onHosts(s, []),
      short(s),
      grouped(s, { max: 2, instances: ['i-0bbbb1111bbbb2220'] }),
      complains(
        s,
        'was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster.',
      )
    ),
    decoy: (s) => (
      onHosts(s, [{ memory: 10 }]),
      short(s),
      grouped(s, { max: 1, instances: ['i-0aaaa1111bbbb2220'] }),
      complains(s, noPlace('has insufficient memory available.'))
    ),
    denied: ['ecs:ListContainerInstances'],
  },
];
