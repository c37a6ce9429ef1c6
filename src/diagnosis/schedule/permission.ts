// What the role of a scheduled target may do, as far as its own policies tell: be assumed by EventBridge, run the task, pass the roles of the
// task definition on, tag. Boundaries and organisation policies are not seen, so "yes" here is no promise; a plain "no" is one.

import type * as Ecs from '@aws-sdk/client-ecs';
import type * as EventBridge from '@aws-sdk/client-eventbridge';
import type { EvidenceRef } from '../../contract/finding.ts';
import type { Observed } from '../evidence.ts';
import { contextOf, nothingKnown, type RequestContext } from '../iam/condition.ts';
import { policyDocument } from '../iam/document.ts';
import { askPolicies, type NamedPolicy, noPolicy, passes } from '../iam/evaluate.ts';
import type { Truth } from '../iam/truth.ts';
import type { ScheduleRole } from './evidence.ts';

export interface Permission {
  readonly action: string;
  readonly resource: string;
  readonly allowed: Truth;
  readonly at: EvidenceRef;
}

const EVENTS = 'events.amazonaws.com';
const TASKS = 'ecs-tasks.amazonaws.com';

/** Whether EventBridge may take the role on at all. */
export function assumable({ value, at }: Observed<ScheduleRole>): Permission {
  const trust = policyDocument(value.trust);
  const request = {
    action: 'sts:AssumeRole',
    resource: value.arn,
    principal: { service: EVENTS },
    context: nothingKnown,
  };
  // A trust policy speaks about the role it belongs to; nobody else has to allow anything.
  const allowed =
    trust === undefined
      ? 'unknown'
      : passes(noPolicy, askPolicies([{ name: 'trust policy', document: trust }], request), 'either');
  return { action: request.action, resource: value.arn, allowed, at };
}

export interface Needed {
  readonly target: EventBridge.Target;
  readonly definition: Ecs.TaskDefinition | undefined;
  readonly account: string;
  readonly region: string;
}

/** What the role has to be allowed for this target, each with the answer of its policies. */
export function neededPermissions(role: Observed<ScheduleRole>, needed: Needed): Permission[] {
  const { target, definition } = needed;
  const policies = readPolicies(role.value);
  const ask = (action: string, resource: string, context: RequestContext): Permission => ({
    action,
    resource,
    allowed:
      policies === undefined
        ? 'unknown'
        : passes(
            askPolicies(policies, { action, resource, principal: { arn: role.value.arn }, context }),
            noPolicy,
            'either',
          ),
    at: role.at,
  });
  const cluster = target.Arn ?? '';
  const wanted = definition?.taskDefinitionArn ?? target.EcsParameters?.TaskDefinitionArn ?? '';
  const passed = [definition?.executionRoleArn, definition?.taskRoleArn].filter((arn) => arn !== undefined);
  return [
    ...(wanted === '' ? [] : [ask('ecs:RunTask', wanted, contextOf({ 'ecs:cluster': cluster }))]),
    ...[...new Set(passed)].map((arn) =>
      ask('iam:PassRole', arn, contextOf({ 'iam:PassedToService': TASKS })),
    ),
  ];
}

/** ECS asks for this only where tags are given and the account requires it (tagResourceAuthorization). */
export function tagPermission(role: Observed<ScheduleRole>, needed: Needed): Permission | undefined {
  const { Tags = [], PropagateTags: propagate } = needed.target.EcsParameters ?? {};
  if (Tags.length === 0 && propagate === undefined) return undefined;
  const policies = readPolicies(role.value);
  const cluster = (needed.target.Arn ?? '').split('/').at(-1) ?? '';
  const resource = `arn:aws:ecs:${needed.region}:${needed.account}:task/${cluster}/0123456789abcdef0123456789abcdef`;
  const request = {
    action: 'ecs:TagResource',
    resource,
    principal: { arn: role.value.arn },
    context: contextOf({ 'ecs:CreateAction': 'RunTask' }),
  };
  const allowed =
    policies === undefined ? 'unknown' : passes(askPolicies(policies, request), noPolicy, 'either');
  return { action: request.action, resource: 'the tasks it starts', allowed, at: role.at };
}

/** Every policy of the role, or nothing when one of them is not understood. */
function readPolicies({ policies }: ScheduleRole): NamedPolicy[] | undefined {
  const read = policies.map(({ name, document }) => ({ name, document: policyDocument(document) }));
  const whole = read.flatMap(({ name, document }) => (document === undefined ? [] : [{ name, document }]));
  return whole.length === read.length ? whole : undefined;
}
