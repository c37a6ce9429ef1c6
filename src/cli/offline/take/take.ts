// A snapshot of a real account: what concerns one cluster or one service, bounded, without the values of environment variables and
// without secrets, in the form in which AWS answered. What concerns a service is first of all what its diagnosis reads, so every service
// is diagnosed while its answers are filed, and so are the tasks and schedules beside; then comes what stands around them.

import type * as Ecs from '@aws-sdk/client-ecs';
import { lastPart } from '../../../../tools/arn.ts';
import { readDefinitions } from '../../../../tools/diagnose/collect-definitions.ts';
import { readRoles } from '../../../../tools/diagnose/collect-roles.ts';
import { diagnoseCluster } from '../../../../tools/diagnose/diagnose-cluster.ts';
import { diagnoseSchedule } from '../../../../tools/diagnose/diagnose-schedule.ts';
import { diagnoseService } from '../../../../tools/diagnose/diagnose-service.ts';
import { diagnoseTask } from '../../../../tools/diagnose/diagnose-task.ts';
import { counted } from '../../../../tools/text-lines.ts';
import { type Aws, AwsCallError } from '../../../contract/aws.ts';
import { parseSnapshot, type Snapshot } from '../../../contract/snapshot.ts';
import type { ToolContext } from '../../../contract/tool.ts';
import type { Observed } from '../../../diagnosis/evidence.ts';
import { isoTime } from '../../../kernel/clock.ts';
import { LockkeeperError } from '../../../kernel/errors.ts';
import { toJson } from '../../../node/bounded-json.ts';
import type { OfflineAccount } from '../account.ts';
import type { Investigation } from '../investigation.ts';
import { scheduledRules, takeAccount, takeCodeDeploy, takeDiscovery } from './account.ts';
import { type Bounded, distinct, TAKE_MAX } from './bounds.ts';
import { createDraft, type Draft } from './draft.ts';
import { takenActions } from './filings.ts';
import { finish } from './finish.ts';
import { keepGroupsOf, takeActivities, takeHosts } from './hosts.ts';
import {
  namedBy,
  secretGroups,
  takeDatabase,
  takeFileSystem,
  takeImage,
  takeLogGroup,
  takeSecrets,
} from './named.ts';
import { balancersIn, prefixListsIn, takeBalancer, takePrefixList, takeVpc, vpcsIn } from './network.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import { runsOthers, takeCluster, takeService, takeServices, takeTasks } from './services.ts';

const asker = { name: 'snapshot take', actions: takenActions };
/** Questions that are under way at once. */
const AT_ONCE = 4;

export interface TakeOptions {
  readonly account: OfflineAccount;
  readonly cluster: string;
  readonly service: string | undefined;
  /** Told what is read, in words. */
  readonly onProgress: (words: string) => void;
  /** Ends the taking, which then throws its reason. */
  readonly signal: AbortSignal;
}

export interface Taken {
  readonly snapshot: Snapshot;
  /** What was left out, one sentence each. */
  readonly notes: readonly string[];
}

/** Reads the account. Throws `cluster-unknown`, `service-unknown` or `aws-failed`. */
export async function takeSnapshot(investigation: Investigation, options: TakeOptions): Promise<Taken> {
  const { account, onProgress, signal } = options;
  const { account: id, region } = account.place;
  const draft = createDraft({ id, region });
  const recorder = createRecorder(draft, signal);
  const taking = createTaking(investigation, { draft, recorder, onProgress });
  const cluster = lastPart(options.cluster);
  await takeSubjects(taking, { ...options, cluster });
  await takeNamed(taking);
  await takeSurroundings(taking, cluster);
  const denied = recorder.denied();
  draft.dropUndescribed(denied);
  finish(draft);
  const whole = { ...draft.snapshot, takenAt: isoTime(account.clock.now()), denied };
  return {
    snapshot: parseSnapshot(investigation.redact.json(toJson(whole)).value),
    notes: recorder.notes(),
  };
}

/** Whoever takes: a gate whose answers are filed, for one question or for one about each of many things. */
interface Taking {
  readonly draft: Draft;
  readonly onProgress: (words: string) => void;
  ask<T>(read: (aws: Aws, context: ToolContext) => Promise<T>): Promise<T>;
  /** Asks about each thing, a few at a time; how many there may be of a kind is in its bound, and what is beyond is noted. */
  each<T>(
    things: readonly T[],
    read: (aws: Aws, thing: T, context: ToolContext) => Promise<unknown>,
    bound?: { readonly kind: Bounded; readonly words: string },
  ): Promise<void>;
}

