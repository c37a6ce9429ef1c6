// How a host name becomes an address inside a VPC: tagged interfaces, databases, service discovery, the names EC2 gives,
// and any other dotted name as a host on the internet. Without DNS support in the VPC only addresses work.

import type { Snapshot } from '../../contract/snapshot.ts';
import { addressNumber } from './address.ts';
import { S3_BLOCK } from './gates.ts';

/** Stands for any host on the internet; 192.0.2.0/24 is reserved for documentation. */
const SOMEWHERE = '192.0.2.10';

/** The address that `name` resolves to for a host in `vpcId`, or undefined. */
export function resolveName(state: Snapshot, name: string, vpcId: string): string | undefined {
  if (addressNumber(name) !== undefined) return name;
  if (state.ec2.VpcAttributes[vpcId]?.enableDnsSupport === false) return undefined;
  const wanted = name.toLowerCase().replace(/\.$/, '');
  return (
    taggedInterface(state, wanted) ??
    databaseInterface(state, wanted, vpcId) ??
    discovered(state, wanted) ??
    awsGiven(state, wanted) ??
    publicHost(state, wanted)
  );
}

/** The tag `dns-name` on an interface stands for a record in a private hosted zone. */
function taggedInterface(state: Snapshot, name: string): string | undefined {
  return state.ec2.NetworkInterfaces.find((one) =>
    (one.TagSet ?? []).some((tag) => tag.Key === 'dns-name' && tag.Value?.toLowerCase() === name),
  )?.PrivateIpAddress;
}

function databaseInterface(state: Snapshot, name: string, vpcId: string): string | undefined {
  const databases = [...state.rds.DBInstances, ...state.rds.DBClusters];
  const database = databases.find((one) => endpointOf(one).toLowerCase() === name);
  if (database === undefined) return undefined;
  const groups = listOf(database.VpcSecurityGroups).map((group) => String(group.VpcSecurityGroupId));
  const candidates = state.ec2.NetworkInterfaces.filter(
    (one) => one.VpcId === vpcId && one.Description === 'RDSNetworkInterface',
  );
  return candidates.find((one) => (one.Groups ?? []).some((group) => groups.includes(group.GroupId ?? '')))
    ?.PrivateIpAddress;
}

/** An instance has `Endpoint.Address`, a cluster has `Endpoint` as text. */
function endpointOf(database: { [key: string]: unknown }): string {
  const endpoint = database.Endpoint;
  if (typeof endpoint === 'string') return endpoint;
  return typeof endpoint === 'object' && endpoint !== null && 'Address' in endpoint
    ? String(endpoint.Address)
    : '';
}

/** `<service>.<namespace>` of Cloud Map, answered by its first instance. */
function discovered(state: Snapshot, name: string): string | undefined {
  const { namespaces, services, instances } = state.servicediscovery;
  for (const service of services) {
    const namespace = namespaces.find((one) => one.Id === service.NamespaceId);
    if (namespace === undefined || `${String(service.Name)}.${String(namespace.Name)}`.toLowerCase() !== name)
      continue;
    const instance = instances.find((one) => one.ServiceId === service.Id);
    const attributes = instance?.Attributes;
    if (typeof attributes === 'object' && attributes !== null && 'AWS_INSTANCE_IPV4' in attributes)
      return String(attributes.AWS_INSTANCE_IPV4);
  }
  return undefined;
}

function awsGiven(state: Snapshot, name: string): string | undefined {
  return state.ec2.NetworkInterfaces.find((one) => one.PrivateDnsName?.toLowerCase() === name)
    ?.PrivateIpAddress;
}

/** Names that only a private zone could know do not resolve; S3 has addresses of its own prefix list. */
function publicHost(state: Snapshot, name: string): string | undefined {
  if (!name.includes('.') || /\.(internal|local|localdomain)$/.test(name)) return undefined;
  if (!/(^|\.)s3[.-]([a-z0-9-]+\.)?amazonaws\.com$/.test(name)) return SOMEWHERE;
  const list = state.ec2.ManagedPrefixLists.find((one) => one.PrefixListName.endsWith('.s3'));
  return (list?.Entries[0]?.Cidr ?? S3_BLOCK).split('/')[0];
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value : [];
}
