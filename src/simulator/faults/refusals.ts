// Faults of changes that AWS refuses: the service runs on as it was, and whoever asked wonders why nothing came of it. None can be mended
// by changing the account: what has to change is what was asked for.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { SnapshotTaskDefinition } from '../../contract/snapshot.ts';
import { hasInterface } from '../accounts/fleet-plan.ts';
import { arn, roleArn } from '../accounts/names.ts';
import type { AccountPlan, ServicePlan } from '../accounts/plan.ts';
import { updateService } from '../services/ecs-changes.ts';
import { registerTaskDefinition } from '../services/ecs-definition-changes.ts';
import { anywhere, type Fault, type FaultSite } from './fault.ts';
import { recordChange, registerRevision, serviceAt } from './people.ts';
import { ask, pipelineRole, roleWith } from './requests.ts';

const isBalanced: Fault['fits'] = (_, service) => service.balanced;
const refused = { runsOn: true, mendable: false } as const;
const whyNoDeployment = (plan: AccountPlan, service: ServicePlan) =>
  `Why does the last deployment of ${service.name} in ${plan.cluster} not go through?`;

export const refusalFaults: readonly Fault[] = [
  {
    ...refused,
    name: 'container-renamed',
    class: 'lb-attachment-invalid',
    about:
      'a revision calls its container something else, and the service still names the old one to its load balancer',
    fits: isBalanced,
    question: whyNoDeployment,
    inject: (site) => {
      const name = `${site.service.container}-${site.random.pick(['server', 'http', 'v2'])}`;
      const revision = registerRevision(site, (_, container) => {
        container.name = name;
      });
      return [deploy(site, { taskDefinition: lastPart(revision) }), revision];
    },
  },
  {
    ...refused,
    name: 'bridge-revision-deployed',
    class: 'network-mode-mismatch',
    about: 'a revision in bridge mode is deployed to a service whose tasks have addresses of their own',
    fits: (plan, service) => service.launchType === 'EC2' && hasInterface(plan),
    question: whyNoDeployment,
    inject: (site) => {
      const revision = registerRevision(site, (definition) => {
        definition.networkMode = 'bridge';
      });
      return [deploy(site, { taskDefinition: lastPart(revision) }), revision];
    },
  },
  {
    ...refused,
    name: 'instance-targets-for-addresses',
    class: 'network-mode-mismatch',
    about: 'the service is to move to a new target group, which takes instances and not addresses',
    fits: (plan, service) => isBalanced(plan, service) && hasInterface(plan),
    question: (plan, service) =>
      `Why can I not change the target group of ${service.name} in ${plan.cluster}?`,
    inject: (site) => {
      const { account, plan, service } = site;
      const own = serviceAt(site).loadBalancers?.[0]?.targetGroupArn;
      const old = account.state.elbv2.TargetGroups.find((one) => one.TargetGroupArn === own);
      const name = `${service.name.slice(0, 28)}-new`;
      const made = arn(plan, 'elasticloadbalancing', `targetgroup/${name}/${site.random.hex(16)}`);
      if (old !== undefined)
        account.state.elbv2.TargetGroups.push({
          ...structuredClone(old),
          TargetGroupArn: made,
          TargetGroupName: name,
          TargetType: 'instance',
        });
      recordChange(
        site,
        'elasticloadbalancing:CreateTargetGroup',
        { name, targetType: 'instance' },
        { type: 'AWS::ElasticLoadBalancingV2::TargetGroup', name: made },
      );
      const loadBalancers = [
        { targetGroupArn: made, containerName: service.container, containerPort: service.port },
      ];
      return [deploy(site, { loadBalancers }), made];
    },
  },
  {
    ...refused,
    name: 'rollback-to-deregistered',
    class: 'stale-or-wrong-reference',
    about: 'somebody rolls back to a revision that a cleanup job has deregistered',
    fits: anywhere,
    question: (plan, service) => `Why can ${service.name} in ${plan.cluster} not be rolled back?`,
    inject: (site) => {
      const { account, service } = site;
      const former = account.state.ecs.taskDefinitions.find(
        (one) => one.family === service.name && one.revision === service.revision - 1,
      );
      if (former !== undefined) former.status = 'INACTIVE';
      const name = `${service.name}:${service.revision - 1}`;
      recordChange(
        site,
        'ecs:DeregisterTaskDefinition',
        { taskDefinition: name },
        { type: 'AWS::ECS::TaskDefinition', name: former?.taskDefinitionArn ?? name },
      );
      return [deploy(site, { taskDefinition: name }), former?.taskDefinitionArn ?? ''];
    },
  },
  {
    ...refused,
    name: 'deployed-around-codedeploy',
    class: 'deployment-controller-mismatch',
    about: 'CodeDeploy deploys this service, and the pipeline still calls UpdateService',
    fits: isBalanced,
    question: whyNoDeployment,
    inject: (site) => {
      handOverToCodeDeploy(site);
      const revision = registerRevision(site, (_, container) => {
        container.image = container.image?.replace(/-rc1$/, '');
      });
      return [deploy(site, { taskDefinition: lastPart(revision) })];
    },
  },
  {
    ...refused,
    name: 'pipeline-may-not-pass-role',
    class: 'passrole-denied',
    about: 'a revision names a new task role, which the pipeline may not hand over',
    fits: anywhere,
    question: whyNoDeployment,
    inject: (site) => {
      const { plan, service } = site;
      pipelineRole(site, [roleArn(plan, service.executionRole), roleArn(plan, service.taskRole)]);
      const role = roleWith(site, `${service.taskRole}-v2`, {
        trusted: 'ecs-tasks.amazonaws.com',
        statements: [
          { Effect: 'Allow', Action: 's3:PutObject', Resource: `arn:aws:s3:::${plan.cluster}-assets/*` },
        ],
      });
      register(site, (definition) => {
        definition.taskRoleArn = role.Arn;
      });
      return [serviceAt(site).serviceArn, role.Arn, roleArn(plan, 'ci-deploy')];
    },
  },
  {
    ...refused,
    name: 'fargate-size-that-is-none',
    class: 'invalid-task-definition',
    about: 'a revision asks for memory that does not go with its CPU on Fargate',
    fits: (_, service) => service.launchType === 'FARGATE',
    question: whyNoDeployment,
    inject: (site) =>
      register(site, (definition) => {
        definition.memory = String(site.service.memoryMiB + site.random.pick([100, 256, 500]));
      }),
  },
  {
    ...refused,
    name: 'container-larger-than-task',
    class: 'invalid-task-definition',
    about: 'a revision gives its container more memory than the task has',
    fits: anywhere,
    question: whyNoDeployment,
    inject: (site) =>
      register(site, (definition) => {
        for (const container of definition.containerDefinitions ?? [])
          container.memory = site.service.memoryMiB * 2;
      }),
  },
];