function createTaking(
  investigation: Investigation,
  { draft, recorder, onProgress }: Pick<Taking, 'draft' | 'onProgress'> & { readonly recorder: Recorder },
): Taking {
  // The same moment for all, so that what two of them ask is asked once. Nothing hurries: what was not read would be missing.
  const ask: Taking['ask'] = (read) =>
    investigation.ask(asker, (aws, { stage, wait }) =>
      read(recorder.through(aws, wait), { stage, wait, nowMs: investigation.nowMs }),
    );
  return {
    draft,
    onProgress,
    ask,
    each: async (things, read, bound) => {
      const queue = bound === undefined ? [...things] : things.slice(0, TAKE_MAX[bound.kind]);
      const left = things.length - queue.length;
      if (bound !== undefined && left > 0) recorder.note(`Left out: ${left} of the ${bound.words}.`);
      const work = async () => {
        for (let thing = queue.shift(); thing !== undefined; thing = queue.shift()) {
          const one = thing;
          await ask((aws, context) => read(aws, one, context)).catch((error: unknown) => {
            // What fails ends the taking, so the others need not begin.
            queue.length = 0;
            throw error;
          });
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
    },
  };
}

/** The services, and without a service that is named the tasks of none and the schedules. */
async function takeSubjects(
  { ask, each, draft, onProgress }: Taking,
  { cluster, service }: Pick<TakeOptions, 'cluster' | 'service'>,
): Promise<void> {
  const services = await ask(async (aws) => {
    await takeCluster(aws, cluster);
    return takeServices(aws, { cluster, service });
  });
  onProgress(`${counted(services.length, 'service')} of ${cluster}`);
  await each(services, async (aws, one: Ecs.Service, context) => {
    const name = one.serviceName ?? '';
    await takeService(aws, one, { cluster, nowMs: context.nowMs });
    const { findings } = await diagnoseService.run({ cluster, service: name }, aws, context);
    onProgress(`${name}: ${findings[0]?.class ?? 'unknown'}`);
  });
  if (service !== undefined) return;
  const { standalone } = await ask(async (aws, context) => {
    if (runsOthers(draft.snapshot)) await takeTasks(aws, cluster, {});
    return diagnoseCluster.run({ cluster, deep: 0 }, aws, context);
  });
  await each(
    standalone,
    (aws, { task }, context) => unlessRefused(diagnoseTask.run({ cluster, task }, aws, context)),
    { kind: 'standaloneTasks', words: 'tasks that no service started' },
  );
  const rules = await ask((aws) => scheduledRules(aws, draft.snapshot));
  await each(rules, (aws, rule, context) => unlessRefused(diagnoseSchedule.run({ rule }, aws, context)), {
    kind: 'rules',
    words: 'scheduled rules',
  });
  onProgress(
    `${counted(draft.snapshot.ecs.tasks.length, 'task')}, ${counted(rules.length, 'scheduled rule')}`,
  );
}

/** A task or a rule that may not be described, or went away meanwhile, says nothing; the recorder knows of it. */
async function unlessRefused(diagnosis: Promise<unknown>): Promise<void> {
  try {
    await diagnosis;
  } catch (thrown) {
    const isRefused = thrown instanceof AwsCallError && thrown.failure.kind !== 'stopped';
    const isGone = thrown instanceof LockkeeperError && thrown.code === 'resource-unknown';
    if (!isRefused && !isGone) throw thrown;
  }
}

/** What the task definitions of services and tasks name. */
async function takeNamed({ each, draft, onProgress }: Taking): Promise<void> {
  const { services, tasks } = draft.snapshot.ecs;
  const arns = distinct([
    ...services.flatMap((one) => [
      one.taskDefinition,
      ...(one.deployments ?? []).map((two) => two.taskDefinition),
    ]),
    ...tasks.map((task) => task.taskDefinitionArn),
  ]);
  const definitions: Observed<Ecs.TaskDefinition>[] = [];
  await each(arns, async (aws, arn) => definitions.push(...(await readDefinitions(aws, [arn])).items), {
    kind: 'taskDefinitions',
    words: 'task definitions',
  });
  onProgress(`task definitions: ${definitions.length}`);
  const named = namedBy(definitions, {
    account: draft.snapshot.account.id,
    region: draft.snapshot.account.region,
  });
  await each(named.roles, (aws, role) => readRoles(aws, [role]), { kind: 'roles', words: 'roles' });
  await each(named.images, takeImage, { kind: 'images', words: 'images' });
  await each(secretGroups(named.secrets), takeSecrets, { kind: 'secrets', words: 'secrets' });
  await each(named.logGroups, takeLogGroup, { kind: 'logGroups', words: 'log groups' });
  await each(named.fileSystems, takeFileSystem, { kind: 'fileSystems', words: 'file systems' });
  await each(named.databases, takeDatabase, { kind: 'databases', words: 'databases' });
  onProgress(
    [
      counted(named.roles.length, 'role'),
      counted(named.images.length, 'image'),
      counted(named.secrets.length, 'secret'),
      counted(named.logGroups.length, 'log group'),
    ].join(', '),
  );
}

/** Hosts, network, balancers, and what belongs to the account. */
async function takeSurroundings({ ask, each, draft, onProgress }: Taking, cluster: string): Promise<void> {
  const { snapshot } = draft;
  await ask((aws) => takeHosts(aws, cluster));
  keepGroupsOf(snapshot, cluster);
  await each(snapshot.autoscaling.AutoScalingGroups, (aws, { AutoScalingGroupName }) =>
    takeActivities(aws, AutoScalingGroupName),
  );
  await each(vpcsIn(snapshot), takeVpc);
  await each(prefixListsIn(snapshot), takePrefixList, { kind: 'prefixLists', words: 'prefix lists' });
  await each(balancersIn(snapshot), takeBalancer);
  const { ec2, elbv2, ecs } = snapshot;
  onProgress(
    [
      counted(ec2.Subnets.length, 'subnet'),
      counted(ec2.SecurityGroups.length, 'security group'),
      counted(elbv2.LoadBalancers.length, 'load balancer'),
      counted(ecs.containerInstances.length, 'host'),
    ].join(', '),
  );
  await ask(async (aws, { nowMs }) => {
    await takeAccount(aws, nowMs);
    await takeDiscovery(aws, snapshot);
    await takeCodeDeploy(aws, snapshot, nowMs);
  });
  onProgress(`${counted(snapshot.cloudtrail.events.length, 'change')} on record in CloudTrail`);
}
