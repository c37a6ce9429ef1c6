// "What changed?": who changed the service or its security groups, when, and before which failure, from CloudTrail and from ECS's own record.

import { readOutput, type ServiceView } from '../outputs.ts';
import {
  ago,
  cite,
  type Next,
  needs,
  problemText,
  quoted,
  say,
  type View,
  type WantedCall,
} from '../view.ts';
import { OFFER_STATUS, OFFER_WHY } from '../words.ts';
import { currentService } from './service-change.ts';

const GROUPS_MAX = 2;
const CHANGES_SHOWN = 8;
const EVENTS_SHOWN = 5;
/** A record of the same request this much earlier is of another one; clocks of two machines differ by less. */
const APART_MS = 60_000;

interface Change {
  readonly atMs: number;
  readonly who: string;
  readonly name: string;
  readonly about: string;
  readonly refused: string | null;
  /** Nobody but the diagnosis, or this conversation itself, knows of it. */
  readonly isTold?: true;
  /** What was approved in this conversation; its proposal is the proof. */
  readonly isOwn?: true;
  readonly evidence: readonly string[];
}

interface Seen {
  readonly changes: readonly Change[];
  /** What CloudTrail would not tell, in its own words. */
  readonly refused: string | undefined;
  readonly evidence: readonly string[];
}

/** "What changed?", "who deployed?" */
export function changes(view: View): Next {
  const read = currentService(view);
  if ('next' in read) return read.next;
  const { service, evidence } = read;
  const groups = service.securityGroups.slice(0, GROUPS_MAX);
  const lookUps: WantedCall[] = [
    { tool: 'cloudtrail_lookup_events', input: { event_name: 'UpdateService' } },
    ...groups.map((resource) => ({ tool: 'cloudtrail_lookup_events', input: { resource } })),
  ];
  const failing = isFailing(service);
  const steadiness = {
    tool: 'service_steadiness',
    input: { cluster: service.cluster, service: service.name },
  };
  const known = diagnosisBefore(view, service);
  const diagnosis = {
    tool: 'diagnose_service',
    input: { cluster: service.cluster, service: service.name },
  };
  const asked = needs(view, [
    ...lookUps,
    // What a cause is laid to is looked up by the diagnosis alone: a role, a target group, the bounds of scaling.
    ...(known === null ? [diagnosis] : []),
    ...(failing ? [steadiness] : []),
  ]);
  if ('next' in asked) return asked.next;
  const listed = changesIn(asked.results.slice(0, lookUps.length), service, groups);
  const found = known ?? readOutput('diagnosis', asked.results[lookUps.length]);
  const seen = withOwn(withTold(listed, found?.value.timeline ?? []), view.context.proposals, service);
  const failure = failing ? readOutput('steadiness', asked.results.at(-1)) : null;
  // The clock of a simulated account may run ahead; what was seen last is then the present.
  const times = [
    ...service.deployments.map((one) => msOf(one.createdAt)),
    ...service.events.map(({ at }) => msOf(at)),
    ...seen.changes.map(({ atMs }) => atMs),
  ];
  const nowMs = Math.max(view.nowMs, ...times);
  return say(
    [
      `What CloudTrail and ECS record for ${service.name}:${cite(evidence)}`,
      changeLines(seen, nowMs),
      failureLine(failure?.value.newestFailure ?? null, seen, cite(failure?.evidence ?? [], 1)),
      ecsLines(service, nowMs, cite(evidence, 1)),
      seen.refused === undefined
        ? 'CloudTrail tells of changes some minutes late. Looked up were deployments of this service, its own security groups and what the diagnosis found to be in question; changes of anything else are not in this list.'
        : `Who changed it cannot be verified: ${seen.refused}`,
    ],
    failing ? [OFFER_WHY, OFFER_STATUS] : [OFFER_STATUS],
  );
}

function isFailing(service: ServiceView): boolean {
  return (
    service.running < service.desired || service.deployments.some(({ failedTasks }) => (failedTasks ?? 0) > 0)
  );
}

function diagnosisBefore({ context }: View, { name, cluster }: ServiceView): View['context']['diagnosis'] {
  const { diagnosis } = context;
  const { service } = diagnosis?.value ?? {};
  return service?.name === name && service.cluster === cluster ? diagnosis : null;
}

/** How the timeline of a diagnosis tells of a change; AWS's names of callers have no blank, and no dot ends a name. */
const TOLD = /^(\S{1,100}) called ([A-Z]\w{2,80}) on (.+)\.$/;

/** Beside what was looked up here, what the diagnosis found to be changed. */
function withTold(
  seen: Seen,
  timeline: readonly { readonly at: string; readonly what: string; readonly evidence: string }[],
): Seen {
  const told = timeline.flatMap(({ at, what, evidence }): Change[] => {
    const [, who = '', name = '', about = ''] = TOLD.exec(what) ?? [];
    const atMs = msOf(at);
    const isKnown = seen.changes.some((one) => one.atMs === atMs && one.name === name);
    return name === '' || isKnown
      ? []
      : [
          {
            atMs,
            who: quoted(who, 100),
            name,
            about: quoted(about, 200),
            refused: null,
            isTold: true,
            evidence: [evidence],
          },
        ];
  });
  return { ...seen, changes: newestFirst([...seen.changes, ...told]) };
}

