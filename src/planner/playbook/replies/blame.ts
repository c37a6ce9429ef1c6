// "Is it the network?": yes and no follow the verdict of the diagnosis. An open path is told beside it and never is the answer.

import type { Finding } from '../../../contract/finding.ts';
import { readOutput } from '../outputs.ts';
import { type Topic, topicAsked } from '../topics.ts';
import { type Next, quoted, resultOf, say, type View } from '../view.ts';
import { causes, citeFinding, citeHop, destinationOf, leadsToDatabase, offerOf } from '../words.ts';
import { diagnose, logsOffered } from './diagnosis.ts';
import { outcomeLines } from './finding-lines.ts';

/** Whether what is wrong belongs to the kind of cause that a person suspects. */
export function blame(view: View): Next {
  const read = diagnose(view);
  if ('next' in read) return read.next;
  const { value, evidence } = read;
  const topic = topicAsked(view.intent.text.toLowerCase().replace(/’/g, "'").trim());
  if (topic === null) return say('Which kind of cause? Say for example: "Is it the network?"');
  const all = causes(value.findings);
  const suspected = all.filter((one) => isOf(topic, one));
  const [first] = all;
  const [own] = suspected;
  const lead = first === undefined ? null : leadOf(topic, { first, own });
  // A cause that is one of the network shows its path itself.
  const path = topic.name === 'network' && own !== first ? pathLine(view, value.service) : null;
  if (path !== null && 'next' in path) return path.next;
  const fix = first?.fixes[0];
  return say(
    [
      ...(lead ?? nothingFound(topic, value.findings, evidence)),
      path?.line ?? '',
      fix === undefined ? '' : 'Shall I prepare the fix?',
    ],
    [...(fix === undefined ? [] : [offerOf(fix)]), ...logsOffered(value)],
  );
}

/** A dependency with an open path is no matter of the network. */
function isOf({ name, classes }: Topic, finding: Finding): boolean {
  const blocked = finding.paths.some(({ verdict }) => verdict === 'blocked');
  if (name === 'network' && finding.class === 'dependency-unreachable') return blocked;
  if (name === 'database' && blocked)
    return finding.paths.some((path) => path.verdict === 'blocked' && leadsToDatabase(path));
  return classes.has(finding.class);
}

const IS: Readonly<Record<Finding['verdict'], readonly [yes: string, no: string]>> = {
  proven: ['Yes', 'No'],
  likely: ['Likely', 'Probably not'],
  possible: ['Possibly', 'Not as far as it shows'],
  unknown: ['Not known', 'Not known'],
};

function leadOf(
  topic: Topic,
  { first, own }: { readonly first: Finding; readonly own: Finding | undefined },
): string[] {
  const [yes, no] = IS[first.verdict];
  const certain = first.verdict === 'proven' ? 'proven cause' : `${first.verdict} cause`;
  if (own === first)
    return [
      `**${yes}: ${quoted(first.title)}**${citeFinding(first)}`,
      `${quoted(first.explanation, 800)}${citeFinding(first)}`,
    ];
  return [
    `**${no}: the ${certain} is not ${topic.called}. ${quoted(first.title)}**${citeFinding(first)}`,
    `${quoted(first.explanation, 800)}${citeFinding(first)}`,
    own === undefined ? '' : `Beside it, also ${own.verdict}: ${quoted(own.title)}${citeFinding(own)}`,
  ];
}

function nothingFound(topic: Topic, findings: readonly Finding[], evidence: readonly string[]): string[] {
  const told = outcomeLines(findings, evidence);
  const healthy = findings.some((one) => one.class === 'healthy');
  return [
    healthy
      ? `**No: nothing is broken, so there is nothing to lay on ${topic.called}.**`
      : `**Not known: no cause was found, so ${topic.called} can neither be named nor ruled out.**`,
    ...told,
  ];
}

/** What the path check shows, as one fact beside the verdict. */
function pathLine(
  view: View,
  { name: service, cluster }: { readonly name: string; readonly cluster: string },
): { readonly line: string } | { readonly next: Next } {
  const wanted = { tool: 'check_network_path', input: { cluster, service } };
  const result = resultOf(view, wanted);
  if (result === undefined) return { next: { kind: 'calls', calls: [wanted], text: '' } };
  const read = readOutput('paths', result);
  const paths = read?.value.paths ?? [];
  const path =
    paths.find(({ verdict }) => verdict === 'blocked') ??
    paths.find(({ verdict }) => verdict === 'unknown') ??
    paths[0];
  if (path === undefined) return { line: 'No path was checked: what it connects to is not known.' };
  const hops = path.hops.filter((hop) => hop.evidence.length > 0);
  const decisive = hops.find((hop) => hop.verdict === path.verdict) ?? hops[0];
  const cited = decisive === undefined ? '' : citeHop(decisive, read?.evidence ?? []);
  const way = `${path.to.protocol}/${path.to.port} to ${destinationOf(path)}`;
  const said = { reachable: 'is open', blocked: 'is blocked', unknown: 'could not be decided' }[path.verdict];
  return { line: `Of its network I checked that path: ${way} ${said}.${cited}` };
}
