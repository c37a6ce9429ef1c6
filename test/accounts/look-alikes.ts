// Accounts in which the first thing one thinks of is wrong: the text says one cause, the state another.

import type { CauseClass } from '../../src/contract/finding.ts';
import type { World } from './base.ts';
import { changed } from './case.ts';
import { essentialExited, exited, failing } from './incident.ts';
import {
  deadZoneC,
  deniedOutright,
  endpointRefuses,
  endpointRefusesLogs,
  endpointRefusesSecret,
  filesClosedInC,
  hiddenRepository,
  keyRefuses,
  missingTag,
  narrowButOpen,
  rolesUnderPath,
  sidecarEnds,
  sizeNobodySells,
  twoGroups,
} from './look-alike-changes.ts';
import { clientLibraryTimesOut, noWayOutToDatabase } from './network-peers.ts';
import { addStopped } from './tasks.ts';

export interface LookAlike {
  readonly name: string;
  readonly account: () => World;
  /** Classes the first finding may have. */
  readonly classes: readonly CauseClass[];
  /** Classes that may be neither proven nor likely. */
  readonly never: readonly CauseClass[];
}

const at = {
  region: 'eu-west-1',
  account: '787878121212',
  cluster: 'mirror',
  service: 'twin',
  net: 130,
} as const;
const onHosts = { ...at, launch: 'EC2' } as const;

const networkClasses: readonly CauseClass[] = [
  'no-egress-route',
  'public-subnet-no-public-ip',
  'task-sg-egress-blocked',
  'nacl-blocked',
  'missing-vpc-endpoint',
  's3-path-blocked',
  'vpc-dns-misconfig',
  'dependency-unreachable',
];

export const lookAlikes: readonly LookAlike[] = [
  {
    name: 'a library that gives up after 200 ms while the network is open',
    classes: ['app-config-error', 'unknown'],
    never: networkClasses,
    account: () => changed(at, [clientLibraryTimesOut]),
  },
  {
    name: 'a database that would let the tasks in, and a group of theirs that lets nothing out to it',
    classes: ['task-sg-egress-blocked'],
    never: ['dependency-unreachable'],
    account: () => changed(at, [noWayOutToDatabase]),
  },
  {
    name: 'a revision of a size Fargate does not have, of which no task was ever made',
    classes: ['invalid-task-definition'],
    never: networkClasses,
    account: () => changed(at, [sizeNobodySells]),
  },
  {
    name: 'a group that lets nothing out beside one that lets everything out',
    classes: ['secret-reference-invalid'],
    never: ['task-sg-egress-blocked'],
    account: () => changed(at, [twoGroups]),
  },
  {
    name: '403 in the log, given to users of the application',
    classes: ['app-config-error'],
    never: ['task-role-denied'],
    account: () =>
      changed(at, [
        (w) =>
          failing(w, {
            code: exited,
            reason: essentialExited,
            lived: 14,
            exit: 1,
            log: [
              'WARN AccessDenied: user 5512 is not authorized to perform: orders.delete on resource: order/77',
              'GET /admin 403',
              'FATAL config: PAYMENT_PROVIDER must be set',
            ],
          }),
      ]),
  },
  {
    name: 'killed with 137 by a person who stopped the tasks',
    // That SIGTERM was not heeded is true as well; nothing else is wrong.
    classes: ['healthy', 'graceful-shutdown-gap'],
    never: ['oom-killed', 'infrastructure-interruption', 'app-config-error'],
    account: () =>
      changed(at, [
        (w) =>
          void addStopped(w, {
            count: 2,
            last: 1_200,
            code: 'UserInitiated',
            reason: 'Task stopped by user',
            lived: 9_000,
            stopping: 31,
            exit: 137,
          }),
      ]),
  },
  {
    name: 'a NAT gateway deleted in a zone that the service does not use',
    classes: ['healthy'],
    never: networkClasses,
    account: () => changed(at, [deadZoneC]),
  },
  {
    name: 'a repository that "does not exist" for a role that may not see it',
    classes: ['exec-role-ecr-denied'],
    never: ['image-not-found', 'private-registry-auth'],
    account: () => changed(onHosts, [hiddenRepository]),
  },
  {
    name: 'an essential sidecar without its key, and an application that only ends with it',
    classes: ['app-config-error'],
    never: ['graceful-shutdown-gap', 'app-clean-exit', 'oom-killed'],
    account: () => changed(at, [sidecarEnds]),
  },
  {
    name: 'an endpoint whose policy admits other repositories only',
    classes: ['missing-vpc-endpoint'],
    never: ['exec-role-ecr-denied', 'image-not-found'],
    account: () => changed(at, [endpointRefuses]),
  },
  {
    name: 'an endpoint whose policy lets only other secrets through',
    classes: ['missing-vpc-endpoint'],
    never: ['exec-role-secret-denied', 'secret-reference-invalid', 'no-egress-route'],
    account: () => changed(at, [endpointRefusesSecret]),
  },
  {
    name: 'an endpoint whose policy denies log streams',
    classes: ['missing-vpc-endpoint'],
    never: ['exec-role-logs-denied', 'log-group-missing', 'no-egress-route'],
    account: () => changed(at, [endpointRefusesLogs]),
  },
  {
    name: 'egress by prefix list and endpoint group, which is enough, and a tag that is not there',
    classes: ['image-not-found'],
    never: networkClasses,
    account: () => changed(at, [narrowButOpen, missingTag]),
  },
  {
    name: 'an explicit deny beside a broad allow',
    classes: ['exec-role-secret-denied'],
    never: ['secret-reference-invalid'],
    account: () => changed(at, [deniedOutright]),
  },
  {
    name: 'a secret that may be read, under a key that may not be used',
    classes: ['exec-role-secret-denied'],
    never: ['secret-reference-invalid'],
    account: () => changed(at, [keyRefuses]),
  },
  {
    name: 'a mount target that admits the networks of two zones out of three',
    classes: ['efs-unreachable'],
    never: ['efs-access-denied', 'dependency-unreachable', 'task-sg-egress-blocked'],
    account: () => changed(at, [filesClosedInC]),
  },
  {
    name: 'roles under a path, and a tag that is not there',
    classes: ['image-not-found'],
    never: ['role-assume-failed', 'exec-role-ecr-denied'],
    account: () => changed(at, [rolesUnderPath, missingTag]),
  },
  {
    name: 'an architecture named in the log, and a missing file',
    classes: ['app-config-error', 'entrypoint-invalid'],
    never: ['platform-mismatch'],
    account: () =>
      changed(at, [
        (w) =>
          failing(w, {
            code: exited,
            reason: essentialExited,
            lived: 3,
            exit: 1,
            log: [
              'running on linux/amd64; arm64 builds may raise exec format error',
              'Error: Cannot find module /srv/dist/main.js',
            ],
          }),
      ]),
  },
];
