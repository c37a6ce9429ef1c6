// ssm_describe_parameters: whether parameters exist, of which type and under which key; never their values.

import type { ParameterMetadata } from '@aws-sdk/client-ssm';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { listOf, parameterField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, isoOrNull, moreField, moreLine, textOf } from '../text-lines.ts';

/** One filter takes at most 50 values. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html */
const NAMES_MAX = 50;

const parameter = z.object({
  name: z.string(),
  type: z.string(),
  kmsKey: z.string().nullable(),
  version: z.number().nullable(),
  lastChangedAt: z.string().nullable(),
});

export const ssmDescribeParameters = defineReadTool({
  name: 'ssm_describe_parameters',
  summary:
    'Describes Systems Manager parameters by name without their values: whether they exist, their type and KMS key. Use it when a task fails on a parameter that its definition names.',
  risk: 'read',
  actions: ['ssm:DescribeParameters'],
  input: z.strictObject({ names: listOf(parameterField, NAMES_MAX, 'Names of the parameters.') }),
  output: z.object({
    items: z.array(parameter).max(NAMES_MAX),
    missing: z.array(z.string()).max(NAMES_MAX),
    more: moreField,
    evidence: evidenceField,
  }),
  target: ({ names }) => ({ resources: names }),
  run: async ({ names }, aws) => {
    const { items, more, evidence } = await collectPages(NAMES_MAX, async (NextToken) => {
      const { output, evidence } = await aws.call('ssm:DescribeParameters', {
        ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: names }],
        MaxResults: 50,
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      return { items: output.Parameters ?? [], next: output.NextToken, evidence };
    });
    const found = new Set(items.map((one) => one.Name));
    return { items: items.map(factsOf), missing: names.filter((name) => !found.has(name)), more, evidence };
  },
  text: ({ items, missing, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'parameter')}.`,
        ...missing.map((name) => `No parameter ${name}.`),
        ...items.map(
          (one) =>
            `${one.name}: ${one.type}${one.kmsKey === null ? '' : ` under ${one.kmsKey}`}, version ${one.version ?? '?'}, last changed ${one.lastChangedAt ?? 'at an unknown time'}`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});

function factsOf(found: ParameterMetadata): z.infer<typeof parameter> {
  return {
    name: found.Name ?? '',
    type: found.Type ?? 'unknown',
    kmsKey: found.KeyId ?? null,
    version: found.Version ?? null,
    lastChangedAt: isoOrNull(found.LastModifiedDate),
  };
}
