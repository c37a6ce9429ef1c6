// What a closed gate is called in a finding: who could not do what, which gate it was, and what that did to the tasks.

import type { PathHop } from '../../contract/finding.ts';
import type { Block } from '../facts/blocks.ts';
import type { Dependency } from '../facts/dependencies.ts';
import { isDatabasePort } from '../facts/environment.ts';
import type { Facts } from '../facts/facts.ts';
import type { Bypassed } from '../network/peer.ts';
import { portsText } from '../network/security-group.ts';
import { meantGroups } from './fixes.ts';
import { counted, listed } from './rule.ts';

/** "New tasks cannot reach their database: no egress rule for tcp/5432." */
export function titleOf(block: Block, facts: Facts): string {
  return `${subject(facts)} cannot ${deed(block.dependency)}: ${shortReason(block)}.`;
}

/** The endpoint that stands in the VPC for what is wanted, where its name leads past it and the way there is shut. */
export function bypassedBy({ hop, candidates }: Block): Bypassed | undefined {
  return hop.check === 'route' ? candidates[0]?.candidate.destination.bypassed : undefined;
}

/** The VPC whose subnets the gate is closed for. */
export function vpcOf({ subnets }: Block, { bundle }: Facts): string | undefined {
  return bundle.network.subnets.items.find(({ value }) => subnets.includes(value.SubnetId ?? ''))?.value
    .VpcId;
}

/** A gateway endpoint for S3 that serves other tables of the VPC. */
export function otherGateway(block: Block, facts: Facts): string | undefined {
  if (block.class !== 's3-path-blocked' || block.hop.check !== 'route') return undefined;
  const vpc = vpcOf(block, facts);
  return facts.bundle.network.vpcEndpoints.items.find(
    ({ value }) =>
      value.VpcId === vpc &&
      value.VpcEndpointType === 'Gateway' &&
      value.ServiceName?.endsWith('.s3') === true &&
      value.State?.toLowerCase() === 'available',
  )?.value.VpcEndpointId;
}

/** EC2 instances whose interfaces the gate is closed for; none when it is the tasks' own. */
export function hostsBehind({ candidates, hop }: Block): string[] {
  const hosts = candidates.flatMap(({ solved }) =>
    solved
      .filter(({ path }) =>
        path.hops.some(
          ({ check, resource, verdict }) =>
            verdict === 'blocked' && check === hop.check && resource === hop.resource,
        ),
      )
      .flatMap(({ path }) => path.from.host ?? []),
  );
  return [...new Set(hosts)];
}

function subject(facts: Facts): string {
  if (facts.logged !== undefined) return 'Running tasks';
  return facts.service.running > 0 ? 'New tasks' : 'Tasks';
}

function deed(dependency: Dependency): string {
  const phase = dependency.start?.phase;
  if (phase === 'pull') return `pull their image (${dependency.label})`;
  // The registry's login is fetched in the same step as secrets.
  if (phase === 'secret' && dependency.label.startsWith('ecr'))
    return `log in to their registry (${dependency.label})`;
  if (phase === 'secret') return `read their secrets (${dependency.label})`;
  if (phase === 'logger') return 'open their log stream';
  if (phase === 'env-file') return 'read their environment file';
  if (phase === 'volume') return 'mount their file system';
  if (dependency.start !== undefined) return `start (${dependency.label})`;
  return isDatabasePort(dependency.port) ? 'reach their database' : `reach ${dependency.label}`;
}

function shortReason(block: Block): string {
  const what = `tcp/${block.dependency.port}`;
  switch (block.hop.check) {
    case 'security-group-egress':
      return `no egress rule for ${what}`;
    case 'security-group-ingress':
      return `${block.hop.resource} does not let ${what} in from them`;
    case 'dns':
      return block.hop.resource.startsWith('ns-')
        ? 'its namespace puts no names into a DNS'
        : 'names do not resolve in this VPC';
    case 'network-acl-return':
      return `${block.hop.resource} drops the replies`;
    case 'network-acl-egress':
    case 'network-acl-ingress':
      return `${block.hop.resource} drops ${what}`;
    default:
      return routeReason(block);
  }
}

function routeReason(block: Block): string {
  const byHost = block.dependency.leavesBy === 'host';
  const subnet = byHost ? "their host's subnet" : 'their subnet';
  switch (block.class) {
    case 'public-subnet-no-public-ip':
      return `${byHost ? 'their host has' : 'they have'} no public address in a subnet routed to an internet gateway`;
    case 'vpc-dns-misconfig':
      return 'names of endpoints do not resolve in this VPC';
    case 'missing-vpc-endpoint':
      if (bypassedBy(block) !== undefined)
        return `the endpoint for it has no private DNS name, and ${subnet} has no way out`;
      return `${subnet} has neither a way out nor an endpoint for it`;
    case 's3-path-blocked':
      return `${subnet} has no way to S3`;
    case 'dependency-unreachable':
      return `no route of ${subnet} leads to its network`;
    default:
      return `${subnet} has no working route out`;
  }
}

/** The gate, whose interface it is closed for, and what came of it. */
export function explanation(block: Block, same: readonly Block[], facts: Facts): string {
  const meant = meantGroups(block.dependency);
  const doubt = meant.length > 1 ? ` Which of ${listed(meant.slice(0, 4))} it is was not seen.` : '';
  return `${gateSentence(block, facts)}${alikeSentence(block, same)}${senderSentence(block)} ${consequence(block.dependency, same, facts)}${doubt}`;
}

