// What a corrected revision is worked out against: the revision it corrects and the newest one of its family. Revisions never
// change, so their digests stand for them; their content may hold values that do not belong into a proposal twice.

import type { RegisterTaskDefinitionCommandInput, TaskDefinition } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { canonicalJson, type Json, sha256Hex } from '../../src/kernel/canonical-json.ts';
import { requireOwn } from '../arn.ts';
import { readRevision } from './service-state.ts';

const revisionState = z.strictObject({
  arn: z.string(),
  family: z.string(),
  revision: z.number().int(),
  status: z.string(),
  sha256: z.string(),
});

export const definitionState = z.strictObject({ base: revisionState, newest: revisionState });
export type DefinitionState = z.infer<typeof definitionState>;

/** What RegisterTaskDefinition takes, of what DescribeTaskDefinition gives. */
const CARRIED = [
  'family',
  'taskRoleArn',
  'executionRoleArn',
  'networkMode',
  'containerDefinitions',
  'volumes',
  'placementConstraints',
  'requiresCompatibilities',
  'cpu',
  'memory',
  'pidMode',
  'ipcMode',
  'proxyConfiguration',
  'inferenceAccelerators',
  'ephemeralStorage',
  'runtimePlatform',
  'enableFaultInjection',
] as const satisfies readonly (keyof RegisterTaskDefinitionCommandInput & keyof TaskDefinition)[];

export type Registration = RegisterTaskDefinitionCommandInput;

/** Throws `resource-unknown`. */
export async function observeDefinition(taskDefinition: string, aws: Aws): Promise<DefinitionState> {
  requireOwn(aws, [taskDefinition]);
  const { found } = await readRevision(taskDefinition, aws);
  const newest = await readRevision(found.family ?? '', aws).then((one) => one.found);
  return { base: stateOf(found), newest: stateOf(newest) };
}

/** The request that would register this revision once more. */
export function registrationOf(found: TaskDefinition): Registration {
  const members = CARRIED.flatMap((key) => {
    const value = found[key];
    const empty = value === undefined || (Array.isArray(value) && value.length === 0);
    return empty ? [] : [[key, structuredClone(value)] as const];
  });
  // The members are those of a registration by the list above, and its two required ones are in every revision.
  return Object.fromEntries(members) as unknown as Registration;
}

/** The digest of what a registration says, whatever order its members have. */
export function digestOf(registration: Registration): string {
  // A registration is JSON; the round trip drops members without a value.
  return sha256Hex(canonicalJson(JSON.parse(JSON.stringify(registration)) as Json));
}

function stateOf(found: TaskDefinition): z.infer<typeof revisionState> {
  return {
    arn: found.taskDefinitionArn ?? '',
    family: found.family ?? '',
    revision: found.revision ?? 0,
    status: found.status ?? 'ACTIVE',
    sha256: digestOf(registrationOf(found)),
  };
}
