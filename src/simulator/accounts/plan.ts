// What a made-up account consists of, decided before anything of it is built: names, places, sizes and who needs whom.
// Everything else in this folder only writes the plan down in AWS's shapes.

import { type FleetPlan, planFleet } from './fleet-plan.ts';
import type { Random } from './random.ts';

/** How tasks reach what is outside of their subnets. */
export type WayOut = 'nat-per-zone' | 'one-nat' | 'endpoints' | 'public';

export interface ZonePlan {
  readonly name: string;
  /** Of the regional list of zone ids, such as `euw1-az2`. */
  readonly id: string;
  readonly subnets: { readonly public: string; readonly tasks: string; readonly data: string };
  /** The third number of the subnets' addresses, such as 11 for 10.40.11.0/24. */
  readonly third: { readonly public: number; readonly tasks: number; readonly data: number };
}

export interface DatabasePlan {
  readonly name: string;
  readonly engine: 'postgres' | 'mysql';
  readonly port: number;
  readonly host: string;
  readonly group: string;
  readonly address: string;
}

export interface ServicePlan {
  readonly name: string;
  readonly container: string;
  readonly launchType: 'FARGATE' | 'EC2';
  readonly desired: number;
  readonly revision: number;
  readonly tag: string;
  readonly port: number;
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly balanced: boolean;
  readonly healthPath: string;
  readonly database: DatabasePlan | undefined;
  /** Name of the secret with the database's password, for services that have one. */
  readonly secret: string | undefined;
  readonly group: string;
  readonly executionRole: string;
  readonly taskRole: string;
  readonly logGroup: string;
  readonly architecture: 'X86_64' | 'ARM64';
}

export interface AccountPlan {
  readonly seed: string;
  readonly account: string;
  readonly region: string;
  readonly nowMs: number;
  readonly cluster: string;
  readonly vpc: string;
  /** The second number of all addresses, such as 40 for 10.40.0.0/16. */
  readonly second: number;
  readonly zones: readonly ZonePlan[];
  readonly wayOut: WayOut;
  readonly balancer: { readonly name: string; readonly id: string; readonly group: string };
  readonly databases: readonly DatabasePlan[];
  readonly services: readonly ServicePlan[];
  /** The hosts, when tasks do not run on Fargate. */
  readonly fleet: FleetPlan | undefined;
  /** More random ids and choices for this account, in order. */
  readonly random: Random;
}

const REGIONS = [
  ['us-east-1', 'use1'],
  ['us-west-2', 'usw2'],
  ['eu-central-1', 'euc1'],
  ['eu-west-1', 'euw1'],
  ['ap-southeast-2', 'apse2'],
  ['ca-central-1', 'cac1'],
] as const;
const CLUSTERS = ['prod', 'production', 'live', 'core-prod', 'platform', 'shop-prod', 'main'];
const NOUNS = [
  'checkout',
  'catalog',
  'orders',
  'billing',
  'search',
  'accounts',
  'ledger',
  'pricing',
  'shipping',
  'reviews',
  'gateway',
  'sessions',
  'invoices',
  'notifications',
  'inventory',
  'recommender',
];
const KINDS = ['api', 'web', 'worker', 'service', 'backend', ''];
const DATABASES = ['orders', 'core', 'main', 'app', 'ledger', 'customers'];
const SIZES = [
  [256, 512],
  [256, 1024],
  [512, 1024],
  [512, 2048],
  [1024, 2048],
] as const;

export interface PlanOptions {
  readonly nowMs: number;
  readonly launchType?: 'FARGATE' | 'EC2';
  readonly wayOut?: WayOut;
  /** Of tasks on hosts. */
  readonly networkMode?: FleetPlan['networkMode'];
}

