// logs_create_log_group: proposes to create a log group that tasks write to and that does not exist.

import { z } from 'zod';
import { fail } from '../../src/contract/errors.ts';
import { defineChangeTool } from '../../src/contract/tool.ts';
import { steadySuccess } from '../ecs/steady-success.ts';
import { healsField, logGroupField } from '../fields.ts';
import { logGroupState, observeLogGroup } from './log-group-state.ts';

export const logsCreateLogGroup = defineChangeTool({
  name: 'logs_create_log_group',
  summary:
    'Proposes to create a CloudWatch Logs log group, such as one that a task definition names and that does not exist, so that tasks cannot start. A person approves it before anything changes.',
  risk: 'change',
  actions: [
    'logs:CreateLogGroup',
    'logs:DescribeLogGroups',
    'ecs:DescribeServices',
    'ecs:ListClusters',
    'ecs:ListServices',
  ],
  input: z.strictObject({ log_group: logGroupField, heals: healsField.optional() }),
  target: ({ log_group }) => ({ resources: [log_group] }),
  observe: ({ log_group }, aws) => observeLogGroup(log_group, aws),
  prepare: async ({ log_group: name, heals }, state, aws) => {
    if (logGroupState.parse(state).found !== null)
      throw fail('change-unneeded', { detail: `the log group ${name} exists` });
    return {
      title: `Create the log group ${name}`,
      call: { action: 'logs:CreateLogGroup', input: { logGroupName: name } },
      targets: [name],
      diff: {
        caption: `Log groups named ${name}`,
        rows: [{ sign: '+', cells: [name, 'kept for ever', 'empty'] }],
      },
      blastRadius: { summary: 'Nothing uses it yet; tasks that log there can start.', items: [] },
      opens: ['Nothing becomes reachable that was not.'],
      inverse: {
        none: 'Deleting the group would delete what was written to it in the meantime; an unused group costs nothing.',
      },
      success: await steadySuccess(heals, aws),
      warnings: [
        'Events in a new group are kept for ever until a retention time is set.',
        'If the group is meant to come from a stack or a module, create it there instead: the next run fails on a group that exists.',
      ],
      idempotency: 'declarative',
    };
  },
});
