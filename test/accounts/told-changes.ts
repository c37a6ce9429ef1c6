// What the new revision changed and its log complains of, and changes that only stand beside the fault.

import type { World } from './base.ts';
import { theNetwork } from './base-network.ts';
import { databaseHost } from './base-platform.ts';
import { changed, type ToldCase } from './case.ts';
import { clumsyPeople, scaryLines, workerOutOfMemory } from './decoys.ts';
import { essentialExited, exited, failingRollOut } from './incident.ts';
import { theDefinition } from './workload.ts';

const at = {
  region: 'eu-west-3',
  account: '330044550079',
  cluster: 'cellar',
  service: 'racker',
  net: 165,
} as const;

/** The new revision sets `values`; its tasks end with `log`. */
function settingChanged(w: World, values: Readonly<Record<string, string>>, log: readonly string[]): void {
  failingRollOut(
    w,
    (definition) => {
      for (const container of definition.containerDefinitions ?? []) {
        const kept = (container.environment ?? []).filter(({ name }) => !((name ?? '') in values));
        container.environment = [
          ...kept,
          ...Object.entries(values).map(([name, value]) => ({ name, value })),
        ];
      }
    },
    { code: exited, reason: essentialExited, lived: 12, exit: 1, log },
  );
}

/** Both revisions name the cache; the old one at its usual port. */
function withCache(w: World, address: string): void {
  for (const container of theDefinition(w).containerDefinitions ?? [])
    container.environment = [
      ...(container.environment ?? []),
      { name: 'REDIS_URL', value: `redis://${address}:6379/0` },
    ];
}

const cache = '10.165.40.18';
const mistyped = (w: World) => databaseHost(w).replace('.rds.', 'x.rds.');

export const toldChanges: readonly ToldCase[] = [
  {
    name: 'a database host with a letter too many',
    class: 'app-config-error',
    verdicts: ['proven', 'likely'],
    says: (w) => ['racker:42', 'DATABASE_HOST', databaseHost(w)],
    fix: 'ecs_update_service',
    account: () =>
      changed(at, [
        workerOutOfMemory,
        (w) =>
          settingChanged(w, { DATABASE_HOST: mistyped(w) }, [
            'starting',
            `Error: getaddrinfo ENOTFOUND ${mistyped(w)}`,
          ]),
      ]),
  },
  {
    name: 'a port that was changed and refuses',
    class: 'app-config-error',
    verdicts: ['likely'],
    says: () => ['REDIS_URL', `${cache}:6380`, `${cache}:6379`],
    account: () =>
      changed(at, [
        scaryLines,
        (w) => {
          withCache(w, cache);
          settingChanged(w, { REDIS_URL: `redis://${cache}:6380/0` }, [
            `Error: connect ECONNREFUSED ${cache}:6380`,
          ]);
        },
      ]),
  },
  {
    name: 'a port that refuses and was not changed, beside another change',
    class: 'unknown',
    verdicts: ['unknown'],
    account: () =>
      changed(at, [
        (w) => {
          withCache(w, cache);
          settingChanged(w, { PAGE_SIZE: '50' }, [`Error: connect ECONNREFUSED ${cache}:6379`]);
        },
      ]),
  },
  {
    name: 'a new address to which the way is shut',
    class: 'task-sg-egress-blocked',
    verdicts: ['proven'],
    account: () =>
      changed(at, [
        (w) => {
          withCache(w, '10.165.40.17');
          theNetwork(w).group('app').IpPermissionsEgress = [
            {
              IpProtocol: 'tcp',
              FromPort: 443,
              ToPort: 443,
              IpRanges: [{ CidrIp: '0.0.0.0/0' }],
            },
          ];
          settingChanged(w, { REDIS_URL: `redis://${cache}:6379/0` }, [
            `Error: connect ETIMEDOUT ${cache}:6379`,
          ]);
        },
      ]),
  },
  {
    name: 'keys set in the environment that AWS does not know',
    class: 'app-config-error',
    verdicts: ['likely'],
    says: () => ['AWS_ACCESS_KEY_ID', 'InvalidAccessKeyId', /task role/],
    account: () =>
      changed(at, [
        clumsyPeople,
        (w) =>
          settingChanged(w, { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLEEXAMPLE00', AWS_SECRET_ACCESS_KEY: 'x' }, [
            'botocore.exceptions.ClientError: An error occurred (InvalidAccessKeyId) when calling the ListObjectsV2 operation: The AWS Access Key Id you provided does not exist in our records.',
          ]),
      ]),
  },
];
