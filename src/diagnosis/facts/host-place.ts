// Where hosts stand in the network: the primary interface of each, through which its agent, its docker daemon and every task without an
// interface of its own send their packets. The container instance names subnet and VPC, the EC2 instance also groups and addresses.

import type * as Ec2 from '@aws-sdk/client-ec2';
import type * as Ecs from '@aws-sdk/client-ecs';
import type { EvidenceRef } from '../../contract/finding.ts';
import { below, type EvidenceBundle, type Observed, type Seen } from '../evidence.ts';

export interface HostPlace {
  /** ARN; undefined for a machine that has not joined the cluster. */
  readonly containerInstance: string | undefined;
  /** Id of the EC2 instance. */
  readonly instance: string;
  readonly vpcId: string | undefined;
  readonly subnetId: string | undefined;
  /** Of the primary interface; empty when the machine was not read. */
  readonly securityGroups: readonly string[];
  readonly address: string | undefined;
  /** Whether it has a public IPv4 address; undefined when the machine was not read. */
  readonly publicAddress: boolean | undefined;
  readonly networkInterface: string | undefined;
  readonly evidence: readonly EvidenceRef[];
}

/** The place of every host that was read, as exactly as it was read. External instances stand in no VPC and are left out. */
export function hostPlaces({ hosts }: Pick<EvidenceBundle, 'hosts'>): HostPlace[] {
  if (hosts === undefined) return [];
  const machines = new Map(hosts.instances.items.map((one) => [one.value.InstanceId ?? '', one]));
  const joined = hosts.containerInstances.items.flatMap((host) => {
    const id = host.value.ec2InstanceId ?? '';
    return id.startsWith('i-') ? [placeOf(id, host, machines.get(id))] : [];
  });
  const known = new Set(joined.map(({ instance }) => instance));
  const others = [...machines].filter(([id]) => !known.has(id));
  return [...joined, ...others.map(([id, machine]) => placeOf(id, undefined, machine))];
}

/** The same for machines of which nothing else is known, such as the targets of a load balancer. */
export function machinePlaces(instances: Seen<Ec2.Instance>): HostPlace[] {
  return hostPlaces({ hosts: { containerInstances: { items: [], gaps: [] }, instances } });
}

/** The VPC of an investigation: that of the service's subnets, of its target groups, or of its hosts. */
export function vpcIdOf(
  bundle: Pick<EvidenceBundle, 'network' | 'targetGroups' | 'hosts'>,
): string | undefined {
  return (
    bundle.network.subnets.items[0]?.value.VpcId ??
    bundle.targetGroups.items.find(({ value }) => value.TargetType === 'instance')?.value.VpcId ??
    hostPlaces(bundle).find(({ vpcId }) => vpcId !== undefined)?.vpcId
  );
}

function placeOf(
  id: string,
  host: Observed<Ecs.ContainerInstance> | undefined,
  machine: Observed<Ec2.Instance> | undefined,
): HostPlace {
  const attribute = (name: string) => host?.value.attributes?.find((one) => one.name === name)?.value;
  const index = machine?.value.NetworkInterfaces?.findIndex(isPrimary) ?? -1;
  const primary = machine?.value.NetworkInterfaces?.[index];
  const groups = primary?.Groups ?? machine?.value.SecurityGroups ?? [];
  return {
    containerInstance: host?.value.containerInstanceArn,
    instance: id,
    // Attributes the agent sets: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html
    vpcId: machine?.value.VpcId ?? attribute('ecs.vpc-id'),
    subnetId: primary?.SubnetId ?? machine?.value.SubnetId ?? attribute('ecs.subnet-id'),
    securityGroups: groups.flatMap(({ GroupId }) => GroupId ?? []),
    address: primary?.PrivateIpAddress ?? machine?.value.PrivateIpAddress,
    publicAddress:
      machine === undefined
        ? undefined
        : (primary?.Association?.PublicIp ?? machine.value.PublicIpAddress) !== undefined,
    networkInterface: primary?.NetworkInterfaceId,
    evidence: [
      ...(machine === undefined
        ? []
        : [below(machine, index === -1 ? '.SecurityGroups' : `.NetworkInterfaces[${index}].Groups`)]),
      ...(host === undefined ? [] : [below(host, '.ec2InstanceId')]),
    ],
  };
}

function isPrimary({ Attachment }: Ec2.InstanceNetworkInterface): boolean {
  return Attachment?.DeviceIndex === 0 && (Attachment.NetworkCardIndex ?? 0) === 0;
}
