// servicediscovery_list_instances: which addresses a Cloud Map service answers with.

import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { discoveryServiceIdField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, oneLine, textOf } from '../text-lines.ts';

const ITEMS_MAX = 500;

const instance = z.object({
  id: z.string(),
  address: z.string().nullable(),
  port: z.string().nullable(),
  health: z.string().nullable(),
  zone: z.string().nullable(),
});

export const servicediscoveryListInstances = defineReadTool({
  name: 'servicediscovery_list_instances',
  summary:
    'Lists the instances registered in a Cloud Map service: address, port, health as ECS reports it, zone. Use it to see whether a name still points at tasks that are gone.',
  risk: 'read',
  actions: ['servicediscovery:ListInstances'],
  input: z.strictObject({ service_id: discoveryServiceIdField }),
  output: z.object({ items: z.array(instance).max(ITEMS_MAX), more: moreField, evidence: evidenceField }),
  target: ({ service_id }) => ({ resources: [service_id] }),
  run: async ({ service_id }, aws) => {
    const { items, more, evidence } = await collectPages(ITEMS_MAX, async (NextToken) => {
      const { output, evidence } = await aws.call('servicediscovery:ListInstances', {
        ServiceId: service_id,
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      return { items: output.Instances ?? [], next: output.NextToken, evidence };
    });
    return { items: items.map((one) => factsOf(one.Id, one.Attributes)), more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'instance')}.`,
        ...items.map(
          (one) =>
            `${one.id}: ${one.address ?? 'no address'}${one.port === null ? '' : `:${one.port}`}${one.health === null ? '' : `, ${one.health}`}${one.zone === null ? '' : `, ${one.zone}`}`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});

function factsOf(id: string | undefined, attributes: Record<string, string> = {}): z.infer<typeof instance> {
  const text = (...names: string[]) => {
    const found = names.map((name) => attributes[name]).find((value) => value !== undefined);
    return found === undefined ? null : oneLine(found, 128);
  };
  return {
    id: oneLine(id ?? '', 128),
    address: text('AWS_INSTANCE_IPV4', 'AWS_INSTANCE_IPV6', 'AWS_INSTANCE_CNAME'),
    port: text('AWS_INSTANCE_PORT'),
    health: text('AWS_INIT_HEALTH_STATUS'),
    zone: text('AVAILABILITY_ZONE'),
  };
}
