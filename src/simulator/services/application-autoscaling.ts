// Application Auto Scaling: what scales a service, by which policy, and what it did lately.

import type * as Scaling from '@aws-sdk/client-application-auto-scaling';
import { AwsFault } from '../wire/aws-fault.ts';
import type { Handler, HandlerTable } from './handler.ts';
import { pageOf } from './page.ts';
import { deleteScalingPolicy, putScalingPolicy, registerScalableTarget } from './scaling-changes.ts';

const PAGE_MAX = 50;

interface Question {
  readonly ServiceNamespace?: string | undefined;
  readonly ResourceId?: string | undefined;
  readonly ScalableDimension?: string | undefined;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
}

/** What can be scaled, by namespace, resource and dimension. */
const describeScalableTargets: Handler<
  Scaling.DescribeScalableTargetsCommandInput,
  Scaling.DescribeScalableTargetsCommandOutput
> = (input, account) => {
  const targets = account.state.applicationAutoscaling.ScalableTargets.filter(
    (target) =>
      isAsked(target, input) &&
      (input.ResourceIds === undefined || input.ResourceIds.includes(target.ResourceId)),
  );
  const { items, token } = paged(targets, input);
  return { ScalableTargets: items, ...token };
};

/** Scaling policies, by name, namespace, resource and dimension. */
const describeScalingPolicies: Handler<
  Scaling.DescribeScalingPoliciesCommandInput,
  Scaling.DescribeScalingPoliciesCommandOutput
> = (input, account) => {
  const policies = account.state.applicationAutoscaling.ScalingPolicies.filter(
    (policy) =>
      isAsked(policy, input) &&
      (input.PolicyNames === undefined || input.PolicyNames.includes(policy.PolicyName)),
  );
  const { items, token } = paged(policies, input);
  return { ScalingPolicies: items, ...token };
};

/** What scaling did, newest first. */
const describeScalingActivities: Handler<
  Scaling.DescribeScalingActivitiesCommandInput,
  Scaling.DescribeScalingActivitiesCommandOutput
> = (input, account) => {
  const activities = account.state.applicationAutoscaling.ScalingActivities.filter((activity) =>
    isAsked(activity, input),
  );
  activities.sort((left, right) => Date.parse(right.StartTime ?? '') - Date.parse(left.StartTime ?? ''));
  const { items, token } = paged(activities, input);
  return { ScalingActivities: items, ...token };
};

export const applicationAutoscalingHandlers: HandlerTable = {
  DescribeScalableTargets: describeScalableTargets,
  DescribeScalingPolicies: describeScalingPolicies,
  DescribeScalingActivities: describeScalingActivities,
  RegisterScalableTarget: registerScalableTarget,
  PutScalingPolicy: putScalingPolicy,
  DeleteScalingPolicy: deleteScalingPolicy,
};

function isAsked(
  item: { ServiceNamespace?: string | undefined; ResourceId: string; ScalableDimension?: string | undefined },
  question: Question,
): boolean {
  if (item.ServiceNamespace !== question.ServiceNamespace) return false;
  if (question.ResourceId !== undefined && item.ResourceId !== question.ResourceId) return false;
  return question.ScalableDimension === undefined || item.ScalableDimension === question.ScalableDimension;
}

function paged<Item>(all: Item[], question: Question): { items: Item[]; token: { NextToken?: string } } {
  const { NextToken, MaxResults, ...scope } = question;
  const page = pageOf(all, {
    token: NextToken,
    limit: MaxResults,
    defaultLimit: PAGE_MAX,
    maxLimit: PAGE_MAX,
    rangeCode: 'ValidationException',
    scope: JSON.stringify(scope),
    invalidToken: () => new AwsFault('InvalidNextTokenException', 'The next token is not valid.'),
  });
  return { items: page.items, token: page.nextToken === undefined ? {} : { NextToken: page.nextToken } };
}
