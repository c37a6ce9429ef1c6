// Amazon Resource Names in inputs: parsed, and held against the account and region a node serves. A name that points into
// another account is refused before any request is made, so that a tool cannot be talked into naming foreign resources.

import type { Aws } from '../src/contract/aws.ts';
import { fail } from '../src/contract/errors.ts';

export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** What follows the account, such as `service/my-cluster/my-service`. */
  readonly resource: string;
}

/** Undefined when `text` is not an ARN. Format: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function parseArn(text: string): Arn | undefined {
  const match = /^arn:(aws[a-z-]*):([a-z0-9-]+):([a-z0-9-]*):(\d{12}|):(.+)$/.exec(text);
  const [, partition, service, region, account, resource] = match ?? [];
  if (partition === undefined || service === undefined || resource === undefined) return undefined;
  return { partition, service, region: region ?? '', account: account ?? '', resource };
}

/** Throws `input-invalid` when one of `values` is an ARN of another account or region than the node serves. */
export function requireOwn(
  aws: Pick<Aws, 'account' | 'region'>,
  values: readonly (string | undefined)[],
): void {
  for (const value of values) {
    const arn = value === undefined ? undefined : parseArn(value);
    if (arn === undefined || (arn.account === aws.account && arn.region === aws.region)) continue;
    throw fail('input-invalid', {
      where: 'the ARN',
      detail: `${value} is not in account ${aws.account}, ${aws.region}, which this node serves`,
    });
  }
}

/** The partition that a region belongs to, as ARNs name it. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** The last part of an ARN or of a path: `…:cluster/prod` → `prod`. Names without a slash are returned as they are. */
export function lastPart(text: string): string {
  return text.slice(text.lastIndexOf('/') + 1);
}

/** `family:revision` of a task definition ARN. */
export function familyRevision(text: string): string {
  return lastPart(text);
}
