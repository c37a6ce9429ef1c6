// Answers of ECS, of what scales and deploys its services, and of what starts its tasks.

import { lastPart, partitionOf } from '../../../../tools/arn.ts';
import type { Snapshot } from '../../../contract/snapshot.ts';
import { type Filings, namesOnly } from './filing.ts';

export const ecsFilings = {
  'ecs:ListClusters': namesOnly,
  'ecs:DescribeClusters': ({ snapshot: { ecs }, keep }, { clusters }) =>
    keep(ecs.clusters, ['clusterArn'], clusters),
  'ecs:ListServices': namesOnly,
  'ecs:DescribeServices': ({ snapshot: { ecs }, keep }, { services }) =>
    keep(ecs.services, ['serviceArn'], services),
  'ecs:ListTasks': (
    { snapshot, named },
    { taskArns = [] },
    { cluster = 'default', serviceName, desiredStatus = 'RUNNING' },
  ) =>
    named(snapshot.ecs.tasks, ['taskArn'], {
      by: 'ecs:DescribeTasks',
      items: taskArns.map((taskArn) => ({
        taskArn,
        clusterArn: ecsArn(snapshot, `cluster/${lastPart(cluster)}`),
        desiredStatus,
        lastStatus: desiredStatus,
        ...(serviceName === undefined ? {} : { group: `service:${serviceName}` }),
      })),
    }),
  'ecs:DescribeTasks': ({ snapshot: { ecs }, keep }, { tasks }) => keep(ecs.tasks, ['taskArn'], tasks),
  'ecs:ListTaskDefinitions': namesOnly,
  'ecs:DescribeTaskDefinition': ({ snapshot: { ecs }, keep }, { taskDefinition, tags }) =>
    keep(ecs.taskDefinitions, ['taskDefinitionArn'], taskDefinition && [{ ...taskDefinition, tags }]),
  'ecs:ListContainerInstances': ({ snapshot: { ecs }, named }, { containerInstanceArns = [] }) =>
    named(ecs.containerInstances, ['containerInstanceArn'], {
      by: 'ecs:DescribeContainerInstances',
      items: containerInstanceArns.map((containerInstanceArn) => ({ containerInstanceArn })),
    }),
  'ecs:DescribeContainerInstances': ({ snapshot: { ecs }, keep }, { containerInstances }) =>
    keep(ecs.containerInstances, ['containerInstanceArn'], containerInstances),
  'ecs:DescribeCapacityProviders': ({ snapshot: { ecs }, keep }, { capacityProviders }) =>
    keep(ecs.capacityProviders, ['name'], capacityProviders),
  'ecs:ListServiceDeployments': ({ snapshot: { ecs }, keep }, { serviceDeployments }) =>
    keep(ecs.serviceDeployments, ['serviceDeploymentArn'], serviceDeployments),
  'ecs:DescribeServiceDeployments': ({ snapshot: { ecs }, keep }, { serviceDeployments }) =>
    keep(ecs.serviceDeployments, ['serviceDeploymentArn'], serviceDeployments),
  'ecs:DescribeServiceRevisions': ({ snapshot: { ecs }, keep }, { serviceRevisions }) =>
    keep(ecs.serviceRevisions, ['serviceRevisionArn'], serviceRevisions),
  'ecs:ListAccountSettings': ({ snapshot: { ecs }, keep }, { settings }) =>
    keep(
      ecs.accountSettings,
      ['name'],
      settings?.map(({ name, value }) => ({ name, value })),
    ),
  'ecs:GetTaskProtection': ({ snapshot: { ecs }, keep }, { protectedTasks }) =>
    keep(ecs.taskProtections, ['taskArn'], protectedTasks),

  'application-autoscaling:DescribeScalableTargets': ({ snapshot, keep }, { ScalableTargets }) =>
    keep(
      snapshot.applicationAutoscaling.ScalableTargets,
      ['ResourceId', 'ServiceNamespace', 'ScalableDimension'],
      ScalableTargets,
    ),
  'application-autoscaling:DescribeScalingPolicies': ({ snapshot, keep }, { ScalingPolicies }) =>
    keep(
      snapshot.applicationAutoscaling.ScalingPolicies,
      ['PolicyName', 'ResourceId', 'ScalableDimension'],
      ScalingPolicies,
    ),
  'application-autoscaling:DescribeScalingActivities': ({ snapshot, keep }, { ScalingActivities }) =>
    keep(snapshot.applicationAutoscaling.ScalingActivities, ['ActivityId'], ScalingActivities),

  'autoscaling:DescribeAutoScalingGroups': ({ snapshot, keep }, { AutoScalingGroups }) =>
    keep(snapshot.autoscaling.AutoScalingGroups, ['AutoScalingGroupName'], AutoScalingGroups),
  'autoscaling:DescribeScalingActivities': ({ snapshot, keep }, { Activities }) =>
    keep(snapshot.autoscaling.Activities, ['ActivityId'], Activities),

  'codedeploy:ListDeployments': ({ snapshot, named }, { deployments = [] }) =>
    named(snapshot.codedeploy.deployments, ['deploymentId'], {
      by: 'codedeploy:BatchGetDeployments',
      items: deployments.map((deploymentId) => ({ deploymentId })),
    }),
  'codedeploy:BatchGetDeployments': ({ snapshot, keep }, { deploymentsInfo }) =>
    keep(snapshot.codedeploy.deployments, ['deploymentId'], deploymentsInfo),

  'events:ListRuleNamesByTarget': ({ snapshot, named }, { RuleNames = [] }, { EventBusName = 'default' }) =>
    named(snapshot.events.rules, ['Name', 'EventBusName'], {
      by: 'events:DescribeRule',
      items: RuleNames.map((Name) => ({ Name, EventBusName })),
    }),
  'events:ListRules': namesOnly,
  'events:DescribeRule': ({ snapshot, keep }, rule) =>
    keep(
      snapshot.events.rules,
      ['Name', 'EventBusName'],
      [{ ...rule, EventBusName: rule.EventBusName ?? 'default' }],
    ),
  'events:ListTargetsByRule': (
    { snapshot, known, keep },
    { Targets },
    { Rule = '', EventBusName = 'default' },
  ) => {
    const rule = known(snapshot.events.rules, ['Name', 'EventBusName'], {
      Name: Rule,
      EventBusName,
      Targets: [],
    });
    rule.Targets ??= [];
    // What a target hands to the task may hold values of environment variables as text, where nothing would take them out.
    keep(
      rule.Targets,
      ['Id'],
      Targets?.map(({ Input: _input, InputTransformer: _transformer, ...target }) => target),
    );
  },
} satisfies Filings;

function ecsArn({ account: { id, region } }: Snapshot, resource: string): string {
  return `arn:${partitionOf(region)}:ecs:${region}:${id}:${resource}`;
}
