// What a case is: an account that is ill in one way, as AWS would show it, and what must be said about it.

import type { CauseClass, Finding } from '../../src/contract/finding.ts';
import { account, type Place, type World } from './base.ts';

export interface CauseCase {
  readonly class: CauseClass;
  /** Set where the same class has accounts of another kind, such as `on hosts`. */
  readonly kind?: string;
  /** `proven`: the state decides. `likely`: no state can prove it, for the reason in `why`; more is not demanded. */
  readonly verdict: 'proven' | 'likely';
  readonly why?: string;
  /** Of the decoyed account, where its other form can be proven less. */
  readonly decoyedVerdict: 'proven' | 'likely';
  /** The account with this cause alone. */
  readonly plain: () => World;
  /** Another account with this cause, and much beside it that only looks like a cause. */
  readonly decoyed: () => World;
  /** The reads without which the plain account cannot be proven; `service:*` for all of a service. */
  readonly denied: readonly string[];
  /** The EventBridge rule that is asked about instead of the service. */
  readonly rule?: (world: World) => string;
}

export interface HealthyCase {
  readonly name: string;
  readonly account: () => World;
}

export interface MixedCase {
  readonly name: string;
  readonly account: () => World;
  /** All of these must be found, the first as the first finding. */
  readonly classes: readonly CauseClass[];
}

export interface ToldCase {
  readonly name: string;
  readonly account: () => World;
  readonly class: CauseClass;
  readonly verdicts: readonly Finding['verdict'][];
  /** Has to stand in title, explanation or culprits. */
  readonly says?: (world: World) => readonly (string | RegExp)[];
  /** May stand in neither title nor explanation. */
  readonly never?: readonly RegExp[];
  /** The tool of a change that has to be offered; null when none may be. */
  readonly fix?: string | null;
  /** What the inputs of the offered changes hold, as JSON. */
  readonly asks?: string;
  /** Classes no finding may have. */
  readonly neverClass?: readonly CauseClass[];
  /** A read without which it is not sure, and which has to be named as missing. */
  readonly missing?: string;
}

type Change = (world: World) => void;

/** A cause at two places: plain at the first, with decoys at the second (there in another form, when `again` is given). */
export function cause(
  name: CauseClass,
  one: {
    readonly kind?: string;
    readonly verdict?: 'proven' | 'likely';
    readonly againVerdict?: 'likely';
    readonly why?: string;
    readonly denied: readonly string[];
    readonly rule?: (world: World) => string;
    readonly at: Place;
    readonly ill: Change;
    readonly decoysAt: Place;
    readonly again?: Change;
    readonly decoys: readonly Change[];
  },
): CauseCase {
  return {
    class: name,
    ...(one.kind === undefined ? {} : { kind: one.kind }),
    verdict: one.verdict ?? 'proven',
    decoyedVerdict: one.againVerdict ?? one.verdict ?? 'proven',
    ...(one.why === undefined ? {} : { why: one.why }),
    denied: one.denied,
    ...(one.rule === undefined ? {} : { rule: one.rule }),
    plain: () => changed(one.at, [one.ill]),
    decoyed: () => changed(one.decoysAt, [...one.decoys, one.again ?? one.ill]),
  };
}

export function changed(place: Place, changes: readonly Change[]): World {
  const world = account(place);
  for (const change of changes) change(world);
  return world;
}
