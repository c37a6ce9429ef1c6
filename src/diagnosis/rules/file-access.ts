// A file system that answers and says no: its policy, an access point, the directory that is asked for, the user that writes.

import type { EvidenceRef } from '../../contract/finding.ts';
import type { EvidenceBundle } from '../evidence.ts';
import { type AppSign, appSigns } from '../facts/app-signs.ts';
import { type EfsVolume, efsVolumes } from '../facts/efs-volume.ts';
import type { Facts } from '../facts/facts.ts';
import { volumesOf } from '../facts/mount-state.ts';
import { permissionOf, roleName } from '../facts/permission.ts';
import { says } from '../facts/saying.ts';
import type { StartFailure } from '../facts/start-failure.ts';
import { taskRole } from '../facts/start-role.ts';
import type { TaskFacts } from '../facts/tasks.ts';
import { contextOf } from '../iam/condition.ts';
import { policyDocument } from '../iam/document.ts';
import { askPolicies, noPolicy, passes } from '../iam/evaluate.ts';
import type { Truth } from '../iam/truth.ts';
import { lookUp, noResources, untold } from '../resources.ts';
import { distinctRefs, found, type Judgement, type Rule, silent } from './rule.ts';
import { couldNotStart, quoted, strongest, subjectOf } from './start-rule.ts';

export const fileAccessRules: readonly Rule[] = [
  { class: 'efs-access-denied', needs: ['tasks', 'logs', 'task-definition', 'resources'], judge },
];

function judge(facts: Facts): Judgement {
  const starts = facts.starts.filter(({ phase }) => phase === 'volume');
  const signs = appSigns(facts).filter(({ kind }) => kind === 'may-not-write');
  return strongest([
    ...starts.map((start) => refusedMount(start, facts)),
    ...signs.map((sign) => refusedWrite(sign, facts)),
  ]);
}

interface Wrong {
  readonly short: string;
  readonly long: string;
  readonly culprit: string;
  readonly evidence: readonly EvidenceRef[];
}

function refusedMount(start: StartFailure, facts: Facts): Judgement {
  if (start.reply !== 'answer') return silent;
  const volumes = volumesOf(start);
  if (volumes.length === 0 && !says(start.whole, 'efs')) return silent;
  const { bundle } = facts;
  for (const volume of volumes) {
    const wrong =
      wrongAccessPoint(bundle, volume, start) ??
      policyRefuses(bundle, { volume, task: start.task, action: 'elasticfilesystem:ClientMount' });
    if (wrong === undefined) continue;
    return found({
      verdict: 'proven',
      title: `${subjectOf(facts)}: ${wrong.short}.`,
      explanation: `${wrong.long} ${couldNotStart(start)}`,
      evidence: distinctRefs([...wrong.evidence, volume.at, ...start.evidence]),
      culprits: [wrong.culprit],
    });
  }
  const [volume] = volumes;
  const missing = start.code === 'no-path';
  const gaps = volumes.flatMap((one) => policyGaps(bundle, one));
  if (!missing && gaps.length === 0 && volumes.length > 0)
    return found({
      verdict: 'possible',
      title: `${subjectOf(facts)}: ${volume?.fileSystemId} refuses the mount.`,
      explanation: `${quoted(start)} Its policy and access point, as they are now, would allow it.`,
      evidence: start.evidence,
      culprits: volume === undefined ? [] : [volume.fileSystemId],
    });
  return found({
    verdict: 'likely',
    title: missing
      ? `${subjectOf(facts)}: ${volume?.rootDirectory ?? 'the directory'} does not exist on ${volume?.fileSystemId ?? 'the file system'}.`
      : `${subjectOf(facts)}: ${volume?.fileSystemId ?? 'the file system'} refuses the mount.`,
    explanation: missing
      ? `${quoted(start)} ECS never creates a root directory: make it on the file system, or use an access point that creates it. What is on a file system cannot be read from here.`
      : quoted(start),
    evidence: distinctRefs([...start.evidence, ...(volume === undefined ? [] : [volume.at])]),
    culprits: volume === undefined ? [] : [volume.fileSystemId],
    cannotVerify: missing
      ? [{ what: 'which directories the file system has', missingAction: 'elasticfilesystem:ClientMount' }]
      : untold(gaps),
  });
}

