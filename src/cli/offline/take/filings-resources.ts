// Answers about what tasks use: roles, images, secrets, keys, file systems, logs, metrics, databases, names; and who changed what.

import { lastPart, partitionOf } from '../../../../tools/arn.ts';
import type { SnapshotMetric, SnapshotRepository, SnapshotRole } from '../../../contract/snapshot.ts';
import type { Draft } from './draft.ts';
import { documentIn, type Filings, namesOnly } from './filing.ts';

export const resourceFilings = {
  'iam:GetRole': ({ snapshot, keep }, { Role }) =>
    keep(
      snapshot.iam.Roles,
      ['RoleName'],
      Role && [
        { ...Role, AssumeRolePolicyDocument: documentIn(Role.AssumeRolePolicyDocument), policies: [] },
      ],
    ),
  'iam:ListRolePolicies': (draft, { PolicyNames = [] }, { RoleName = '' }) => {
    const { policies } = roleNamed(draft, RoleName);
    draft.named(policies, ['PolicyName'], {
      by: 'iam:GetRolePolicy',
      items: PolicyNames.map((PolicyName) => ({ PolicyName, Document: {} })),
    });
  },
  'iam:GetRolePolicy': (draft, { PolicyDocument }, { RoleName = '', PolicyName = '' }) => {
    const Document = documentIn(PolicyDocument) ?? {};
    draft.known(roleNamed(draft, RoleName).policies, ['PolicyName'], { PolicyName, Document });
  },
  'iam:ListAttachedRolePolicies': (draft, { AttachedPolicies }, { RoleName = '' }) => {
    const role = roleNamed(draft, RoleName);
    role.AttachedManagedPolicies ??= [];
    draft.keep(role.AttachedManagedPolicies, ['PolicyArn'], AttachedPolicies);
  },
  'iam:GetPolicy': ({ managed }, { Policy }, { PolicyArn = '' }) => {
    managed.set(PolicyArn, {
      documents: new Map(),
      ...managed.get(PolicyArn),
      version: Policy?.DefaultVersionId,
    });
  },
  'iam:GetPolicyVersion': ({ managed }, { PolicyVersion }, { PolicyArn = '', VersionId = '' }) => {
    const policy = managed.get(PolicyArn) ?? { documents: new Map() };
    policy.documents.set(VersionId, documentIn(PolicyVersion?.Document) ?? {});
    managed.set(PolicyArn, policy);
  },
  // Follows from the policies, which have a place of their own.
  'iam:SimulatePrincipalPolicy': namesOnly,
  'iam:ListInstanceProfiles': (draft, { InstanceProfiles = [] }) => {
    // An account has many more than those of the hosts that were taken.
    const used = new Set(profilesOf(draft.snapshot));
    for (const { InstanceProfileName: name = '', Roles = [] } of InstanceProfiles) {
      for (const { RoleName = '' } of used.has(name) ? Roles : []) {
        const role = roleNamed(draft, RoleName);
        role.InstanceProfiles = [...new Set([...(role.InstanceProfiles ?? []), name])];
      }
    }
  },
  'ec2:DescribeIamInstanceProfileAssociations': ({ snapshot, keep }, { IamInstanceProfileAssociations }) =>
    keep(
      snapshot.ec2.Instances,
      ['InstanceId'],
      IamInstanceProfileAssociations?.map(({ InstanceId, IamInstanceProfile }) => ({
        InstanceId,
        IamInstanceProfile,
      })),
    ),

  'ecr:DescribeImages': (draft, { imageDetails }, input) =>
    draft.keep(repositoryNamed(draft, input).images, ['imageDigest'], imageDetails),
  'ecr:GetRepositoryPolicy': (draft, { policyText }, input) => {
    const policy = documentIn(policyText);
    if (policy !== undefined) repositoryNamed(draft, input).policy = policy;
  },
  'ecr:BatchGetImage': (draft, { images = [] }, input) => {
    const repository = repositoryNamed(draft, input);
    for (const { imageId, imageManifest: text, imageManifestMediaType } of images) {
      const imageManifest = documentIn(text);
      const before = repository.images.find((one) => one.imageDigest === imageId?.imageDigest);
      draft.keep(
        repository.images,
        ['imageDigest'],
        [
          {
            imageDigest: imageId?.imageDigest,
            imageManifest,
            imageManifestMediaType,
            ...architecturesIn(imageManifest),
            // One answer names one tag; of the others only the details of the image know.
            imageTags: before?.imageTags ?? (imageId?.imageTag === undefined ? [] : [imageId.imageTag]),
          },
        ],
      );
    }
  },

  'secretsmanager:DescribeSecret': ({ snapshot, keep }, secret) =>
    keep(snapshot.secretsmanager.secrets, ['ARN'], [secret]),
  'secretsmanager:GetResourcePolicy': ({ snapshot, keep }, { ARN, Name, ResourcePolicy }) =>
    keep(
      snapshot.secretsmanager.secrets,
      ['ARN'],
      [{ ARN, Name, ResourcePolicy: documentIn(ResourcePolicy) }],
    ),
  'ssm:DescribeParameters': ({ snapshot, keep }, { Parameters }) =>
    keep(snapshot.ssm.parameters, ['Name'], Parameters),
  'kms:DescribeKey': ({ snapshot, keep }, { KeyMetadata }, { KeyId: asked = '' }) => {
    keep(snapshot.kms.keys, ['KeyId'], KeyMetadata && [KeyMetadata]);
    const key = snapshot.kms.keys.find(({ KeyId }) => KeyId === KeyMetadata?.KeyId);
    const alias = /(?:^|:)(alias\/.+)$/.exec(asked)?.[1];
    if (key !== undefined && alias !== undefined) key.aliases = [...new Set([...(key.aliases ?? []), alias])];
  },
  'kms:GetKeyPolicy': ({ snapshot, keep }, { Policy }, { KeyId = '' }) =>
    keep(snapshot.kms.keys, ['KeyId'], [{ KeyId: lastPart(KeyId), policy: documentIn(Policy) }]),

  'elasticfilesystem:DescribeFileSystems': ({ snapshot: { efs }, keep }, { FileSystems }) =>
    keep(efs.FileSystems, ['FileSystemId'], FileSystems),
  'elasticfilesystem:DescribeMountTargets': (
    { snapshot: { efs }, keep },
    { MountTargets },
    { FileSystemId },
  ) => {
    keep(efs.FileSystems, ['FileSystemId'], [{ FileSystemId }]);
    keep(efs.MountTargets, ['MountTargetId'], MountTargets);
  },
  'elasticfilesystem:DescribeMountTargetSecurityGroups': (
    { snapshot: { efs }, keep },
    { SecurityGroups },
    { MountTargetId },
  ) => keep(efs.MountTargets, ['MountTargetId'], [{ MountTargetId, SecurityGroups }]),
  'elasticfilesystem:DescribeAccessPoints': ({ snapshot: { efs }, keep }, { AccessPoints }) =>
    keep(efs.AccessPoints, ['AccessPointId'], AccessPoints),
  'elasticfilesystem:DescribeFileSystemPolicy': (
    { snapshot: { efs } },
    { Policy },
    { FileSystemId = '' },
  ) => {
    const policy = documentIn(Policy);
    if (policy !== undefined) efs.policies[FileSystemId] = policy;
  },

  'logs:DescribeLogGroups': ({ snapshot: { logs }, keep }, { logGroups = [] }, { logGroupNamePrefix }) =>
    keep(
      logs.logGroups,
      ['logGroupName'],
      // Nobody looks into the others of which the name is only the beginning.
      logGroups
        .filter(({ logGroupName }) => logGroupName === logGroupNamePrefix)
        .map(({ logGroupName, retentionInDays, creationTime }) => ({
          logGroupName,
          retentionInDays,
          creationTime,
          streams: [],
        })),
    ),
  'logs:GetLogEvents': (draft, { events = [] }, { logGroupName = '', logStreamName = '' }) => {
    const { streams } = logGroupNamed(draft, logGroupName);
    draft.known(streams, ['logStreamName'], {
      logStreamName,
      events: events.map(({ timestamp = 0, message = '' }) => ({ timestamp, message })),
    });
  },
  'cloudwatch:DescribeAlarms': ({ snapshot, keep }, { MetricAlarms }) =>
    keep(snapshot.cloudwatch.MetricAlarms, ['AlarmName'], MetricAlarms),
  'cloudwatch:GetMetricData': (draft, { MetricDataResults = [] }, { MetricDataQueries = [] }) => {
    for (const { Id, Timestamps = [], Values = [] } of MetricDataResults) {
      const metric = MetricDataQueries.find((query) => query.Id === Id)?.MetricStat?.Metric;
      if (metric?.Namespace === undefined || metric.MetricName === undefined || Timestamps.length === 0)
        continue;
      addPoints(
        draft.known(draft.snapshot.cloudwatch.metrics, ['Namespace', 'MetricName', 'Dimensions'], {
          Namespace: metric.Namespace,
          MetricName: metric.MetricName,
          Dimensions: (metric.Dimensions ?? []).map(({ Name = '', Value = '' }) => ({ Name, Value })),
          points: [],
        }),
        Timestamps.map((at, index) => [at, Values[index] ?? 0]),
      );
    }
  },
  'servicequotas:ListServiceQuotas': ({ snapshot, keep }, { Quotas }) =>
    keep(snapshot.servicequotas.quotas, ['QuotaCode', 'ServiceCode'], Quotas),
  'cloudtrail:LookupEvents': ({ snapshot, keep }, { Events }) =>
    keep(
      snapshot.cloudtrail.events,
      ['EventName', 'EventTime', 'EventId'],
      Events?.map(({ CloudTrailEvent, ...event }) => ({
        ...event,
        CloudTrailEvent: documentIn(CloudTrailEvent),
      })),
    ),

  'rds:DescribeDBInstances': ({ snapshot: { rds }, keep }, { DBInstances }) =>
    keep(rds.DBInstances, ['DBInstanceIdentifier'], DBInstances),
  'rds:DescribeDBClusters': ({ snapshot: { rds }, keep }, { DBClusters }) =>
    keep(rds.DBClusters, ['DBClusterIdentifier'], DBClusters),
  'servicediscovery:ListNamespaces': ({ snapshot, keep }, { Namespaces }) =>
    keep(snapshot.servicediscovery.namespaces, ['Id'], Namespaces),
  'servicediscovery:ListServices': ({ snapshot, keep }, { Services }, { Filters = [] }) => {
    const NamespaceId = Filters.find(({ Name }) => Name === 'NAMESPACE_ID')?.Values?.[0];
    keep(
      snapshot.servicediscovery.services,
      ['Id'],
      Services?.map((service) => ({ ...service, NamespaceId })),
    );
  },
  'servicediscovery:ListInstances': ({ snapshot, keep }, { Instances }, { ServiceId }) =>
    keep(
      snapshot.servicediscovery.instances,
      ['Id', 'ServiceId'],
      Instances?.map((instance) => ({ ...instance, ServiceId })),
    ),
} satisfies Filings;

