// Whether a service can reach a port: the verdict of the network path solver, the rule that is missing, and what else
// was checked. Said exactly as far as the solver got; an unknown hop is named as unknown.

import type { NetworkPath, PathHop } from '../../../contract/finding.ts';
import type { Json } from '../../../kernel/canonical-json.ts';
import { type PathsView, readOutput } from '../outputs.ts';
import { portText } from '../ports.ts';
import { serviceOf } from '../subject.ts';
import { cite, type Next, needs, problemText, quoted, say, type View } from '../view.ts';
import { causes, citeHop, destinationOf, hopName, OFFER_STATUS, offerOf } from '../words.ts';

import { logsOffered } from './diagnosis.ts';
import { down } from './plainly.ts';

/** A path has eight gates, and one answer often shows several. */
const HOPS_CITED = 6;

/** "Check if the security group allows outbound traffic to the database port." */
export function network(view: View): Next {
  const subject = serviceOf(view);
  if ('next' in subject) return subject.next;
  const { cluster = '', service } = subject.found;
  // The tool works out paths from tasks; from the internet, what is known is whether the service runs behind its checks.
  if (ASKED_FROM_OUTSIDE.test(view.question) && view.intent.entities.ports.length === 0) return down(view);
  const asked = needs(view, [
    { tool: 'check_network_path', input: { cluster, service, ...destinationAsked(view) } },
  ]);
  if ('next' in asked) return asked.next;
  const [result] = asked.results;
  const read = readOutput('paths', result);
  if (read === null) return say(result === undefined ? '' : problemText(result), [OFFER_STATUS]);
  return verdict(view, read.value, read.evidence);
}

const ASKED_FROM_OUTSIDE =
  /\b(?:from|by|to) (?:the )?(?:internet|outside|world|public|customers?|anywhere)\b|\bpublic(?:ly)? (?:reachable|available|accessible|open)\b/i;

/** What the message itself says about the destination; without it the tool takes what the failed task tried to reach. */
function destinationAsked(view: View): Record<string, Json> {
  const { ports, groupIds, cidrs } = view.intent.entities;
  const [port] = ports;
  const peer =
    groupIds.length > 0
      ? { group_id: groupIds.at(-1) ?? '' }
      : cidrs[0] === undefined
        ? {}
        : { cidr: cidrs[0] };
  return port === undefined
    ? {}
    : { port: port.from, ...(port.protocol === 'udp' ? { protocol: 'udp' } : {}), ...peer };
}

/** Kinds of destinations that people ask for without a port, with what a path to one looks like. */
const KINDS = [
  {
    kind: 'database',
    asked: /\b(?:databases?|db|rds|aurora)\b/i,
    ports: [5432, 3306, 1433, 1521, 27017, 9042],
    name: /database|postgres|mysql|maria|mongo|aurora|rds|(?:^|[^a-z])db/i,
  },
  {
    kind: 'cache',
    asked: /\bcaches?\b/i,
    ports: [6379, 11211],
    name: /cache|redis|valkey|memcache/i,
  },
] as const;

/** The paths to the kind of destination that was asked for; without such a path, what is known instead. */
function pathsAsked(view: View, { paths }: PathsView): { readonly found: NetworkPath[] } | { kind: string } {
  const { ports, groupIds, cidrs } = view.intent.entities;
  const asked = KINDS.find((one) => one.asked.test(view.question));
  if (asked === undefined || ports.length + groupIds.length + cidrs.length > 0) return { found: paths };
  const other = KINDS.filter((one) => one !== asked);
  const found = paths.filter(({ to }) => {
    const names = [to.name, to.host].filter((name) => name !== undefined).join(' ');
    if (asked.name.test(names) || asked.ports.some((port) => port === to.port)) return true;
    // A port or name of no kind may still be the one; only what is clearly something else is left out.
    return (
      !WEB_PORTS.includes(to.port) &&
      !other.some((one) => one.name.test(names) || one.ports.some((port) => port === to.port))
    );
  });
  return found.length === 0 && paths.length > 0 ? { kind: asked.kind } : { found };
}

const WEB_PORTS: readonly number[] = [53, 80, 443];

