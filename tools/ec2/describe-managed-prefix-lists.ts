// ec2_describe_managed_prefix_lists: named lists of address blocks, such as those of S3, and what is in them.

import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { defineReadTool } from '../../src/contract/tool.ts';
import { listOf, prefixListIdField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, textOf } from '../text-lines.ts';

const LISTS_MAX = 100;
const ENTRIES_MAX = 500;

const prefixList = z.object({
  id: z.string(),
  name: z.string(),
  owner: z.string().nullable(),
  state: z.string().nullable(),
  cidrs: z.array(z.string()).max(ENTRIES_MAX).describe('Filled only for lists that were asked for by id.'),
});

export const ec2DescribeManagedPrefixLists = defineReadTool({
  name: 'ec2_describe_managed_prefix_lists',
  summary:
    'Describes managed prefix lists, which rules and routes name instead of addresses. For lists named by id their address blocks are read too.',
  risk: 'read',
  actions: ['ec2:DescribeManagedPrefixLists', 'ec2:GetManagedPrefixListEntries'],
  input: z.strictObject({
    ids: listOf(prefixListIdField, 20, 'Ids of the prefix lists; leave out for all.').optional(),
  }),
  output: z.object({ items: z.array(prefixList).max(LISTS_MAX), more: moreField, evidence: evidenceField }),
  target: ({ ids }) => ({ resources: ids ?? [] }),
  run: async ({ ids }, aws) => {
    const lists = await collectPages(LISTS_MAX, async (NextToken) => {
      const { output, evidence } = await aws.call('ec2:DescribeManagedPrefixLists', {
        ...(ids === undefined ? {} : { PrefixListIds: ids }),
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      return { items: output.PrefixLists ?? [], next: output.NextToken, evidence };
    });
    const entries = await Promise.all((ids ?? []).map((id) => entriesOf(id, aws)));
    const cidrs = new Map(entries.map((one) => [one.id, one.items]));
    return {
      items: lists.items.map((list) => ({
        id: list.PrefixListId ?? '',
        name: list.PrefixListName ?? '',
        owner: list.OwnerId ?? null,
        state: list.State ?? null,
        cidrs: cidrs.get(list.PrefixListId ?? '') ?? [],
      })),
      more: lists.more || entries.some(({ more }) => more),
      evidence: [...lists.evidence, ...entries.flatMap(({ evidence }) => evidence)],
    };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'prefix list')}.`,
        ...items.map(
          ({ id, name, cidrs }) =>
            `${id} ${name}${cidrs.length === 0 ? '' : `: ${cidrs.slice(0, 40).join(', ')}`}`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});

async function entriesOf(id: string, aws: Aws) {
  const list = await collectPages(ENTRIES_MAX, async (NextToken) => {
    const { output, evidence } = await aws.call('ec2:GetManagedPrefixListEntries', {
      PrefixListId: id,
      MaxResults: 100,
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    return { items: (output.Entries ?? []).map(({ Cidr }) => Cidr ?? ''), next: output.NextToken, evidence };
  });
  return { id, ...list };
}
