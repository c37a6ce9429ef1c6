// Load balancers that end tasks: they may not reach them, they ask the wrong thing, or they ask too early. The way to the tasks is judged
// by the path solver and decides first; an answer of any code means that the way is open.

import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { EvidenceRef } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import type { BalancerPath } from '../facts/balancer-path.ts';
import type { Facts } from '../facts/facts.ts';
import { lateAnswers } from '../facts/health-answers.ts';
import { lastWords } from '../facts/last-words.ts';
import { boundEverywhere, elsewhereBound, listeningOf, loopbackBound } from '../facts/listening.ts';
import { type TargetTrouble, targetTrouble, troubledGroup } from '../facts/target-trouble.ts';
import { changeBefore } from '../facts/trail.ts';
import { healthCheckFix, healthPortFix, healthTimeoutFix } from './fixes-service.ts';
import {
  counted,
  distinctRefs,
  type Found,
  found,
  type Judgement,
  listed,
  type Rule,
  refuted,
  silent,
} from './rule.ts';
import { balancerFixes } from './service-fixes.ts';
import { portUnheard } from './traffic-port.ts';

export const balancingRules: readonly Rule[] = [
  { class: 'lb-sg-ingress-missing', needs: ['targets', 'balancing', 'network'], judge: wayShut },
  { class: 'lb-healthcheck-misconfig', needs: ['tasks', 'targets', 'logs'], judge: wrongCheck },
  { class: 'app-bind-address', needs: ['tasks', 'targets', 'logs'], judge: bindAddress },
];

/** One late answer may be the first after a start. */
const LATE_MIN = 2;
const PROTOCOL_MIX =
  /first record does not look like a TLS handshake|client sent an HTTP request to an HTTPS server|plain HTTP request was sent to HTTPS port|\\x16\\x03\\x01|invalid (?:HTTP )?(?:request line|method).{0,40}\\x16|SSL handshake.{0,30}(?:fail|error).{0,60}http request|wrong version number/i;

/** The balancer's groups and the tasks' groups do not let each other through. */
function wayShut(facts: Facts): Judgement {
  const trouble = targetTrouble(facts);
  if (trouble === undefined || (trouble.sick.length === 0 && trouble.killed.length === 0)) return silent;
  if (trouble.codes.length > 0) return refuted('The tasks answer the load balancer, so it reaches them.');
  const shut = facts.balancerPaths.filter((way) => way.paths.some((path) => groupHop(path) !== undefined));
  const [first] = shut;
  if (first !== undefined) {
    const hop = first.paths.map(groupHop).find((one) => one !== undefined);
    const whole = first.paths.every((path) => groupHop(path) !== undefined);
    return found({
      verdict: whole ? 'proven' : 'likely',
      title: `The load balancer cannot reach ${facts.service.name} on ${portsOf(first)}, its ${first.purpose} port${first.ports.from === first.ports.to ? '' : 's'}.`,
      explanation: `${hop?.because ?? ''}${throughHosts(first)}${standsAt(first)} ${counted(trouble.sick.length, 'target')} ${trouble.sick.length === 1 ? 'is' : 'are'} unhealthy and ${counted(trouble.killed.length, 'task')} ${trouble.killed.length === 1 ? 'was' : 'were'} stopped for it.`,
      evidence: distinctRefs([
        ...(hop?.evidence ?? []),
        ...trouble.sick.slice(0, 3).map(({ at }) => at),
        ...trouble.killed.slice(0, 2).map((task) => below(task.observed, '.stoppedReason')),
        below(first.balancer, '.SecurityGroups'),
      ]),
      culprits: (hop?.resource ?? '').split(', ').filter((id) => id.startsWith('sg-')),
      fixes: shut.flatMap((way) =>
        balancerFixes(facts.service, { ...way, egress: hop?.check === 'security-group-egress' }),
      ),
      paths: first.paths,
    });
  }
  if (facts.balancerPaths.length > 0 && facts.balancerPaths.every(isOpen))
    return refuted(
      `The load balancer's groups reach the tasks on ${listed([...new Set(facts.balancerPaths.map(portsOf))])}.`,
    );
  return wayUnseen(facts, trouble);
}

