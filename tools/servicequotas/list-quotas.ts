// servicequotas_list_quotas: which quotas apply to the account.

import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { listOf, quotaCodeField, serviceCodeField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, oneLine, textOf } from '../text-lines.ts';

const READ_MAX = 2_000;
const ITEMS_MAX = 200;

const quota = z.object({
  code: z.string(),
  name: z.string(),
  value: z.number().nullable(),
  adjustable: z.boolean(),
});

export const servicequotasListQuotas = defineReadTool({
  name: 'servicequotas_list_quotas',
  summary:
    'Lists the quotas of one AWS service as they apply to this account and region, such as the vCPUs of Fargate (L-3032A538 of fargate) or network interfaces (of vpc). It does not say how much is used. With codes: only those.',
  risk: 'read',
  actions: ['servicequotas:ListServiceQuotas'],
  input: z.strictObject({
    service: serviceCodeField,
    codes: listOf(quotaCodeField, 50, 'Codes of the quotas.').optional(),
  }),
  output: z.object({
    items: z.array(quota).max(ITEMS_MAX),
    missing: z.array(z.string()).max(50),
    more: moreField,
    evidence: evidenceField,
  }),
  target: ({ service }) => ({ resources: [service] }),
  run: async ({ service, codes }, aws) => {
    const { items, more, evidence } = await collectPages(READ_MAX, async (NextToken) => {
      const { output, evidence } = await aws.call('servicequotas:ListServiceQuotas', {
        ServiceCode: service,
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      return { items: output.Quotas ?? [], next: output.NextToken, evidence };
    });
    const wanted = items.filter((one) => codes === undefined || codes.includes(one.QuotaCode ?? ''));
    return {
      items: wanted.slice(0, ITEMS_MAX).map((one) => ({
        code: one.QuotaCode ?? '',
        name: oneLine(one.QuotaName ?? '', 200),
        value: one.Value ?? null,
        adjustable: one.Adjustable === true,
      })),
      missing: (codes ?? []).filter((code) => !items.some((one) => one.QuotaCode === code)),
      more: more || wanted.length > ITEMS_MAX,
      evidence,
    };
  },
  text: ({ items, missing, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'quota')}.`,
        ...missing.map((code) => `No quota ${code} of this service.`),
        ...items.map(
          (one) =>
            `${one.code} ${one.name}: ${one.value ?? 'unknown'}${one.adjustable ? ', can be raised' : ''}`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});
