// ecs_update_service: proposes to scale a service, to move it to another revision, to deploy it anew or to change its
// settings. Nothing runs before the approval.

import { z } from 'zod';
import { defineChangeTool } from '../../src/contract/tool.ts';
import { lastPart } from '../arn.ts';
import {
  capacityProviderField,
  clusterField,
  countField,
  listOf,
  securityGroupIdField,
  serviceField,
  subnetIdField,
  taskDefinitionField,
} from '../fields.ts';
import { prepareServiceUpdate, replacesTasks } from './service-change.ts';
import { observeService, readService, serviceState } from './service-state.ts';

/** The quota "Tasks per service" (Amazon ECS service quotas). */
const TASKS_PER_SERVICE_MAX = 5_000;

/** Largest value of healthCheckGracePeriodSeconds (API reference, UpdateService). */
const GRACE_SECONDS_MAX = 2_147_483_647;

export const serviceUpdateInput = z
  .strictObject({
    cluster: clusterField,
    service: serviceField,
    desired_count: countField(0, TASKS_PER_SERVICE_MAX, 'How many tasks should run.').optional(),
    task_definition: taskDefinitionField.optional(),
    force_new_deployment: z
      .boolean()
      .optional()
      .describe('True replaces all tasks by new ones of the same revision, as a restart.'),
    health_check_grace_seconds: countField(
      0,
      GRACE_SECONDS_MAX,
      'Seconds after a task starts in which failed load balancer health checks are ignored.',
    ).optional(),
    subnets: listOf(subnetIdField, 16, 'The subnets tasks run in, all of them.').optional(),
    security_groups: listOf(
      securityGroupIdField,
      5,
      'The security groups of the tasks, all of them.',
    ).optional(),
    assign_public_ip: z
      .boolean()
      .optional()
      .describe(
        'Whether tasks on Fargate get a public address, which a public subnet needs to reach anything.',
      ),
    minimum_healthy_percent: countField(
      0,
      100,
      'Share of the desired count that must stay healthy while a deployment runs.',
    ).optional(),
    maximum_percent: countField(
      100,
      200,
      'Share of the desired count that may run while a deployment runs.',
    ).optional(),
    circuit_breaker: z
      .enum(['off', 'stop', 'roll-back'])
      .optional()
      .describe('What ECS does with a deployment whose tasks keep failing.'),
    capacity_providers: z
      .array(
        z.strictObject({
          provider: capacityProviderField,
          weight: countField(0, 1_000, 'Share of the tasks.'),
          base: countField(0, 100_000, 'Tasks that run there before shares count.').optional(),
        }),
      )
      .min(1)
      .max(20)
      .optional()
      .describe('Where tasks are placed, all shares; replaces all tasks.'),
    enable_execute_command: z
      .boolean()
      .optional()
      .describe('Whether commands may be run in new tasks (ECS Exec).'),
  })
  .refine(
    ({ cluster: _, service: __, ...change }) =>
      Object.entries(change).some(
        ([key, value]) => value !== undefined && (key !== 'force_new_deployment' || value === true),
      ),
    'names nothing to change, such as desired_count, task_definition or force_new_deployment',
  );

export const ecsUpdateService = defineChangeTool({
  name: 'ecs_update_service',
  summary:
    'Proposes to change an ECS service: desired count, task definition revision (deploy or roll back), a new deployment of the same revision (restart), the health-check grace period, its network (subnets, security groups, public address), the bounds of its deployments and their circuit breaker, where its tasks are placed, or ECS Exec. A person approves it before anything changes.',
  risk: 'change',
  actions: [
    'ecs:UpdateService',
    'ecs:DescribeServices',
    'ecs:DescribeTaskDefinition',
    'ecs:ListClusters',
    'ecs:ListServices',
    'application-autoscaling:DescribeScalableTargets',
  ],
  input: serviceUpdateInput,
  target: ({ cluster, service, task_definition, subnets, security_groups }) => ({
    cluster: lastPart(cluster),
    service: lastPart(service),
    resources: [
      service,
      ...(task_definition === undefined ? [] : [task_definition]),
      ...(subnets ?? []),
      ...(security_groups ?? []),
    ],
  }),
  observe: (input, aws) => observeService(input, aws),
  prepare: async (input, state, aws) => {
    const known = serviceState.parse(state);
    // How many run moves by itself, so it is no part of the state a change is held against: only told on the card.
    const running = replacesTasks(input, known)
      ? ((await readService(known.cluster, known.service, aws)).runningCount ?? null)
      : null;
    return prepareServiceUpdate(input, known, running);
  },
});
