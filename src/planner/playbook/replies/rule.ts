// Security group rules and the fix of a finding. What the diagnosis proved is used as it stands; otherwise every part of
// the rule has to be named by the person. A rule is never put together from a guess.

import type { ProposedCall } from '../../../contract/finding.ts';
import type { Json } from '../../../kernel/canonical-json.ts';
import { type PortRange, portText } from '../ports.ts';
import { cite, type Next, quoted, say, type View, type WantedCall } from '../view.ts';
import { causes, citeFinding, fixPort, isRecord, OFFER_NETWORK, OFFER_STATUS, offerOf } from '../words.ts';
import { change } from './change.ts';
import { diagnose } from './diagnosis.ts';
import { outcomeLines } from './finding-lines.ts';
import { manual } from './plainly.ts';
import { scaleAsMeasured } from './service-change.ts';
import { undo } from './undo.ts';

interface Fix {
  readonly call: ProposedCall;
  /** Citations of what it rests on. */
  readonly cited: string;
}

/** "Add a rule to allow outbound PostgreSQL traffic to the database security group." */
export function addRule(view: View): Next {
  if (namesSeveral(view)) {
    return say(
      'I prepare one rule at a time: one port or range, and one other end. Nothing was prepared. Which one first?',
      [OFFER_NETWORK],
    );
  }
  const literal = literalRule(view);
  if (literal !== null)
    return change(view, literal, 'As you named it; no diagnosis stands behind this rule.');
  const read = fixesOf(view);
  if ('next' in read) return read.next;
  const misfits = read.fixes.map(({ call }) => misfitsOf(view, call));
  const fit = read.fixes.find((_, index) => misfits[index]?.length === 0);
  if (fit !== undefined) return applied(view, fit);
  return notProposed(read.fixes, misfits[0] ?? []);
}

/** "Fix it." */
export function fix(view: View): Next {
  const read = fixesOf(view);
  if ('next' in read) return read.next;
  const [first] = read.fixes;
  if (first !== undefined) return applied(view, first);
  const { diagnosis } = view.context;
  const [cause] = causes(diagnosis?.value.findings ?? []);
  if (diagnosis !== null && cause !== undefined) return manual(view, cause, diagnosis);
  const measured = scaleAsMeasured(view);
  if (measured !== null) return measured;
  return say(
    [
      ...outcomeLines(diagnosis?.value.findings ?? [], diagnosis?.evidence ?? []),
      'Nothing that was found can be repaired by a change, so there is nothing to propose.',
    ],
    [OFFER_STATUS],
  );
}

/** "Revoke that rule." */
export function removeRule(view: View): Next {
  const rule = literalRule(view);
  if (rule !== null) {
    const { description: _description, heals: _heals, ...input } = rule.input;
    return change(view, { tool: rule.tool.replace('authorize', 'revoke'), input }, 'As you named it.');
  }
  const done = view.context.proposals.findLast(({ state }) => state === 'done');
  if (done !== undefined) return undo(view);
  return say(
    `Name the rule in full, such as: "Revoke outbound tcp/5432 from sg-0a41f7c2 to sg-0d55e093." Nothing was changed.`,
    [OFFER_STATUS],
  );
}

function applied(view: View, { call, cited }: Fix): Next {
  return change(view, { tool: call.tool, input: call.input }, `${quoted(call.why, 500)}${cited}`);
}

/** The fixes of the last diagnosis and of the last path; without either, of a diagnosis run now. */
function fixesOf(view: View): { readonly fixes: readonly Fix[] } | { readonly next: Next } {
  const { diagnosis, path } = view.context;
  const isFollowUp = view.intent.entities.names.length === 0 && (diagnosis !== null || path !== null);
  const read = isFollowUp ? diagnosis : diagnose(view);
  if (read !== null && 'next' in read) return read;
  const proven = causes(read?.value.findings ?? []).flatMap((finding) =>
    finding.fixes.map((call) => ({ call, cited: citeFinding(finding) })),
  );
  const ofPath =
    isFollowUp && path !== null ? path.value.fixes.map((call) => ({ call, cited: cite(path.evidence) })) : [];
  return { fixes: [...proven, ...ofPath] };
}

