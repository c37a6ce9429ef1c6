// A refusal in AWS's own words: who may not do what to which thing, and which kind of policy stands in the way. The words come from a
// stopped task, an event or a log and are only a claim; they say where to look.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html

export type PolicyKind =
  | 'identity'
  | 'resource'
  | 'boundary'
  | 'organisation'
  | 'session'
  | 'endpoint'
  | 'unknown';

export interface Refusal {
  /** ARN as AWS spells it; that of a session for a role. */
  readonly principal: string | undefined;
  /** Name of the role behind an assumed-role session. */
  readonly roleName: string | undefined;
  readonly account: string | undefined;
  readonly session: string | undefined;
  readonly action: string;
  readonly resource: string | undefined;
  readonly kind: PolicyKind;
  readonly explicit: boolean;
}

const WHO =
  /\b(arn:aws[a-z-]*:(?:sts|iam)::(\d{12}):(?:assumed-role\/([\w+=,.@-]{1,64})(?:\/([\w+=,.@-]{0,64}))?|(?:user|role|federated-user)\/[\w+=,.@/-]{1,300}))/;
const WHAT =
  /(?:not authorized to perform:?|not authorized to|cannot perform) ?\[?['"]?([a-z0-9-]{2,40}:[A-Za-z]{3,60})/;
const ON = /\bon (?:the )?resource:? ?['"]?((?:arn:[^\s'"]{5,600})|\*)/;

const KINDS: readonly (readonly [PolicyKind, RegExp])[] = [
  ['organisation', /(?:service|resource) control policy/i],
  ['boundary', /permissions? boundary/i],
  ['endpoint', /vpc endpoint policy/i],
  ['session', /session policy/i],
  ['resource', /resource-based policy/i],
  ['identity', /identity-based policy/i],
];

/** The first refusal a text tells of; undefined when it names no action. */
export function refusalIn(text: string): Refusal | undefined {
  const action = WHAT.exec(text)?.[1];
  if (action === undefined) return undefined;
  const who = WHO.exec(text);
  const resource = ON.exec(text)?.[1]?.replace(/[.,;:]+$/, '');
  return {
    principal: who?.[1],
    account: who?.[2],
    roleName: who?.[3] ?? /:role\/(?:[\w+=,.@/-]*\/)?([\w+=,.@-]{1,64})$/.exec(who?.[1] ?? '')?.[1],
    session: who?.[4],
    action,
    resource,
    kind: KINDS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'unknown',
    explicit: /explicit deny/i.test(text),
  };
}
