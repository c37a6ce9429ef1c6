// The container runtime of a host, Docker or containerd with its hooks, that fails or does not answer. ECS's error names make it likely; that
// all failures share one host while the same revision runs elsewhere is state and proves it.

import type { EvidenceRef } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { lowOf } from '../facts/metrics.ts';
import { refusedField } from '../facts/refused-field.ts';
import { aboutProgram, says } from '../facts/saying.ts';
import type { ContainerFacts, TaskFacts } from '../facts/tasks.ts';
import { tidy } from '../network/peer.ts';
import { counted, found, type Judgement, type Rule, refuted, silent } from './rule.ts';

export const runtimeRules: readonly Rule[] = [
  {
    class: 'container-runtime-failure',
    needs: ['tasks', 'task-definition', 'capacity', 'metrics'],
    judge: runtimeFails,
  },
];

/** Names ECS gives to errors of the runtime itself (Amazon ECS Developer Guide, "Stopped tasks error messages"). */
const ERROR_NAMES =
  /\b(?:DockerTimeout|ContainerRuntime(?:Timeout)?|CannotInspectContainer|CannotStopContainer|CannotDescribeContainer|CannotListContainers|CannotCreateVolume|CannotRemoveContainer|InternalError)\w*/;
/** A credit balance below this share is used up (percent). */
const BURST_EMPTY_PERCENT = 10;

interface Fault {
  readonly task: TaskFacts;
  readonly container: ContainerFacts | undefined;
  readonly text: string;
  readonly at: EvidenceRef;
}

function runtimeFails(facts: Facts): Judgement {
  const faults = [...facts.failed, ...facts.stuck].flatMap((task) => faultOf(task) ?? []);
  const [first] = faults;
  if (first === undefined) return hungHost(facts);
  const { task, text, at } = first;
  const place = placeOf(
    facts,
    faults.map((one) => one.task),
  );
  const gpu = gpuOf(first);
  const burst = lowOf(facts.bundle, 'BurstBalance');
  const starved = burst !== undefined && burst.value <= BURST_EMPTY_PERCENT;
  return found({
    verdict: place.oneHost || starved ? 'proven' : 'likely',
    title: says(text, 'runtimeTimeout')
      ? `The container runtime does not answer in time where tasks of ${facts.service.name} start.`
      : gpu === undefined
        ? `The container runtime fails where tasks of ${facts.service.name} start.`
        : `The GPU runtime of the host fails before tasks of ${facts.service.name} start.`,
    explanation: `It says: "${tidy(text, 240)}" in ${counted(faults.length, 'task')} of ${task.revision}.${place.sentence}${starved ? ` The burst credits of the disk are down to ${Math.round(burst.value)} %.` : ''} The program itself never got to run.`,
    evidence: [at, ...place.evidence, ...(gpu === undefined ? [] : [gpu]), ...(starved ? [burst.at] : [])],
    culprits: place.hosts.length > 0 ? place.hosts : [task.revision],
    cannotVerify:
      place.hosts.length > 0 && !place.oneHost && !starved
        ? [{ what: 'how loaded the disk of the host is', missingAction: 'cloudwatch:GetMetricData' }]
        : [],
  });
}

function faultOf(task: TaskFacts): Fault | undefined {
  // The runtime refuses what the definition asks for: it works.
  if (refusedField(task) !== undefined) return undefined;
  const own = task.containers.find(({ reason }) => isFault(reason));
  if (own !== undefined)
    return { task, container: own, text: own.reason, at: below(own.observed, '.reason') };
  return isFault(task.stoppedReason)
    ? {
        task,
        container: task.culprit,
        text: task.stoppedReason,
        at: below(task.observed, '.stoppedReason'),
      }
    : undefined;
}