/** A balancer without groups is let in by its addresses. */
function standsAt({ balancer, balancerGroups, balancerBlocks }: BalancerPath): string {
  if (balancerGroups.length > 0 || balancerBlocks.length === 0) return '';
  return ` Load balancer ${balancer.value.LoadBalancerName ?? ''} has no security groups and asks from ${listed(balancerBlocks)}.`;
}

/** The targets time out, and a refused read keeps the groups from being seen. */
function wayUnseen(facts: Facts, trouble: TargetTrouble): Judgement {
  const gaps = [
    ...(facts.bundle.balancing?.loadBalancers.gaps ?? []),
    ...(facts.bundle.balancing?.instances.gaps ?? []),
    ...facts.bundle.network.securityGroups.gaps,
  ].filter(({ kind }) => kind !== 'unread');
  const timedOut = trouble.sick.some(({ health }) => health.Reason === 'Target.Timeout');
  if (gaps.length === 0 || !timedOut) return silent;
  return found({
    verdict: 'possible',
    title: `The load balancer gets no answer from ${facts.service.name}.`,
    explanation: 'Its targets time out. Whether the security groups let it through could not be seen.',
    evidence: trouble.sick.slice(0, 3).map(({ at }) => at),
    cannotVerify: gaps.map(({ what, missingAction }) => ({ what, missingAction })),
  });
}

/** "tcp/8080" or "tcp/32768-65535". */
function portsOf({ ports: { from, to } }: Pick<BalancerPath, 'ports'>): string {
  return `tcp/${from === to ? from : `${from}-${to}`}`;
}

/** With instances as targets it is their groups that count. */
function throughHosts({ hosts, ports }: BalancerPath): string {
  if (hosts.length === 0) return '';
  const chosen =
    ports.from === ports.to ? '' : ', on a port that docker chooses anew for each task out of this range';
  return ` Its targets are instances, so it is the hosts (${listed(hosts.slice(0, 3))}) that have to let it in${chosen}.`;
}

function groupHop(path: BalancerPath['paths'][number]) {
  return path.hops.find(({ check, verdict }) => verdict === 'blocked' && check.startsWith('security-group'));
}

/** True when the groups on this way let everything through. */
export function isOpen(way: BalancerPath): boolean {
  return way.paths.every((path) =>
    path.hops.every(({ check, verdict }) => verdict === 'open' || !check.startsWith('security-group')),
  );
}

