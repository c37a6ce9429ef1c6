// The evidence about one scheduled rule of EventBridge that runs ECS tasks: the rule, its targets, what each target names, and what
// became of the invocations. A read that failed leaves a gap; "not among the items" is then unseen, never absent.

import type { Event as TrailEvent } from '@aws-sdk/client-cloudtrail';
import type * as Ec2 from '@aws-sdk/client-ec2';
import type * as Ecs from '@aws-sdk/client-ecs';
import type * as EventBridge from '@aws-sdk/client-eventbridge';
import type * as Iam from '@aws-sdk/client-iam';
import type { Observed, Seen } from '../evidence.ts';

/** A role that a target names, with every policy document that could be read, decoded from AWS's percent-encoding. */
export interface ScheduleRole {
  readonly arn: string;
  /** Undefined when IAM answered that there is no such role. */
  readonly role: Iam.Role | undefined;
  /** JSON text of the trust policy; empty when IAM sent none. */
  readonly trust: string;
  readonly policies: readonly { readonly name: string; readonly document: string }[];
}

/** One point of a metric: the sum over the period that begins at `atMs`. */
export interface MetricSum {
  readonly atMs: number;
  readonly sum: number;
}

/** A recorded RunTask request, with the part of the record that tells how it ended. */
export interface RunTaskAttempt {
  readonly event: TrailEvent;
  readonly atMs: number;
  /** AWS's error code, such as `AccessDenied`; undefined when the request was accepted. */
  readonly errorCode: string | undefined;
  readonly errorMessage: string;
  /** `failures[].reason` of an accepted request that started nothing. */
  readonly failures: readonly string[];
  /** The task definition the request named: an ARN, or family with or without revision. */
  readonly taskDefinition: string;
}

export interface ScheduleEvidence {
  readonly account: string;
  readonly region: string;
  /** Milliseconds since the epoch: the "now" of every age. */
  readonly nowMs: number;
  readonly rule: Observed<EventBridge.DescribeRuleResponse>;
  readonly targets: Seen<EventBridge.Target>;
  /** Those the targets name; one that AWS does not know is absent without a gap. */
  readonly taskDefinitions: Seen<Ecs.TaskDefinition>;
  /** Those the targets name; one that AWS does not know is absent without a gap. */
  readonly clusters: Seen<Ecs.Cluster>;
  readonly roles: Seen<ScheduleRole>;
  readonly subnets: Seen<Ec2.Subnet>;
  readonly securityGroups: Seen<Ec2.SecurityGroup>;
  /** RunTask requests on behalf of the rule that CloudTrail recorded, newest first. */
  readonly attempts: Seen<RunTaskAttempt>;
  /** AWS/Events, dimension RuleName: how often the rule fired, and how often that failed; oldest first. */
  readonly invocations: Seen<MetricSum>;
  readonly failedInvocations: Seen<MetricSum>;
  /** Tasks that were started by the rule (`startedBy` begins `events-rule/`) and are still visible. */
  readonly tasks: Seen<Ecs.Task>;
}
