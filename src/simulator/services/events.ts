// EventBridge: rules, and what they start.

import type * as EventBridge from '@aws-sdk/client-eventbridge';
import type { SnapshotRule } from '../../contract/snapshot.ts';
import type { SimulatedAccount } from '../account.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import type { Handler, HandlerTable } from './handler.ts';
import { pageOf, tokenAs } from './page.ts';

const PAGE_MAX = 100;

/** Rules of a bus by prefix of the name. */
const listRules: Handler<EventBridge.ListRulesCommandInput, EventBridge.ListRulesCommandOutput> = (
  input,
  account,
) => {
  const wanted = rulesOf(account, input.EventBusName).filter((rule) =>
    rule.Name.startsWith(input.NamePrefix ?? ''),
  );
  const page = paged(wanted, input, `ListRules ${input.NamePrefix ?? ''} ${input.EventBusName ?? ''}`);
  return { Rules: page.items.map((rule) => ruleOf(account, rule)), ...tokenAs('NextToken', page) };
};

/** Names of the rules of a bus that have a target with this ARN. */
const listRuleNamesByTarget: Handler<
  EventBridge.ListRuleNamesByTargetCommandInput,
  EventBridge.ListRuleNamesByTargetCommandOutput
> = (input, account) => {
  const wanted = rulesOf(account, input.EventBusName).filter((rule) =>
    (rule.Targets ?? []).some((target) => target.Arn === input.TargetArn),
  );
  const page = paged(wanted, input, `ListRuleNamesByTarget ${input.TargetArn} ${input.EventBusName ?? ''}`);
  return { RuleNames: page.items.map((rule) => rule.Name), ...tokenAs('NextToken', page) };
};

/** A rule by name. Throws ResourceNotFoundException. */
const describeRule: Handler<EventBridge.DescribeRuleCommandInput, EventBridge.DescribeRuleCommandOutput> = (
  input,
  account,
) => ruleOf(account, ruleNamed(account, input.Name, input.EventBusName));

/** Targets of a rule. Throws ResourceNotFoundException. */
const listTargetsByRule: Handler<
  EventBridge.ListTargetsByRuleCommandInput,
  EventBridge.ListTargetsByRuleCommandOutput
> = (input, account) => {
  const rule = ruleNamed(account, input.Rule, input.EventBusName);
  const page = paged(rule.Targets ?? [], input, `ListTargetsByRule ${rule.Name}`);
  return { Targets: page.items, ...tokenAs('NextToken', page) };
};

export const eventsHandlers: HandlerTable = {
  ListRules: listRules,
  ListRuleNamesByTarget: listRuleNamesByTarget,
  DescribeRule: describeRule,
  ListTargetsByRule: listTargetsByRule,
};

function rulesOf({ state }: SimulatedAccount, bus: string | undefined): SnapshotRule[] {
  return state.events.rules.filter((rule) => busName(rule.EventBusName) === busName(bus));
}

/** A bus is named by its name or its ARN, and `default` when it is not named. */
function busName(bus: string | undefined): string {
  return bus?.split('/').at(-1) ?? 'default';
}

function ruleNamed(
  account: SimulatedAccount,
  name: string | undefined,
  bus: string | undefined,
): SnapshotRule {
  const found = rulesOf(account, bus).find((rule) => rule.Name === name);
  if (found === undefined)
    throw new AwsFault(
      'ResourceNotFoundException',
      `Rule ${name} does not exist on EventBus ${busName(bus)}.`,
    );
  return found;
}

function ruleOf(account: SimulatedAccount, { Targets: _targets, ...rule }: SnapshotRule) {
  const path =
    busName(rule.EventBusName) === 'default' ? rule.Name : `${busName(rule.EventBusName)}/${rule.Name}`;
  return {
    Arn: `arn:aws:events:${account.region}:${account.id}:rule/${path}`,
    State: 'ENABLED' as const,
    EventBusName: 'default',
    ...rule,
  };
}

function paged<Item>(
  items: readonly Item[],
  input: { readonly Limit?: number | undefined; readonly NextToken?: string | undefined },
  scope: string,
) {
  return pageOf(items, {
    token: input.NextToken,
    limit: input.Limit,
    defaultLimit: PAGE_MAX,
    maxLimit: PAGE_MAX,
    rangeCode: 'ValidationException',
    scope,
    invalidToken: () => new AwsFault('ValidationException', 'The token is not valid.'),
  });
}
