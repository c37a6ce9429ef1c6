// "It is slow": of a service in which nothing is broken, whether its tasks have anything left to work with. Judged by the minutes since the
// last change of the service: what was measured before it says nothing about the tasks of now.

import { type CostView, type DiagnosisView, readOutput } from '../outputs.ts';
import { ago, cite, counted, type Next, needs, type View } from '../view.ts';

/** From here on little is left for a busy minute. */
const BUSY_PERCENT = 80;
/** What a service is scaled to, so that a busy minute still fits. */
const AIM_PERCENT = 60;
const MINUTE_MS = 60_000;
const NOW_POINTS = 15;
/** Fewer minutes than this are chance. */
const POINTS_MIN = 3;
/** New tasks take their share of the work only once they have started. */
const SETTLING_MS = 2 * MINUTE_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** An hour that has just begun may hold nothing yet. */
const DAY_HOURS = 23;
const NOT_SPEED = 'How long requests take was not measured.';

export interface Load {
  readonly lines: readonly string[];
  readonly suggestions: readonly string[];
  /** How many tasks the measurements speak for, and the sentence that says why; null when they speak for none. */
  readonly scaleTo: { readonly count: number; readonly why: string } | null;
}

/** What the last minutes say about a service's load; says so when nothing was measured since its last change. */
export function loadOf(
  view: View,
  diagnosis: DiagnosisView,
): { readonly found: Load } | { readonly next: Next } {
  const { name: service, cluster } = diagnosis.service;
  const dimensions = [
    { name: 'ClusterName', value: cluster },
    { name: 'ServiceName', value: service },
  ];
  const asked = needs(view, [
    { tool: 'service_cost', input: { cluster, service, days: 1 } },
    {
      tool: 'cloudwatch_get_metric_data',
      input: { namespace: 'AWS/ECS', metric: 'CPUUtilization', dimensions, period_seconds: 60 },
    },
  ]);
  if ('next' in asked) return asked;
  const cost = readOutput('cost', asked.results[0]);
  const minutes = readOutput('metric', asked.results[1]);
  if (cost === null || minutes === null || minutes.value.points.length === 0) return { found: unmeasured };
  const points = minutes.value.points.map(({ at, value }) => ({ atMs: Date.parse(at), value }));
  const nowMs = Math.max(view.nowMs, ...points.map(({ atMs }) => atMs));
  const changedMs = changeOf(view, diagnosis, nowMs);
  const fresh = points.filter(({ atMs }) => changedMs === null || atMs >= changedMs + SETTLING_MS);
  const cited = cite([...minutes.evidence, ...cost.evidence], 5);
  if (changedMs !== null && fresh.length < POINTS_MIN)
    return { found: tooEarly(cost.value, ago(changedMs, nowMs), cited) };
  const recent = fresh.slice(-NOW_POINTS);
  const now = recent.reduce((sum, { value }) => sum + value, 0) / recent.length;
  return { found: told(cost.value, { now, minutes: recent.length, changed: changedMs !== null }, cited) };
}

const unmeasured: Load = {
  lines: [
    `Whether its tasks are busy could not be measured: there are no CPU figures of the last hours. ${NOT_SPEED}`,
  ],
  suggestions: [],
  scaleTo: null,
};

/** When the service was changed last: by a change of this conversation, or by what AWS recorded of the last day. */
function changeOf({ context }: View, { service, timeline }: DiagnosisView, nowMs: number): number | null {
  const own = context.proposals.flatMap(({ state, document, outcome }) =>
    state === 'done' && outcome !== null && document.args.service === service.name ? [outcome.at] : [],
  );
  const recorded = timeline
    .filter(({ what }) => /^Scaling:|^The deployment of |\bcalled UpdateService\b/.test(what))
    .map(({ at }) => Date.parse(at))
    .filter((atMs) => nowMs - atMs < DAY_MS);
  const all = [...own, ...recorded].filter((atMs) => !Number.isNaN(atMs));
  return all.length === 0 ? null : Math.max(...all);
}

function tooEarly({ cpu }: CostView, when: string, cited: string): Load {
  const before =
    cpu === null
      ? ''
      : ` The ${cpu.average.toFixed(0)} % ${overWhat(cpu)} were measured mostly before that and say nothing about now.`;
  return {
    lines: [
      `**Too early to say: the service was changed ${when}, and fewer than ${POINTS_MIN} whole minutes have been measured since.**${before} Ask again in some minutes. ${NOT_SPEED}${cited}`,
    ],
    suggestions: ['Is it faster now?'],
    scaleTo: null,
  };
}

interface Measured {
  readonly now: number;
  readonly minutes: number;
  readonly changed: boolean;
}

function told({ service, tasks, cpu, memory, scaling }: CostView, measured: Measured, cited: string): Load {
  const { now, minutes, changed } = measured;
  const running = tasks.fargate + tasks.spot + tasks.ec2;
  const window = `In the last ${counted(minutes, 'minute')}${changed ? ' since it was changed' : ''}`;
  const day = cpu === null || changed ? '' : ` (${cpu.average.toFixed(0)} % ${overWhat(cpu)})`;
  const room =
    memory === null ? '' : `, and ${memory.average.toFixed(0)} % of the memory ${overWhat(memory)}`;
  const used = `${window} its ${counted(running, 'task')} used ${now.toFixed(0)} % of the CPU they ask for${day}${room}.`;
  if (now < BUSY_PERCENT)
    return {
      lines: [
        `${used} They are not busy: if it is slow all the same, the reason is elsewhere, such as what it waits for or the program itself. ${NOT_SPEED}${cited}`,
      ],
      suggestions: [],
      scaleTo: null,
    };
  const count = Math.max(running + 1, Math.ceil((running * now) / AIM_PERCENT));
  const share = Math.round((running * now) / count);
  const grows =
    scaling === null || scaling.changes > 0
      ? ''
      : ' Scaling has not added a task in the last day: no policy does, or it is at its maximum.';
  const why = `With the same work, ${counted(count, 'task')} would use about ${share} %.`;
  return {
    lines: [
      `**${used}** Little is left, which fits that people find it slow; that it is the reason is likely, not proven. ${NOT_SPEED}${grows} ${why}${cited}`,
    ],
    suggestions: [`Scale '${service}' to ${count}.`],
    scaleTo: { count, why: `${used} ${why} Whether it gets faster shows afterwards.${cited}` },
  };
}

/** Hours without a measurement are none of an average: a service may be younger than the time that was asked about. */
function overWhat({ hours }: NonNullable<CostView['cpu']>): string {
  if (typeof hours !== 'number' || hours >= DAY_HOURS) return 'over the last day';
  return hours === 1 ? 'in the one hour that was measured' : `in the ${hours} hours that were measured`;
}