/** An answer came back, and it is not the one the check waits for; or the check speaks another protocol. */
function wrongCheck(facts: Facts): Judgement {
  const trouble = targetTrouble(facts);
  if (trouble === undefined || (trouble.sick.length === 0 && trouble.killed.length === 0)) {
    const healthy = facts.bundle.targetHealth.items
      .flatMap(({ value }) => value.targets)
      .filter((target) => target.TargetHealth?.State === 'healthy').length;
    return healthy > 0 && facts.failed.length > 0
      ? refuted(`${counted(healthy, 'target')} of the load balancer ${healthy === 1 ? 'is' : 'are'} healthy.`)
      : silent;
  }
  const group = troubledGroup(facts);
  const wants = wantsOf(group?.value);
  const base = {
    evidence: distinctRefs([
      ...trouble.sick.slice(0, 3).map(({ at }) => at),
      ...(trouble.killed[0] === undefined ? [] : [below(trouble.killed[0].observed, '.stoppedReason')]),
      ...(trouble.event === undefined ? [] : [trouble.event]),
      ...(group === undefined ? [] : [below(group, '.HealthCheckPath')]),
    ]),
    culprits: groupNamed(facts, group?.value.TargetGroupArn),
    cannotVerify: group === undefined ? gapsOf(facts) : [],
  };
  const { codes } = trouble;
  if (codes.length > 0) {
    // A server error is the application's own trouble, which the check only shows.
    const ownTrouble = codes.every((code) => code >= 500);
    const change = ownTrouble ? undefined : changeBefore(facts, base.culprits ?? []);
    return found({
      ...base,
      evidence: distinctRefs([...base.evidence, ...(change === undefined ? [] : [change.at])]),
      verdict: ownTrouble ? 'possible' : trouble.codesSeen && group !== undefined ? 'proven' : 'likely',
      symptom: ownTrouble,
      title: `The load balancer's health check is answered with ${listed(codes.map(String))}.`,
      fixes: ownTrouble ? [] : healthCheckFix(facts, codes),
      explanation: `${wants} The tasks answer ${listed(codes.map(String))}${ownTrouble ? ', an error of the application' : `: ${meaningOf(codes)}`}.${ownTrouble ? lastOf(facts) : ''}${change === undefined ? '' : ` ${change.sentence}`}`,
    });
  }
  return facelessFailure(facts, { base, wants, reason: trouble.sick[0]?.health.Reason });
}

interface Told {
  readonly base: Pick<Found, 'evidence' | 'culprits' | 'cannotVerify'>;
  readonly wants: string;
  readonly reason: string | undefined;
}

/** No code came back: what the application's log says about it, else only that it is so. */
function facelessFailure(facts: Facts, { base, wants, reason }: Told): Judgement {
  const group = troubledGroup(facts);
  const mixed = protocolMix(facts);
  const unheard = healthPortUnheard(facts);
  if (mixed !== undefined || unheard !== undefined)
    return found({
      ...base,
      verdict: 'likely',
      title:
        mixed === undefined
          ? `The load balancer checks a port on which ${facts.service.name} does not listen.`
          : `The load balancer's health check speaks another protocol than ${facts.service.name}.`,
      explanation: `${wants} ${mixed === undefined ? `It asks port ${group?.value.HealthCheckPort}, and the application says it listens on ${unheard?.port}.` : 'The application logs requests that it cannot read, as when HTTP meets TLS.'}`,
      fixes: mixed === undefined && unheard !== undefined ? healthPortFix(facts, unheard.port) : [],
      evidence: distinctRefs([
        ...base.evidence,
        ...(mixed === undefined ? [] : [mixed]),
        ...(unheard === undefined ? [] : [unheard.at]),
      ]),
    });
  const late = group === undefined ? [] : lateAnswers(facts.bundle, group.value);
  const slowest = Math.max(...late.map(({ tookMs }) => tookMs));
  const [first] = late;
  if (group !== undefined && first !== undefined && late.length >= LATE_MIN)
    return found({
      ...base,
      verdict: 'likely',
      title: `The load balancer's health check gives up before ${facts.service.name} answers.`,
      explanation: `${wants} It waits ${group.value.HealthCheckTimeoutSeconds} s, and the application logs answers to it that took up to ${(slowest / 1_000).toFixed(1)} s.`,
      evidence: distinctRefs([...base.evidence, first.at, below(group, '.HealthCheckTimeoutSeconds')]),
      fixes: healthTimeoutFix(facts, slowest),
    });
  return found({
    ...base,
    verdict: 'possible',
    symptom: true,
    title: `Tasks fail the load balancer's health check.`,
    explanation: `${wants} ${reason === undefined ? 'No target is registered any more that could say why.' : `The targets report ${reason}.`}`,
  });
}

function wantsOf(group: TargetGroup | undefined): string {
  if (group === undefined) return 'What the check asks could not be read.';
  const { HealthCheckPath: path = '', HealthCheckProtocol: protocol = '', Matcher } = group;
  const wanted = Matcher?.HttpCode ?? Matcher?.GrpcCode ?? 'an answer';
  return `The check asks ${protocol} ${path} for ${wanted}.`.replace(/ {2,}/g, ' ');
}