/** An error of the runtime, and not what the runtime reports about image, program, memory, port, log driver or volume. */
function isFault(text: string): boolean {
  if (text === '' || aboutProgram(text)) return false;
  if (says(text, 'oom', 'execFormat', 'addressInUse', 'noSpace', 'efs', 'platform')) return false;
  // A port that docker cannot hand on, though nobody else has it, is a fault of the host's own network.
  if (says(text, 'dockerPort')) return true;
  // The agent that runs out of files cannot even look a name up: it looks like the network and is the host.
  if (says(text, 'openFiles') && says(text, 'starting', 'pull', 'containerStart')) return true;
  if (says(text, 'logger', 'secret', 'pull')) return says(text, 'daemonDown', 'runtimeHook');
  return ERROR_NAMES.test(text) || says(text, 'runtimeHook', 'runtimeTimeout', 'runtimeFault', 'daemonDown');
}

interface Place {
  readonly hosts: readonly string[];
  readonly oneHost: boolean;
  readonly sentence: string;
  readonly evidence: readonly EvidenceRef[];
}

/** On which hosts it failed, and whether tasks of the service run on others. */
function placeOf(facts: Facts, failing: readonly TaskFacts[]): Place {
  const hosts = distinctHosts(failing);
  const elsewhere = distinctHosts(facts.tasks.filter((task) => task.lastStatus === 'RUNNING')).filter(
    (host) => !hosts.includes(host),
  );
  const [host] = hosts;
  if (host === undefined) return { hosts: [], oneHost: false, sentence: '', evidence: [] };
  const oneHost = hosts.length === 1 && failing.length > 1 && elsewhere.length > 0;
  const alone =
    hosts.length === 1
      ? ` All of them were on host ${short(host)}`
      : ` They were on ${counted(hosts.length, 'host')}`;
  const contrast =
    elsewhere.length === 0
      ? '.'
      : `, and ${counted(elsewhere.length, 'other host')} ${elsewhere.length === 1 ? 'runs' : 'run'} its tasks.`;
  return {
    hosts: hosts.map(short).slice(0, 10),
    oneHost,
    sentence: `${alone}${contrast}`,
    evidence: failing.slice(0, 3).map(({ observed }) => below(observed, '.containerInstanceArn')),
  };
}

/** Tasks that were given to a host and hang there before anything of them was pulled: its agent or its runtime is stuck. */
function hungHost(facts: Facts): Judgement {
  const hung = facts.stuck.filter(
    ({ observed, lastStatus }) =>
      observed.value.containerInstanceArn !== undefined &&
      lastStatus === 'PENDING' &&
      observed.value.pullStartedAt === undefined,
  );
  const place = placeOf(facts, hung);
  if (hung.length === 0 || place.hosts.length !== 1)
    return facts.starts.length > 0 && facts.failed.every(({ kind }) => kind === 'start')
      ? refuted('What failed is named by the runtime, which itself worked.')
      : silent;
  return found({
    verdict: place.oneHost ? 'likely' : 'possible',
    title: `Tasks of ${facts.service.name} hang on host ${place.hosts[0]} before anything of them is pulled.`,
    explanation: `${counted(hung.length, 'task')} ${hung.length === 1 ? 'has' : 'have'} been PENDING for more than ten minutes.${place.sentence} Its agent or its container runtime is overloaded or stuck.`,
    evidence: [...hung.slice(0, 3).map(({ observed }) => below(observed, '.lastStatus')), ...place.evidence],
    culprits: place.hosts,
  });
}

/** The GPUs that the container asks for, when a GPU hook is what failed. */
function gpuOf({ text, container, task }: Fault): EvidenceRef | undefined {
  if (!/nvidia|cuda|gpu/i.test(text)) return undefined;
  const own = [container, ...task.containers].find((one) =>
    one?.definition?.value.resourceRequirements?.some(({ type }) => type === 'GPU'),
  );
  return own?.definition === undefined ? undefined : below(own.definition, '.resourceRequirements');
}

function distinctHosts(tasks: readonly TaskFacts[]): string[] {
  const arns = tasks.flatMap(({ observed }) => observed.value.containerInstanceArn ?? []);
  return [...new Set(arns)];
}

function short(arn: string): string {
  return arn.split('/').at(-1) ?? arn;
}
