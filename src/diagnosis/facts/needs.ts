// What a look outside ECS asks for, and how several such needs become one: every thing once, and no more of any kind than is worth a request.

import type { EfsVolume } from './efs-volume.ts';
import type { ImageReference } from './image-reference.ts';
import { roleName } from './permission.ts';
import type { SecretReference } from './secret-reference.ts';

/** Something a role wants to do. */
export interface RoleRequest {
  readonly action: string;
  /** ARN, or `*`. */
  readonly resource: string;
}

export interface ResourceNeeds {
  /** ARNs, or bare names of roles of this account. */
  readonly roles: readonly string[];
  readonly images: readonly ImageReference[];
  /** Those of which the platforms matter. */
  readonly manifests: readonly ImageReference[];
  readonly secrets: readonly SecretReference[];
  readonly logGroups: readonly string[];
  /** Volumes of which matters where they can be mounted, and those of which matters who may use them. */
  readonly mounts: readonly EfsVolume[];
  readonly volumes: readonly EfsVolume[];
  readonly disk: boolean;
  /** Container instances whose own role acts. */
  readonly hosts: readonly string[];
  /** What those roles are needed for. */
  readonly hostRequests: readonly RoleRequest[];
  /** Policies of the endpoints in the way. */
  readonly endpoints: boolean;
  /** Names of resources whose recent records are asked for, and names of requests. */
  readonly trail: { readonly resources: readonly string[]; readonly requests: readonly string[] };
}

const ROLES_MAX = 3;
const SECRETS_MAX = 8;
const IMAGES_MAX = 3;
const REQUESTS_MAX = 24;

/** No records of anything. */
export const noTrail: ResourceNeeds['trail'] = { resources: [], requests: [] };
/** What asks for nothing at all. */
export const noNeeds: ResourceNeeds = {
  roles: [],
  images: [],
  manifests: [],
  secrets: [],
  logGroups: [],
  mounts: [],
  volumes: [],
  disk: false,
  hosts: [],
  hostRequests: [],
  endpoints: false,
  trail: noTrail,
};

/** All of them at once, each thing once and bounded. */
export function joinedNeeds(parts: readonly ResourceNeeds[]): ResourceNeeds {
  const by = <T>(list: readonly T[], key: (one: T) => string, max: number): T[] =>
    [...new Map(list.map((one) => [key(one), one])).values()].slice(0, max);
  return {
    roles: by(
      parts.flatMap(({ roles }) => roles),
      roleName,
      ROLES_MAX,
    ),
    images: by(
      parts.flatMap(({ images }) => images),
      ({ raw }) => raw,
      IMAGES_MAX,
    ),
    manifests: by(
      parts.flatMap(({ manifests }) => manifests),
      ({ raw }) => raw,
      IMAGES_MAX,
    ),
    secrets: by(
      parts.flatMap(({ secrets }) => secrets),
      ({ raw }) => raw,
      SECRETS_MAX,
    ),
    logGroups: by(
      parts.flatMap(({ logGroups }) => logGroups),
      (one) => one,
      3,
    ),
    mounts: by(
      parts.flatMap(({ mounts }) => mounts),
      ({ name }) => name,
      3,
    ),
    volumes: by(
      parts.flatMap(({ volumes }) => volumes),
      ({ name }) => name,
      3,
    ),
    disk: parts.some(({ disk }) => disk),
    hosts: by(
      parts.flatMap(({ hosts }) => hosts),
      (one) => one,
      1,
    ),
    hostRequests: by(
      parts.flatMap(({ hostRequests }) => hostRequests),
      ({ action, resource }) => `${action} ${resource}`,
      REQUESTS_MAX,
    ),
    endpoints: parts.some(({ endpoints }) => endpoints),
    trail: {
      resources: by(
        parts.flatMap(({ trail }) => trail.resources),
        (one) => one,
        2,
      ),
      requests: by(
        parts.flatMap(({ trail }) => trail.requests),
        (one) => one,
        3,
      ),
    },
  };
}