/** The target group, or the only one of the service when the group itself was not seen. */
function groupNamed({ service }: Facts, seen: string | undefined): string[] {
  const attached = (service.observed.value.loadBalancers ?? []).flatMap((one) => one.targetGroupArn ?? []);
  return seen === undefined ? (attached.length === 1 ? attached : []) : [seen];
}

function gapsOf({ bundle }: Facts): { what: string; missingAction: string }[] {
  return bundle.targetGroups.gaps.map(({ what, missingAction }) => ({ what, missingAction }));
}

/** What the application itself said about it. */
function lastOf(facts: Facts): string {
  const said = lastWords(facts.bundle.logs);
  return said === undefined ? '' : ` Its log ends with "${said.text}".`;
}

function meaningOf(codes: readonly number[]): string {
  if (codes.some((code) => code >= 300 && code < 400)) return 'a redirect, which the matcher does not take';
  if (codes.includes(404)) return 'there is nothing at this path';
  if (codes.includes(401) || codes.includes(403)) return 'the path asks for a sign-in or a host name';
  return 'not what the matcher takes';
}

function protocolMix(facts: Facts): EvidenceRef | undefined {
  for (const log of facts.bundle.logs) {
    const line = log.lines.findLast(({ text }) => PROTOCOL_MIX.test(text));
    if (line !== undefined) return { id: log.evidence, path: line.path };
  }
  return undefined;
}

/** The check has a port of its own, and the application only names others. */
function healthPortUnheard(facts: Facts): { port: number; at: EvidenceRef } | undefined {
  const health = Number(troubledGroup(facts)?.value.HealthCheckPort);
  const ports = listeningOf(facts).flatMap(({ port, at }) => (port === undefined ? [] : [{ port, at }]));
  if (!Number.isInteger(health) || health <= 0 || ports.some(({ port }) => port === health)) return undefined;
  return ports.at(-1);
}

/** The application listens where its check does not ask. */
function bindAddress(facts: Facts): Judgement {
  const trouble = targetTrouble(facts);
  const balanced = trouble !== undefined && (trouble.sick.length > 0 || trouble.killed.length > 0);
  const checked = facts.failed.find(({ kind }) => kind === 'container-health');
  if (!balanced && checked === undefined) return silent;
  if (trouble !== undefined && trouble.codes.length > 0)
    return refuted('The tasks answer the load balancer.');
  const inside = balanced ? loopbackBound(facts) : undefined;
  const asksLoopback = JSON.stringify(
    checked?.containers.map((one) => one.definition?.value.healthCheck?.command) ?? [],
  );
  const outside =
    checked !== undefined && /localhost|127\.0\.0\.1/.test(asksLoopback) ? elsewhereBound(facts) : undefined;
  const port = balanced ? portUnheard(facts) : undefined;
  if (port !== undefined) return port;
  const place = inside ?? outside;
  if (place === undefined)
    return boundEverywhere(facts) ? refuted('The application listens on every address of its task.') : silent;
  return found({
    verdict: 'likely',
    title: `${facts.service.name} listens on ${place.host ?? 'one address'} only.`,
    explanation:
      inside === undefined
        ? `Its log says it listens on ${place.host}:${place.port}, and the container health check asks localhost, where nothing answers.`
        : `Its log says it listens on ${place.host}:${place.port}, which only the task itself reaches; the load balancer comes from outside. It has to listen on 0.0.0.0.`,
    evidence: [
      place.at,
      ...(trouble?.sick.slice(0, 2).map(({ at }) => at) ?? []),
      ...(checked === undefined ? [] : [below(checked.observed, '.stoppedReason')]),
    ],
    culprits: [facts.failed[0]?.revision ?? facts.service.primary?.revision ?? facts.service.name],
  });
}