const lastPart = (name: string) => name.slice(name.lastIndexOf('/') + 1);

/** Asks ECS to change the service; returns the service's ARN. */
function deploy(site: FaultSite, change: Ecs.UpdateServiceCommandInput | object): string {
  const { plan, service } = site;
  const message = ask(site, updateService, {
    operation: 'ecs:UpdateService',
    input: { cluster: plan.cluster, service: service.name, ...change },
    resource: { type: 'AWS::ECS::Service', name: service.name },
  });
  if (message === undefined) throw new RangeError('ECS took the change, so there is nothing to find out');
  return serviceAt(site).serviceArn;
}

/** Asks ECS to register the running revision with `edit` made to it; returns the service's ARN. */
function register(site: FaultSite, edit: (definition: SnapshotTaskDefinition) => void): string[] {
  const { taskDefinition, serviceArn } = serviceAt(site);
  const running = site.account.state.ecs.taskDefinitions.find(
    (one) => one.taskDefinitionArn === taskDefinition,
  );
  if (running === undefined) throw new RangeError('the service runs a revision that is not there');
  const wanted = structuredClone(running);
  edit(wanted);
  const { taskDefinitionArn: _, revision: __, status: ___, registeredAt: ____, ...input } = wanted;
  const message = ask(site, registerTaskDefinition, {
    operation: 'ecs:RegisterTaskDefinition',
    // What ECS keeps of a definition is what it takes, dates aside.
    input: input as Ecs.RegisterTaskDefinitionCommandInput,
    resource: { type: 'AWS::ECS::TaskDefinition', name: site.service.name },
    passes: [wanted.executionRoleArn, wanted.taskRoleArn],
  });
  if (message === undefined) throw new RangeError('ECS took the revision, so there is nothing to find out');
  return [serviceArn];
}

/** The service as it is when CodeDeploy deploys it: a task set in the place of a deployment. */
function handOverToCodeDeploy(site: FaultSite): void {
  const service = serviceAt(site);
  const [deployment] = service.deployments ?? [];
  service.deploymentController = { type: 'CODE_DEPLOY' };
  service.taskSets = [
    {
      id: deployment?.id,
      taskSetArn: `${service.serviceArn.replace(':service/', ':task-set/')}/${deployment?.id ?? ''}`,
      serviceArn: service.serviceArn,
      clusterArn: service.clusterArn,
      status: 'PRIMARY',
      taskDefinition: service.taskDefinition,
      computedDesiredCount: service.desiredCount,
      runningCount: service.runningCount,
      pendingCount: 0,
      launchType: service.launchType,
      scale: { value: 100, unit: 'PERCENT' },
      stabilityStatus: 'STEADY_STATE',
      createdAt: deployment?.createdAt,
      updatedAt: deployment?.updatedAt,
      loadBalancers: structuredClone(service.loadBalancers),
    },
  ];
  service.deployments = [];
}
