// How many network interfaces each host has left for tasks: what its instance type may have, less its own, less those attached. With trunking
// the type's number is not the limit, and then nothing is counted. Amazon ECS Developer Guide, "Increasing container instance network interfaces".

import type * as Ec2 from '@aws-sdk/client-ec2';
import type * as Ecs from '@aws-sdk/client-ecs';
import type { EvidenceRef } from '../../contract/finding.ts';
import { below, type Observed } from '../evidence.ts';
import type { Facts } from './facts.ts';

export interface InterfaceRoom {
  readonly host: string;
  readonly type: string;
  readonly maximum: number;
  /** Interfaces of tasks; the host's own is not among them. */
  readonly attached: number;
  readonly left: number;
  readonly evidence: readonly EvidenceRef[];
}

const TRUNK = 'ecs.awsvpc-trunk-id';
const TYPE = 'ecs.instance-type';

/** The hosts of which it can be counted; none when types or hosts were not read. */
export function interfaceRooms({ bundle }: Pick<Facts, 'bundle'>): InterfaceRoom[] {
  const { capacity } = bundle;
  if (capacity === undefined || capacity.containerInstances.gaps.length > 0) return [];
  return capacity.containerInstances.items
    .filter(({ value }) => (value.status ?? 'ACTIVE') === 'ACTIVE')
    .flatMap((host) => roomOf(host, capacity.instanceTypes.items) ?? []);
}

function roomOf(
  host: Observed<Ecs.ContainerInstance>,
  types: readonly Observed<Ec2.InstanceTypeInfo>[],
): InterfaceRoom | undefined {
  const attribute = (name: string) => host.value.attributes?.find((one) => one.name === name);
  const type = attribute(TYPE)?.value;
  const info = types.find(({ value }) => value.InstanceType === type);
  const maximum = info?.value.NetworkInfo?.MaximumNetworkInterfaces;
  if (type === undefined || info === undefined || maximum === undefined) return undefined;
  if (attribute(TRUNK) !== undefined) return undefined;
  const attached = (host.value.attachments ?? []).filter(
    ({ type: kind, status }) =>
      /ElasticNetworkInterface|eni/i.test(kind ?? '') && status !== 'DETACHED' && status !== 'DELETED',
  ).length;
  return {
    host: (host.value.containerInstanceArn ?? '').split('/').at(-1) ?? '',
    type,
    maximum,
    attached,
    left: maximum - 1 - attached,
    evidence: [below(host, '.attachments'), below(info, '.NetworkInfo.MaximumNetworkInterfaces')],
  };
}