/** Decides an account; the same random numbers and options give the same one. */
export function planAccount(seed: string, random: Random, options: PlanOptions): AccountPlan {
  const [region, zonePrefix] = random.pick(REGIONS);
  const cluster = random.pick(CLUSTERS);
  const second = random.int(10, 250);
  const zones = random
    .sample(['a', 'b', 'c'], random.int(2, 3))
    .sort()
    .map((letter, index) => zoneOf(random, { region, letter, zonePrefix, index }));
  const databases = random
    .sample(DATABASES, random.int(1, 2))
    .map((name, index) => databaseOf(random, { name, region, second, zone: zones[0], index }));
  const launchType = options.launchType ?? (random.chance(0.75) ? 'FARGATE' : 'EC2');
  const names = random.sample(NOUNS, random.int(3, 6)).map((noun) => nameOf(random, noun));
  // Tasks on instances never get public addresses, so nobody runs them in public subnets for long.
  const ways = (['nat-per-zone', 'nat-per-zone', 'one-nat', 'endpoints', 'public'] as const).filter(
    (way) => way !== 'public' || launchType === 'FARGATE',
  );
  const account = random.digits(12);
  const vpc = random.id('vpc');
  const wayOut = options.wayOut ?? random.pick(ways);
  const balancer = { name: `${cluster}-alb`, id: random.hex(16), group: random.id('sg') };
  const services = names.map((name, index) => serviceOf(random, { name, index, databases, launchType }));
  const { networkMode } = options;
  return {
    seed,
    account,
    region,
    nowMs: options.nowMs,
    cluster,
    vpc,
    second,
    zones,
    wayOut,
    balancer,
    databases,
    services,
    fleet:
      launchType === 'EC2' ? planFleet(seed, { cluster, second, zones, services, networkMode }) : undefined,
    random,
  };
}

function nameOf(random: Random, noun: string): string {
  const kind = random.pick(KINDS);
  return kind === '' ? noun : `${noun}-${kind}`;
}

function zoneOf(
  random: Random,
  {
    region,
    letter,
    zonePrefix,
    index,
  }: { region: string; letter: string; zonePrefix: string; index: number },
): ZonePlan {
  return {
    name: `${region}${letter}`,
    id: `${zonePrefix}-az${index + 1}`,
    subnets: { public: random.id('subnet'), tasks: random.id('subnet'), data: random.id('subnet') },
    third: { public: index, tasks: 10 + index, data: 20 + index },
  };
}

function databaseOf(
  random: Random,
  place: { name: string; region: string; second: number; zone: ZonePlan | undefined; index: number },
): DatabasePlan {
  const engine = random.pick(['postgres', 'mysql'] as const);
  return {
    name: `${place.name}-db`,
    engine,
    port: engine === 'postgres' ? 5432 : 3306,
    host: `${place.name}-db.c${random.hex(11)}.${place.region}.rds.amazonaws.com`,
    group: random.id('sg'),
    address: `10.${place.second}.${place.zone?.third.data ?? 20}.${30 + place.index}`,
  };
}

function serviceOf(
  random: Random,
  about: {
    name: string;
    index: number;
    databases: readonly DatabasePlan[];
    launchType: 'FARGATE' | 'EC2';
  },
): ServicePlan {
  const { name, index } = about;
  const [cpu, memoryMiB] = random.pick(SIZES);
  // The first service is the one faults happen to: it has everything that can break.
  const full = index === 0;
  const database = full || random.chance(0.4) ? random.pick(about.databases) : undefined;
  return {
    name,
    container: random.pick(['app', 'web', 'api', 'main', name]),
    launchType: about.launchType,
    desired: random.int(full ? 2 : 1, 4),
    revision: random.int(3, 90),
    tag: `${random.int(1, 4)}.${random.int(0, 30)}.${random.int(0, 9)}`,
    port: random.pick([8080, 3000, 8000, 5000, 80]),
    cpu,
    memoryMiB,
    balanced: full || random.chance(0.5),
    healthPath: random.pick(['/health', '/healthz', '/ping', '/status']),
    database,
    secret: full || random.chance(0.3) ? `${name}/database` : undefined,
    group: random.id('sg'),
    executionRole: `${name}-execution`,
    taskRole: `${name}-task`,
    logGroup: random.pick([`/ecs/${name}`, `/aws/ecs/${name}`, `${name}-logs`]),
    // The hosts of made-up accounts are of one kind.
    architecture: random.chance(0.8) || about.launchType === 'EC2' ? 'X86_64' : 'ARM64',
  };
}
