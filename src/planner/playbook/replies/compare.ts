// Two services side by side, or two revisions of one service: the facts that differ, and nothing about why.

import type { Subject } from '../context.ts';
import { matchNames } from '../names.ts';
import { type Outputs, readOutput, type ServiceView } from '../outputs.ts';
import { clusterNames, type Resolved, servicesIn } from '../subject.ts';
import { cite, type Next, needs, problemText, quoted, say, type View } from '../view.ts';
import { OFFER_DEPLOYMENTS, OFFER_STATUS, OFFER_WHY } from '../words.ts';
import { currentService } from './service-change.ts';

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
  const read = currentService(view);
  if ('next' in read) return read.next;
  const running = [
    ...new Set(read.service.deployments.flatMap(({ taskDefinition }) => taskDefinition ?? [])),
  ];
  const [newest] = running;
  const family = newest?.replace(/:\d+$/, '');
  const asked = view.intent.entities.revision;
  const older = asked === null || family === undefined ? running[1] : `${family}:${asked}`;
  if (newest === undefined || older === undefined || older === newest) {
    return say(
      `${read.service.name} runs one revision only. Say which other one, such as: "Compare with revision 41."${cite(read.evidence)}`,
      [OFFER_DEPLOYMENTS],
    );
  }
  const definitions = needs(
    view,
    [older, newest].map((name) => ({
      tool: 'ecs_describe_task_definition',
      input: { task_definition: name },
    })),
  );
  if ('next' in definitions) return definitions.next;
  const [before, after] = definitions.results.map((result) => readOutput('definition', result));
  const failed = definitions.results.find((result) => result.status !== 'ok');
  if (!before || !after)
    return say(failed === undefined ? 'The revisions could not be read.' : problemText(failed));
  const evidence = [...before.evidence, ...after.evidence];
  const differences = differencesOf(before.value, after.value);
  return say(
    differences.length === 0
      ? `${older} and ${newest} do not differ in image, CPU, memory or containers.${cite(evidence)}`
      : [
          `${older} → ${newest}:${cite(evidence)}`,
          differences.map((row) => `- ${row}${cite(evidence)}`).join('\n'),
        ],
    [OFFER_WHY, OFFER_STATUS],
  );
}

function differencesOf(before: Outputs['definition'], after: Outputs['definition']): string[] {
  const rows: string[] = [];
  const note = (label: string, was: unknown, is: unknown) => {
    if (JSON.stringify(was ?? null) !== JSON.stringify(is ?? null)) {
      rows.push(`${label}: ${quoted(textOf(was))} → ${quoted(textOf(is))}`);
    }
  };
  note('task CPU', before.cpu, after.cpu);
  note('task memory', before.memory, after.memory);
  const names = new Set([...before.containers, ...after.containers].map(({ name }) => name));
  for (const name of names) {
    const was = before.containers.find((one) => one.name === name);
    const is = after.containers.find((one) => one.name === name);
    for (const key of new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})])) {
      if (key !== 'name') note(`container ${name}, ${key}`, was?.[key], is?.[key]);
    }
  }
  return rows.slice(0, 30);
}

function textOf(value: unknown): string {
  return value === null || value === undefined
    ? 'none'
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
}
