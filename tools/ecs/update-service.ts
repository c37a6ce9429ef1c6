// ecs_update_service: proposes to scale a service, to move it to another revision, to deploy it anew or to change its
// health-check grace period. Nothing runs before the approval.

import { z } from 'zod';
import { defineChangeTool } from '../../src/contract/tool.ts';
import { lastPart } from '../arn.ts';
import { clusterField, serviceField, taskDefinitionField } from '../fields.ts';
import { prepareServiceUpdate } from './service-change.ts';
import { observeService, serviceState } from './service-state.ts';

/** The quota "Tasks per service" (Amazon ECS service quotas). */
const TASKS_PER_SERVICE_MAX = 5_000;

/** Largest value of healthCheckGracePeriodSeconds (API reference, UpdateService). */
const GRACE_SECONDS_MAX = 2_147_483_647;

export const serviceUpdateInput = z
  .strictObject({
    cluster: clusterField,
    service: serviceField,
    desired_count: z
      .number()
      .int()
      .min(0)
      .max(TASKS_PER_SERVICE_MAX)
      .optional()
      .describe('How many tasks should run.'),
    task_definition: taskDefinitionField.optional(),
    force_new_deployment: z
      .boolean()
      .optional()
      .describe('True replaces all tasks by new ones of the same revision, as a restart.'),
    health_check_grace_seconds: z
      .number()
      .int()
      .min(0)
      .max(GRACE_SECONDS_MAX)
      .optional()
      .describe('Seconds after a task starts in which failed load balancer health checks are ignored.'),
  })
  .refine(
    (input) =>
      input.desired_count !== undefined ||
      input.task_definition !== undefined ||
      input.force_new_deployment === true ||
      input.health_check_grace_seconds !== undefined,
    'names nothing to change: desired_count, task_definition, force_new_deployment or health_check_grace_seconds',
  );

export const ecsUpdateService = defineChangeTool({
  name: 'ecs_update_service',
  summary:
    'Proposes to change an ECS service: desired count, task definition revision (deploy or roll back), a new deployment of the same revision (restart), or the health-check grace period. A person approves it before anything changes.',
  risk: 'change',
  actions: [
    'ecs:UpdateService',
    'ecs:DescribeServices',
    'ecs:DescribeTaskDefinition',
    'ecs:ListClusters',
    'ecs:ListServices',
  ],
  input: serviceUpdateInput,
  target: ({ cluster, service, task_definition }) => ({
    cluster: lastPart(cluster),
    service: lastPart(service),
    resources: task_definition === undefined ? [service] : [service, task_definition],
  }),
  observe: (input, aws) => observeService(input, aws),
  prepare: async (input, state) => prepareServiceUpdate(input, serviceState.parse(state)),
});
