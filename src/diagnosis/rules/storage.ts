// File systems that cannot be mounted or used, and disks that are full. What closes the port of a mount target is judged by the network
// rules; here are the target itself, the policy, the access point and the disk.

import type { EvidenceRef } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import { appSigns } from '../facts/app-signs.ts';
import type { Facts } from '../facts/facts.ts';
import { NO_SPACE } from '../facts/full-disk.ts';
import { imageReference } from '../facts/image-reference.ts';
import { type MountState, mountState, volumesOf } from '../facts/mount-state.ts';
import { says } from '../facts/saying.ts';
import { type StartFailure, startFailure } from '../facts/start-failure.ts';
import { onHost } from '../facts/start-role.ts';
import type { TaskFacts } from '../facts/tasks.ts';
import { tidyAround } from '../network/peer.ts';
import { noResources, untold } from '../resources.ts';
import { counted, distinctRefs, found, type Judgement, listed, type Rule, refuted, silent } from './rule.ts';
import { rollbackFix } from './service-fixes.ts';
import { couldNotStart, quoted, strongest, subjectOf } from './start-rule.ts';

export const storageRules: readonly Rule[] = [
  { class: 'efs-unreachable', needs: ['tasks', 'task-definition', 'resources'], judge: unreachable },
  { class: 'disk-full', needs: ['tasks', 'logs', 'resources'], judge: fullDisk },
];

function unreachable(facts: Facts): Judgement {
  const starts = facts.starts.filter(({ phase }) => phase === 'volume');
  return strongest(starts.map((start) => judgeMount(start, facts)));
}

function judgeMount(start: StartFailure, facts: Facts): Judgement {
  if (start.reply === 'answer') return refuted('The file system answered, so it was reached.');
  const volumes = volumesOf(start);
  // Without a file system in its definition only the words can tell of one.
  if (volumes.length === 0 && !says(start.whole, 'efs')) return silent;
  const states = volumes.map((volume) => mountState(facts.bundle, volume, start.task));
  const broken = states.find(({ state }) => ['no-file-system', 'no-target', 'not-ready'].includes(state));
  if (broken !== undefined) {
    const told = brokenMount(broken, facts);
    return found({
      verdict: 'proven',
      title: `${subjectOf(facts)}: ${told.short}.`,
      explanation: `${told.long} ${couldNotStart(start)}`,
      evidence: distinctRefs([...broken.evidence, ...start.evidence]),
      culprits: [
        broken.volume.fileSystemId,
        ...broken.targets.flatMap(({ value }) => value.target.MountTargetId ?? []),
      ],
    });
  }
  if (states.length > 0 && states.every(({ state }) => state === 'ready')) {
    const targets = states.flatMap((state) =>
      state.targets.flatMap(({ value }) => value.target.MountTargetId ?? []),
    );
    return refuted(`The zone of the task has a mount target that is available (${listed(targets)}).`);
  }
  return found({
    verdict: 'likely',
    title:
      `${subjectOf(facts)}: their file system ${states[0]?.volume.fileSystemId ?? ''} cannot be reached.`.replace(
        '  ',
        ' ',
      ),
    explanation: `${quoted(start)} ${states.length === 0 ? 'Which file system that is was not seen' : 'Its mount targets could not be read'}, so whether a mount target is there, ready and open on tcp/2049 is not known.`,
    evidence: start.evidence,
    culprits: states.map(({ volume }) => volume.fileSystemId),
    cannotVerify: untold(states.flatMap(({ gaps }) => gaps)),
  });
}

function brokenMount(
  { volume, state, zone, zones, targets }: MountState,
  { bundle }: Facts,
): { short: string; long: string } {
  const id = volume.fileSystemId;
  switch (state) {
    case 'no-file-system':
      return {
        short: `the file system ${id} does not exist`,
        long: `Volume ${volume.name} mounts ${id}, and EFS knows no such file system in account ${bundle.account}, ${bundle.region}.`,
      };
    case 'not-ready':
      return {
        short: `the mount target of ${id} is not ready`,
        long: `Mount target ${targets[0]?.value.target.MountTargetId ?? ''} in ${zone ?? 'their zone'} is ${targets[0]?.value.target.LifeCycleState ?? 'not available'}; once it is available, tasks start by themselves.`,
      };
    default:
      return {
        short: `${id} has no mount target in ${zone ?? 'any zone'}`,
        long:
          zones.length === 0
            ? `Volume ${volume.name} mounts ${id}, which has no mount target at all, so its name resolves nowhere. Create one in each zone of the service.`
            : `The name of ${id} resolves only where it has a mount target, which is ${listed(zones)}, and tasks were placed in ${zone}. Create one there, or take the subnets of that zone out of the service.`,
      };
  }
}

interface DiskWords {
  readonly task: TaskFacts;
  readonly words: string;
  readonly evidence: readonly EvidenceRef[];
}

const FULL_RATIO = 0.95;
const GIGABYTE = 1_000_000_000;
/** Ephemeral storage of a Fargate task that sets none, in GiB (Amazon ECS Developer Guide, "Fargate task ephemeral storage"). */
const FARGATE_GIGABYTES = 20;

