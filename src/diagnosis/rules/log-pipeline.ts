// Logging that harms the task: a log router that ends it, a log driver that cannot start, a blocking driver behind which the application
// stands still. Which container is the router and how a driver is set stands in the task definition; that the log fell silent before a
// health check failed is measured against its own rhythm.

import type { EvidenceRef } from '../../contract/finding.ts';
import { below, type ContainerLog } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { isLogRouter, lastHeardOf } from '../facts/first-failed.ts';
import { lastSaying, lastWords, logsOf } from '../facts/last-words.ts';
import { speakingDriver } from '../facts/log-target.ts';
import { says } from '../facts/saying.ts';
import type { ContainerFacts, TaskFacts } from '../facts/tasks.ts';
import { counted, found, type Judgement, type Rule, refuted, silent } from './rule.ts';
import { rollbackFix } from './service-fixes.ts';

export const logPipelineRules: readonly Rule[] = [
  { class: 'log-pipeline-failure', needs: ['tasks', 'task-definition', 'logs'], judge: pipeline },
];

const ROUTER_NAME = /^(?:log[_-]?router|firelens\w*|fluent[-_]?(?:bit|d)\w*)$/i;
const TAKEN_DOWN: ReadonlySet<number> = new Set([137, 143]);
/** Stops that no container of the task asked for. */
const ENDED_FROM_OUTSIDE: ReadonlySet<TaskFacts['kind']> = new Set([
  'elb-health',
  'infrastructure',
  'scheduled',
  'user',
]);
/** A log is silent when nothing came for this long and for several times its usual pause. */
const SILENT_MS = 45_000;
const PAUSES = 6;
/** With fewer lines there is no rhythm to speak of. */
const RHYTHM_LINES = 8;

function pipeline(facts: Facts): Judgement {
  return routerFails(facts) ?? driverFails(facts) ?? standsStill(facts) ?? silent;
}

/** The router is a container like any other; when it is essential its end is the task's end. */
function routerFails(facts: Facts): Judgement | undefined {
  const hits = facts.failed.flatMap((task) => {
    const heard = lastHeardOf(facts.bundle, task.arn);
    const router = task.containers.find(
      (one) => isRouter(one) && brokeFirst(one, task, heard.get(one.name)?.toldToStop === true),
    );
    return router === undefined ? [] : [{ task, router }];
  });
  const [first] = hits;
  if (first === undefined) return undefined;
  const { task, router } = first;
  const logs = logsOf(facts, task, router.name);
  const said = lastSaying(logs, 'logRouter') ?? lastWords(logs);
  const configured = router.definition?.value.firelensConfiguration !== undefined;
  return found({
    // What the router itself says belongs to the proof: without its log, something may have ended it.
    verdict: configured && said !== undefined ? 'proven' : 'likely',
    title: `The log router ${router.name} fails and takes the tasks of ${facts.service.name} down.`,
    explanation: `It ${howItFailed(router)} by itself, and no other container shows a failure of its own, in ${counted(hits.length, 'task')} of ${task.revision}${router.essential === true ? '; it is essential, so its end ends the task' : ''}.${said === undefined ? '' : ` Its log says "${said.text}".`}`,
    evidence: [
      below(router.observed, router.exitCode === undefined ? '.healthStatus' : '.exitCode'),
      ...(router.definition === undefined
        ? []
        : [below(router.definition, configured ? '.firelensConfiguration' : '.name')]),
      ...optionsOf(task),
      ...(said === undefined ? [] : [said.at]),
    ],
    culprits: [task.revision],
    fixes: rollbackFix(facts),
  });
}

function isRouter(container: ContainerFacts): boolean {
  return isLogRouter(container) || (container.definition === undefined && ROUTER_NAME.test(container.name));
}

/**
 * True when the router ended by itself and the others were taken down with it. No container has a time of its end, so the marks decide:
 * a router that is told to stop with its task exits with 0, or with what its configuration says, whoever ended the task.
 */
function brokeFirst(router: ContainerFacts, task: TaskFacts, toldToStop: boolean): boolean {
  if (ENDED_FROM_OUTSIDE.has(task.kind) || says(router.reason, 'oom', 'pull')) return false;
  const others = task.containers.filter((one) => one !== router && !one.injected);
  const sick = router.healthStatus === 'UNHEALTHY' && others.every((one) => one.healthStatus !== 'UNHEALTHY');
  const ended =
    router.exitCode !== undefined && !TAKEN_DOWN.has(router.exitCode) && task.kind !== 'container-health';
  if (!sick && (!ended || router.essential === false)) return false;
  if (others.some(({ reason }) => says(reason, 'oom'))) return false;
  const taken = others.filter(({ exitCode }) => exitCode !== undefined && TAKEN_DOWN.has(exitCode));
  if (!sick && router.exitCode === 0 && (taken.length === 0 || toldToStop)) return false;
  return others.every(({ exitCode }) => exitCode === undefined || exitCode === 0 || TAKEN_DOWN.has(exitCode));
}

function howItFailed({ exitCode }: ContainerFacts): string {
  return exitCode === undefined ? 'was UNHEALTHY' : `ended with exit code ${exitCode}`;
}

/** Options of the containers that log through the router: they become its configuration. */
function optionsOf(task: TaskFacts): EvidenceRef[] {
  return task.containers.flatMap(({ definition }) =>
    definition?.value.logConfiguration?.logDriver === 'awsfirelens'
      ? [below(definition, '.logConfiguration')]
      : [],
  );
}

const NO_DRIVER =
  /unknown log opt|log-opt|invalid (?:value|option|log)|logger: no log driver|fluent\w*: |splunk: |gelf: |syslog|journald|:24224|fluent\.sock|firelens/i;