/** What was changed from this conversation, which CloudTrail tells of minutes later or under a name that nobody looked up. */
function withOwn(seen: Seen, proposals: View['context']['proposals'], service: ServiceView): Seen {
  const own = proposals.flatMap(({ state, outcome, document }): Change[] => {
    const named = document.args.service;
    if (state !== 'done' || outcome === null || (typeof named === 'string' && named !== service.name))
      return [];
    const name = document.call.action.split(':').at(-1) ?? '';
    const about = document.targets[0]?.split('/').at(-1) ?? service.name;
    return [
      {
        atMs: outcome.at,
        who: 'Lockkeeper',
        name,
        about: quoted(about, 200),
        refused: null,
        isTold: true,
        isOwn: true,
        evidence: [],
      },
    ];
  });
  const missing = own.filter(
    (one) =>
      !seen.changes.some(
        ({ name, refused, atMs }) => name === one.name && refused === null && atMs >= one.atMs - APART_MS,
      ),
  );
  return { ...seen, changes: newestFirst([...seen.changes, ...missing]) };
}

function newestFirst(changes: readonly Change[]): Change[] {
  return [...changes].sort((a, b) => b.atMs - a.atMs);
}

function changesIn(
  results: Parameters<typeof problemText>[0][],
  service: ServiceView,
  groups: readonly string[],
): Seen {
  const own = new Set([service.name, ...groups]);
  const all = results.map((result) => ({ result, read: readOutput('trail', result) }));
  const changes = all.flatMap(({ read }) =>
    (read?.value.items ?? []).flatMap((one): Change[] => {
      const about = [one.about.service, ...one.resources, one.about.groupId].find(
        (name) => name !== undefined && own.has(name.split('/').at(-1) ?? name),
      );
      const elsewhere = one.about.cluster !== undefined && !one.about.cluster.endsWith(service.cluster);
      if (about === undefined || (about === service.name && elsewhere)) return [];
      const more = one.about.taskDefinition ?? one.about.desiredCount;
      return [
        {
          atMs: msOf(one.at),
          who: quoted(one.user || 'an unknown caller', 100),
          name: quoted(one.name, 100),
          about: quoted(more === undefined ? about : `${about} (${more.split('/').at(-1)})`, 200),
          refused: one.error ?? null,
          evidence: read?.evidence ?? [],
        },
      ];
    }),
  );
  const failed = all.find(({ read }) => read === null);
  return {
    changes: newestFirst([
      ...new Map(changes.map((one) => [`${one.atMs} ${one.name} ${one.about}`, one])).values(),
    ]),
    refused: failed === undefined ? undefined : problemText(failed.result),
    evidence: all.flatMap(({ read }) => read?.evidence ?? []),
  };
}

function changeLines({ changes, refused, evidence }: Seen, nowMs: number): string {
  if (changes.length === 0)
    return refused === undefined
      ? `CloudTrail has no change of it in the last 24 hours.${cite(evidence)}`
      : '';
  // What a cause is laid to may be older than what happens all the time.
  const told = changes.filter(({ isTold }) => isTold).slice(0, CHANGES_SHOWN);
  const others = changes.filter(({ isTold }) => !isTold).slice(0, CHANGES_SHOWN - told.length);
  return newestFirst([...told, ...others])
    .map(
      (one) =>
        `- ${one.isOwn === true ? 'in this conversation, as approved' : ago(one.atMs, nowMs)}: **${one.who}** called ${one.name} on ${one.about}${one.refused === null ? '' : `, which AWS refused (${quoted(one.refused, 60)})`}${cite(one.evidence, 1)}`,
    )
    .join('\n');
}

/** Which change the newest failure came after. */
function failureLine(
  failure: { readonly task: string; readonly at?: string | null | undefined; readonly reason: string } | null,
  { changes }: Seen,
  cited: string,
): string {
  if (failure === null) return '';
  const atMs = msOf(failure.at);
  const before = changes.find((one) => one.refused === null && one.atMs <= atMs);
  const told = `The newest failure is task ${failure.task}: "${quoted(failure.reason, 160)}"${cited}`;
  if (before === undefined || atMs === 0) return `${told}.`;
  const minutes = Math.max(0, Math.round((atMs - before.atMs) / 60_000));
  return `${told}, ${minutes} min after ${before.name} on ${before.about}. That one came before the other is no proof that it caused it.`;
}

function ecsLines(service: ServiceView, nowMs: number, cited: string): string {
  const started = service.deployments.map((one) => {
    const when = ago(one.createdAt, nowMs);
    return `- deployment of ${one.taskDefinition ?? 'an unknown revision'}${when === '' ? '' : ` ${when}`}${cited}`;
  });
  const events = service.events
    .slice(0, EVENTS_SHOWN)
    .map((event) => `- ${ago(event.at, nowMs)}: "${quoted(event.message)}"${cited}`);
  return [...started, ...events].join('\n');
}

function msOf(at: string | number | null | undefined): number {
  const ms = typeof at === 'string' ? Date.parse(at) : (at ?? 0);
  return Number.isNaN(ms) ? 0 : ms;
}
