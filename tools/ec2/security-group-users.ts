// Who uses a security group: network interfaces, and the ECS services whose tasks get it. What could not be read is said,
// never counted as nobody; large accounts are read up to a bound and then described as "at least".

import type { NetworkInterface } from '@aws-sdk/client-ec2';
import type { Aws } from '../../src/contract/aws.ts';
import {
  type ServiceUse,
  securityGroupsOf,
  servicesUsing,
  serviceUseActions,
  unlessDenied,
} from '../ecs/service-use.ts';
import { collectPages } from '../pagination.ts';
import { counted, oneLine } from '../text-lines.ts';

const INTERFACES_MAX = 1_000;
const ITEMS_MAX = 60;

export interface InterfaceUse {
  readonly id: string;
  readonly address: string;
  readonly what: string;
  /** True for the interface of an ECS task in awsvpc mode. */
  readonly isTask: boolean;
}

export interface GroupUse {
  readonly services: readonly ServiceUse[];
  readonly interfaces: readonly InterfaceUse[];
  /** True when there is more than was read. */
  readonly more: boolean;
  /** What could not be read, such as "ecs:ListServices is denied". */
  readonly unseen: readonly string[];
}

/** The AWS actions `usersOf` makes. */
export const usersActions = ['ec2:DescribeNetworkInterfaces', ...serviceUseActions] as const;

/** Reads who uses group `id`. A denied read becomes an entry of `unseen`; other failures are thrown. */
export async function usersOf(id: string, aws: Aws): Promise<GroupUse> {
  const unseen: string[] = [];
  const [interfaces, services] = await Promise.all([
    unlessDenied(unseen, () => interfacesOf(id, aws)),
    unlessDenied(unseen, () => servicesUsing(aws, (service) => securityGroupsOf(service).has(id))),
  ]);
  return {
    services: services?.items ?? [],
    interfaces: interfaces?.items ?? [],
    more: (services?.more ?? false) || (interfaces?.more ?? false),
    unseen,
  };
}

/** "2 services, 9 running tasks use this group: my-web-service (3 of 4), checkout (6)", and the list behind it. */
export function blastRadiusOf(use: GroupUse): { summary: string; items: string[] } {
  // What runs is what the change touches now; tasks that are wanted and missing are told beside it.
  const tasks = use.services.reduce((sum, one) => sum + one.running, 0);
  const others = use.interfaces.filter((one) => !one.isTask);
  const names = use.services
    .map(
      (one) =>
        `${one.service} (${one.running === one.desired ? one.running : `${one.running} of ${one.desired}`})`,
    )
    .join(', ');
  const parts = [
    use.services.length > 0
      ? `${use.more ? 'At least ' : ''}${counted(use.services.length, 'service')}, ${counted(tasks, 'running task')} use this group: ${names}`
      : `${use.more ? 'None of the ECS services that were read uses' : 'No ECS service uses'} this group`,
    others.length > 0
      ? `${counted(others.length, 'network interface')} outside ECS ${others.length === 1 ? 'uses' : 'use'} it`
      : null,
    use.unseen.length > 0 ? `the rest cannot be seen: ${use.unseen.join('; ')}` : null,
  ];
  const items = [
    ...use.services.map(
      (one) => `service ${one.service} in ${one.cluster}: ${one.running} of ${one.desired} tasks running`,
    ),
    ...use.interfaces.map((one) => `${one.id} ${one.address} ${one.what}`),
  ];
  const cut = items.length > ITEMS_MAX ? [`and ${items.length - ITEMS_MAX} more`] : [];
  const summary = parts.filter((part) => part !== null).join('; ');
  return { summary: oneLine(`${summary}.`, 1_900), items: [...items.slice(0, ITEMS_MAX), ...cut] };
}

/** The network interfaces that carry group `id`. */
export async function interfacesOf(id: string, aws: Aws): Promise<{ items: InterfaceUse[]; more: boolean }> {
  const found = await collectPages(INTERFACES_MAX, async (NextToken) => {
    const { output, evidence } = await aws.call('ec2:DescribeNetworkInterfaces', {
      Filters: [{ Name: 'group-id', Values: [id] }],
      MaxResults: 1_000,
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    return { items: output.NetworkInterfaces ?? [], next: output.NextToken, evidence };
  });
  return { items: found.items.map(interfaceUse), more: found.more };
}

function interfaceUse(found: NetworkInterface): InterfaceUse {
  const description = oneLine(found.Description ?? '', 120);
  // Tasks in awsvpc mode: the description is the ARN of the attachment, arn:aws:ecs:…:attachment/….
  const isTask = /^arn:aws[a-z-]*:ecs:[^ ]*:attachment\//.test(description);
  const instance = found.Attachment?.InstanceId;
  return {
    id: found.NetworkInterfaceId ?? '',
    address: found.PrivateIpAddress ?? '',
    what: isTask
      ? 'ECS task'
      : instance === undefined
        ? description || (found.InterfaceType ?? '')
        : `instance ${instance}`,
    isTask,
  };
}
