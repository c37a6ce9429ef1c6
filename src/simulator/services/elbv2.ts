// Elastic Load Balancing v2: load balancers, listeners, rules, target groups and the health of their targets.

import type * as Elb from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsFault } from '../wire/aws-fault.ts';
import { modifyTargetGroup, modifyTargetGroupAttributes } from './elbv2-changes.ts';
import type { Handler, HandlerTable } from './handler.ts';
import { pageOf } from './page.ts';

const PAGE_MAX = 400;

/** Load balancers by ARN and name. Throws LoadBalancerNotFound. */
const describeLoadBalancers: Handler<
  Elb.DescribeLoadBalancersCommandInput,
  Elb.DescribeLoadBalancersCommandOutput
> = (input, account) => {
  const all = account.state.elbv2.LoadBalancers;
  for (const arn of input.LoadBalancerArns ?? [])
    if (!all.some((lb) => lb.LoadBalancerArn === arn))
      throw absent('LoadBalancer', `Load balancers '[${arn}]' not found`);
  for (const name of input.Names ?? [])
    if (!all.some((lb) => lb.LoadBalancerName === name))
      throw absent('LoadBalancer', `Load balancers '[${name}]' not found`);
  const wanted = all
    .filter(
      (lb) => input.LoadBalancerArns === undefined || input.LoadBalancerArns.includes(lb.LoadBalancerArn),
    )
    .filter((lb) => input.Names === undefined || input.Names.includes(lb.LoadBalancerName ?? ''));
  const { LoadBalancers, ...marker } = paged('LoadBalancers', wanted, input);
  return { LoadBalancers, ...marker };
};

/** Target groups by ARN, name and load balancer. Throws TargetGroupNotFound and LoadBalancerNotFound. */
const describeTargetGroups: Handler<
  Elb.DescribeTargetGroupsCommandInput,
  Elb.DescribeTargetGroupsCommandOutput
> = (input, account) => {
  const all = account.state.elbv2.TargetGroups;
  const arns = input.TargetGroupArns;
  const missingGroup =
    (arns ?? []).some((arn) => !all.some((group) => group.TargetGroupArn === arn)) ||
    (input.Names ?? []).some((name) => !all.some((group) => group.TargetGroupName === name));
  if (missingGroup) throw absent('TargetGroup', 'One or more target groups not found');
  const balancer = input.LoadBalancerArn;
  if (
    balancer !== undefined &&
    !account.state.elbv2.LoadBalancers.some((lb) => lb.LoadBalancerArn === balancer)
  ) {
    throw absent('LoadBalancer', `Load balancer '${balancer}' not found`);
  }
  const wanted = all
    .filter((group) => arns === undefined || arns.includes(group.TargetGroupArn))
    .filter((group) => input.Names === undefined || input.Names.includes(group.TargetGroupName ?? ''))
    .filter((group) => balancer === undefined || (group.LoadBalancerArns ?? []).includes(balancer));
  const { TargetGroups, ...marker } = paged('TargetGroups', wanted, input);
  return { TargetGroups, ...marker };
};

/** Health of all targets of a group, or of those named; a stranger is `unused`. Throws TargetGroupNotFound. */
const describeTargetHealth: Handler<
  Elb.DescribeTargetHealthCommandInput,
  Elb.DescribeTargetHealthCommandOutput
> = (input, account) => {
  const arn = input.TargetGroupArn ?? '';
  if (!account.state.elbv2.TargetGroups.some((group) => group.TargetGroupArn === arn)) {
    throw absent('TargetGroup', 'One or more target groups not found');
  }
  const all = account.state.elbv2.TargetHealth[arn] ?? [];
  if (input.Targets === undefined) return { TargetHealthDescriptions: all };
  const answers = input.Targets.map((target) => {
    const found = all.find(
      (one) => one.Target.Id === target.Id && (target.Port === undefined || one.Target.Port === target.Port),
    );
    return (
      found ?? {
        Target: { Id: target.Id, ...(target.Port === undefined ? {} : { Port: target.Port }) },
        TargetHealth: {
          State: 'unused' as const,
          Reason: 'Target.NotRegistered' as const,
          Description: 'Target is not registered to the target group',
        },
      }
    );
  });
  return { TargetHealthDescriptions: answers };
};

