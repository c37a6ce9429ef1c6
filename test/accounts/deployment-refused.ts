// Deployment causes that show as calls AWS refused or undid: controllers, modes, references, names, desired counts.

import type { World } from './base.ts';
import { cause } from './case.ts';
import {
  clumsyPeople,
  oddSettings,
  oldOutOfMemory,
  oldPullTimeouts,
  storefrontWithoutImage,
  workerOutOfMemory,
  workerShutIn,
} from './decoys.ts';
import { event, failedToStart, failing } from './incident.ts';
import { trail } from './trail.ts';
import {
  clusterArn,
  definitionArn,
  primaryOf,
  targetGroupArn,
  theDefinition,
  theService,
} from './workload.ts';

export const deploymentRefused = [
  cause('deployment-controller-mismatch', {
    verdict: 'likely',
    why: 'that somebody tried is only in the trail',
    denied: ['cloudtrail:LookupEvents'],
    at: { region: 'us-west-2', account: '190030017766', cluster: 'bluegreen', service: 'store', net: 60 },
    ill: (w) =>
      codeDeploy(
        w,
        'Unable to update network parameters on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
        { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0new'] } } },
      ),
    decoysAt: {
      region: 'ap-northeast-1',
      account: '753340028812',
      cluster: 'bg',
      service: 'reserve',
      net: 109,
    },
    again: (w) =>
      codeDeploy(
        w,
        'Unable to update task definition on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
        { taskDefinition: 'reserve:43' },
      ),
    decoys: [workerShutIn, clumsyPeople, oldOutOfMemory],
  }),
  cause('network-mode-mismatch', {
    verdict: 'likely',
    why: 'the combination was refused, so no state shows it',
    denied: ['cloudtrail:LookupEvents'],
    at: {
      region: 'us-east-1',
      account: '546670017744',
      cluster: 'modes',
      service: 'relay',
      net: 50,
      launch: 'EC2',
    },
    ill: (w) =>
      refused(
        w,
        'UpdateService',
        'Network Configuration is not valid for the given networkMode of this task definition.',
        {
          taskDefinition: definitionArn(w, 'relay', 41),
          networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a'] } },
        },
      ),
    decoysAt: {
      region: 'eu-west-3',
      account: '289980028811',
      cluster: 'lift',
      service: 'ledger',
      net: 105,
      launch: 'EC2',
      mode: 'awsvpc',
    },
    again: (w) =>
      refused(
        w,
        'UpdateService',
        `The provided target group ${targetGroupArn(w)} has target type instance, which is incompatible with the awsvpc network mode specified in the task definition.`,
        {
          taskDefinition: definitionArn(w, 'ledger', 41),
          loadBalancers: [{ targetGroupArn: targetGroupArn(w) }],
        },
      ),
    decoys: [workerOutOfMemory, clumsyPeople, oldOutOfMemory],
  }),
  cause('service-lifecycle-conflict', {
    verdict: 'likely',
    why: 'the service drains; that its name was asked for again is in the trail',
    denied: ['ecs:DescribeServices'],
    at: {
      region: 'us-east-1',
      account: '659910017733',
      cluster: 'spin',
      service: 'front50',
      net: 53,
      count: 2,
    },
    ill: (w) => {
      theService(w).status = 'DRAINING';
      Object.assign(theService(w), { desiredCount: 0 });
      primaryOf(w).desiredCount = 0;
      refused(w, 'CreateService', 'Unable to Start a service that is still Draining.', {
        cluster: clusterArn(w, 'spin'),
        serviceName: 'front50',
      });
    },
    decoysAt: {
      region: 'ap-southeast-2',
      account: '308820028855',
      cluster: 'cfn',
      service: 'orders',
      net: 110,
    },
    again: (w) => {
      theService(w).status = 'DRAINING';
      Object.assign(theService(w), { desiredCount: 0 });
      primaryOf(w).desiredCount = 0;
      refused(w, 'CreateService', 'Creation of service was not idempotent.', {
        cluster: clusterArn(w, 'cfn'),
        serviceName: 'orders',
      });
    },
    decoys: [workerOutOfMemory, oldPullTimeouts, clumsyPeople],
  }),
  cause('stale-or-wrong-reference', {
    denied: ['ec2:DescribeSecurityGroups'],
    at: { region: 'us-west-2', account: '836610017755', cluster: 'night', service: 'etl', net: 9, count: 2 },
    ill: (w) => {
      // The service slept at zero tasks while its security group was cleaned away.
      const gone = 'sg-0dead00beef00cafe';
      Object.assign(theService(w).networkConfiguration?.awsvpcConfiguration ?? {}, {
        securityGroups: [gone],
      });
      failing(w, { code: failedToStart, reason: 'ignored', count: 0 });
      for (const secondsAgo of [90, 400, 1_000])
        event(
          w,
          secondsAgo,
          `(service etl) failed to launch a task with (error Unexpected EC2 error while attempting to Create Network Interface with public IP assignment disabled in subnet: InvalidSecurityGroupID.NotFound: The security group '${gone}' does not exist).`,
        );
    },
    decoysAt: {
      region: 'eu-west-1',
      account: '173390028822',
      cluster: 'cache',
      service: 'profile',
      net: 106,
      count: 2,
    },
    again: (w) => {
      theDefinition(w).status = 'INACTIVE';
      theDefinition(w).deregisteredAt = w.ago(5_000);
      refused(
        w,
        'UpdateService',
        'TaskDefinition is inactive',
        { taskDefinition: definitionArn(w, 'profile', 41), forceNewDeployment: true },
        'ClientException',
      );
      failing(w, { code: failedToStart, reason: 'ignored', count: 0 });
      for (const secondsAgo of [120, 500])
        event(
          w,
          secondsAgo,
          '(service profile) failed to launch a task with (error TaskDefinition is inactive).',
        );
    },
    decoys: [workerShutIn, storefrontWithoutImage, oddSettings],
  }),
];

/** Calls about the service that ECS refused. */
function refused(
  w: World,
  call: string,
  message: string,
  request: object,
  code = 'InvalidParameterException',
): void {
  for (const secondsAgo of [500, 1_400])
    trail(w, secondsAgo, call, {
      error: [code, message],
      request: { cluster: w.place.cluster, service: w.place.service, ...request },
    });
}

function codeDeploy(w: World, message: string, request: object): void {
  const service = theService(w);
  const { count, region } = w.place;
  service.deploymentController = { type: 'CODE_DEPLOY' };
  service.deployments = [];
  service.taskSets = [
    {
      id: 'ecs-svc/6671029384756102938',
      taskSetArn: w.arn(
        'ecs',
        `task-set/${w.place.cluster}/${service.serviceName}/ecs-svc/6671029384756102938`,
      ),
      status: 'PRIMARY',
      taskDefinition: service.taskDefinition ?? '',
      computedDesiredCount: count,
      runningCount: count,
      pendingCount: 0,
      scale: { value: 100, unit: 'PERCENT' },
      stabilityStatus: 'STEADY_STATE',
      launchType: 'FARGATE',
      createdAt: w.ago(89_000),
    },
  ];
  for (const task of w.snapshot.ecs.tasks)
    if (task.group === `service:${service.serviceName}`) task.startedBy = 'ecs-svc/6671029384756102938';
  w.snapshot.codedeploy.deployments.push({
    deploymentId: 'd-Q7X1K2M3N',
    status: 'Succeeded',
    applicationName: `AppECS-${region}`,
  });
  refused(w, 'UpdateService', message, request);
}