/** What the message names that `fix` does not do. A rule that differs in any part is another rule. */
function misfitsOf(view: View, fix: ProposedCall): string[] {
  const { direction, entities } = view.intent;
  const { peer, group_id: changed, protocol } = fix.input;
  const port = fixPort(fix);
  const end = isRecord(peer) ? peer : {};
  const text = view.question.toLowerCase();
  const wantsPort =
    entities.ports.length > 0 ? entities.ports.some((one) => portText(one) === port) : !NAMES_PORT.test(text);
  const wantsProtocol = protocol === 'udp' ? !/\btcp\b/.test(text) : !/\budp\b/.test(text);
  const checks: readonly (readonly [string, boolean])[] = [
    ['direction', fix.tool.endsWith(`_${direction}`)],
    ['port', port !== null && wantsPort],
    ['protocol', wantsProtocol && !OTHER_PROTOCOLS.test(text)],
    [
      'addresses',
      entities.cidrs.every((cidr) => cidr === end.cidr) &&
        (!EVERYBODY.test(text) || end.cidr === '0.0.0.0/0' || end.cidr === '::/0'),
    ],
    ['security groups', entities.groupIds.every((id) => id === changed || id === end.group_id)],
    ['prefix list', entities.prefixListIds.every((id) => id === end.prefix_list_id)],
  ];
  return checks.filter(([, fits]) => !fits).map(([part]) => part);
}

/** A port that is none, such as 70000, is still a port the person named. */
const NAMES_PORT = /\bports? (?:number )?\d|\b(?:tcp|udp)[/ :]\d|\d\/(?:tcp|udp)\b|\ball ports\b/;
const OTHER_PROTOCOLS =
  /\bicmp(?:v6)?\b|\b(?:all|any|every) (?:traffic|protocols?|ports?)\b|(?:^|\s)-1\b|\beverything\b/;
const EVERYBODY = /\b(?:world|internet|anywhere|everywhere|every(?:one|body)|public(?:ly)?)\b/;

function namesSeveral(view: View): boolean {
  const { ports, cidrs, groupIds } = view.intent.entities;
  return ports.length > 1 || cidrs.length > 1 || groupIds.length > 2;
}

/** Asked for a rule that no finding supports: say so and name what is supported. */
function notProposed(fixes: readonly Fix[], misfits: readonly string[]): Next {
  const [offer] = fixes;
  return say(
    [
      offer === undefined || misfits.length === 0
        ? 'The diagnosis does not ask for this rule, so nothing was prepared.'
        : `Not prepared: the diagnosis asks for another rule. Yours differs in: ${misfits.join(', ')}.`,
      offer === undefined ? '' : `What it asks for: ${quoted(offer.call.why)}${offer.cited}`,
      'Say the whole rule to have exactly it prepared, such as: "Allow outbound tcp/5432 from sg-0a41f7c2 to sg-0d55e093."',
    ],
    [...(offer === undefined ? [] : [offerOf(offer.call)]), OFFER_NETWORK],
  );
}

/** A rule of which the message names every part: the group that changes, the port and the other end. */
function literalRule(view: View): WantedCall | null {
  const { direction, entities } = view.intent;
  const [port] = entities.ports;
  const groups = groupsInOrder(view);
  if (port === undefined || groups.changed === undefined) return null;
  const peer: Json | null =
    groups.peer !== undefined
      ? { group_id: groups.peer }
      : entities.cidrs[0] !== undefined
        ? { cidr: entities.cidrs[0] }
        : entities.prefixListIds[0] !== undefined
          ? { prefix_list_id: entities.prefixListIds[0] }
          : null;
  if (peer === null) return null;
  return {
    tool: `ec2_authorize_security_group_${direction}`,
    input: {
      group_id: groups.changed,
      ...portInput(port),
      peer,
      description: describe(direction, port),
      ...heals(view),
    },
  };
}

/** "from A to B" changes A for outbound traffic and B for inbound traffic. */
function groupsInOrder(view: View): { changed: string | undefined; peer: string | undefined } {
  const { direction, entities } = view.intent;
  const [first, second] = entities.groupIds;
  const from = /\bfrom\s+(?:\w+\s+){0,3}?(sg-[0-9a-f]+)/i.exec(view.question)?.[1] ?? first;
  const to = entities.groupIds.find((id) => id !== from) ?? second;
  return direction === 'egress'
    ? { changed: from, peer: to }
    : { changed: to ?? from, peer: to === undefined ? undefined : from };
}

function portInput(port: PortRange): Record<string, Json> {
  return { protocol: port.protocol, from_port: port.from, to_port: port.to };
}

function describe(direction: string, port: PortRange): string {
  return `${port.name ?? portText(port)} ${direction === 'egress' ? 'outbound' : 'inbound'}, asked for in Lockkeeper`;
}

function heals(view: View): Record<string, Json> {
  const { subject } = view.context;
  return subject?.cluster === undefined
    ? {}
    : { heals: { cluster: subject.cluster, service: subject.service } };
}
