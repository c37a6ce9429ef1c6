// Images that were built for another processor or system than the task runs on: the platforms the image lists against the platform of the
// task definition or of the hosts. "exec format error" in a log is the same story told later.

import type { EvidenceRef } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import { appSigns } from '../facts/app-signs.ts';
import type { Facts } from '../facts/facts.ts';
import { type ImageReference, imageReference } from '../facts/image-reference.ts';
import { platformsOf } from '../facts/image-state.ts';
import { silentEnd } from '../facts/silent-ends.ts';
import { onHost } from '../facts/start-role.ts';
import { imagesOf } from '../facts/start-subjects.ts';
import type { TaskFacts } from '../facts/tasks.ts';
import { untold } from '../resources.ts';
import { wrongPlatform } from './program.ts';
import { distinctRefs, found, type Judgement, listed, type Rule, refuted } from './rule.ts';
import { rollbackFix } from './service-fixes.ts';
import { strongest } from './start-rule.ts';

export const platformRules: readonly Rule[] = [
  { class: 'platform-mismatch', needs: ['tasks', 'logs', 'resources'], judge },
];

interface Suspect {
  readonly task: TaskFacts;
  readonly image: ImageReference | undefined;
  readonly words: string;
  readonly evidence: readonly EvidenceRef[];
}

function judge(facts: Facts): Judgement {
  const suspects = [
    ...facts.starts
      .filter(({ phase, code }) => phase === 'pull' && code === 'platform')
      .map(
        (start): Suspect => ({
          task: start.task,
          image: imagesOf(start)[0],
          words: start.text,
          evidence: start.evidence,
        }),
      ),
    ...appSigns(facts)
      .filter(({ kind, task }) => kind === 'wrong-program' && task.stopped)
      .map((sign): Suspect => {
        const container = sign.task.containers.find(({ name }) => name === sign.container);
        return {
          task: sign.task,
          image: imageReference(container?.definition?.value.image ?? ''),
          words: sign.text,
          evidence: [sign.at],
        };
      }),
  ];
  const byImage = suspects.map((one) => judgeOne(one, facts));
  if (suspects.length === 0) return withoutWords(facts);
  // What the image lists decides; only where that was not seen do words and earlier revisions speak.
  if (byImage.some(isDecided)) return strongest(byImage.filter(isDecided));
  return strongest([...byImage, wrongPlatform(facts)]);
}

/** Nobody says that the program is for another machine; the image says so itself. A host may have an emulator, Fargate has none. */
function withoutWords(facts: Facts): Judgement {
  const end = silentEnd(facts);
  const words = wrongPlatform(facts);
  if (end === undefined || words.outcome === 'found') return words;
  const { task, container } = end;
  const at = [below(container.observed, '.exitCode')];
  const image = imageReference(container.definition?.value.image ?? '');
  const judged = judgeOne({ task, image, words: '', evidence: at }, facts);
  if (judged.outcome !== 'found' || judged.found.verdict !== 'proven') return words;
  return onHost(task) ? found({ ...judged.found, verdict: 'likely' }) : judged;
}

function isDecided(judgement: Judgement): boolean {
  return (
    judgement.outcome === 'refuted' || (judgement.outcome === 'found' && judgement.found.verdict === 'proven')
  );
}

function judgeOne({ task, image, words, evidence }: Suspect, facts: Facts): Judgement {
  const name = image?.raw ?? 'the image';
  const wanted = wantedPlatform(task, facts);
  const built = image === undefined ? undefined : platformsOf(facts.bundle, image);
  const common = {
    title: `${name} was not built for the platform its tasks run on.`,
    culprits: [task.revision],
    fixes: rollbackFix(facts),
  };
  // The list of an image says for which system it is, not for which build of it.
  const builds = WINDOWS_BUILDS.exec(words);
  if (builds !== null)
    return found({
      ...common,
      verdict: 'likely',
      title: `${name} is for another build of Windows than its tasks run on.`,
      explanation: `AWS says: "${words.slice(0, 200)}" The image is based on Windows ${builds[1]}, and the host is ${builds[2]}: both have to be of the same release. Build it on the base image of that release, or set operatingSystemFamily back in a new revision of the task definition.`,
      evidence: distinctRefs([
        ...evidence,
        ...(task.definition === undefined ? [] : [below(task.definition, '.runtimePlatform')]),
      ]),
    });
  if (built?.state === 'known' && wanted !== undefined) {
    if (built.platforms.includes(wanted.platform))
      return refuted(
        `${name} is built for ${listed(built.platforms)}, and ${wanted.platform} is among them.`,
      );
    return found({
      ...common,
      verdict: 'proven',
      explanation: `The image is built for ${listed(built.platforms)}, and its tasks run on ${wanted.platform}. Build it for ${wanted.platform} too, or set runtimePlatform in a new revision of the task definition.`,
      evidence: distinctRefs([built.at, ...(wanted.at === undefined ? [] : [wanted.at]), ...evidence]),
      culprits: [task.revision, name],
    });
  }
  return found({
    ...common,
    verdict: 'likely',
    explanation: `"${words.slice(0, 200)}" means that the program is for another processor or system${wanted === undefined ? '' : ` than ${wanted.platform}, on which the tasks run`}. Which one the image is for was not seen.`,
    evidence,
    cannotVerify:
      built?.state === 'unseen' && built.gaps.length > 0
        ? untold(built.gaps)
        : [{ what: 'for which platform the image was built', missingAction: 'ecr:GetDownloadUrlForLayer' }],
  });
}

/** Docker's words on Windows; the numbers are builds of the operating system. */
const WINDOWS_BUILDS =
  /Windows version (\d{1,2}\.\d{1,2}\.\d{4,6})-based image is incompatible with a (\d{1,2}\.\d{1,2}\.\d{4,6}) host/i;

/** Where the tasks run. Fargate without runtimePlatform is Linux on X86_64; a host says it in an attribute. */
function wantedPlatform(
  task: TaskFacts,
  { bundle }: Facts,
): { platform: string; at: EvidenceRef | undefined } | undefined {
  const platform = task.definition?.value.runtimePlatform;
  const system = /^WINDOWS/.test(platform?.operatingSystemFamily ?? '') ? 'windows' : 'linux';
  if (onHost(task)) {
    const host = bundle.capacity?.containerInstances.items.find(
      ({ value }) => value.containerInstanceArn === task.observed.value.containerInstanceArn,
    );
    const of = (name: string) => host?.value.attributes?.find((one) => one.name === name)?.value;
    const processor = of('ecs.cpu-architecture');
    return host === undefined || processor === undefined
      ? undefined
      : {
          platform: `${of('ecs.os-type') ?? 'linux'}/${processorName(processor)}`,
          at: below(host, '.attributes'),
        };
  }
  if (task.definition === undefined) return undefined;
  return {
    platform: `${system}/${processorName(platform?.cpuArchitecture ?? 'X86_64')}`,
    at: platform === undefined ? below(task.definition, '') : below(task.definition, '.runtimePlatform'),
  };
}

/** ECS and docker call the same processors by different names. */
function processorName(name: string): string {
  return /^(?:x86_64|amd64)$/i.test(name) ? 'amd64' : name.toLowerCase();
}