/** Listeners of a load balancer or by ARN. Throws ListenerNotFound and LoadBalancerNotFound. */
const describeListeners: Handler<Elb.DescribeListenersCommandInput, Elb.DescribeListenersCommandOutput> = (
  input,
  account,
) => {
  const { Listeners: all, LoadBalancers: balancers } = account.state.elbv2;
  const balancer = input.LoadBalancerArn;
  if (balancer !== undefined && !balancers.some((lb) => lb.LoadBalancerArn === balancer))
    throw absent('LoadBalancer', `Load balancer '${balancer}' not found`);
  if ((input.ListenerArns ?? []).some((arn) => !all.some((listener) => listener.ListenerArn === arn)))
    throw absent('Listener', 'One or more listeners not found');
  if (balancer === undefined && input.ListenerArns === undefined) {
    throw new AwsFault('ValidationError', 'You must specify either a load balancer or one or more listeners');
  }
  const wanted = all
    .filter((listener) => balancer === undefined || listener.LoadBalancerArn === balancer)
    .filter(
      (listener) => input.ListenerArns === undefined || input.ListenerArns.includes(listener.ListenerArn),
    );
  const { Listeners, ...marker } = paged('Listeners', wanted, input);
  return { Listeners, ...marker };
};

/** Rules of a listener or by ARN. Throws RuleNotFound and ListenerNotFound. */
const describeRules: Handler<Elb.DescribeRulesCommandInput, Elb.DescribeRulesCommandOutput> = (
  input,
  account,
) => {
  const { Rules: all, Listeners } = account.state.elbv2;
  const listener = input.ListenerArn;
  if (listener !== undefined && !Listeners.some((one) => one.ListenerArn === listener))
    throw absent('Listener', 'One or more listeners not found');
  if ((input.RuleArns ?? []).some((arn) => !all.some((rule) => rule.RuleArn === arn)))
    throw absent('Rule', 'One or more rules not found');
  // A rule's ARN is its listener's with `listener-rule` for `listener` and the rule's id behind it.
  const belongs = (rule: { RuleArn: string; ListenerArn?: string }) =>
    rule.ListenerArn === listener ||
    rule.RuleArn.startsWith(`${(listener ?? '').replace(':listener/', ':listener-rule/')}/`);
  const wanted = all
    .filter((rule) => listener === undefined || belongs(rule))
    .filter((rule) => input.RuleArns === undefined || input.RuleArns.includes(rule.RuleArn));
  const { Rules, ...marker } = paged('Rules', wanted, input);
  return { Rules, ...marker };
};

/** Attributes of a target group. Throws TargetGroupNotFound. */
const describeTargetGroupAttributes: Handler<
  Elb.DescribeTargetGroupAttributesCommandInput,
  Elb.DescribeTargetGroupAttributesCommandOutput
> = (input, { state: { elbv2 } }) => {
  const arn = input.TargetGroupArn ?? '';
  if (!elbv2.TargetGroups.some((group) => group.TargetGroupArn === arn))
    throw absent('TargetGroup', 'One or more target groups not found');
  return { Attributes: elbv2.TargetGroupAttributes[arn] ?? [] };
};

/** Attributes of a load balancer. Throws LoadBalancerNotFound. */
const describeLoadBalancerAttributes: Handler<
  Elb.DescribeLoadBalancerAttributesCommandInput,
  Elb.DescribeLoadBalancerAttributesCommandOutput
> = (input, { state: { elbv2 } }) => {
  const arn = input.LoadBalancerArn ?? '';
  if (!elbv2.LoadBalancers.some((lb) => lb.LoadBalancerArn === arn))
    throw absent('LoadBalancer', `Load balancer '${arn}' not found`);
  return { Attributes: elbv2.LoadBalancerAttributes[arn] ?? [] };
};

export const elbv2Handlers: HandlerTable = {
  DescribeLoadBalancers: describeLoadBalancers,
  DescribeTargetGroups: describeTargetGroups,
  DescribeTargetHealth: describeTargetHealth,
  DescribeListeners: describeListeners,
  DescribeRules: describeRules,
  DescribeTargetGroupAttributes: describeTargetGroupAttributes,
  DescribeLoadBalancerAttributes: describeLoadBalancerAttributes,
  ModifyTargetGroup: modifyTargetGroup,
  ModifyTargetGroupAttributes: modifyTargetGroupAttributes,
};

function paged<Name extends string, Item>(
  name: Name,
  items: Item[],
  input: { Marker?: string | undefined; PageSize?: number | undefined },
) {
  const { Marker, PageSize, ...question } = input;
  const page = pageOf(items, {
    token: Marker,
    limit: PageSize,
    defaultLimit: PAGE_MAX,
    maxLimit: PAGE_MAX,
    rangeCode: 'ValidationError',
    scope: `${name} ${JSON.stringify(question)}`,
    invalidToken: () => new AwsFault('ValidationError', 'Invalid marker'),
  });
  const marker = page.nextToken === undefined ? {} : { NextMarker: page.nextToken };
  // A computed key of a type parameter widens to an index signature; it is exactly `name`.
  return { [name]: page.items, ...marker } as Record<Name, Item[]> & { NextMarker?: string };
}

function absent(kind: 'LoadBalancer' | 'TargetGroup' | 'Listener' | 'Rule', message: string): AwsFault {
  return new AwsFault(`${kind}NotFound`, message);
}