function verdict(view: View, value: PathsView, evidence: readonly string[]): Next {
  const asked = pathsAsked(view, value);
  if ('kind' in asked) return noSuchKind(asked.kind, value, evidence);
  const paths = asked.found;
  const worst =
    paths.find((path) => path.verdict === 'blocked') ??
    paths.find((path) => path.verdict === 'unknown') ??
    paths[0];
  if (worst === undefined)
    return say(`${quoted(value.summary ?? 'The path could not be worked out.')}${cite(evidence)}`);
  const port = portText({
    protocol: worst.to.protocol === 'udp' ? 'udp' : 'tcp',
    from: worst.to.port,
    to: worst.to.port,
  });
  const blocked = worst.hops.filter((hop) => hop.verdict === 'blocked');
  const unknown = worst.hops.filter((hop) => hop.verdict === 'unknown');
  const open = worst.hops.filter((hop) => hop.verdict === 'open');
  const differs =
    paths.length > 1
      ? [`This is so from ${worst.from.subnets.join(', ')}; other subnets differ.${cite(evidence)}`]
      : [];
  const fix = fixFor(view, value, worst);
  const lines = [
    headline(worst, port, blocked[0], evidence),
    ...blocked.map((hop) => blockedLine(hop, evidence)),
    openLine(open, evidence),
    ...unknown.map((hop) => `Unknown: ${hopName(hop)}. ${quoted(hop.because)}${citeHop(hop, evidence)}`),
    ...differs,
    ...value.cannotVerify
      .slice(0, 3)
      .map((gap) => `Not checked: ${quoted(gap.what)}. \`${quoted(gap.missingAction, 80)}\` would show it.`),
    worst.verdict === 'reachable'
      ? `The network path is open, so a time-out would come from elsewhere.${citeHops(open, evidence)}`
      : '',
    fix === undefined ? '' : 'Shall I prepare the rule? Nothing runs until it is approved.',
  ];
  const { diagnosis } = view.context;
  const logs = diagnosis === null ? [] : logsOffered(diagnosis.value);
  return say(lines, [...(fix === undefined ? [] : [fix]), ...logs, OFFER_STATUS]);
}

/** A yes about the cache would be read as a yes about the database. */
function noSuchKind(kind: string, { paths }: PathsView, evidence: readonly string[]): Next {
  const known = new Set(paths.map((path) => `${path.to.protocol}/${path.to.port} to ${destinationOf(path)}`));
  return say(
    [
      `**Not known: what I have read of the service names no ${kind}.** Known ${known.size === 1 ? 'is' : 'are'} only ${[...known].join('; ')}.${cite(evidence)}`,
      'Name the port to have it checked, such as: "Is port 5432 open?"',
    ],
    [OFFER_STATUS],
  );
}

function openLine(open: readonly PathHop[], evidence: readonly string[]): string {
  const named = new Set(open.map((hop) => `${hopName(hop)} (${quoted(hop.resource, 80)})`));
  return named.size === 0
    ? ''
    : `Checked and found open: ${[...named].join('; ')}.${citeHops(open, evidence)}`;
}

/** What showed each gate, not what was read first. */
function citeHops(hops: readonly PathHop[], fallback: readonly string[]): string {
  const own = hops.flatMap((hop) => hop.evidence.map(({ id }) => id));
  return own.length === 0 ? cite(fallback) : cite(own, HOPS_CITED);
}

function headline(
  path: NetworkPath,
  port: string,
  blocked: PathHop | undefined,
  evidence: readonly string[],
): string {
  const to = destinationOf(path);
  if (path.verdict === 'reachable')
    return `**Yes: ${port} to ${to} is open.**${citeHops(path.hops, evidence)}`;
  if (path.verdict === 'unknown')
    return `**Not decided: whether ${port} reaches ${to} is unknown.**${citeHops(
      path.hops.filter(({ verdict }) => verdict === 'unknown'),
      evidence,
    )}`;
  if (blocked?.check === 'security-group-egress') {
    return `**No: no egress rule of ${quoted(blocked.resource, 80)} lets ${port} out to ${to}.**${citeHop(blocked, evidence)}`;
  }
  return `**No: ${port} to ${to} is blocked${blocked === undefined ? '' : ` at ${hopName(blocked)}`}.**${blocked === undefined ? cite(evidence) : citeHop(blocked, evidence)}`;
}

function blockedLine(hop: PathHop, evidence: readonly string[]): string {
  const rules = hop.rules.map((rule) => `${rule.protocol}/${rule.ports} ${rule.peer}`);
  // The solver's own sentence may name the rules already.
  const has =
    rules.length === 0 || /\brules?:/i.test(hop.because)
      ? ''
      : ` Its rules: ${quoted(rules.join('; '), 400)}.`;
  return `${quoted(hop.because)}${has}${citeHop(hop, evidence)}`;
}

/** The offer that opens this very port: of the path itself, else of the diagnosis. */
function fixFor(view: View, value: PathsView, path: NetworkPath): string | undefined {
  if (path.verdict !== 'blocked') return undefined;
  const known = causes(view.context.diagnosis?.value.findings ?? []).flatMap((one) => one.fixes);
  const same = [...value.fixes, ...known].find((fix) => fix.input.from_port === path.to.port);
  return same === undefined ? undefined : offerOf(same);
}
