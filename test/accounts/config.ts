// Causes in what a definition refers to: secrets, log groups, log routers, and definitions that are refused.

import type { World } from './base.ts';
import { found } from './base.ts';
import { cause } from './case.ts';
import {
  clumsyPeople,
  deadRouteElsewhere,
  everydayStops,
  oddSettings,
  oldOutOfMemory,
  oldPullTimeouts,
  scaryLines,
  storefrontWithoutImage,
  workerOutOfMemory,
  workerShutIn,
} from './decoys.ts';
import { essentialExited, event, exited, failedToStart, failing, failingRollOut } from './incident.ts';
import { addLog, addStopped } from './tasks.ts';
import { trail } from './trail.ts';
import { primaryOf, theContainer, theDefinition, theService } from './workload.ts';

export const config = [
  cause('secret-reference-invalid', {
    denied: ['secretsmanager:*'],
    at: {
      region: 'us-east-1',
      account: '830027719945',
      cluster: 'tickets',
      service: 'seats',
      net: 28,
      count: 2,
    },
    ill: (w) => {
      const missing = w.arn('secretsmanager', 'secret:tickets/redis-Qw12Er');
      failingRollOut(
        w,
        (definition) =>
          definition.containerDefinitions?.[0]?.secrets?.push({ name: 'REDIS_AUTH', valueFrom: missing }),
        {
          code: failedToStart,
          reason: `ResourceInitializationError: unable to pull secrets or registry auth: The task cannot find the secret with ARN '${missing}'. Check whether the secret exists in the specified Region. ResourceNotFoundException: Fetching secret data from AWS Secrets Manager in region us-east-1: secret ${missing}: Secrets Manager can't find the specified secret.`,
        },
      );
    },
    decoysAt: { region: 'eu-west-1', account: '114490028837', cluster: 'school', service: 'grades', net: 43 },
    again: (w) => {
      const name = w.arn('ssm', 'parameter/school/smtp-passwort');
      theContainer(w).secrets?.push({ name: 'SMTP_PASSWORD', valueFrom: name });
      failing(w, {
        code: failedToStart,
        reason: `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid parameters: /school/smtp-passwort`,
      });
    },
    decoys: [oddSettings, workerShutIn, deadRouteElsewhere, clumsyPeople],
  }),
  cause('log-group-missing', {
    denied: ['logs:*'],
    at: {
      region: 'us-east-2',
      account: '749920183365',
      cluster: 'cinema',
      service: 'trailers',
      net: 34,
      count: 2,
    },
    ill: (w) => {
      w.snapshot.logs.logGroups = w.snapshot.logs.logGroups.filter(
        (one) => one.logGroupName !== '/ecs/cinema/trailers',
      );
      failing(w, {
        code: failedToStart,
        reason:
          'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1',
      });
    },
    decoysAt: {
      region: 'eu-central-1',
      account: '526610938847',
      cluster: 'museum',
      service: 'tours',
      net: 59,
      launch: 'EC2',
    },
    again: (w) => {
      Object.assign(theContainer(w).logConfiguration?.options ?? {}, { 'awslogs-group': '/ecs/museum/tour' });
      failing(w, {
        code: failedToStart,
        reason: 'Task failed to start',
        why: 'CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.',
      });
    },
    decoys: [workerOutOfMemory, oldPullTimeouts, oddSettings],
  }),
  cause('log-pipeline-failure', {
    verdict: 'likely',
    why: 'what a log router does inside its task is only in its own lines',
    denied: ['ecs:DescribeTasks'],
    at: { region: 'us-east-1', account: '672201849937', cluster: 'ads', service: 'bidder', net: 74 },
    ill: (w) => {
      addRouter(w, 'cloudwatch_logz');
      const ended = addRouterDeaths(w);
      for (const task of ended)
        addLog(
          w,
          task,
          [
            'Fluent Bit v1.9.10',
            "[2026/05/12 14:10:02] [error] [config] section 'cloudwatch_logz' tried to instance a plugin name that don't exists",
            '[2026/05/12 14:10:02] [error] configuration file contains errors, aborting.',
          ],
          300,
          'log-router',
        );
    },
    decoysAt: { region: 'eu-west-1', account: '397740028815', cluster: 'radio', service: 'streams', net: 86 },
    again: (w) => {
      addRouter(w, 'firehose');
      const ended = addRouterDeaths(w);
      for (const task of ended)
        addLog(
          w,
          task,
          [
            'AWS for Fluent Bit Container Image Version 2.32.2',
            '[2026/05/12 14:11:22] [ warn] [engine] failed to flush chunk, retry in 11 seconds: task_id=4, input=forward.1 > output=firehose.1 (out_id=1)',
            "[2026/05/12 14:11:30] [error] [output:firehose:firehose.1] PutRecordBatch API responded with error='ResourceNotFoundException'",
            '[2026/05/12 14:11:31] [error] [input:forward:forward.1] paused (mem buf overlimit)',
          ],
          200,
          'log-router',
        );
    },
    decoys: [workerOutOfMemory, everydayStops, storefrontWithoutImage],
  }),
  cause('invalid-task-definition', {
    denied: ['cloudtrail:LookupEvents'],
    at: { region: 'us-east-1', account: '549903318827', cluster: 'forms', service: 'builder', net: 91 },
    ill: (w) => {
      for (const secondsAgo of [600, 1_200])
        trail(w, secondsAgo, 'RegisterTaskDefinition', {
          error: [
            'ClientException',
            'No Fargate configuration exists for given values: 512 CPU, 512 memory. See the Amazon ECS documentation for the valid values.',
          ],
          request: { family: 'builder', cpu: '512', memory: '512', requiresCompatibilities: ['FARGATE'] },
        });
    },
    decoysAt: {
      region: 'ap-northeast-2',
      account: '168837740295',
      cluster: 'cafe',
      service: 'loyalty',
      net: 107,
    },
    again: (w) => {
      for (const secondsAgo of [420, 900, 1_500])
        trail(w, secondsAgo, 'RegisterTaskDefinition', {
          error: [
            'ClientException',
            "The 'memory' setting for container 'loyalty' is greater than for the task.",
          ],
          request: {
            family: 'loyalty',
            memory: '1024',
            containerDefinitions: [{ name: 'loyalty', memory: 2048 }],
          },
        });
    },
    decoys: [clumsyPeople, workerOutOfMemory, scaryLines, oldOutOfMemory],
  }),
];

