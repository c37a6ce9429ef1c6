// Which ECS services use something: every service of every cluster is asked, up to a bound. What could not be read is said,
// never counted as nobody.

import type { Service } from '@aws-sdk/client-ecs';
import { type Aws, AwsCallError } from '../../src/contract/aws.ts';
import { lastPart } from '../arn.ts';
import { batches, collectPages } from '../pagination.ts';
import { counted, oneLine } from '../text-lines.ts';

const CLUSTERS_MAX = 25;
const SERVICES_MAX = 400;
const ITEMS_MAX = 60;

export interface ServiceUse {
  readonly cluster: string;
  readonly service: string;
  readonly desired: number;
  readonly running: number;
}

/** The AWS actions `servicesUsing` makes. */
export const serviceUseActions = ['ecs:ListClusters', 'ecs:ListServices', 'ecs:DescribeServices'] as const;

/** The services for which `uses` holds, and whether there are more than were read. */
export async function servicesUsing(
  aws: Aws,
  uses: (service: Service) => boolean,
): Promise<{ items: ServiceUse[]; more: boolean }> {
  const clusters = await collectPages(CLUSTERS_MAX, async (nextToken) => {
    const { output, evidence } = await aws.call('ecs:ListClusters', { nextToken });
    return { items: output.clusterArns ?? [], next: output.nextToken, evidence };
  });
  const lists = await Promise.all(
    clusters.items.map((cluster) =>
      collectPages(SERVICES_MAX, async (nextToken) => {
        const { output, evidence } = await aws.call('ecs:ListServices', {
          cluster,
          maxResults: 100,
          nextToken,
        });
        return { items: output.serviceArns ?? [], next: output.nextToken, evidence };
      }).then((list) => ({ cluster, ...list })),
    ),
  );
  const answers = await Promise.all(
    lists
      .flatMap(({ cluster, items }) => batches(items, 10).map((services) => ({ cluster, services })))
      .slice(0, SERVICES_MAX / 10)
      .map((batch) => aws.call('ecs:DescribeServices', batch)),
  );
  const listed = lists.reduce((sum, { items }) => sum + items.length, 0);
  const described = answers.reduce((sum, { output }) => sum + (output.services?.length ?? 0), 0);
  const items = answers
    .flatMap(({ output }) => output.services ?? [])
    .filter((service) => service.status !== 'INACTIVE' && uses(service))
    .map((service) => ({
      cluster: lastPart(service.clusterArn ?? ''),
      service: service.serviceName ?? '',
      desired: service.desiredCount ?? 0,
      running: service.runningCount ?? 0,
    }));
  return { items, more: clusters.more || lists.some(({ more }) => more) || described < listed };
}

/** What a change of something touches, when only ECS services can use it: who does, as a summary and a list. */
export async function serviceBlastRadius(
  aws: Aws,
  noun: string,
  uses: (service: Service) => boolean,
): Promise<{ summary: string; items: string[] }> {
  const unseen: string[] = [];
  const found = await unlessDenied(unseen, () => servicesUsing(aws, uses));
  const services = found?.items ?? [];
  const tasks = services.reduce((sum, one) => sum + one.desired, 0);
  const names = services.map((one) => `${one.service} (${one.desired})`).join(', ');
  const who =
    services.length > 0
      ? `${found?.more ? 'At least ' : ''}${counted(services.length, 'service')}, ${counted(tasks, 'task')} use this ${noun}: ${names}`
      : `${found?.more ? 'None of the ECS services that were read uses' : 'No ECS service uses'} this ${noun}`;
  return {
    summary: oneLine(
      `${unseen.length > 0 ? `Who uses this ${noun} cannot be seen: ${unseen.join('; ')}` : who}.`,
      1_900,
    ),
    items: services
      .slice(0, ITEMS_MAX)
      .map(
        (one) => `service ${one.service} in ${one.cluster}: ${one.running} of ${one.desired} tasks running`,
      ),
  };
}

/** Groups of the service itself and of its deployments, which differ while a change of them rolls out. */
export function securityGroupsOf(service: Service): ReadonlySet<string> {
  const configurations = [service, ...(service.deployments ?? []), ...(service.taskSets ?? [])];
  return new Set(
    configurations.flatMap((one) => one.networkConfiguration?.awsvpcConfiguration?.securityGroups ?? []),
  );
}

/** Runs `read`; a denied one becomes an entry of `unseen` and null, other failures are thrown. */
export async function unlessDenied<T>(unseen: string[], read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (thrown) {
    if (!(thrown instanceof AwsCallError) || thrown.failure.kind !== 'denied') throw thrown;
    unseen.push(`${thrown.failure.action} is denied`);
    return null;
  }
}
