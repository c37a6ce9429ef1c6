// EC2 Auto Scaling: groups and what they did lately.

import type * as AutoScaling from '@aws-sdk/client-auto-scaling';
import { AwsFault } from '../wire/aws-fault.ts';
import type { Handler, HandlerTable } from './handler.ts';
import { withoutMarks } from './marks.ts';
import { pageOf } from './page.ts';
import { updateAutoScalingGroup } from './scaling-changes.ts';

/** Groups by name; names that do not exist are left out, as AWS does. */
const describeAutoScalingGroups: Handler<
  AutoScaling.DescribeAutoScalingGroupsCommandInput,
  AutoScaling.DescribeAutoScalingGroupsCommandOutput
> = (input, { state }) => {
  const names = input.AutoScalingGroupNames ?? [];
  const wanted = state.autoscaling.AutoScalingGroups.filter(
    (group) => names.length === 0 || names.includes(group.AutoScalingGroupName),
  );
  const page = pageOf(wanted, {
    token: input.NextToken,
    limit: input.MaxRecords,
    defaultLimit: 50,
    maxLimit: 100,
    rangeCode: 'ValidationError',
    scope: `Groups ${names.join()}`,
    invalidToken,
  });
  return {
    AutoScalingGroups: withoutMarks(page.items),
    ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
  };
};

/** What a group did, newest first. Throws ValidationError for a group that is not there. */
const describeScalingActivities: Handler<
  AutoScaling.DescribeScalingActivitiesCommandInput,
  AutoScaling.DescribeScalingActivitiesCommandOutput
> = (input, { state }) => {
  const { AutoScalingGroups, Activities } = state.autoscaling;
  const name = input.AutoScalingGroupName;
  if (name !== undefined && !AutoScalingGroups.some((group) => group.AutoScalingGroupName === name)) {
    throw new AwsFault(
      'ValidationError',
      `AutoScalingGroup name not found - AutoScalingGroup ${name} not found`,
    );
  }
  const wanted = Activities.filter(
    (activity) =>
      (name === undefined || activity.AutoScalingGroupName === name) &&
      (input.ActivityIds === undefined || input.ActivityIds.includes(activity.ActivityId)),
  ).sort((left, right) => Date.parse(right.StartTime ?? '') - Date.parse(left.StartTime ?? ''));
  const page = pageOf(wanted, {
    token: input.NextToken,
    limit: input.MaxRecords,
    defaultLimit: 100,
    maxLimit: 100,
    rangeCode: 'ValidationError',
    scope: `Activities ${name ?? ''}`,
    invalidToken,
  });
  return { Activities: page.items, ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }) };
};

export const autoscalingHandlers: HandlerTable = {
  DescribeAutoScalingGroups: describeAutoScalingGroups,
  DescribeScalingActivities: describeScalingActivities,
  UpdateAutoScalingGroup: updateAutoScalingGroup,
};

function invalidToken(): AwsFault {
  return new AwsFault('InvalidNextToken', 'The token is not valid.');
}
