// The evidence about what tasks refer to outside ECS: roles, secrets, images, log groups, file systems. Each thing was asked for by name,
// so AWS's own "there is no such thing" is kept as an answer of its own, apart from a read that was refused.

import type { Event as TrailEvent } from '@aws-sdk/client-cloudtrail';
import type { LogGroup } from '@aws-sdk/client-cloudwatch-logs';
import type { ImageDetail } from '@aws-sdk/client-ecr';
import type { AccessPointDescription, MountTargetDescription } from '@aws-sdk/client-efs';
import type { Role } from '@aws-sdk/client-iam';
import type { KeyMetadata } from '@aws-sdk/client-kms';
import type { DescribeSecretResponse } from '@aws-sdk/client-secrets-manager';
import type { ParameterMetadata } from '@aws-sdk/client-ssm';
import type { EvidenceRef } from '../contract/finding.ts';
import { type Gap, merged, type Observed, type Seen } from './evidence.ts';

/** What was asked for, and the thing itself; undefined when AWS answered that there is none. */
export interface Asked<T> {
  readonly key: string;
  readonly thing: T | undefined;
}

/** A policy of a role, its document as AWS sent it. */
export interface RolePolicy {
  /** Name of the role. */
  readonly role: string;
  /** Name of an inline policy, ARN of a managed one. */
  readonly name: string;
  readonly kind: 'inline' | 'managed' | 'boundary';
  readonly document: string;
}

/** What IAM's own simulator says of a role whose policies were not read one by one. */
export interface SimulatedDecision {
  /** Name of the role. */
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  /** `open`: it depends on something the simulator was not told, or on policies of the organisation. */
  readonly decision: 'allowed' | 'denied' | 'silent' | 'open';
  /** The policies whose statements decide. */
  readonly by: readonly string[];
}

/** A mount target with the groups that guard it; undefined when they could not be read. */
export interface MountTarget {
  readonly target: MountTargetDescription;
  readonly groups: readonly string[] | undefined;
}

/** How full the disks of the service's tasks are, in the unit of the metric. */
export interface DiskUse {
  readonly usedGigabytes: number;
  readonly reservedGigabytes: number;
  readonly atMs: number;
}

/** Everything is keyed as the task definition spells it, except roles and repositories, which are keyed by name. */
export interface ResourceEvidence {
  readonly roles: Seen<Asked<Role>>;
  readonly rolePolicies: Seen<RolePolicy>;
  /** ARN of the role of a container instance, by the instance's ARN. */
  readonly hostRoles: Seen<Asked<string>>;
  readonly decisions: Seen<SimulatedDecision>;
  /** A repository that was seen is known by its name alone. */
  readonly repositories: Seen<Asked<string>>;
  readonly repositoryPolicies: Seen<Asked<string>>;
  /** By `repository:tag` or `repository@digest`. */
  readonly images: Seen<Asked<ImageDetail>>;
  /** Manifest as JSON text, keyed as the images. */
  readonly manifests: Seen<Asked<string>>;
  readonly secrets: Seen<Asked<DescribeSecretResponse>>;
  /** Keyed as the secrets; undefined when a secret has none. */
  readonly secretPolicies: Seen<Asked<string>>;
  readonly parameters: Seen<Asked<ParameterMetadata>>;
  readonly keys: Seen<Asked<KeyMetadata>>;
  readonly keyPolicies: Seen<Asked<string>>;
  readonly logGroups: Seen<Asked<LogGroup>>;
  /** By id; that it is there is all that is known of one. */
  readonly fileSystems: Seen<Asked<string>>;
  /** Of all file systems that were asked for. */
  readonly mountTargets: Seen<MountTarget>;
  readonly accessPoints: Seen<Asked<AccessPointDescription>>;
  readonly fileSystemPolicies: Seen<Asked<string>>;
  readonly disk: Seen<DiskUse>;
  /** Records of the last hours about the requests that matter here, newest first. */
  readonly trail: Seen<TrailEvent>;
}

const nothing: Seen<never> = { items: [], gaps: [] };

/** Nothing was asked. */
export const noResources: ResourceEvidence = {
  roles: nothing,
  rolePolicies: nothing,
  hostRoles: nothing,
  decisions: nothing,
  repositories: nothing,
  repositoryPolicies: nothing,
  images: nothing,
  manifests: nothing,
  secrets: nothing,
  secretPolicies: nothing,
  parameters: nothing,
  keys: nothing,
  keyPolicies: nothing,
  logGroups: nothing,
  fileSystems: nothing,
  mountTargets: nothing,
  accessPoints: nothing,
  fileSystemPolicies: nothing,
  disk: nothing,
  trail: nothing,
};

export type Look<T> =
  | { readonly state: 'there'; readonly thing: T; readonly at: EvidenceRef }
  | { readonly state: 'absent'; readonly at: EvidenceRef }
  /** Refused, failed or never asked; the gaps say which. */
  | { readonly state: 'unseen'; readonly gaps: readonly Gap[] };

/** What is known about the thing of that name. */
export function lookUp<T>(seen: Seen<Asked<T>>, key: string): Look<T> {
  const found = seen.items.find(({ value }) => value.key === key);
  if (found === undefined) return { state: 'unseen', gaps: gapsAbout(seen, key) };
  const { thing } = found.value;
  return thing === undefined ? { state: 'absent', at: found.at } : { state: 'there', thing, at: found.at };
}

/** Gaps that say they are about this name, or about none in particular. */
export function gapsAbout(seen: Seen<unknown>, key: string): Gap[] {
  return seen.gaps.filter(({ about }) => about === undefined || about === key);
}

/** Gaps as findings tell them. */
export function untold(gaps: readonly Gap[]): { what: string; missingAction: string }[] {
  const distinct = new Map(gaps.map((gap) => [`${gap.what} ${gap.missingAction}`, gap]));
  return [...distinct.values()].map(({ what, missingAction }) => ({ what, missingAction }));
}

/** Adds what was read on another occasion. */
export function withResources(left: ResourceEvidence, right: Partial<ResourceEvidence>): ResourceEvidence {
  const add = <T>(one: Seen<T>, other: Seen<T> | undefined): Seen<T> =>
    other === undefined ? one : merged(one, other);
  return {
    roles: add(left.roles, right.roles),
    rolePolicies: add(left.rolePolicies, right.rolePolicies),
    hostRoles: add(left.hostRoles, right.hostRoles),
    decisions: add(left.decisions, right.decisions),
    repositories: add(left.repositories, right.repositories),
    repositoryPolicies: add(left.repositoryPolicies, right.repositoryPolicies),
    images: add(left.images, right.images),
    manifests: add(left.manifests, right.manifests),
    secrets: add(left.secrets, right.secrets),
    secretPolicies: add(left.secretPolicies, right.secretPolicies),
    parameters: add(left.parameters, right.parameters),
    keys: add(left.keys, right.keys),
    keyPolicies: add(left.keyPolicies, right.keyPolicies),
    logGroups: add(left.logGroups, right.logGroups),
    fileSystems: add(left.fileSystems, right.fileSystems),
    mountTargets: add(left.mountTargets, right.mountTargets),
    accessPoints: add(left.accessPoints, right.accessPoints),
    fileSystemPolicies: add(left.fileSystemPolicies, right.fileSystemPolicies),
    disk: add(left.disk, right.disk),
    trail: add(left.trail, right.trail),
  };
}

/** Keeps what a list observed about one thing apart from where the list stands. */
export function asked<T>(key: string, thing: T | undefined, at: EvidenceRef): Observed<Asked<T>> {
  return { value: { key, thing }, at };
}
