// The account the cases start from: a VPC over three zones with NAT, endpoints, a database, a cache and a shared file
// system; an application load balancer; roles, repositories, secrets and logs; the service that is asked about and three
// others beside it. Everything is well. Ids follow from the place, so that no two accounts share one.

import { createHash } from 'node:crypto';
import { parseSnapshot, SNAPSHOT_FORMAT, type Snapshot } from '../../src/contract/snapshot.ts';
import { addHosts } from './base-hosts.ts';
import { addNetwork } from './base-network.ts';
import { addPlatform } from './base-platform.ts';
import { addService } from './workload.ts';

/** Where a case happens and what the service is like. */
export interface Place {
  readonly region: string;
  readonly account: string;
  readonly cluster: string;
  readonly service: string;
  /** Second byte of the VPC's 10.x.0.0/16. */
  readonly net: number;
  readonly count?: number;
  readonly port?: number;
  readonly launch?: 'FARGATE' | 'EC2';
  /** On EC2: bridge unless another is asked for. */
  readonly mode?: 'awsvpc' | 'bridge' | 'host';
  readonly now?: string;
}

export interface World {
  readonly place: Required<Place>;
  readonly snapshot: Snapshot;
  readonly nowMs: number;
  /** An id as EC2 gives them: `subnet-0…`, the same for the same name in the same account. */
  id(kind: string, name: string): string;
  /** Hexadecimal digits that belong to a name in this account. */
  hex(name: string, digits: number): string;
  arn(service: string, resource: string): string;
  role(name: string): string;
  /** A number no task of this account has had. */
  nextTask(): number;
  /** The moment so many seconds before the snapshot was taken, as ISO-8601 text. */
  ago(seconds: number): string;
}

export const zones = ['a', 'b', 'c'] as const;
export type Zone = (typeof zones)[number];

/** A healthy account at `place`; cases change it. */
export function account(place: Place): World {
  const world = emptyWorld(place);
  addNetwork(world);
  addPlatform(world);
  if (world.place.launch === 'EC2') addHosts(world);
  const { cluster, service, count, port } = world.place;
  addService(world, { name: service, cluster, count, port, group: 'app', public: true });
  addService(world, { name: 'ledger-worker', cluster, count: 2, port: 9000, group: 'worker' });
  addService(world, { name: 'storefront', cluster, count: 2, port: 3000, group: 'storefront' });
  addService(world, { name: 'thumbnailer', cluster: 'batch', count: 1, port: 7000, group: 'worker' });
  return world;
}

function emptyWorld(given: Place): World {
  const now = given.now ?? '2026-05-12T14:20:00Z';
  const place = { count: 3, port: 8080, launch: 'FARGATE', mode: 'bridge', now, ...given } as const;
  const { region, account: id } = place;
  const snapshot = parseSnapshot({ format: SNAPSHOT_FORMAT, takenAt: now, account: { id, region } });
  const nowMs = Date.parse(now);
  const hex = (name: string, digits: number) =>
    createHash('sha256').update(`${id}/${region}/${name}`).digest('hex').slice(0, digits);
  let tasks = 0;
  return {
    nextTask: () => tasks++,
    place,
    snapshot,
    nowMs,
    hex,
    id: (kind, name) => `${kind}-0${hex(`${kind}/${name}`, 16)}`,
    arn: (service, resource) => `arn:aws:${service}:${region}:${id}:${resource}`,
    role: (name) => `arn:aws:iam::${id}:role/${name}`,
    ago: (seconds) => new Date(nowMs - seconds * 1000).toISOString(),
  };
}

/** A list's member; a builder that asks for what is not there is a fault of the case. */
export function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the built account has no ${what}`);
  return value;
}
