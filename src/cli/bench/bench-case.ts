// One case of the bench: an account made from a seed, a fault put into it or none, and what becomes of it until somebody asks.

import type { CauseClass } from '../../contract/finding.ts';
import type { Snapshot } from '../../contract/snapshot.ts';
import { madeUpAccount } from '../../simulator/accounts/made-up-account.ts';
import type { AccountPlan, ServicePlan } from '../../simulator/accounts/plan.ts';
import { type Random, seededRandom } from '../../simulator/accounts/random.ts';
import { fastForward } from '../../simulator/fast-forward.ts';
import { faults } from '../../simulator/faults/catalogue.ts';
import { type Fault, touchesOthers } from '../../simulator/faults/fault.ts';

export interface BenchCase {
  /** `<seed>/<index>`; makes the same case again. */
  readonly id: string;
  readonly plan: AccountPlan;
  /** The service that is asked about. */
  readonly service: ServicePlan;
  /** Null: nothing was broken. */
  readonly fault: Fault | null;
  /** The truth: the class, and the ids of which an answer must name one. */
  readonly truth: { readonly class: CauseClass; readonly culprits: readonly string[] };
  /** The account before anything was broken. */
  readonly before: Snapshot;
  /** The account when somebody asks. */
  readonly snapshot: Snapshot;
}

/** When every made-up account begins; a fixed moment, so that a case is the same on every day. */
const STARTS_MS = Date.parse('2026-11-20T10:00:00Z');
/** One account in this many has no fault. */
const HEALTHY_EVERY = 10;
/** How often another service has a trouble of its own. */
const DECOY_SHARE = 0.25;
const DEFAULT_MINUTES = 20;
const TRIES_MAX = 200;

/** The classes of a comma-separated list, or every class with a fault for `all`. Returns null for an unknown name. */
export function wantedFaults(list: string): readonly Fault[] | null {
  if (list === 'all') return faults;
  const names = list.split(',').map((name) => name.trim());
  const known = names.every((name) => faults.some((fault) => fault.name === name || fault.class === name));
  return known ? faults.filter((fault) => names.includes(fault.name) || names.includes(fault.class)) : null;
}

/** Case number `index` of `seed`: faults take turns, so that every class is met equally often. */
export function benchCase(seed: string, index: number, wanted: readonly Fault[]): BenchCase {
  const id = `${seed}/${index}`;
  const random = seededRandom(id);
  const healthy = index % HEALTHY_EVERY === HEALTHY_EVERY - 1;
  const turn = index - Math.floor(index / HEALTHY_EVERY);
  const fault = healthy ? null : (byClass(wanted)[turn % wanted.length] ?? null);
  for (let attempt = 0; attempt < TRIES_MAX; attempt++) {
    const { plan, snapshot } = madeUpAccount(`${id}/${attempt}`, { nowMs: STARTS_MS });
    const [service] = plan.services;
    if (service === undefined || (fault !== null && !fault.fits(plan, service))) continue;
    return {
      id,
      plan,
      service,
      fault,
      before: snapshot,
      ...later({ plan, service, fault, snapshot, random }),
    };
  }
  throw new RangeError(`no account of ${id} fits the fault ${fault?.name ?? 'none'}`);
}

/** One fault of every class first, then the second of those that have two, and so on. */
function byClass(wanted: readonly Fault[]): readonly Fault[] {
  const seen = new Map<string, number>();
  const rank = new Map(
    wanted.map((fault) => {
      const before = seen.get(fault.class) ?? 0;
      seen.set(fault.class, before + 1);
      return [fault, before] as const;
    }),
  );
  return [...wanted].sort((left, right) => (rank.get(left) ?? 0) - (rank.get(right) ?? 0));
}

interface Beginning {
  readonly plan: AccountPlan;
  readonly service: ServicePlan;
  readonly fault: Fault | null;
  readonly snapshot: Snapshot;
  readonly random: Random;
}

function later({ plan, service, fault, snapshot, random }: Beginning): Pick<BenchCase, 'truth' | 'snapshot'> {
  const minutes = fault?.minutes ?? DEFAULT_MINUTES;
  let culprits: readonly string[] = [];
  const again = fault?.again;
  const end = fastForward(snapshot, minutes, {
    first: (account) => {
      if (fault !== null) culprits = fault.inject({ account, plan, service, random });
      if (random.chance(DECOY_SHARE) && fault?.alone !== true) addDecoy({ plan, service, account, random });
    },
    again: again && { ...again, change: (account) => again.act({ account, plan, service, random }) },
  });
  return { truth: { class: fault?.class ?? 'healthy', culprits }, snapshot: end };
}

/** A trouble of another service, of a kind that touches nobody else. */
function addDecoy({
  plan,
  service,
  account,
  random,
}: Pick<Beginning, 'plan' | 'service' | 'random'> & {
  account: Parameters<Fault['inject']>[0]['account'];
}): void {
  const others = plan.services.filter((one) => one !== service);
  if (others.length === 0) return;
  const other = random.pick(others);
  const own = faults.filter(
    (fault) =>
      !touchesOthers(fault, plan) &&
      fault.fits(plan, other) &&
      fault.minutes === undefined &&
      fault.again === undefined,
  );
  if (own.length > 0) random.pick(own).inject({ account, plan, service: other, random });
}
