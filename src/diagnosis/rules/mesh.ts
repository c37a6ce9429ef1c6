// The proxy that Service Connect puts into every task. Its name is ECS's, its health is state; when it alone is unhealthy or ended first, the
// application is not to blame, and what it lacks is usually the memory that the task definition left for it.

import { below } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { plainLine } from '../facts/log-lines.ts';
import type { ContainerFacts, TaskFacts } from '../facts/tasks.ts';
import { tidy } from '../network/peer.ts';
import { counted, found, type Judgement, type Rule, refuted, silent } from './rule.ts';
import { rollbackFix } from './service-fixes.ts';

export const meshRules: readonly Rule[] = [
  {
    class: 'service-connect-proxy-failure',
    needs: ['service', 'tasks', 'task-definition', 'logs'],
    judge: proxyFails,
  },
];

const PROXY = /^ecs-service-connect-/;
/** What Envoy answers in the place of a service it cannot reach. */
const UPSTREAM =
  /upstream connect error|disconnect\/reset before headers|no healthy upstream|upstream_reset_before/i;
/** What the proxy takes of a task's memory at least (Amazon ECS Developer Guide, "Service Connect proxy"). MiB. */
const PROXY_MEMORY_MIB = 64;
const TAKEN_DOWN: ReadonlySet<number> = new Set([0, 137, 143]);

function proxyFails(facts: Facts): Judgement {
  const hits = [...facts.failed, ...facts.tasks.filter((task) => !task.stopped)].flatMap((task) => {
    const proxy = task.containers.find(({ name }) => PROXY.test(name));
    return proxy !== undefined && failsFirst(proxy, task) ? [{ task, proxy }] : [];
  });
  const [first] = hits;
  if (first === undefined) return routedEarly(facts);
  const { task, proxy } = first;
  const left = memoryLeft(task);
  const hosts = new Set(hits.map(({ task: one }) => one.observed.value.containerInstanceArn ?? ''));
  const [host = ''] = hosts;
  const place =
    hosts.size === 1 && host !== '' && hits.length > 1
      ? ` All of them were on host ${host.split('/').at(-1)}.`
      : '';
  const how =
    proxy.healthStatus === 'UNHEALTHY'
      ? 'is UNHEALTHY while the containers of the application are not'
      : `ended with exit code ${proxy.exitCode ?? 'none'}${proxy.reason === '' ? '' : ` ("${tidy(proxy.reason, 120)}")`}`;
  return found({
    verdict: 'proven',
    title: `The Service Connect proxy of ${facts.service.name} fails and takes its tasks down.`,
    explanation: `Container ${proxy.name} ${how}, in ${counted(hits.length, 'task')} of ${task.revision}.${left === undefined ? '' : ` The task definition leaves it ${left} MiB of memory.`}${place}`,
    evidence: [
      below(proxy.observed, proxy.healthStatus === 'UNHEALTHY' ? '.healthStatus' : '.exitCode'),
      ...(task.stopped ? [below(task.observed, '.stoppedReason')] : []),
      ...(left === undefined || task.definition === undefined ? [] : [below(task.definition, '.memory')]),
    ],
    culprits: [place === '' ? task.revision : (host.split('/').at(-1) ?? host)],
    // A revision that leaves the proxy its memory runs where this one does not; a host that is full is another matter.
    fixes: left === undefined ? [] : rollbackFix(facts),
  });
}

/** True when the proxy is what failed, and not what was taken down with the rest. */
function failsFirst(proxy: ContainerFacts, task: TaskFacts): boolean {
  const others = task.containers.filter((one) => one !== proxy && !/^~internal~/.test(one.name));
  if (proxy.healthStatus === 'UNHEALTHY') return others.every((one) => one.healthStatus !== 'UNHEALTHY');
  if (!task.stopped || proxy.exitCode === undefined) return false;
  const own = !TAKEN_DOWN.has(proxy.exitCode) || proxy.reason !== '';
  return own && others.every(({ exitCode }) => exitCode === undefined || TAKEN_DOWN.has(exitCode));
}

/** What is left of the task's memory when every container has taken its limit; MiB. */
function memoryLeft({ definition }: TaskFacts): number | undefined {
  const whole = Number(definition?.value.memory ?? Number.NaN);
  const parts = (definition?.value.containerDefinitions ?? []).map(
    (one) => one.memory ?? one.memoryReservation,
  );
  if (!Number.isFinite(whole) || parts.length === 0 || parts.some((one) => one === undefined))
    return undefined;
  const left = whole - parts.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  return left < PROXY_MEMORY_MIB * 2 ? Math.max(0, left) : undefined;
}

/** Clients that the proxy answers in the place of a service that is not ready: the endpoint was published too early. */
function routedEarly(facts: Facts): Judgement {
  const configured =
    (facts.service.observed.value.deployments ?? []).some(
      ({ serviceConnectConfiguration: one }) => one?.enabled === true,
    ) || facts.tasks.some(({ containers }) => containers.some(({ name }) => PROXY.test(name)));
  if (!configured) return silent;
  for (const log of facts.bundle.logs) {
    const line = log.lines.findLast(({ text }) => UPSTREAM.test(text));
    if (line === undefined) continue;
    return found({
      verdict: 'likely',
      title: `The Service Connect proxy cannot reach what ${facts.service.name} calls.`,
      explanation: `Container ${log.container} logs "${tidy(plainLine(line.text), 200)}", which is the proxy's own answer. It publishes an endpoint as soon as its task runs, before the application listens.`,
      evidence: [{ id: log.evidence, path: line.path }],
      culprits: [facts.service.arn],
      cannotVerify: [
        { what: 'which instances the namespace lists', missingAction: 'servicediscovery:ListInstances' },
      ],
    });
  }
  return facts.failed.length > 0
    ? refuted('The Service Connect proxy was healthy in the tasks that failed.')
    : silent;
}