/** A log driver other than CloudWatch's that does not start: its options or what it sends to. */
function driverFails(facts: Facts): Judgement | undefined {
  const hits = facts.failed.flatMap((task) => {
    const texts = [
      ...task.containers.map((one) => ({ text: one.reason, at: below(one.observed, '.reason') })),
      { text: task.stoppedReason, at: below(task.observed, '.stoppedReason') },
    ];
    const other = (speakingDriver(task.containers) ?? 'awslogs') !== 'awslogs';
    const hit = texts.find(
      ({ text }) =>
        says(text, 'logger', 'logRouter') &&
        (NO_DRIVER.test(text) || (other && /logging driver/i.test(text))),
    );
    return hit === undefined ? [] : [{ task, ...hit }];
  });
  const [first] = hits;
  if (first === undefined) return undefined;
  const { task, text, at } = first;
  const logging = task.containers.filter(
    ({ definition }) => definition?.value.logConfiguration !== undefined,
  );
  const container = (logging.find(({ reason }) => reason === text) ?? logging[0])?.definition;
  const { logDriver = '', options = {} } = container?.value.logConfiguration ?? {};
  const named = Object.entries(options).find(
    ([option, value]) => text.includes(option) || namesPlace(text, value),
  )?.[0];
  return found({
    verdict: named === undefined ? 'likely' : 'proven',
    title: `The log driver${logDriver === '' ? '' : ` ${logDriver}`} keeps tasks of ${facts.service.name} from starting.`,
    explanation: `It says: "${text.slice(0, 240)}" in ${counted(hits.length, 'task')} of ${task.revision}.${named === undefined ? '' : ` The task definition sets ${named}.`}`,
    evidence: [at, ...(container === undefined ? [] : [below(container, '.logConfiguration')])],
    culprits: [task.revision],
    fixes: rollbackFix(facts),
  });
}

/** True when the text names the host and port that an option of the driver sends to. */
function namesPlace(text: string, value: string): boolean {
  const place = /^(?:[a-z]{2,12}:\/\/)?([\w.-]{2,250}:\d{2,5})\/?$/i.exec(value)?.[1];
  return place !== undefined && text.includes(place);
}

interface Stop {
  readonly task: TaskFacts;
  readonly container: ContainerFacts;
  readonly log: ContainerLog;
  readonly gapMs: number;
}

/** The awslogs driver blocks the application by default when CloudWatch Logs does not take its lines. */
function standsStill(facts: Facts): Judgement | undefined {
  const killed = facts.failed.filter(({ kind }) => kind === 'container-health' || kind === 'elb-health');
  if (killed.length === 0) return undefined;
  const stops = killed.flatMap((task) => silentStop(facts, task) ?? []);
  const [first] = stops;
  if (first === undefined) return undefined;
  const { container, gapMs, log, task } = first;
  const mode = container.definition?.value.logConfiguration?.options?.mode;
  if (mode === 'non-blocking') return refuted('Its log driver does not block: its mode is non-blocking.');
  const read = killed.filter((one) => logsOf(facts, one).length > 0).length;
  const shut = facts.blocks.some(({ dependency }) => dependency.label === 'logs');
  const at = `$.events[${log.lines.length - 1}].timestamp`;
  return found({
    verdict: shut ? 'proven' : stops.length === read ? 'likely' : 'possible',
    title: `Tasks of ${facts.service.name} stand still behind their log driver and then fail their health check.`,
    explanation: `The log of ${container.name} fell silent ${Math.round(gapMs / 1_000)} s before the task was stopped, although it wrote steadily until then, in ${counted(stops.length, 'task')} of ${task.revision}. Its awslogs driver ${mode === 'blocking' ? 'is set to block' : 'blocks unless the account says otherwise'}: when CloudWatch Logs does not take a line, the application waits.`,
    evidence: [
      { id: log.evidence, path: at },
      below(task.observed, '.stoppedReason'),
      ...(container.definition === undefined
        ? []
        : [below(container.definition, '.logConfiguration.options')]),
    ],
    culprits: [task.revision],
    cannotVerify: shut
      ? []
      : [
          { what: 'whether the processor was idle meanwhile', missingAction: 'cloudwatch:GetMetricData' },
          ...(mode === undefined
            ? [{ what: 'the log driver mode of the account', missingAction: 'ecs:ListAccountSettings' }]
            : []),
        ],
  });
}

/** How long before its stop a task fell silent, against the pauses it made before. */
function silentStop(facts: Facts, task: TaskFacts): Stop | undefined {
  const end = (task.observed.value.stoppingAt ?? task.observed.value.stoppedAt)?.getTime();
  for (const log of logsOf(facts, task)) {
    const container = task.containers.find(({ name }) => name === log.container);
    const times = log.lines.slice(-40).map(({ atMs }) => atMs);
    const last = times.at(-1);
    if (container === undefined || end === undefined || last === undefined || times.length < RHYTHM_LINES)
      continue;
    if (container.definition?.value.logConfiguration?.logDriver !== 'awslogs') continue;
    const pauses = times.slice(1).map((at, index) => at - (times[index] ?? at));
    const usual = [...pauses].sort((a, b) => a - b)[Math.floor(pauses.length * 0.9)] ?? 0;
    const gapMs = end - last;
    // Lines of one burst, such as a start, are no rhythm: the log has to have gone on for a while.
    const lasted = last - (times[0] ?? last);
    if (lasted >= SILENT_MS && gapMs >= SILENT_MS && gapMs >= usual * PAUSES)
      return { task, container, log, gapMs };
  }
  return undefined;
}
