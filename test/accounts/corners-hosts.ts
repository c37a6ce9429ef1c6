// Corners of hosts: the role of the container instance acts where a task definition names none, and an instance may have lost it.

import { found, type World, zones } from './base.ts';
import { allow, policy } from './base-roles.ts';
import { type Corner, corner, onHosts } from './corner.ts';
import { failedToStart, failing } from './incident.ts';
import { imageOf, theDefinition } from './workload.ts';

const hostRole = (w: World) =>
  found(
    w.snapshot.iam.Roles.find(({ RoleName }) => RoleName === 'ecsInstanceRole'),
    'role of the hosts',
  );
const hostSession = (w: World) =>
  `arn:aws:sts::${w.place.account}:assumed-role/ecsInstanceRole/${w.id('i', 'a')}`;

/** Tasks that name no execution role, and no secrets, which would need one. */
function byHostRole(w: World, allowed: string[]): void {
  const definition = theDefinition(w);
  delete definition.executionRoleArn;
  for (const container of definition.containerDefinitions ?? []) delete container.secrets;
  hostRole(w).policies = [policy('hosts', allow(['ecs:*', ...allowed]))];
}

const logs = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const pulls = [
  'ecr:GetAuthorizationToken',
  'ecr:BatchGetImage',
  'ecr:GetDownloadUrlForLayer',
  'ecr:BatchCheckLayerAvailability',
];

export const hostCorners: readonly Corner[] = [
  corner('hosts whose role may not ask for a token of the registry', {
    at: onHosts,
    class: 'exec-role-ecr-denied',
    verdicts: ['proven'],
    says: /ecsInstanceRole/,
    never: ['image-not-found', 'private-registry-auth'],
    ill: (w) => {
      byHostRole(w, logs);
      failing(w, {
        code: failedToStart,
        reason: 'Task failed to start',
        why: `CannotPullECRContainerError: AccessDeniedException: User: ${hostSession(w)} is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action status code: 400, request id: 31`,
        zones: ['a'],
      });
    },
  }),
  corner('hosts whose role may not pull, in words that name nobody', {
    at: onHosts,
    class: 'exec-role-ecr-denied',
    verdicts: ['proven'],
    says: /ecsInstanceRole/,
    never: ['image-not-found'],
    ill: (w) => {
      byHostRole(w, logs);
      failing(w, {
        code: failedToStart,
        reason: 'Task failed to start',
        why: `CannotPullContainerError: Error response from daemon: Head "https://${w.place.account}.dkr.ecr.${w.place.region}.amazonaws.com/v2/shop/manifests/2.14.0": no basic auth credentials`,
      });
    },
  }),
  corner('hosts whose role may not write log streams', {
    at: onHosts,
    class: 'exec-role-logs-denied',
    verdicts: ['proven'],
    says: /ecsInstanceRole/,
    never: ['log-group-missing'],
    ill: (w) => {
      byHostRole(w, pulls);
      failing(w, {
        code: failedToStart,
        reason: 'Task failed to start',
        why: `CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: AccessDeniedException: User: ${hostSession(w)} is not authorized to perform: logs:CreateLogStream on resource: ${w.arn('logs', `log-group:/ecs/corner/shop:log-stream:ecs/shop/${w.hex('stream', 32)}`)}`,
        zones: ['a'],
      });
    },
  }),
  corner('hosts without an instance profile', {
    at: onHosts,
    class: 'exec-role-ecr-denied',
    verdicts: ['proven'],
    says: /has no instance profile/,
    never: ['image-not-found', 'task-credentials-unavailable'],
    ill: (w) => {
      byHostRole(w, [...pulls, ...logs]);
      for (const instance of w.snapshot.ec2.Instances) delete instance.IamInstanceProfile;
      failing(w, {
        code: failedToStart,
        reason: 'Task failed to start',
        why: 'CannotPullECRContainerError: NoCredentialProviders: no valid providers in chain. Deprecated. For verbose messaging see aws.Config.CredentialsChainVerboseErrors',
      });
    },
  }),
  corner('hosts of which nobody may see the profile', {
    at: onHosts,
    class: 'exec-role-ecr-denied',
    verdicts: ['likely'],
    says: /role/,
    ill: (w) => {
      byHostRole(w, [...pulls, ...logs]);
      for (const instance of w.snapshot.ec2.Instances) delete instance.IamInstanceProfile;
      w.snapshot.denied.push('ec2:DescribeIamInstanceProfileAssociations');
      failing(w, {
        code: failedToStart,
        reason: 'Task failed to start',
        why: 'CannotPullECRContainerError: NoCredentialProviders: no valid providers in chain. Deprecated. For verbose messaging see aws.Config.CredentialsChainVerboseErrors',
      });
    },
  }),
  corner('hosts whose role may pull, and a tag that is not there', {
    at: onHosts,
    class: 'image-not-found',
    verdicts: ['proven'],
    says: /2\.99\.0/,
    never: ['exec-role-ecr-denied'],
    ill: (w) => {
      byHostRole(w, [...pulls, ...logs]);
      const wanted = imageOf(w, 'shop', '2.99.0');
      Object.assign(theDefinition(w).containerDefinitions?.[0] ?? {}, { image: wanted });
      failing(w, {
        code: failedToStart,
        reason: 'Task failed to start',
        why: `CannotPullContainerError: Error response from daemon: manifest for ${wanted} not found: manifest unknown: Requested image not found`,
        zones,
      });
    },
  }),
];