function fullDisk(facts: Facts): Judgement {
  const all: DiskWords[] = [
    ...facts.starts
      .filter(({ code }) => code === 'no-space')
      .map(({ task, text, evidence }) => ({ task, words: text, evidence })),
    ...appSigns(facts)
      .filter(({ kind }) => kind === 'no-space')
      .map(({ task, text, at }) => ({ task, words: text, evidence: [at] })),
  ];
  return all.length === 0 ? silent : strongest(all.map((one) => judgeDisk(one, facts)));
}

function judgeDisk({ task, words, evidence }: DiskWords, facts: Facts): Judgement {
  const { disk } = facts.bundle.resources ?? noResources;
  const host = onHost(task);
  const size = task.definition?.value.ephemeralStorage?.sizeInGiB ?? FARGATE_GIGABYTES;
  const where = host
    ? `host ${task.observed.value.containerInstanceArn?.split('/').at(-1) ?? ''}`
    : `the ${size} GiB of ephemeral storage`;
  const remedy = host
    ? 'Free space on the host, or replace it by one with a larger volume; only tasks on that host are concerned.'
    : `Set ephemeralStorage to more than ${size} GiB (21 to 200) in a new revision, or write less to disk.`;
  const common = {
    title: `The disk of ${facts.service.name}'s tasks is full: ${where}.`.replace(/ \./, '.'),
    // On Fargate what fills the disk comes with the revision.
    fixes: host ? [] : rollbackFix(facts),
    culprits: [host ? (task.observed.value.containerInstanceArn ?? task.revision) : task.revision],
  };
  const use = host ? undefined : disk.items[0];
  if (use !== undefined) {
    const { usedGigabytes: used, reservedGigabytes: reserved } = use.value;
    if (used < reserved * FULL_RATIO)
      return refuted(
        `Ephemeral storage was filled to ${used.toFixed(1)} of ${reserved.toFixed(1)} GB at most; another file system is full, such as a mounted volume or /dev/shm.`,
      );
    return found({
      ...common,
      verdict: 'proven',
      explanation: `CloudWatch saw ${used.toFixed(1)} of ${reserved.toFixed(1)} GB in use, unpacked image included. ${remedy}`,
      evidence: distinctRefs([use.at, ...evidence]),
    });
  }
  const images = host ? [] : imageSizes(task, facts);
  const total = images.reduce((sum, one) => sum + one.bytes, 0);
  if (total > size * GIGABYTE)
    return found({
      ...common,
      verdict: 'proven',
      explanation: `Its images alone take ${(total / GIGABYTE).toFixed(1)} GB even compressed, more than fits. ${remedy}`,
      evidence: distinctRefs([...images.map(({ at }) => at), ...evidence]),
    });
  const alone = host ? failsHereOnly(task, facts) : undefined;
  if (alone !== undefined)
    return found({
      ...common,
      verdict: 'proven',
      explanation: `It says: "${tidyAround(words, NO_SPACE, 200)}" All ${counted(alone.failed.length, 'task')} that failed this way were on this host, and ${counted(alone.elsewhere, 'task')} of the same revision ${alone.elsewhere === 1 ? 'runs' : 'run'} on others. ${remedy}`,
      evidence: distinctRefs([
        ...evidence,
        ...alone.failed.slice(0, 3).map(({ observed }) => below(observed, '.containerInstanceArn')),
      ]),
    });
  return found({
    ...common,
    verdict: 'likely',
    explanation: `It says: "${tidyAround(words, NO_SPACE, 200)}" How full it was is not measured. ${remedy}`,
    evidence,
    cannotVerify:
      disk.gaps.length > 0
        ? untold(disk.gaps)
        : [
            {
              what: host
                ? 'how full the disk of the host is'
                : 'how full the disk was, which Container Insights would have measured',
              missingAction: host ? 'ssm:SendCommand' : 'cloudwatch:GetMetricData',
            },
          ],
  });
}

/** Several failures on one host, while the same revision runs on others: the host it is, and not the image. */
function failsHereOnly(
  task: TaskFacts,
  { failed, tasks }: Facts,
): { failed: readonly TaskFacts[]; elsewhere: number } | undefined {
  const hostOf = (one: TaskFacts) => one.observed.value.containerInstanceArn;
  const alike = failed.filter((one) => NO_SPACE.test(startFailure(one)?.whole ?? ''));
  const elsewhere = tasks.filter(
    (one) => one.lastStatus === 'RUNNING' && one.revision === task.revision && hostOf(one) !== hostOf(task),
  ).length;
  const here = alike.length > 1 && alike.every((one) => hostOf(one) === hostOf(task));
  return here && elsewhere > 0 ? { failed: alike, elsewhere } : undefined;
}

function imageSizes(task: TaskFacts, { bundle }: Facts): { bytes: number; at: EvidenceRef }[] {
  const { images } = bundle.resources ?? noResources;
  const wanted = new Set(
    task.containers.flatMap(
      ({ definition }) => imageReference(definition?.value.image ?? '')?.repository ?? [],
    ),
  );
  const seen = new Map<string, { bytes: number; at: EvidenceRef }>();
  for (const { value, at } of images.items) {
    const { thing } = value;
    if (thing?.imageSizeInBytes !== undefined && wanted.has(thing.repositoryName ?? ''))
      seen.set(thing.repositoryName ?? '', {
        bytes: thing.imageSizeInBytes,
        at: { ...at, path: `${at.path}.imageSizeInBytes` },
      });
  }
  return [...seen.values()];
}