/** Where IAM refuses the role itself, its policies may still be read; the ARN is then the one it has without a path. */
function roleNamed({ snapshot, known }: Draft, RoleName: string): SnapshotRole {
  const before = snapshot.iam.Roles.find((role) => role.RoleName === RoleName);
  const { id, region } = snapshot.account;
  const Arn = `arn:${partitionOf(region)}:iam::${id}:role/${RoleName}`;
  return before ?? known(snapshot.iam.Roles, ['RoleName'], { RoleName, Arn, policies: [] });
}

/** Names of the instance profiles of the machines. */
export function profilesOf({ ec2 }: Draft['snapshot']): string[] {
  return ec2.Instances.flatMap(({ IamInstanceProfile: profile }) =>
    profile?.Arn === undefined ? [] : [lastPart(profile.Arn)],
  );
}

/** Registries of other accounts are named; the account's own is not. */
export function repositoryNamed(
  { snapshot, known }: Draft,
  asked: { readonly repositoryName?: string | undefined; readonly registryId?: string | undefined },
): SnapshotRepository {
  return known(snapshot.ecr.repositories, ['repositoryName', 'registryId'], {
    repositoryName: asked.repositoryName ?? '',
    registryId: asked.registryId ?? snapshot.account.id,
    images: [],
  });
}

export function logGroupNamed({ snapshot: { logs }, known }: Draft, logGroupName: string) {
  return known(logs.logGroups, ['logGroupName'], { logGroupName, streams: [] });
}

/** The platforms that an index of manifests lists. https://github.com/opencontainers/image-spec/blob/main/image-index.md */
function architecturesIn(manifest: Record<string, unknown> | undefined): { architecture?: string[] } {
  const listed: readonly unknown[] = Array.isArray(manifest?.['manifests']) ? manifest['manifests'] : [];
  const found = listed.flatMap((one) => {
    const platform = member(one, 'platform');
    const architecture = member(platform, 'architecture');
    return typeof architecture === 'string' && architecture !== 'unknown' ? [architecture] : [];
  });
  return found.length === 0 ? {} : { architecture: [...new Set(found)] };
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && key in value ? Reflect.get(value, key) : undefined;
}

/** A metric is kept as points. Of two statistics of one minute the first that was asked for stays, so that none is a mixture. */
function addPoints(metric: SnapshotMetric, points: readonly [string, number][]): void {
  const times = new Set(metric.points.map(([at]) => at));
  metric.points.push(...points.filter(([at]) => !times.has(at)));
}
