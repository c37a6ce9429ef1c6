// Faults of services and their deployments: bounds that leave no step, a number that two sides set, a target group nobody routes to, a group
// that is gone, a name that is not free yet.

import { isoTime } from '../../kernel/clock.ts';
import { hasInterface } from '../accounts/fleet-plan.ts';
import { arn, targetGroupArn } from '../accounts/names.ts';
import { primaryOf } from '../deployment.ts';
import { createService, deleteService } from '../services/ecs-service-life.ts';
import { anywhere, type Fault, type FaultSite } from './fault.ts';
import { deployAgain, deployRevision, recordChange, serviceAt } from './people.ts';
import { ask } from './requests.ts';

const isBalanced: Fault['fits'] = (_, service) => service.balanced;
/** Target tracking holds this share of the CPU (percent). */
const CPU_AIM = 60;
const PROTECTED_HOURS = 12;

export const deploymentFaults: readonly Fault[] = [
  {
    name: 'bounds-of-one-hundred',
    class: 'deployment-settings',
    about:
      'somebody set both bounds of the deployment to 100 percent, and the next deployment cannot take a step',
    fits: anywhere,
    mendable: true,
    inject: (site) => {
      setBounds(site, { minimumHealthyPercent: 100, maximumPercent: 100 });
      deployNewTag(site);
      return [serviceAt(site).serviceArn];
    },
  },
  {
    name: 'bounds-round-to-nothing',
    class: 'deployment-settings',
    about: 'the bounds allow a tenth more, which is no whole task of so few',
    fits: (_, service) => service.desired < 10,
    mendable: true,
    inject: (site) => {
      setBounds(site, { minimumHealthyPercent: 95, maximumPercent: site.random.pick([105, 110]) });
      deployNewTag(site);
      return [serviceAt(site).serviceArn];
    },
  },
  {
    name: 'tasks-protected',
    class: 'deployment-settings',
    about:
      'the tasks protect themselves from being stopped and never end it, so a deployment does not finish',
    fits: anywhere,
    mendable: true,
    minutes: 40,
    inject: (site) => {
      const tasks = protectTasks(site);
      deployNewTag(site);
      return [...tasks, serviceAt(site).serviceArn];
    },
  },
  {
    name: 'pipeline-resets-count',
    class: 'autoscaling-conflict',
    about: 'scaling adds tasks for the load, and each run of the infrastructure code sets the number back',
    fits: (_, service) => service.desired >= 2,
    runsOn: true,
    mendable: false,
    minutes: 55,
    again: { everyMinutes: 14, act: (site) => setCount(site, site.service.desired) },
    question: (plan, service) =>
      `Why does the number of tasks of ${service.name} in ${plan.cluster} keep changing?`,
    inject: (site) => {
      scaleWithLoad(site);
      return [serviceAt(site).serviceArn];
    },
  },
  {
    name: 'listener-rule-deleted',
    class: 'lb-attachment-invalid',
    about: 'the rules that lead to the target group were deleted, and nothing reaches the tasks',
    fits: isBalanced,
    mendable: false,
    inject: (site) => {
      const group = targetGroupArn(site.plan, site.service);
      unroute(site, group);
      deployAgain(site);
      return [group];
    },
  },
  {
    name: 'security-group-deleted',
    class: 'stale-or-wrong-reference',
    about:
      'the service slept at night without a task, and a cleanup deleted a security group that nothing used then',
    fits: hasInterface,
    mendable: false,
    minutes: 25,
    again: { everyMinutes: 6, act: wakeWithoutGroup },
    inject: (site) => {
      const extra = addExtraGroup(site);
      setCount(site, 0);
      return [extra];
    },
  },
  {
    name: 'replaced-while-draining',
    class: 'service-lifecycle-conflict',
    about: 'infrastructure code deletes the service and creates it anew while the old one still drains',
    fits: isBalanced,
    mendable: false,
    minutes: 8,
    question: (plan, service) => `Why can ${service.name} in ${plan.cluster} not be created again?`,
    inject: replaceService,
  },
];

function setBounds(site: FaultSite, bounds: { minimumHealthyPercent: number; maximumPercent: number }): void {
  const service = serviceAt(site);
  service.deploymentConfiguration = { ...service.deploymentConfiguration, ...bounds };
  recordService(site, { deploymentConfiguration: bounds });
}

/** An everyday deployment: another level of its log and nothing else. */
function deployNewTag(site: FaultSite): void {
  deployRevision(site, (_, container) => {
    for (const variable of container.environment ?? [])
      if (variable.name === 'LOG_LEVEL') variable.value = 'debug';
  });
}

function setCount(site: FaultSite, desiredCount: number): void {
  const service = serviceAt(site);
  service.desiredCount = desiredCount;
  const primary = primaryOf(service);
  if (primary !== undefined) primary.desiredCount = desiredCount;
  recordService(site, { desiredCount });
}

function recordService(site: FaultSite, change: Record<string, unknown>): void {
  recordChange(
    site,
    'ecs:UpdateService',
    { cluster: site.plan.cluster, service: site.service.name, ...change },
    { type: 'AWS::ECS::Service', name: site.service.name },
  );
}