function wrongAccessPoint(bundle: EvidenceBundle, volume: EfsVolume, start: StartFailure): Wrong | undefined {
  const id = volume.accessPointId;
  if (id === undefined) return undefined;
  const look = lookUp((bundle.resources ?? noResources).accessPoints, id);
  const told = (short: string, long: string): Wrong => ({
    short,
    long,
    culprit: id,
    evidence: look.state === 'unseen' ? [] : [look.at],
  });
  if (look.state === 'absent')
    return told(
      `the access point ${id} does not exist`,
      `Volume ${volume.name} mounts through ${id}, and EFS knows no such access point.`,
    );
  if (look.state !== 'there') return undefined;
  const { FileSystemId: of, RootDirectory: root } = look.thing;
  if (of !== undefined && of !== volume.fileSystemId)
    return told(
      `the access point ${id} belongs to ${of}`,
      `Volume ${volume.name} mounts ${volume.fileSystemId} through ${id}, which is an access point of another file system.`,
    );
  if (
    start.code === 'no-path' &&
    root?.Path !== undefined &&
    root.Path !== '/' &&
    root.CreationInfo === undefined
  )
    return told(
      `the directory ${root.Path} of access point ${id} does not exist`,
      `Access point ${id} begins at ${root.Path} and says nothing about creating it, so EFS does not. Make the directory, or an access point with CreationInfo.`,
    );
  return undefined;
}

interface Access {
  readonly volume: EfsVolume;
  readonly task: TaskFacts;
  readonly action: string;
}

/** The file system's policy and, for a signed mount, the role's own; without a policy everybody who reaches it may mount. */
function policyRefuses(bundle: EvidenceBundle, access: Access): Wrong | undefined {
  const { volume, task, action } = access;
  const look = lookUp((bundle.resources ?? noResources).fileSystemPolicies, volume.fileSystemId);
  if (look.state !== 'there') return undefined;
  const known = keysOf(bundle, volume);
  if (passesPolicy(bundle, access, known) !== 'no') return undefined;
  const role = volume.iam ? taskRole(task) : undefined;
  const common = { culprit: volume.fileSystemId, evidence: [look.at] };
  if (
    !volume.encrypted &&
    passesPolicy(bundle, access, { ...known, 'aws:SecureTransport': 'true' }) === 'yes'
  )
    return {
      ...common,
      short: `${volume.fileSystemId} only lets encrypted connections in`,
      long: `Its policy demands encryption in transit, and volume ${volume.name} does not switch it on. Set transitEncryption to ENABLED in a new revision.`,
    };
  return {
    ...common,
    short: `the policy of ${volume.fileSystemId} does not let them ${action.endsWith('Write') ? 'write' : 'mount'}`,
    long:
      role === undefined
        ? `Its policy does not allow ${action} to clients that do not sign, and volume ${volume.name} does not use the task role. Set authorizationConfig.iam to ENABLED in a new revision, with a task role that may.`
        : `Neither the policy of ${volume.fileSystemId} nor task role ${roleName(role)} allows ${action}.`,
  };
}

function passesPolicy(
  bundle: EvidenceBundle,
  { volume, task, action }: Access,
  known: Readonly<Record<string, string | undefined>>,
): Truth {
  const look = lookUp((bundle.resources ?? noResources).fileSystemPolicies, volume.fileSystemId);
  const resource = `arn:aws:elasticfilesystem:${bundle.region}:${bundle.account}:file-system/${volume.fileSystemId}`;
  const complete = volume.accessPointId === undefined ? ['elasticfilesystem:AccessPointArn'] : [];
  const role = volume.iam ? taskRole(task) : undefined;
  if (role !== undefined)
    return permissionOf(bundle, { role, action, resource, context: known, complete, resourcePolicy: look })
      .passes;
  const document = look.state === 'there' ? policyDocument(look.thing) : undefined;
  if (document === undefined) return 'unknown';
  // An unsigned client has none of the keys of a principal.
  const context = contextOf(known, [...complete, 'aws:principal']);
  const answer = askPolicies([{ name: 'file system', document }], {
    action,
    resource,
    principal: {},
    context,
  });
  return passes(noPolicy, answer, 'either');
}

function keysOf(bundle: EvidenceBundle, volume: EfsVolume): Record<string, string | undefined> {
  return {
    'aws:SecureTransport': String(volume.encrypted),
    'elasticfilesystem:AccessedViaMountTarget': 'true',
    'elasticfilesystem:AccessPointArn':
      volume.accessPointId === undefined
        ? undefined
        : `arn:aws:elasticfilesystem:${bundle.region}:${bundle.account}:access-point/${volume.accessPointId}`,
  };
}

function policyGaps(bundle: EvidenceBundle, volume: EfsVolume) {
  const { fileSystemPolicies, accessPoints } = bundle.resources ?? noResources;
  const looks = [
    lookUp(fileSystemPolicies, volume.fileSystemId),
    ...(volume.accessPointId === undefined ? [] : [lookUp(accessPoints, volume.accessPointId)]),
  ];
  return looks.flatMap((look) => (look.state === 'unseen' ? look.gaps : []));
}

