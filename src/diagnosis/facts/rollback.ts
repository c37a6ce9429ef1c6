// A deployment that ECS gave up and went back from: the circuit breaker or an alarm did it, and afterwards the service looks well with the
// revision people wanted to replace. Told by ECS's own events and the reason it gives for the deployment that followed.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html

import type { EvidenceRef } from '../../contract/finding.ts';
import type { Facts } from './facts.ts';

export interface Rollback {
  readonly atMs: number | undefined;
  /** The revision ECS went back to. */
  readonly to: string;
  /** The revision that was given up, when stopped tasks still show it. */
  readonly from: string | undefined;
  /** Why its newest task ended, in ECS's words; empty when no task is visible any more. */
  readonly why: string;
  readonly failed: number;
  readonly over: boolean;
  readonly evidence: readonly EvidenceRef[];
}

const BACK = /\brolling back to\b|\brolled back\b/i;
const REASON_CHARS = 160;

/** The rollback the present deployment is the result of; undefined when it is an ordinary one. */
export function rollbackOf({ service, tasks }: Pick<Facts, 'service' | 'tasks'>): Rollback | undefined {
  const { primary } = service;
  if (primary === undefined) return undefined;
  const event = service.events.find(({ message }) => BACK.test(message));
  const told = BACK.test(primary.rolloutStateReason);
  // Whoever deployed after it has left it behind: then the event is older than the deployment by more than a moment.
  const current = event?.atMs !== undefined && event.atMs >= (primary.createdAtMs ?? 0) - SLACK_MS;
  if (!told && !current) return undefined;
  const given = tasks.filter(
    (task) =>
      task.stopped &&
      task.revision !== primary.revision &&
      (task.kind === 'start' || task.kind === 'exit' || task.kind.endsWith('health')),
  );
  const [newest] = [...given].sort((a, b) => (b.stoppedAtMs ?? 0) - (a.stoppedAtMs ?? 0));
  return {
    atMs: event?.atMs ?? primary.createdAtMs,
    to: primary.revision,
    from: newest?.revision,
    why: (newest?.stoppedReason ?? '').slice(0, REASON_CHARS),
    failed: given.filter(({ revision }) => revision === newest?.revision).length,
    over: primary.rolloutState === 'COMPLETED' || primary.rolloutState === undefined,
    evidence: [
      ...(event === undefined ? [] : [event.at]),
      ...(told ? [{ ...primary.at, path: `${primary.at.path}.rolloutStateReason` }] : []),
      ...(newest === undefined
        ? []
        : [{ id: newest.observed.at.id, path: `${newest.observed.at.path}.stoppedReason` }]),
    ],
  };
}

/** The event and the deployment are recorded within moments of each other. */
const SLACK_MS = 2 * 60_000;

/** "ECS gave up api:43 at 14:02 UTC (6 tasks failed, the newest with "…") and went back to api:42." */
export function rollbackSentence({ atMs, from, to, why, failed, over }: Rollback): string {
  const when = atMs === undefined ? '' : ` at ${new Date(atMs).toISOString().slice(11, 16)} UTC`;
  const told =
    failed === 0
      ? ''
      : ` (${failed === 1 ? 'its task' : `${failed} tasks`} failed${why === '' ? '' : `, the newest with "${why}"`})`;
  return `ECS gave up ${from ?? 'the deployment before'}${when}${told} and ${over ? 'went' : 'is going'} back to ${to}, so what was deployed last does not run.`;
}
