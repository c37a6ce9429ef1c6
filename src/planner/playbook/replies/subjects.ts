// Answers about something other than one service: a task, a host, a schedule, a whole cluster. Each is one composite read; the subject's
// own numbers come first, then the cause with the verdict it has.

import type { Finding } from '../../../contract/finding.ts';
import { hintFor } from '../entities.ts';
import { type Outputs, readOutput } from '../outputs.ts';
import { clusterOf, clustersMeant } from '../subject.ts';
import { wholeTaskId } from '../task-ids.ts';
import { ago, cite, counted, type Next, needs, problemText, quoted, say, type View } from '../view.ts';
import { causes, OFFER_STATUS, OFFER_WHAT_TO_DO, OFFER_WHY, offerOf } from '../words.ts';
import { causeLines, notCheckedLines, otherCauseLines, outcomeLines } from './finding-lines.ts';

const CLUSTERS_SHOWN = 3;
const SICK_SHOWN = 10;
const WELL_SHOWN = 20;

/** "Why did task 5d1c… stop?" */
export function taskDiagnosis(view: View, named: string): Next {
  const whole = wholeTaskId(view, named);
  if ('next' in whole) return whole.next;
  const task = whole.found;
  const cluster = namedCluster(view);
  if ('next' in cluster) return cluster.next;
  const asked = needs(view, [{ tool: 'diagnose_task', input: { ...cluster.found, task } }]);
  if ('next' in asked) return asked.next;
  const [result] = asked.results;
  const read = readOutput('taskDiagnosis', result);
  if (read === null) return say(result === undefined ? '' : problemText(result));
  const { value, evidence } = read;
  const one = value.task;
  const whose =
    one.service === null || one.service === undefined ? 'belongs to no service' : `belongs to ${one.service}`;
  const end = one.stoppedReason
    ? ` It stopped${one.stoppedAt ? ` ${ago(one.stoppedAt, view.nowMs)}` : ''}: "${quoted(one.stoppedReason)}"${one.stopCode ? ` (${one.stopCode})` : ''}.`
    : '';
  const codes = one.containers
    .filter(({ exitCode }) => exitCode !== null && exitCode !== undefined)
    .slice(0, 5)
    .map(
      ({ name, exitCode, first }) => `${name} exited with ${exitCode}${first ? ', the first to fail' : ''}`,
    );
  return say(
    [
      `Task \`${one.id}\` of ${one.revision} in ${one.cluster} ${whose} and is ${one.lastStatus}.${end}${cite(evidence, 1)}`,
      codes.length === 0 ? '' : `${codes.join('; ')}.${cite(evidence, 1)}`,
      ...verdictLines(value.findings, evidence),
    ],
    [
      ...offers(value.findings),
      ...(one.service ? [`Show me the status of '${one.service}' in '${one.cluster}'.`] : []),
    ],
  );
}

/** "Is host i-0123… ok?" */
export function hostDiagnosis(view: View, host: string): Next {
  const cluster = namedCluster(view);
  if ('next' in cluster) return cluster.next;
  const wanted = {
    tool: 'diagnose_container_instance',
    input: { ...cluster.found, container_instance: host },
  };
  const asked = needs(view, [wanted]);
  if ('next' in asked) return asked.next;
  const [result] = asked.results;
  const read = readOutput('hostDiagnosis', result);
  if (read === null) return say(result === undefined ? '' : problemText(result));
  const { value, evidence } = read;
  const { tasks, failedTasks } = value;
  return say([
    ...verdictLines(value.findings, evidence),
    `${counted(tasks.length, 'task')} on it, ${failedTasks} of them failed.${cite(evidence)}`,
  ]);
}

/** "Why did the nightly job not run?" */
export function scheduleDiagnosis(view: View): Next {
  const name = hintFor(view.intent.entities, 'service')?.text ?? ruleWord(view.question);
  if (name === null)
    return say(
      "Which schedule? Name the EventBridge rule, such as: why did the schedule 'nightly-report' not run?",
    );
  const asked = needs(view, [{ tool: 'diagnose_schedule', input: { rule: name } }]);
  if ('next' in asked) return asked.next;
  const [result] = asked.results;
  const read = readOutput('scheduleDiagnosis', result);
  if (read === null) return say(result === undefined ? '' : problemText(result));
  const { value, evidence } = read;
  const { rule } = value;
  return say([
    `The rule **${quoted(rule.name)}** is ${rule.state ?? 'in an unknown state'}${rule.schedule ? `, schedule ${quoted(rule.schedule)}` : ''}.${cite(evidence, 1)}`,
    ...verdictLines(value.findings, evidence),
  ]);
}

