// Two services side by side, or what one service rolls out beside what worked: the facts that differ, and nothing about why.

import type { Subject } from '../context.ts';
import { matchNames } from '../names.ts';
import { type ComparedView, type DifferenceView, readOutput, type ServiceView } from '../outputs.ts';
import { clusterNames, type Resolved, serviceOf, servicesIn } from '../subject.ts';
import { cite, type Next, needs, problemText, quoted, say, type View } from '../view.ts';
import { OFFER_DEPLOYMENTS, OFFER_STATUS, OFFER_WHY } from '../words.ts';

/** "Compare my-web-service with checkout", "compare revision 41 and 42". */
export function compare(view: View): Next {
  const names = view.intent.entities.names.filter(({ role }) => role !== 'cluster');
  return names.length >= 2 ? services(view) : revisions(view);
}

function services(view: View): Next {
  const pair = pairOf(view);
  if ('next' in pair) return pair.next;
  const asked = needs(
    view,
    pair.found.map(({ cluster, service }) => ({
      tool: 'ecs_describe_services',
      input: { cluster, services: [service] },
    })),
  );
  if ('next' in asked) return asked.next;
  const reads = asked.results.map((result) => readOutput('services', result));
  const [a, b] = reads.map((read) => read?.value.services[0]);
  const failed = asked.results.find((_, index) => reads[index]?.value.services[0] === undefined);
  if (a === undefined || b === undefined) return say(failed === undefined ? '' : problemText(failed));
  const evidence = reads.flatMap((read) => read?.evidence ?? []);
  const rows = factsOf(a).map(([label, left], index) => {
    const right = factsOf(b)[index]?.[1] ?? '';
    return `- ${label}: ${left} | ${right}${left === right ? ' (same)' : ''}${cite(evidence)}`;
  });
  return say(
    [`**${a.name}** (${a.cluster}) | **${b.name}** (${b.cluster})`, rows.join('\n')],
    [OFFER_STATUS],
  );
}

function pairOf(view: View): Resolved<readonly Required<Subject>[]> {
  const clusters = clusterNames(view);
  if ('next' in clusters) return clusters;
  const all = servicesIn(view, clusters.found);
  if ('next' in all) return all;
  const hints = view.intent.entities.names.filter(({ role }) => role !== 'cluster').slice(0, 2);
  const found: Required<Subject>[] = [];
  for (const hint of hints) {
    const matches = matchNames(hint.text, [...new Set(all.found.map(({ service }) => service))]);
    const candidates = all.found.filter(({ service }) => matches.includes(service));
    const [one] = candidates.filter(({ cluster }) => cluster === view.context.cluster).concat(candidates);
    if (one === undefined) return { next: say(`There is no service named ${hint.text}.`) };
    found.push(one);
  }
  return { found };
}

function factsOf(service: ServiceView): [string, string][] {
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  return [
    ['status', service.status],
    ['desired, running, pending', `${service.desired}, ${service.running}, ${service.pending}`],
    ['task definition', service.taskDefinition ?? 'unknown'],
    ['deployment', primary?.rolloutState ?? 'unknown'],
    ['security groups', service.securityGroups.join(' ') || 'none'],
  ];
}

function revisions(view: View): Next {
  const subject = serviceOf(view);
  if ('next' in subject) return subject.next;
  const { cluster = '', service } = subject.found;
  const named = namedRevision(view, { cluster, service });
  if ('next' in named) return named.next;
  const [task] = view.intent.entities.taskIds;
  const asked = needs(view, [
    {
      tool: 'compare_service',
      input: { cluster, service, ...named.found, ...(task === undefined ? {} : { task }) },
    },
  ]);
  if ('next' in asked) return asked.next;
  const [result] = asked.results;
  const read = readOutput('compared', result);
  if (read === null) return say(result === undefined ? '' : problemText(result), [OFFER_STATUS]);
  return say(comparedText(read.value, cite(read.evidence)), [OFFER_WHY, OFFER_DEPLOYMENTS]);
}

/** "Revision 41" needs the family, which is read from the service; without a number the tool chooses. */
function namedRevision(
  view: View,
  wanted: { cluster: string; service: string },
): Resolved<{ revision?: string }> {
  const { revision } = view.intent.entities;
  if (revision === null) return { found: {} };
  const asked = needs(view, [
    { tool: 'ecs_describe_services', input: { cluster: wanted.cluster, services: [wanted.service] } },
  ]);
  if ('next' in asked) return asked;
  const [result] = asked.results;
  const family = readOutput('services', result)?.value.services[0]?.taskDefinition?.replace(/:\d+$/, '');
  if (family === undefined) return { next: say(result === undefined ? '' : problemText(result)) };
  return { found: { revision: `${family}:${revision}` } };
}

const BASIS: Readonly<Record<string, string>> = {
  running: ', which runs',
  ran: ', of which tasks ran without failing',
  'one before': ', the revision before (whether it worked is not known)',
};
const ROWS_MAX = 30;

function comparedText({ service, revisions, tasks, cannotVerify }: ComparedView, cited: string): string[] {
  return [
    ...(revisions === null
      ? [`${quoted(service)} has no second revision to compare with.${cited}`]
      : revisions.differences.length === 0
        ? [`${revisions.before}${BASIS[revisions.basis] ?? ''} and ${revisions.after} do not differ.${cited}`]
        : [
            `${revisions.before} → ${revisions.after}, compared with ${revisions.before}${BASIS[revisions.basis] ?? ''}:${cited}`,
            rows(revisions.differences, cited),
          ]),
    ...(tasks === null
      ? []
      : [
          `Task ${tasks.other} beside healthy task ${tasks.healthy}:${cited}`,
          rows(tasks.differences, cited) || `They do not differ.${cited}`,
        ]),
    ...cannotVerify.map(({ what, missingAction }) => `Not seen: ${quoted(what)}; needs ${missingAction}.`),
  ];
}

function rows(differences: readonly DifferenceView[], cited: string): string {
  const shown = differences
    .slice(0, ROWS_MAX)
    .map(({ what, before, after }) => `- ${quoted(what)}: ${quoted(before)} → ${quoted(after)}${cited}`);
  const rest = differences.length - ROWS_MAX;
  return [...shown, ...(rest > 0 ? [`- and ${rest} more`] : [])].join('\n');
}
