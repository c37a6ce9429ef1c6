// A fault: one change to a healthy account, made the way people make it and recorded where AWS records such things, with the
// truth about it kept apart for whoever scores an answer.

import type { CauseClass } from '../../contract/finding.ts';
import type { SimulatedAccount } from '../account.ts';
import type { AccountPlan, ServicePlan } from '../accounts/plan.ts';
import type { Random } from '../accounts/random.ts';

export interface FaultSite {
  readonly account: SimulatedAccount;
  readonly plan: AccountPlan;
  /** The service it happens to. */
  readonly service: ServicePlan;
  readonly random: Random;
}

export interface Fault {
  /** Its own name in the catalogue; several faults may have one class. */
  readonly name: string;
  readonly class: CauseClass;
  /** One line, for lists. */
  readonly about: string;
  /** Whether this account and service have what the fault breaks. */
  fits(plan: AccountPlan, service: ServicePlan): boolean;
  /** Changes the state. Returns the ids or ARNs of which an answer must name at least one. */
  inject(site: FaultSite): readonly string[];
  /** What people or programs go on doing afterwards, until somebody asks. */
  readonly again?: { readonly everyMinutes: number; act(site: FaultSite): void };
  /** Simulated minutes until everything shows that will show; 20 by default. */
  readonly minutes?: number;
  /** Whether it breaks what several services share in this account, such as a route table or the security group of their hosts. */
  readonly touchesOthers?: boolean | ((plan: AccountPlan) => boolean);
  /** Set when a trouble of another service could end it, by giving back what is short. */
  readonly alone?: boolean;
  /**
   * Set when the tasks of the service run on as if nothing were: what is broken is a change that AWS refuses, a schedule, a session, or
   * the way tasks end.
   */
  readonly runsOn?: boolean;
  /** What a person asks in this case, when it is not why the service is unhealthy. */
  question?(plan: AccountPlan, service: ServicePlan): string;
  /** Whether a change that Lockkeeper offers can mend it; those in IAM and in programs cannot. */
  readonly mendable: boolean;
}

/** Whether the fault breaks more in this account than one service. */
export function touchesOthers({ touchesOthers: answer = false }: Fault, plan: AccountPlan): boolean {
  return typeof answer === 'function' ? answer(plan) : answer;
}

/** Every account and service. */
export const anywhere = (): boolean => true;