/** "What is wrong in prod?" */
export function clusterDiagnosis(view: View): Next {
  const clusters = clustersMeant(view);
  if ('next' in clusters) return clusters.next;
  const meant = clusters.found.slice(0, CLUSTERS_SHOWN);
  if (meant.length === 0) return say('There are no clusters this node can see.');
  const asked = needs(
    view,
    meant.map((cluster) => ({ tool: 'diagnose_cluster', input: { cluster } })),
  );
  if ('next' in asked) return asked.next;
  const reads = asked.results.map((result) => ({ result, read: readOutput('clusterDiagnosis', result) }));
  const failed = reads.find(({ read }) => read === null);
  if (failed !== undefined) return say(problemText(failed.result));
  const found = reads.flatMap(({ read }) => (read === null ? [] : [read]));
  const left = clusters.found.length - meant.length;
  const nothing = left === 0 ? nothingElse(view, found) : null;
  if (nothing !== null) return nothing;
  return say(
    [
      ...found.flatMap(({ value, evidence }) => clusterLines(value, evidence)),
      left === 0 ? '' : `${counted(left, 'more cluster')} not looked at; name one to see it.`,
    ],
    found.flatMap(({ value }) => [
      ...offers(value.findings),
      ...value.sick.map((one) => `Why is '${one.name}' in '${value.cluster.name}' unhealthy?`),
    ]),
  );
}

/** "Is anything else broken?": no, when only the service under discussion is. */
function nothingElse(
  { question, context }: View,
  found: readonly { readonly value: Outputs['clusterDiagnosis']; readonly evidence: readonly string[] }[],
): Next | null {
  const { subject } = context;
  const rest = found.flatMap(({ value: { cluster, sick, standalone, hosts } }) => [
    ...sick.filter(({ name }) => name !== subject?.service || cluster.name !== subject?.cluster),
    ...standalone,
    ...hosts.disconnected,
  ]);
  const total = found.reduce((sum, { value }) => sum + value.cluster.services, 0);
  const unseen = found.flatMap(({ value }) => notCheckedLines([value]));
  if (subject === null || rest.length > 0 || !/\b(?:else|other)\b/i.test(question)) return null;
  if (found.every(({ value }) => value.cluster.sick === 0)) return null;
  return say(
    [
      `**Nothing else: of ${counted(total, 'service')} in ${found.map(({ value }) => value.cluster.name).join(', ')} only ${subject.service} needs a look.**${cite(found.flatMap(({ evidence }) => evidence))}`,
      ...unseen,
    ],
    [OFFER_WHY, OFFER_WHAT_TO_DO, OFFER_STATUS],
  );
}

function clusterLines(value: Outputs['clusterDiagnosis'], evidence: readonly string[]): string[] {
  const { cluster, sick, standalone, hosts, findings } = value;
  const head =
    cluster.sick === 0
      ? `All ${counted(cluster.services, 'service')} in ${cluster.name} look well.${cite(evidence)}`
      : `${cluster.sick} of ${counted(cluster.services, 'service')} in ${cluster.name} ${cluster.sick === 1 ? 'needs' : 'need'} a look.${cite(evidence)}`;
  const rows = sick
    .slice(0, SICK_SHOWN)
    .map(
      (one) =>
        `- **${one.name}**: desired ${one.desired}, running ${one.running}. ${quoted(one.because, 600)}${cite(one.evidence.length > 0 ? one.evidence : evidence, 1)}`,
    );
  if (cluster.sick > rows.length)
    rows.push(`- and ${cluster.sick - rows.length} more that need a look${cite(evidence, 1)}`);
  const broken = causes(findings);
  return [
    head,
    rows.join('\n'),
    ...broken.flatMap((cause) => causeLines(cause, evidence)),
    standalone
      .slice(0, 5)
      .map(
        (one) =>
          `- ${counted(one.count, 'task')} of ${one.family}, which no service started, failed: "${quoted(one.reason)}"${cite(one.evidence === '' ? evidence : [one.evidence], 1)}`,
      )
      .join('\n'),
    hosts.disconnected.length === 0
      ? ''
      : `The agent of ${hosts.disconnected.slice(0, 5).join(', ')} is not connected.${cite(evidence, 1)}`,
    ...notCheckedLines([...findings, value]),
    cluster.sick === 0 && value.well.length > 0
      ? [
          ...value.well.slice(0, WELL_SHOWN).map((name) => `- ${name}`),
          ...(cluster.services > WELL_SHOWN ? [`- and more of the same`] : []),
        ].join('\n')
      : '',
  ];
}

function verdictLines(findings: readonly Finding[], evidence: readonly string[]): string[] {
  const [cause, ...others] = causes(findings);
  return [
    ...(cause === undefined ? outcomeLines(findings, evidence) : causeLines(cause, evidence)),
    ...otherCauseLines(others, evidence),
    ...notCheckedLines(findings),
  ];
}

function offers(findings: readonly Finding[]): string[] {
  return causes(findings)
    .slice(0, 1)
    .flatMap((cause) => cause.fixes.slice(0, 1).map(offerOf));
}

/** The cluster a message names, as a part of an input; nothing when it names none. */
function namedCluster(
  view: View,
): { readonly found: { readonly cluster?: string } } | { readonly next: Next } {
  if (hintFor(view.intent.entities, 'cluster') === undefined) return { found: {} };
  const cluster = clusterOf(view);
  if ('next' in cluster) return cluster;
  return { found: cluster.found === null ? {} : { cluster: cluster.found } };
}

/** "nightly" of "the nightly job": what people call a schedule when they do not know its name. */
function ruleWord(question: string): string | null {
  return /\b(nightly|hourly|daily|weekly|monthly)\b/i.exec(question)?.[1]?.toLowerCase() ?? null;
}