/** What the tasks ask of their agent, which CloudTrail records as a call of the tasks' role. */
function protectTasks(site: FaultSite): string[] {
  const { account, service, plan } = site;
  const until = isoTime(account.now() + PROTECTED_HOURS * 3_600_000);
  const tasks = account.state.ecs.tasks.filter((task) => task.group === `service:${service.name}`);
  for (const { taskArn } of tasks)
    account.state.ecs.taskProtections.push({ taskArn, protectionEnabled: true, expirationDate: until });
  recordChange(
    site,
    'ecs:UpdateTaskProtection',
    { cluster: plan.cluster, tasks: tasks.map(({ taskArn }) => taskArn), protectionEnabled: true },
    { type: 'AWS::ECS::Service', name: service.name },
  );
  return tasks.map(({ taskArn }) => taskArn);
}

/** Target tracking, and a load that takes one task more than the service has. */
function scaleWithLoad(site: FaultSite): void {
  const { account, plan, service } = site;
  const { desired } = service;
  const common = {
    ServiceNamespace: 'ecs' as const,
    ResourceId: `service/${plan.cluster}/${service.name}`,
    ScalableDimension: 'ecs:service:DesiredCount' as const,
    CreationTime: isoTime(account.now()),
  };
  const { applicationAutoscaling: scaling } = account.state;
  scaling.ScalableTargets.push({
    ...common,
    MinCapacity: desired,
    MaxCapacity: desired + 4,
    RoleARN: `arn:aws:iam::${plan.account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
  });
  scaling.ScalingPolicies.push({
    ...common,
    PolicyARN: arn(
      plan,
      'autoscaling',
      `scalingPolicy:${site.random.hex(8)}:resource/ecs/${common.ResourceId}`,
    ),
    PolicyName: 'cpu',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: CPU_AIM,
      PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
    },
  });
  recordChange(
    site,
    'application-autoscaling:RegisterScalableTarget',
    { resourceId: common.ResourceId },
    { type: 'AWS::ApplicationAutoScaling::ScalableTarget', name: common.ResourceId },
  );
  deployRevision(site, (_, container) => {
    container.dockerLabels = { SIMULATE: `load=${(desired + 1) * CPU_AIM - 10}` };
  });
}

function unroute(site: FaultSite, group: string): void {
  const { elbv2 } = site.account.state;
  const leads = (actions: readonly { TargetGroupArn?: string | undefined }[] | undefined) =>
    (actions ?? []).some((action) => action.TargetGroupArn === group);
  const gone = elbv2.Rules.filter((rule) => leads(rule.Actions));
  elbv2.Rules = elbv2.Rules.filter((rule) => !gone.includes(rule));
  for (const listener of elbv2.Listeners)
    if (leads(listener.DefaultActions))
      listener.DefaultActions = [
        { Type: 'fixed-response', Order: 1, FixedResponseConfig: { StatusCode: '404' } },
      ];
  for (const one of elbv2.TargetGroups) if (one.TargetGroupArn === group) one.LoadBalancerArns = [];
  for (const rule of gone)
    recordChange(
      site,
      'elasticloadbalancing:DeleteRule',
      { ruleArn: rule.RuleArn },
      { type: 'AWS::ElasticLoadBalancingV2::ListenerRule', name: rule.RuleArn },
    );
}

const EXTRA_GROUP = 'office-access';

/** A second group that the service names beside its own, to which nothing else refers. */
function addExtraGroup(site: FaultSite): string {
  const { account, plan, random } = site;
  const id = random.id('sg');
  account.state.ec2.SecurityGroups.push({
    GroupId: id,
    GroupName: EXTRA_GROUP,
    Description: 'access from the office',
    VpcId: plan.vpc,
    OwnerId: plan.account,
    IpPermissions: [],
    IpPermissionsEgress: [],
    Tags: [],
  });
  const service = serviceAt(site);
  for (const one of [service, ...(service.deployments ?? [])]) {
    const configuration = structuredClone(one.networkConfiguration);
    configuration?.awsvpcConfiguration?.securityGroups?.push(id);
    one.networkConfiguration = configuration;
  }
  return id;
}

/** The cleanup finds the group unused, and in the morning the service is scaled up again. */
function wakeWithoutGroup(site: FaultSite): void {
  const { ec2 } = site.account.state;
  const extra = ec2.SecurityGroups.find((one) => one.GroupName === EXTRA_GROUP);
  if (extra === undefined) return;
  ec2.SecurityGroups = ec2.SecurityGroups.filter((one) => one !== extra);
  recordChange(
    site,
    'ec2:DeleteSecurityGroup',
    { groupId: extra.GroupId },
    { type: 'AWS::EC2::SecurityGroup', name: extra.GroupId },
  );
  setCount(site, site.service.desired);
}

/** Connections of this service live long, so its targets drain for an hour; meanwhile its name is not free. */
function replaceService(site: FaultSite): string[] {
  const { account, plan, service } = site;
  const { serviceArn, taskDefinition, networkConfiguration, loadBalancers } = serviceAt(site);
  account.state.elbv2.TargetGroupAttributes[targetGroupArn(plan, service)] = [
    { Key: 'deregistration_delay.timeout_seconds', Value: '3600' },
  ];
  const resource = { type: 'AWS::ECS::Service', name: service.name };
  ask(site, deleteService, {
    operation: 'ecs:DeleteService',
    input: { cluster: plan.cluster, service: service.name, force: true },
    resource,
  });
  ask(site, createService, {
    operation: 'ecs:CreateService',
    input: {
      cluster: plan.cluster,
      serviceName: service.name,
      taskDefinition,
      desiredCount: service.desired,
      networkConfiguration,
      loadBalancers,
    },
    resource,
  });
  return [serviceArn];
}