/** People look at the groups of the task first, so it is said when those play no part. */
function senderSentence(block: Block): string {
  const { dependency } = block;
  if (dependency.leavesBy !== 'host') return '';
  const [first = 'the host', ...others] = hostsBehind(block);
  const host = others.length === 0 ? first : `${first} and ${counted(others.length, 'other host')}`;
  const mounts = dependency.start?.phase === 'volume';
  return dependency.start === undefined || mounts
    ? ` These tasks have no network interface of their own: what they send leaves through that of ${host}.`
    : ` On EC2 the host asks for this, not the task: it leaves through the primary network interface of ${host}, whatever the groups of the task allow.`;
}

/** What else is shut in the same way for the same thing: whoever opens one of them has helped a part of the tasks. */
function alikeSentence(block: Block, same: readonly Block[]): string {
  const { check, resource } = block.hop;
  const others = same
    .filter(({ dependency, hop }) => dependency === block.dependency && hop.check === check)
    .map(({ hop }) => hop.resource)
    .filter((one) => one !== resource);
  return others.length === 0 ? '' : ` The same holds for ${listed([...new Set(others)].slice(0, 5))}.`;
}

/** What was seen at the gate. */
export function gateSentence(block: Block, facts: Facts): string {
  const { hop } = block;
  const bypassed = bypassedBy(block);
  if (bypassed !== undefined) return bypassSentence(block, bypassed, facts);
  const gateway = otherGateway(block, facts);
  if (gateway !== undefined)
    return `${hop.because} Gateway endpoint ${gateway} is in the VPC and does not serve this table.`;
  if (hop.check !== 'security-group-egress') return hop.because;
  const rules = [...new Set(hop.rules.map((rule) => ruleText(rule, block.dependency.port)))];
  const noun = block.hop.resource.includes(', ') ? 'Security groups' : 'Security group';
  const verb = block.hop.resource.includes(', ') ? 'let' : 'lets';
  if (rules.length === 0) return `${noun} ${hop.resource} ${verb} nothing out at all.`;
  return rules.length <= 4
    ? `${noun} ${hop.resource} ${verb} ${listed(rules)} out, and nothing else.`
    : `${noun} ${hop.resource} ${verb} ${rules.length} things out, and tcp/${block.dependency.port} to ${block.hop.missing?.peer ?? 'there'} is not among them.`;
}

function bypassSentence(block: Block, { endpoint, lacks }: Bypassed, facts: Facts): string {
  const means = `${block.dependency.host ?? 'the name'} means its public address`;
  return lacks === 'hostnames'
    ? `DNS host names are off in ${vpcOf(block, facts) ?? 'this VPC'}, and without them the private DNS name of endpoint ${endpoint} does not resolve: ${means}. ${block.hop.because}`
    : `Endpoint ${endpoint} is there for it and has private DNS names turned off, so ${means}. ${block.hop.because} Turn them on for that endpoint; its settings are not changed from here.`;
}

/** A rule for the very port is told with whom it is for, which is why it does not help. */
function ruleText(rule: PathHop['rules'][number], port: number): string {
  const [from = Number.NaN, to = from] = rule.ports.split('-').map(Number);
  const covers = rule.ports === 'all' || (from <= port && port <= to);
  return covers ? `${portsText(rule)} to ${rule.peer}` : portsText(rule);
}

/** What the closed gate did to the tasks, told only as far as it was seen. */
function consequence(dependency: Dependency, same: readonly Block[], facts: Facts): string {
  const stopped = new Set(same.flatMap((one) => one.dependency.start?.alike ?? []));
  const revision = facts.failed[0]?.revision ?? facts.service.primary?.revision ?? '';
  const all = `${counted(facts.failed.length, 'task')} of ${revision}`;
  const place =
    dependency.host === undefined ? `tcp/${dependency.port}` : `${dependency.host}:${dependency.port}`;
  if (facts.logged !== undefined && dependency.attempt !== undefined)
    return `${tried(dependency.attempt, facts)} ${place} again and again; the tasks run on, and no health check sees it.`;
  const end = endOf(facts);
  const happened =
    dependency.start !== undefined
      ? `${counted(stopped.size, 'task')} of ${revision} could not start.`
      : dependency.attempt === undefined
        ? `By their environment the tasks need ${place}; ${all} ${end}.`
        : dependency.attempt.bearing === 'aside'
          ? `${tried(dependency.attempt, facts)} ${place} and went on: what ended ${all} came after it.`
          : `${tried(dependency.attempt, facts)} ${place}; ${all} ${end}.`;
  const older = facts.tasks.filter(
    (task) => !task.stopped && !task.ofPrimary && task.lastStatus === 'RUNNING',
  ).length;
  // Security groups track connections: what was open before a rule went away stays open.
  const serving =
    older > 0 && dependency.start === undefined
      ? ` The ${counted(older, 'older task')} still ${older === 1 ? 'serves' : 'serve'}: connections opened earlier stay open.`
      : '';
  return `${happened}${serving}`;
}

function endOf(facts: Facts): string {
  const kinds = new Set(facts.failed.map((task) => task.kind));
  if (kinds.has('container-health')) return 'failed the container health check and were stopped';
  if (kinds.has('elb-health')) return "failed the load balancer's health check and were stopped";
  return kinds.has('exit') ? 'exited' : 'failed';
}

/** Only the tasks whose logs were read are said to have tried. */
function tried(attempt: NonNullable<Dependency['attempt']>, facts: Facts): string {
  const ids = facts.failed
    .filter((task) => attempt.tasks.includes(task.arn))
    .map((task) => task.id.slice(0, 8));
  const who = ids.length === 0 ? 'A task' : `${ids.length === 1 ? 'Task' : 'Tasks'} ${listed(ids)}`;
  return `${who} ${attempt.kind === 'timeout' ? 'timed out on' : 'could not reach'}`;
}
