// servicediscovery_list_services: Cloud Map namespaces and the services in them, with how many instances each has.

import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { namespaceIdField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, oneLine, textOf } from '../text-lines.ts';

const ITEMS_MAX = 500;

const namespace = z.object({ id: z.string(), name: z.string(), type: z.string() });
const service = z.object({
  id: z.string(),
  name: z.string(),
  instances: z.number().nullable(),
  records: z.array(z.string()),
});

export const servicediscoveryListServices = defineReadTool({
  name: 'servicediscovery_list_services',
  summary:
    'Lists Cloud Map namespaces, and the services of one namespace with their DNS records and number of registered instances. Service Connect and service discovery of ECS register tasks there. Without a namespace: the namespaces, and the services of all of them.',
  risk: 'read',
  actions: ['servicediscovery:ListNamespaces', 'servicediscovery:ListServices'],
  input: z.strictObject({ namespace_id: namespaceIdField.optional() }),
  output: z.object({
    namespaces: z.array(namespace).max(ITEMS_MAX),
    services: z.array(service).max(ITEMS_MAX),
    more: moreField,
    evidence: evidenceField,
  }),
  target: ({ namespace_id }) => ({ resources: namespace_id === undefined ? [] : [namespace_id] }),
  run: async ({ namespace_id }, aws) => {
    const namespaces = await collectPages(ITEMS_MAX, async (NextToken) => {
      const { output, evidence } = await aws.call('servicediscovery:ListNamespaces', {
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      return { items: output.Namespaces ?? [], next: output.NextToken, evidence };
    });
    const services = await collectPages(ITEMS_MAX, async (NextToken) => {
      const { output, evidence } = await aws.call('servicediscovery:ListServices', {
        ...(namespace_id === undefined
          ? {}
          : {
              Filters: [{ Name: 'NAMESPACE_ID' as const, Values: [namespace_id], Condition: 'EQ' as const }],
            }),
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      return { items: output.Services ?? [], next: output.NextToken, evidence };
    });
    return {
      namespaces: namespaces.items
        .filter((one) => namespace_id === undefined || one.Id === namespace_id)
        .map((one) => ({ id: one.Id ?? '', name: oneLine(one.Name ?? ''), type: one.Type ?? 'unknown' })),
      services: services.items.map((one) => ({
        id: one.Id ?? '',
        name: oneLine(one.Name ?? ''),
        instances: one.InstanceCount ?? null,
        records: (one.DnsConfig?.DnsRecords ?? []).map((record) => `${record.Type} for ${record.TTL} s`),
      })),
      more: namespaces.more || services.more,
      evidence: [...namespaces.evidence, ...services.evidence],
    };
  },
  text: ({ namespaces, services, more, evidence }) =>
    textOf(
      [
        `${counted(namespaces.length, 'namespace')}, ${counted(services.length, 'service')}.`,
        ...namespaces.map((one) => `Namespace ${one.id}: ${one.name} (${one.type})`),
        ...services.map(
          (one) =>
            `Service ${one.id}: ${one.name}, ${one.instances === null ? 'an unknown number of instances' : counted(one.instances, 'instance')}${one.records.length === 0 ? '' : `, ${one.records.join(', ')}`}`,
        ),
        ...moreLine(more),
      ],
      evidence,
    ),
});
