// Where the endpoint of an AWS service is for a task: an interface endpoint of the VPC, the prefix list of a gateway endpoint, or the
// internet.

import type * as Ec2 from '@aws-sdk/client-ec2';
import { below, type Observed } from '../evidence.ts';
import { addressSet } from '../network/address-set.ts';
import type { Bypassed } from '../network/peer.ts';
import {
  type Base,
  baseOf,
  type Candidate,
  internetCandidate,
  type ResolveContext,
  vpcAddresses,
} from './candidate.ts';

/** The host name of an AWS service, with the label before its region. */
export const AWS_NAME = /(?:^|\.)([a-z0-9-]+(?:\.[a-z0-9-]+)?)\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com$/i;
/** Names of hosts that are not those of their endpoints: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html */
const HOST_LABELS: Readonly<Record<string, string>> = { 'ecs-agent': 'ecs-a', 'ecs-telemetry': 'ecs-t' };

/** A candidate for an AWS service by its endpoint name, such as `secretsmanager` or `ecr.api`. */
export function awsServiceDestination(service: string, context: ResolveContext): Candidate[] {
  return awsCandidates(
    service,
    baseOf({ host: `${HOST_LABELS[service] ?? service}.${context.region}.amazonaws.com`, port: 443 }),
    context,
  );
}

/** Candidates for a label of an AWS host name, such as `secretsmanager` or `dkr.ecr`. */
export function awsCandidates(service: string, base: Base, context: ResolveContext): Candidate[] {
  const key = service.toLowerCase();
  const names = serviceNames(key).map((name) => `com.amazonaws.${context.region}.${name}`);
  const inVpc = context.network.vpcEndpoints.items.filter(
    ({ value }) =>
      names.includes(value.ServiceName ?? '') && (value.VpcId ?? context.vpcId) === context.vpcId,
  );
  const private_ = inVpc.find(
    ({ value }) => value.VpcEndpointType === 'Interface' && value.PrivateDnsEnabled === true,
  );
  if (private_ !== undefined)
    return [
      lacksHostnames(context)
        ? bypassing(private_, 'hostnames', base)
        : endpointCandidate(private_, base, context),
    ];
  if (key === 's3' || key.endsWith('.s3') || key === 'dynamodb') {
    const list = context.network.prefixLists.items.find(({ value }) => names.includes(value.name));
    if (list !== undefined) {
      return [
        {
          destination: {
            ...base,
            addresses: addressSet(list.value.cidrs),
            securityGroups: [],
            prefixList: list.value.id,
          },
          foundBy: 'endpoint',
          evidence: [list.at],
        },
      ];
    }
  }
  const nameless = inVpc.find(
    ({ value }) => value.VpcEndpointType === 'Interface' && value.PrivateDnsEnabled === false,
  );
  if (nameless !== undefined) return [bypassing(nameless, 'private-name', base)];
  // Where the endpoints could not be read, one of them may be what the task reaches instead of the internet.
  return context.network.vpcEndpoints.gaps.length === 0
    ? [internetCandidate(base)]
    : [internetCandidate(base), unreadEndpoint(base, context)];
}

/** The name still means the public addresses: https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html */
function bypassing(found: Observed<Ec2.VpcEndpoint>, lacks: Bypassed['lacks'], base: Base): Candidate {
  const { destination, foundBy } = internetCandidate(base);
  const endpoint = found.value.VpcEndpointId ?? '';
  return {
    destination: { ...destination, bypassed: { endpoint, lacks } },
    foundBy,
    evidence: [below(found, '.PrivateDnsEnabled')],
  };
}

function lacksHostnames({ network, vpcId }: ResolveContext): boolean {
  return network.vpcAttributes.items.some(
    ({ value }) => value.vpcId === vpcId && value.enableDnsHostnames === false,
  );
}

function unreadEndpoint(base: Base, context: ResolveContext): Candidate {
  const within = vpcAddresses(context.network, context.vpcId);
  return {
    destination: {
      ...base,
      addresses: within.length > 0 ? within : addressSet(['0.0.0.0/0']),
      securityGroups: undefined,
      name: 'an endpoint that could not be read',
    },
    foundBy: 'anywhere',
    evidence: [],
  };
}

/** Endpoint names behind the first label of an AWS host name. */
export function serviceNames(label: string): string[] {
  if (/(?:^|\.)dkr\.ecr$|^ecr\.dkr$/.test(label)) return ['ecr.dkr'];
  if (label === 'ecr' || label === 'api.ecr' || label === 'ecr.api') return ['ecr.api'];
  if (label === 's3' || label.endsWith('.s3')) return ['s3'];
  const behind = Object.entries(HOST_LABELS).find(([, host]) => host === label)?.[0];
  return [behind ?? label];
}

function endpointCandidate(found: Observed<Ec2.VpcEndpoint>, base: Base, context: ResolveContext): Candidate {
  const endpoint = found.value;
  const subnets = context.network.subnets.items.filter(({ value }) =>
    endpoint.SubnetIds?.includes(value.SubnetId ?? ''),
  );
  const cidrs = subnets.map(({ value }) => value.CidrBlock ?? '');
  const within = cidrs.length > 0 ? addressSet(cidrs) : vpcAddresses(context.network, context.vpcId);
  const only = endpoint.SubnetIds?.length === 1 ? endpoint.SubnetIds[0] : undefined;
  return {
    destination: {
      ...base,
      addresses: within.length > 0 ? within : addressSet(['0.0.0.0/0']),
      securityGroups: (endpoint.Groups ?? []).flatMap((group) =>
        group.GroupId === undefined ? [] : [group.GroupId],
      ),
      ...(only === undefined ? {} : { subnetId: only }),
      name: `endpoint ${endpoint.VpcEndpointId ?? ''}`,
    },
    foundBy: 'endpoint',
    evidence: [below(found, '.Groups')],
  };
}