/** The application wrote where it may not: only lines that name a path of the volume say that it is the file system's doing. */
function refusedWrite(sign: AppSign, facts: Facts): Judgement {
  const { definition } = sign.task;
  const volume = (definition === undefined ? [] : efsVolumes(definition)).find(({ paths }) =>
    paths.some((path) => path !== '/' && sign.text.includes(path)),
  );
  // A mount that the definition itself makes read-only is refused before the file system is asked.
  if (volume === undefined || mountedReadOnly(sign, volume)) return silent;
  const wrong =
    policyRefuses(facts.bundle, { volume, task: sign.task, action: 'elasticfilesystem:ClientWrite' }) ??
    wrongUser(facts.bundle, volume, containerUser(sign));
  const common = { culprits: [wrong?.culprit ?? volume.fileSystemId] };
  if (wrong !== undefined)
    return found({
      ...common,
      verdict: 'proven',
      title: `${facts.service.name} may not write to its file system: ${wrong.short}.`,
      explanation: `${wrong.long} Container ${sign.container} logged the refusal before it failed.`,
      evidence: distinctRefs([...wrong.evidence, volume.at, sign.at]),
    });
  const point =
    volume.accessPointId === undefined
      ? undefined
      : lookUp((facts.bundle.resources ?? noResources).accessPoints, volume.accessPointId);
  return found({
    ...common,
    verdict: 'likely',
    title: `${facts.service.name} may not write to its file system ${volume.fileSystemId}.`,
    explanation: `Container ${sign.container} logged "${sign.text.slice(0, 160)}": the file system is mounted, and the user it runs as owns nothing there. An access point with a POSIX user and CreationInfo settles whose files they are.`,
    evidence: distinctRefs([sign.at, volume.at]),
    cannotVerify:
      point?.state === 'unseen'
        ? untold(point.gaps)
        : [
            {
              what: 'who owns the directories of the file system',
              missingAction: 'elasticfilesystem:ClientMount',
            },
          ],
  });
}

function mountedReadOnly({ task, container }: AppSign, { name }: EfsVolume): boolean {
  const definition = task.containers.find((one) => one.name === container)?.definition?.value;
  return definition?.mountPoints?.some((one) => one.sourceVolume === name && one.readOnly === true) === true;
}

interface User {
  readonly uid: number;
  readonly gids: readonly (number | undefined)[];
}

/** The user the definition gives a container by number; the image's own is not known. */
function containerUser({ task, container }: AppSign): User | undefined {
  const { user = '' } = task.containers.find((one) => one.name === container)?.definition?.value ?? {};
  const [, uid, gid] = /^(\d{1,9})(?::(\d{1,9}))?$/.exec(user) ?? [];
  return uid === undefined ? undefined : { uid: Number(uid), gids: gid === undefined ? [] : [Number(gid)] };
}

/** The user an access point enforces, else the container's own, against the owner and mode it gave the directory. */
function wrongUser(bundle: EvidenceBundle, volume: EfsVolume, own: User | undefined): Wrong | undefined {
  if (volume.accessPointId === undefined) return undefined;
  const look = lookUp((bundle.resources ?? noResources).accessPoints, volume.accessPointId);
  if (look.state !== 'there') return undefined;
  const { PosixUser: forced, RootDirectory: root } = look.thing;
  const made = root?.CreationInfo;
  const user: User | undefined =
    forced?.Uid === undefined
      ? own
      : { uid: forced.Uid, gids: [forced.Gid, ...(forced.SecondaryGids ?? [])] };
  if (user === undefined || made?.Permissions === undefined || user.uid === 0) return undefined;
  const mode = Number.parseInt(made.Permissions, 8);
  const bits = user.uid === made.OwnerUid ? mode >> 6 : user.gids.includes(made.OwnerGid) ? mode >> 3 : mode;
  if (Number.isNaN(mode) || (bits & 2) !== 0) return undefined;
  const acts =
    forced?.Uid === undefined
      ? `the container runs as user ${user.uid}, whom the access point does not change`
      : `everybody who mounts through it acts as ${forced.Uid}:${forced.Gid}`;
  return {
    short: `user ${user.uid} may not write behind access point ${volume.accessPointId}`,
    long: `Its directory ${root?.Path ?? '/'} belongs to ${made.OwnerUid}:${made.OwnerGid} with mode ${made.Permissions}, and ${acts}.`,
    culprit: volume.accessPointId,
    evidence: [look.at],
  };
}