/** An essential FireLens router beside the application, which logs through it. */
export function addRouter(w: World, plugin: string): void {
  const definition = theDefinition(w);
  const app = theContainer(w);
  const own = structuredClone(found(app.logConfiguration, 'log configuration'));
  app.logConfiguration = { logDriver: 'awsfirelens', options: { Name: plugin, region: w.place.region } };
  definition.containerDefinitions?.push({
    name: 'log-router',
    image: 'public.ecr.aws/aws-observability/aws-for-fluent-bit:stable',
    essential: true,
    firelensConfiguration: { type: 'fluentbit', options: { 'enable-ecs-log-metadata': 'true' } },
    logConfiguration: own,
    memoryReservation: 50,
  });
}

/** The router ends first and takes the task with it; the application is stopped for it. */
function addRouterDeaths(w: World) {
  failing(w, { code: exited, reason: essentialExited, lived: 12, count: 0 });
  const ended = addStopped(w, {
    code: exited,
    reason: essentialExited,
    lived: 12,
    change: (task, index) => {
      const [app] = task.containers ?? [];
      if (app !== undefined) Object.assign(app, { exitCode: 143 });
      task.containers = [
        ...(task.containers ?? []),
        {
          containerArn: w.arn('ecs', `container/${w.place.cluster}/${w.hex(`router-${index}`, 32)}`),
          name: 'log-router',
          lastStatus: 'STOPPED',
          exitCode: 1,
          image: 'public.ecr.aws/aws-observability/aws-for-fluent-bit:stable',
        },
      ];
    },
  });
  primaryOf(w).failedTasks = 4;
  event(w, 60, `(service ${theService(w).serviceName}) has started 1 tasks: (task ${w.hex('t', 32)}).`);
  return ended;
}
