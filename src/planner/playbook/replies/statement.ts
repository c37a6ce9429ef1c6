// "Give me the IAM statement for this": a denied action told as the statement that allows it, on that one thing. It is only written down;
// Lockkeeper never changes IAM.

import type { Finding, MissingPermission } from '../../../contract/finding.ts';
import { cite, type Next, quoted, say, type View } from '../view.ts';
import { causes, citeFinding, OFFER_STATUS, OFFER_WHY } from '../words.ts';
import { diagnosisMeant } from './diagnosis.ts';

/** The statements that are missing, by whom they have to be given to; without any, what no statement would repair. */
export function statement(view: View): Next {
  const read = diagnosisMeant(view);
  if ('next' in read) return read.next;
  const { value, evidence } = read;
  const about = causes(value.findings);
  const lacking = about.find(({ lacks = [] }) => lacks.length > 0);
  if (lacking === undefined) return noneMissing(view, value.findings, evidence);
  return say(
    [...statementLines(view, lacking, evidence), 'IAM is never changed from here.'],
    [OFFER_STATUS, OFFER_WHY],
  );
}

/** What allows what a finding says is denied: a lead, the exact JSON, and the command that adds it. Empty for a finding about nothing denied. */
export function statementLines(view: View, finding: Finding, evidence: readonly string[]): string[] {
  const groups = groupedBy(finding.lacks ?? [], ({ role, by, resource }) =>
    by === 'thing-lacks' ? `${by} ${resource}` : `${by} ${role}`,
  );
  return [...groups.values()].flatMap((lacks) => linesOf(view, lacks, citeFinding(finding, evidence)));
}

function linesOf(view: View, lacks: readonly MissingPermission[], cited: string): string[] {
  const [first] = lacks;
  if (first === undefined) return [];
  const { role, by, resource } = first;
  const name = quoted(roleName(role), 140);
  const what = [...new Set(lacks.map(({ action }) => action))].map((one) => quoted(one, 80)).join(', ');
  const things = [...new Set(lacks.map((one) => one.resource))].map((one) => quoted(one, 300)).join(', ');
  switch (by) {
    case 'role-denies':
      return [
        `No statement that allows helps: a deny in the policies or the boundary of role ${name} outranks every allow. Take ${what} on ${things} out of that deny.${cited}`,
      ];
    case 'thing-denies':
      return [
        `No statement that allows helps: the policy of ${things} itself denies ${what} to role ${name}. Take it out of that deny.${cited}`,
      ];
    case 'thing-lacks':
      return [
        `**The policy of ${quoted(resource, 300)} has to allow it.** Add this statement to it:${cited}`,
        jsonBlock(statementOf(lacks, principalArn(role, view.account))),
      ];
    default:
      return [
        `${by === 'unseen' ? `AWS refused ${what} to role ${name}, and its policies could not be read. If it is they that lack it, this` : `**Role ${name} needs this policy.** It`} allows ${what} on ${things === quoted(resource, 300) ? 'that one thing' : 'those things'} and nothing else:${cited}`,
        jsonBlock({ Version: '2012-10-17', Statement: statementsByThing(lacks) }),
        commandFor(role, what),
      ];
  }
}

interface Statement {
  readonly Effect: 'Allow';
  readonly Principal?: { readonly AWS: string };
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** Things that need the same actions share a statement; an action is allowed on nothing that did not need it. */
function statementsByThing(lacks: readonly MissingPermission[]): Statement[] {
  const byThing = groupedBy(lacks, ({ resource }) => resource);
  const byActions = groupedBy([...byThing.values()], (of) =>
    [...new Set(of.map(({ action }) => action))].sort().join(),
  );
  return [...byActions.values()].map((of) => statementOf(of.flat()));
}

function statementOf(lacks: readonly MissingPermission[], principal?: string): Statement {
  return {
    Effect: 'Allow',
    ...(principal === undefined ? {} : { Principal: { AWS: principal } }),
    Action: oneOrMore(lacks.map(({ action }) => action)),
    Resource: oneOrMore(lacks.map(({ resource }) => resource)),
  };
}

function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function oneOrMore(values: readonly string[]): string | readonly string[] {
  const unique = [...new Set(values)];
  return unique.length === 1 ? (unique[0] ?? '') : unique;
}

/** Exactly as it has to be pasted; what would not survive that is not shown. */
function jsonBlock(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return /[^\P{C}\n]/u.test(text)
    ? 'It holds characters that cannot be shown exactly.'
    : ['```json', text, '```'].join('\n');
}

/** Only roles are given policies by this command; a person or a session is not. */
function commandFor(role: string, what: string): string {
  const name = roleName(role);
  if (!/^[\w+=,.@-]{1,64}$/.test(name) || /:(?:user|assumed-role|federated-user)\//.test(role)) return '';
  const service = what.split(':')[0] ?? '';
  return [
    'Save it as `policy.json`, and whoever keeps the roles adds it with:',
    '```',
    `aws iam put-role-policy --role-name ${name} --policy-name allow-${/^[a-z0-9-]+$/.test(service) ? service : 'it'} --policy-document file://policy.json`,
    '```',
  ].join('\n');
}

function roleName(role: string): string {
  return role.split('/').at(-1) ?? role;
}

function principalArn(role: string, account: string): string {
  return role.startsWith('arn:') ? role : `arn:aws:iam::${account}:role/${role}`;
}

/** Nothing of the service is denied: then only reads of the node may be. */
function noneMissing(view: View, findings: readonly Finding[], evidence: readonly string[]): Next {
  const [cause] = causes(findings);
  const unread = [
    ...new Set(findings.flatMap(({ cannotVerify }) => cannotVerify.map((gap) => gap.missingAction))),
  ].filter((action) => /^[a-z0-9-]+:[A-Za-z]+$/.test(action));
  const head =
    cause === undefined
      ? `No statement is missing: nothing that was read is denied.${cite(evidence, 1)}`
      : `No statement repairs this: no action was found denied to a role of the service. ${quoted(cause.title)}${citeFinding(cause, evidence)}`;
  if (unread.length === 0)
    return say([head], [...(cause === undefined ? [] : ['What do I have to do?']), OFFER_STATUS]);
  return say(
    [
      head,
      `What I could not check needs a permission of the role of the node in account ${quoted(view.account, 20)}, which only reads:${cite(evidence, 1)}`,
      jsonBlock({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: oneOrMore(unread), Resource: '*' }],
      }),
      '`npx lockkeeper iam-policy --read-only` prints all of its permissions.',
    ],
    [OFFER_STATUS],
  );
}
