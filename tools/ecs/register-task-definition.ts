// ecs_register_task_definition: proposes a corrected revision of a task definition. It runs nowhere until a service is moved to it.

import { defineChangeTool } from '../../src/contract/tool.ts';
import { prepareRevision } from './definition-change.ts';
import { definitionInput } from './definition-input.ts';
import { definitionState, observeDefinition } from './definition-state.ts';

export const ecsRegisterTaskDefinition = defineChangeTool({
  name: 'ecs_register_task_definition',
  summary:
    'Proposes a corrected revision of a task definition: memory, CPU, disk, architecture, or of one container its limits, image tag, command, entry point, health check, stop timeout or log group. Everything else is carried over. It runs nowhere until ecs_update_service moves a service to it. A person approves it before anything changes.',
  risk: 'change',
  actions: ['ecs:RegisterTaskDefinition', 'ecs:DescribeTaskDefinition'],
  input: definitionInput,
  target: ({ task_definition }) => ({ resources: [task_definition] }),
  observe: ({ task_definition }, aws) => observeDefinition(task_definition, aws),
  prepare: (input, state, aws) => prepareRevision({ input, state: definitionState.parse(state) }, aws),
});
