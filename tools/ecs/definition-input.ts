// The input of a corrected revision: what may be corrected of the task, and of one container of it.

import { z } from 'zod';
import { countField, logGroupField, taskDefinitionField } from '../fields.ts';

const words = (description: string) =>
  z.array(z.string().max(1_024)).min(1).max(40).describe(description).optional();

export const definitionInput = z
  .strictObject({
    task_definition: taskDefinitionField,
    cpu: countField(128, 196_608, 'CPU units of the task; 1024 are one vCPU.').optional(),
    memory: countField(4, 2_097_152, 'Memory of the task in MiB.').optional(),
    ephemeral_storage_gib: countField(21, 200, 'Disk of the task in GiB (Fargate).').optional(),
    cpu_architecture: z.enum(['X86_64', 'ARM64']).optional().describe('Processor the image is built for.'),
    container: z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,254}$/)
      .optional()
      .describe('The container that the following settings are for.'),
    container_memory: countField(4, 2_097_152, 'Hard limit of the container in MiB.').optional(),
    container_memory_reservation: countField(4, 2_097_152, 'Soft limit of the container in MiB.').optional(),
    image_tag: z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/)
      .optional()
      .describe('Tag of the image, in place of the present tag or digest.'),
    command: words('The command, one word each.'),
    entry_point: words('The entry point, one word each.'),
    health_check_command: words('The health check, beginning with CMD or CMD-SHELL.'),
    health_check_start_period: countField(
      0,
      300,
      'Seconds in which failed health checks do not count.',
    ).optional(),
    health_check_interval: countField(5, 300, 'Seconds between two health checks.').optional(),
    health_check_timeout: countField(2, 60, 'Seconds a health check may take.').optional(),
    health_check_retries: countField(1, 10, 'Failed health checks in a row that count.').optional(),
    stop_timeout_seconds: countField(2, 120, 'Seconds between the signal to stop and the kill.').optional(),
    log_group: logGroupField.optional(),
  })
  .superRefine(({ task_definition: _, container, ...change }, context) => {
    const named = Object.entries(change).filter(([, value]) => value !== undefined);
    if (named.length === 0) context.addIssue({ code: 'custom', message: 'names nothing to change' });
    const ofTask = ['cpu', 'memory', 'ephemeral_storage_gib', 'cpu_architecture'];
    if (container === undefined && named.some(([key]) => !ofTask.includes(key)))
      context.addIssue({ code: 'custom', path: ['container'], message: 'name the container this is for' });
    const [first] = change.health_check_command ?? ['CMD'];
    if (first !== 'CMD' && first !== 'CMD-SHELL' && first !== 'NONE')
      context.addIssue({
        code: 'custom',
        path: ['health_check_command'],
        message: 'begins with CMD, CMD-SHELL or NONE',
      });
  });
export type DefinitionInput = z.infer<typeof definitionInput>;
