// What happened in which order: deployments, the first and the newest failure, what scaling did, what somebody changed, the recovery.
// Read from moments that AWS itself recorded; nothing is placed in time by guessing.

import type { EvidenceRef, Finding } from '../contract/finding.ts';
import { below } from './evidence.ts';
import type { Facts } from './facts/facts.ts';
import { requestsAbout } from './facts/requests.ts';
import { revisionOf } from './facts/service.ts';
import { newestFirst, type TaskFacts } from './facts/tasks.ts';
import { changesOf, trailRecords } from './facts/trail.ts';
import { tidy } from './network/peer.ts';

export interface Moment {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** One short sentence. */
  readonly what: string;
  readonly evidence: EvidenceRef;
}

/** A longer story is told by its newest moments. */
const MOMENTS_MAX = 12;
const CHANGES_MAX = 5;
const REASON_CHARS = 140;
const NAME_CHARS = 120;
/** What ECS itself calls an end, in its service events. */
const TURNS: readonly (readonly [RegExp, string])[] = [
  [/\bhas reached a steady state\b/i, 'ECS says the service has reached a steady state.'],
  [/\bdeployment completed\b/i, 'ECS says the deployment is completed.'],
  [/\bdeployment failed\b/i, 'ECS says the deployment failed.'],
  [/\brolling back to\b/i, 'ECS rolls back to an earlier deployment.'],
];

/** The moments behind the facts and behind what was found in them, oldest first. */
export function timelineOf(facts: Facts, findings: readonly Finding[]): Moment[] {
  const all = [
    ...deployments(facts),
    ...failures(facts),
    ...turns(facts),
    ...scaling(facts),
    ...changes(facts, findings),
  ];
  const distinct = new Map(all.map((moment) => [`${moment.atMs} ${moment.what}`, moment]));
  return [...distinct.values()].sort((a, b) => a.atMs - b.atMs).slice(-MOMENTS_MAX);
}

function deployments({ service }: Facts): Moment[] {
  return service.deployments.slice(0, 3).flatMap((one) =>
    one.createdAtMs === undefined
      ? []
      : [
          {
            atMs: one.createdAtMs,
            what: `The deployment of ${one.revision} began.`,
            evidence: { ...one.at, path: `${one.at.path}.createdAt` },
          },
        ],
  );
}

/** Of the failures that are judged the first and the newest; what failed long before belongs to another story. */
function failures({ failed, tasks, bundle }: Facts): Moment[] {
  const judged = bundle.subject === 'tasks' ? newestFirst(tasks.filter((task) => task.stopped)) : failed;
  const [newest] = judged;
  const first = judged.at(-1);
  if (newest === undefined || first === undefined) return [];
  if (first === newest) return failure(newest, 'Task');
  return [...failure(first, 'First failure: task'), ...failure(newest, 'Newest failure: task')];
}

function failure(task: TaskFacts, lead: string): Moment[] {
  const { stoppedAtMs, startedAtMs } = task;
  const why = tidy(task.stoppedReason || task.stopCode || 'no reason given', REASON_CHARS);
  const started =
    startedAtMs === undefined || lead !== 'Task'
      ? []
      : [
          {
            atMs: startedAtMs,
            what: `Task ${task.id} started.`,
            evidence: below(task.observed, '.startedAt'),
          },
        ];
  return stoppedAtMs === undefined
    ? started
    : [
        ...started,
        {
          atMs: stoppedAtMs,
          what: `${lead} ${task.id} of ${task.revision} stopped: "${why}".`,
          evidence: below(task.observed, '.stoppedAt'),
        },
      ];
}

/** The newest of each kind; ECS repeats a steady state every few hours. */
function turns({ service }: Facts): Moment[] {
  return TURNS.flatMap(([pattern, what]) => {
    const event = service.events.find(({ message }) => pattern.test(message));
    return event?.atMs === undefined ? [] : [{ atMs: event.atMs, what, evidence: event.at }];
  });
}

function scaling({ bundle }: Facts): Moment[] {
  return (bundle.scaling?.activities.items ?? []).slice(0, 3).flatMap((one) => {
    const at = one.value.StartTime?.getTime();
    const what = tidy(one.value.Description ?? '', REASON_CHARS);
    return at === undefined || what === ''
      ? []
      : [{ atMs: at, what: `Scaling: ${what}`, evidence: below(one, '.StartTime') }];
  });
}

/**
 * What people and pipelines changed of the service, of what stands in its way and of what a finding lays it to; refused requests changed
 * nothing. What a finding speaks of is always told, the rest by its newest.
 */
function changes(facts: Facts, findings: readonly Finding[]): Moment[] {
  const things = facts.blocks.flatMap(({ hop }) => hop.resource.split(', '));
  const cited = new Set(findings.flatMap(({ evidence }) => evidence.map(placeOf)));
  const blamed = trailRecords(facts.bundle).filter(({ at }) => cited.has(placeOf(at)));
  const others = changesOf(facts, things).filter(({ at }) => !cited.has(placeOf(at)));
  const recorded = [...blamed, ...others].map(({ name, who, atMs, at, resources, parameters }) => {
    const isBlamed = cited.has(placeOf(at));
    const about = [...resources, ...Object.values(parameters)].find(
      (one) => typeof one === 'string' && (isBlamed || things.includes(one)),
    );
    return {
      isBlamed,
      atMs,
      what: `${who} called ${name}${typeof about === 'string' ? ` on ${tidy(about, NAME_CHARS)}` : withWhat(parameters)}.`,
      evidence: at,
    };
  });
  const asked = requestsAbout(facts.bundle)
    .filter(({ errorCode, name }) => errorCode === undefined && name !== 'ExecuteCommand')
    .map(({ name, who, atMs, at }) => ({
      isBlamed: false,
      atMs,
      what: `${who} called ${name}.`,
      evidence: at,
    }));
  return [...recorded, ...asked]
    .sort((a, b) => Number(b.isBlamed) - Number(a.isBlamed) || b.atMs - a.atMs)
    .slice(0, CHANGES_MAX)
    .map(({ atMs, what, evidence }) => ({ atMs, what, evidence }));
}

function placeOf({ id, path }: EvidenceRef): string {
  return `${id} ${path}`;
}

/** What was asked for, of the two things a deployment changes most. */
function withWhat({ taskDefinition, desiredCount }: Readonly<Record<string, unknown>>): string {
  if (typeof taskDefinition === 'string') return ` with ${revisionOf(taskDefinition).slice(0, 100)}`;
  return typeof desiredCount === 'number' ? ` with a desired count of ${desiredCount}` : '';
}
