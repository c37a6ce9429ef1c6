// Corners of references: what a service names is in another network, and what only sounds as if something were gone.

import type { World } from './base.ts';
import { everything } from './base-network.ts';
import { type Corner, corner } from './corner.ts';
import { event, failedToStart, failing } from './incident.ts';
import { theDefinition, theService } from './workload.ts';

const STRANGE = 'sg-0aa11bb22cc33dd44';

/** The service takes its group from the VPC of another stack. */
function groupOfOthers(w: World): void {
  w.snapshot.ec2.Vpcs.push({ VpcId: w.id('vpc', 'other'), CidrBlock: '10.250.0.0/16', State: 'available' });
  w.snapshot.ec2.SecurityGroups.push({
    GroupId: STRANGE,
    GroupName: 'other-app',
    VpcId: w.id('vpc', 'other'),
    IpPermissions: [],
    IpPermissionsEgress: [everything],
  });
  Object.assign(theService(w).networkConfiguration?.awsvpcConfiguration ?? {}, { securityGroups: [STRANGE] });
}

export const referenceCorners: readonly Corner[] = [
  corner('a group of another VPC', {
    class: 'stale-or-wrong-reference',
    verdicts: ['proven'],
    says: /another VPC/,
    ill: (w) => {
      groupOfOthers(w);
      failing(w, { code: failedToStart, reason: 'ignored', count: 0 });
      event(
        w,
        120,
        `(service shop) failed to launch a task with (error Unexpected EC2 error while attempting to Create Network Interface with public IP assignment disabled in subnet: InvalidParameterValue: Security group ${STRANGE} and subnet ${w.id('subnet', 'private-a')} belong to different networks.).`,
      );
    },
  }),
  corner('a deregistered revision that goes on running, and an image that is gone', {
    class: 'image-not-found',
    verdicts: ['proven'],
    says: /2\.14\.0/,
    // ECS goes on starting tasks of a revision that was deregistered while a service used it.
    never: ['stale-or-wrong-reference'],
    ill: (w) => {
      theDefinition(w).status = 'INACTIVE';
      const [repository] = w.snapshot.ecr.repositories.filter(
        ({ repositoryName }) => repositoryName === 'shop',
      );
      if (repository !== undefined) repository.images = [];
      const image = theDefinition(w).containerDefinitions?.[0]?.image ?? '';
      failing(w, {
        code: failedToStart,
        reason: `CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref ${image}: ${image}: not found`,
      });
    },
  }),
  corner('a secret that is "not found" beside the word subnet', {
    class: 'secret-reference-invalid',
    verdicts: ['proven'],
    says: /database/,
    never: ['stale-or-wrong-reference'],
    ill: (w) => {
      w.snapshot.secretsmanager.secrets.length = 0;
      failing(w, {
        code: failedToStart,
        reason: `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ResourceNotFoundException: Secrets Manager can't find the specified value, check the task's subnet and security group: not found: ${w.arn('secretsmanager', 'secret:corner/database-Ab3dE9')}`,
      });
    },
  }),
];
