// Changes of the VPC: an entry of a network ACL, a DNS attribute, an endpoint. Each gives the evidence as it would be with it.

import type * as Ec2 from '@aws-sdk/client-ec2';
import { z } from 'zod';
import type { ProposedCall } from '../../contract/finding.ts';
import type { EvidenceBundle, NetworkEvidence, Observed } from '../evidence.ts';
import type { Applied } from './applied.ts';

const aclInput = z.object({
  network_acl_id: z.string(),
  direction: z.enum(['egress', 'ingress']),
  protocol: z.enum(['tcp', 'udp']),
  from_port: z.number(),
  to_port: z.number(),
  cidr: z.string(),
  rule_number: z.number(),
});

/** The evidence with one more allowing entry; undefined when the ACL was not seen. */
export function withAclEntry(bundle: EvidenceBundle, call: ProposedCall): Applied | undefined {
  const input = aclInput.safeParse(call.input);
  if (!input.success) return undefined;
  const {
    network_acl_id: id,
    direction,
    protocol,
    from_port: From,
    to_port: To,
    cidr,
    rule_number,
  } = input.data;
  const acl = bundle.network.networkAcls.items.find(({ value }) => value.NetworkAclId === id);
  if (acl === undefined) return undefined;
  const entry: Ec2.NetworkAclEntry = {
    RuleNumber: rule_number,
    Egress: direction === 'egress',
    RuleAction: 'allow',
    Protocol: protocol === 'udp' ? '17' : '6',
    PortRange: { From, To },
    ...(cidr.includes(':') ? { Ipv6CidrBlock: cidr } : { CidrBlock: cidr }),
  };
  const subnets = acl.value.Associations?.length ?? 0;
  const ports = `${protocol}/${From === To ? From : `${From}-${To}`}`;
  return {
    bundle: withNetwork(bundle, {
      networkAcls: replaced(bundle.network.networkAcls, acl, {
        ...acl.value,
        Entries: [...(acl.value.Entries ?? []), entry],
      }),
    }),
    gate: ({ hop }) => hop.check.startsWith('network-acl') && hop.resource.split(', ').includes(id),
    alsoOpens: () =>
      subnets <= 1
        ? []
        : [
            `All ${subnets} subnets of ${id} ${direction === 'egress' ? `send ${ports} to` : `take ${ports} from`} ${cidr}, as far as security groups allow.`,
          ],
  };
}

const attributeInput = z.object({
  vpc_id: z.string(),
  attribute: z.enum(['enable_dns_support', 'enable_dns_hostnames']),
  value: z.boolean(),
});

/** The evidence with the attribute set, `unknown` when the other one is off too; undefined when neither was seen. */
export function withVpcAttribute(
  bundle: EvidenceBundle,
  call: ProposedCall,
): Applied | 'unknown' | undefined {
  const input = attributeInput.safeParse(call.input);
  const seen = bundle.network.vpcAttributes.items.find(({ value }) => value.vpcId === call.input.vpc_id);
  if (!input.success || seen === undefined) return undefined;
  const { attribute, value, vpc_id: vpc } = input.data;
  if (attribute === 'enable_dns_support' && seen.value.enableDnsHostnames === false) return 'unknown';
  const key = attribute === 'enable_dns_support' ? 'enableDnsSupport' : 'enableDnsHostnames';
  return {
    bundle: withNetwork(bundle, {
      vpcAttributes: replaced(bundle.network.vpcAttributes, seen, { ...seen.value, [key]: value }),
    }),
    gate: ({ hop }) => hop.check === 'dns',
    alsoOpens: () => [`Names resolve for everything in ${vpc}, not only for this service.`],
  };
}

const endpointInput = z.object({
  vpc_id: z.string(),
  service: z.string(),
  type: z.enum(['Interface', 'Gateway']),
  subnet_ids: z.array(z.string()).default([]),
  security_group_ids: z.array(z.string()).default([]),
  route_table_ids: z.array(z.string()).default([]),
});

/** The id of an endpoint that does not exist yet; nothing shows it. */
const NEW_ENDPOINT = 'vpce-00000000';

/** The evidence with the endpoint; undefined for a gateway whose prefix list, or an interface whose groups were not seen. */
export function withEndpoint(bundle: EvidenceBundle, call: ProposedCall): Applied | undefined {
  const input = endpointInput.safeParse(call.input);
  if (!input.success) return undefined;
  const { vpc_id: vpc, service, type, subnet_ids, security_group_ids: groups, route_table_ids } = input.data;
  const name = `com.amazonaws.${bundle.region}.${service}`;
  const endpoint: Ec2.VpcEndpoint = {
    VpcEndpointId: NEW_ENDPOINT,
    VpcEndpointType: type,
    VpcId: vpc,
    ServiceName: name,
    // EC2 answers this word in lower case, although the SDK's enumeration spells it differently.
    State: 'available' as Ec2.State,
    ...(type === 'Interface'
      ? { PrivateDnsEnabled: true, SubnetIds: subnet_ids, Groups: groups.map((GroupId) => ({ GroupId })) }
      : { RouteTableIds: route_table_ids }),
  };
  const seen = bundle.network.vpcEndpoints;
  const vpcEndpoints = { ...seen, items: [...seen.items, { value: endpoint, at: { id: '', path: '$' } }] };
  // A group nobody has seen may let nobody in.
  const known = new Set(bundle.network.securityGroups.items.map(({ value }) => value.GroupId));
  if (!groups.every((id) => known.has(id))) return undefined;
  if (type === 'Interface')
    return {
      bundle: withNetwork(bundle, { vpcEndpoints }),
      alsoOpens: () => [
        `The name of ${service} leads to the endpoint for all of ${vpc}: whom ${groups.join(', ')} does not let in on tcp/443 loses it.`,
      ],
    };
  const list = bundle.network.prefixLists.items.find(({ value }) => value.name === name)?.value.id;
  if (list === undefined) return undefined;
  return {
    bundle: withNetwork(bundle, {
      vpcEndpoints,
      routeTables: withRoute(bundle.network.routeTables, route_table_ids, {
        DestinationPrefixListId: list,
        GatewayId: NEW_ENDPOINT,
        State: 'active',
      }),
    }),
    alsoOpens: () => [`Every subnet of ${route_table_ids.join(', ')} goes to ${service} through it.`],
  };
}

function withRoute(
  tables: NetworkEvidence['routeTables'],
  ids: readonly string[],
  route: Ec2.Route,
): NetworkEvidence['routeTables'] {
  const items = tables.items.map((one) =>
    ids.includes(one.value.RouteTableId ?? '')
      ? { ...one, value: { ...one.value, Routes: [...(one.value.Routes ?? []), route] } }
      : one,
  );
  return { ...tables, items };
}

function withNetwork(bundle: EvidenceBundle, part: Partial<NetworkEvidence>): EvidenceBundle {
  return { ...bundle, network: { ...bundle.network, ...part } };
}

function replaced<T, L extends { readonly items: readonly Observed<T>[] }>(
  list: L,
  old: Observed<T>,
  value: T,
): L {
  return { ...list, items: list.items.map((one) => (one === old ? { ...one, value } : one)) };
}
