// Elastic File System: file systems, where they can be mounted, through which access points, and under which policy.

import type * as Efs from '@aws-sdk/client-efs';
import type { SimulatedAccount } from '../account.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import type { Handler, HandlerTable } from './handler.ts';
import { pageOf } from './page.ts';

const CREATED = '2024-01-01T00:00:00Z';

/** File systems by id or creation token, all of them without. Throws FileSystemNotFound. */
const describeFileSystems: Handler<
  Efs.DescribeFileSystemsCommandInput,
  Efs.DescribeFileSystemsCommandOutput
> = (input, account) => {
  if (input.FileSystemId !== undefined) requireFileSystem(account, input.FileSystemId);
  const wanted = account.state.efs.FileSystems.filter(
    (one) =>
      (input.FileSystemId === undefined || one.FileSystemId === input.FileSystemId) &&
      (input.CreationToken === undefined || one.CreationToken === input.CreationToken),
  );
  const page = paged(wanted, { scope: 'FileSystems', limit: input.MaxItems, token: input.Marker });
  return {
    FileSystems: page.items.map((one) => ({
      ...one,
      OwnerId: one.OwnerId ?? account.id,
      CreationToken: one.CreationToken ?? one.FileSystemId,
      CreationTime: one.CreationTime ?? CREATED,
      LifeCycleState: one.LifeCycleState ?? 'available',
      NumberOfMountTargets:
        one.NumberOfMountTargets ??
        account.state.efs.MountTargets.filter((target) => target.FileSystemId === one.FileSystemId).length,
      SizeInBytes: one.SizeInBytes ?? { Value: 0 },
      PerformanceMode: one.PerformanceMode ?? 'generalPurpose',
      Tags: one.Tags ?? [],
    })),
    ...(page.nextToken === undefined ? {} : { NextMarker: page.nextToken }),
  };
};

/** Mount targets of a file system or of an access point, or one by id. Throws the service's own NotFound errors. */
const describeMountTargets: Handler<
  Efs.DescribeMountTargetsCommandInput,
  Efs.DescribeMountTargetsCommandOutput
> = (input, account) => {
  const given = [input.FileSystemId, input.MountTargetId, input.AccessPointId].filter(
    (one) => one !== undefined,
  );
  if (given.length !== 1)
    throw new AwsFault(
      'BadRequest',
      'Exactly one of FileSystemId, MountTargetId and AccessPointId is needed.',
    );
  const fileSystem =
    input.AccessPointId === undefined
      ? input.FileSystemId
      : accessPoint(account, input.AccessPointId).FileSystemId;
  if (fileSystem !== undefined) requireFileSystem(account, fileSystem);
  if (input.MountTargetId !== undefined) mountTarget(account, input.MountTargetId);
  const wanted = account.state.efs.MountTargets.filter((target) =>
    fileSystem === undefined
      ? target.MountTargetId === input.MountTargetId
      : target.FileSystemId === fileSystem,
  );
  const page = paged(wanted, {
    scope: `MountTargets ${given[0]}`,
    limit: input.MaxItems,
    token: input.Marker,
  });
  return {
    MountTargets: page.items.map(({ SecurityGroups: _groups, ...target }) => ({
      ...target,
      FileSystemId: target.FileSystemId ?? '',
      SubnetId: target.SubnetId ?? '',
      LifeCycleState: target.LifeCycleState ?? 'available',
    })),
    ...(page.nextToken === undefined ? {} : { NextMarker: page.nextToken }),
  };
};

/** Security groups of a mount target. Throws MountTargetNotFound. */
const describeMountTargetSecurityGroups: Handler<
  Efs.DescribeMountTargetSecurityGroupsCommandInput,
  Efs.DescribeMountTargetSecurityGroupsCommandOutput
> = (input, account) => ({
  SecurityGroups: mountTarget(account, input.MountTargetId ?? '').SecurityGroups ?? [],
});

/** Access points of a file system, or one by id, or all. Throws AccessPointNotFound and FileSystemNotFound. */
const describeAccessPoints: Handler<
  Efs.DescribeAccessPointsCommandInput,
  Efs.DescribeAccessPointsCommandOutput
> = (input, account) => {
  if (input.FileSystemId !== undefined) requireFileSystem(account, input.FileSystemId);
  if (input.AccessPointId !== undefined) accessPoint(account, input.AccessPointId);
  const wanted = account.state.efs.AccessPoints.filter(
    (one) =>
      (input.FileSystemId === undefined || one.FileSystemId === input.FileSystemId) &&
      (input.AccessPointId === undefined || one.AccessPointId === input.AccessPointId),
  );
  const page = paged(wanted, {
    scope: `AccessPoints ${input.FileSystemId ?? ''}`,
    limit: input.MaxResults,
    token: input.NextToken,
  });
  return {
    AccessPoints: page.items,
    ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
  };
};

/** The policy of a file system. Throws FileSystemNotFound and PolicyNotFound. */
const describeFileSystemPolicy: Handler<
  Efs.DescribeFileSystemPolicyCommandInput,
  Efs.DescribeFileSystemPolicyCommandOutput
> = (input, account) => {
  const id = input.FileSystemId ?? '';
  requireFileSystem(account, id);
  const policy = Object.hasOwn(account.state.efs.policies, id) ? account.state.efs.policies[id] : undefined;
  if (policy === undefined) throw absent('PolicyNotFound', `The file system '${id}' does not have a policy.`);
  return { FileSystemId: id, Policy: JSON.stringify(policy) };
};

export const efsHandlers: HandlerTable = {
  DescribeFileSystems: describeFileSystems,
  DescribeMountTargets: describeMountTargets,
  DescribeMountTargetSecurityGroups: describeMountTargetSecurityGroups,
  DescribeAccessPoints: describeAccessPoints,
  DescribeFileSystemPolicy: describeFileSystemPolicy,
};

function requireFileSystem(account: SimulatedAccount, id: string): void {
  if (!account.state.efs.FileSystems.some((one) => one.FileSystemId === id))
    throw absent('FileSystemNotFound', `File system '${id}' does not exist.`);
}

function mountTarget(account: SimulatedAccount, id: string) {
  const found = account.state.efs.MountTargets.find((one) => one.MountTargetId === id);
  if (found === undefined) throw absent('MountTargetNotFound', `Mount target '${id}' does not exist.`);
  return found;
}

function accessPoint(account: SimulatedAccount, id: string) {
  const found = account.state.efs.AccessPoints.find(
    (one) => one.AccessPointId === id || one.AccessPointArn === id,
  );
  if (found === undefined) throw absent('AccessPointNotFound', `Access point '${id}' does not exist.`);
  return found;
}

function absent(code: string, message: string): AwsFault {
  return new AwsFault(code, message, { status: 404 });
}

function paged<Item>(
  items: readonly Item[],
  question: { scope: string; limit: number | undefined; token: string | undefined },
) {
  return pageOf(items, {
    token: question.token,
    limit: question.limit,
    defaultLimit: 100,
    maxLimit: Number.POSITIVE_INFINITY,
    rangeCode: 'BadRequest',
    scope: question.scope,
    invalidToken: () => new AwsFault('BadRequest', 'Invalid marker.'),
  });
}
