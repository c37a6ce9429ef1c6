// Which roles, secrets, images, log groups and file systems the symptoms point at. Nothing is read that no symptom asks for: a start that
// failed for its image does not make anybody look at secrets, which were read before it.

import { lookUp, noResources } from '../resources.ts';
import { type AppSign, appSigns } from './app-signs.ts';
import { efsVolumes } from './efs-volume.ts';
import type { Facts } from './facts.ts';
import { complaintOf, runsOnHosts } from './further.ts';
import { imageReference } from './image-reference.ts';
import { joinedNeeds, noNeeds, noTrail, type ResourceNeeds } from './needs.ts';
import { pastMountFailures } from './past-mounts.ts';
import { roleName } from './permission.ts';
import { refusalIn } from './refusal.ts';
import { silentEnd } from './silent-ends.ts';
import type { StartFailure } from './start-failure.ts';
import { startRequests } from './start-requests.ts';
import { startRole, taskRole } from './start-role.ts';
import { assumedRoles, imagesOf, isVague, logTargetsOf, secretsOf, wasRefused } from './start-subjects.ts';
import { targetTrouble } from './target-trouble.ts';
import type { TaskFacts } from './tasks.ts';
import { throttledNeeds } from './throttling.ts';
import { emptyGroups } from './unreached.ts';

/** What failed starts and the scheduler's complaints ask for; known before any log is read. */
export function needsOfStarts(facts: Facts): ResourceNeeds {
  if (facts.condition !== 'troubled') return noNeeds;
  return joinedNeeds([
    ...facts.starts.map(needsOfStart),
    ...facts.ahead.map(needsAhead),
    ...assumedRoles(facts).map((role) => ({ ...noNeeds, roles: [role], trail: ofResource(role) })),
    passRoleNeeds(facts),
    deploymentNeeds(facts),
    hostNeeds(facts),
    checkNeeds(facts),
    execNeeds(facts),
    throttledNeeds(facts),
  ]);
}

/** What the logs of failed tasks ask for. Roles that were read already are not asked for again. */
export function needsOfLogs(facts: Facts): ResourceNeeds {
  if (facts.condition !== 'troubled') return noNeeds;
  const needs = joinedNeeds([...appSigns(facts).map(needsOfSign), silentNeeds(facts)]);
  const known = (facts.bundle.resources ?? noResources).roles;
  return {
    ...needs,
    roles: needs.roles.filter((role) => {
      const look = lookUp(known, roleName(role));
      return look.state === 'unseen' && look.gaps.length === 0;
    }),
  };
}

const GATE = /^(?:sg|acl|rtb|vpce|nat|subnet)-[0-9a-f]+$/;
/** Codes from here on say that the program itself is in trouble. */
const SERVER_ERROR = 500;
/** A deployment older than this was not what broke it. */
const DEPLOYED_MS = 24 * 3_600_000;

/** Who shut the gate that is shut: asked once it is known, by its name; a rule of a destination that is not known yet, by the request. */
export function needsOfChanges(facts: Facts): ResourceNeeds {
  if (facts.condition !== 'troubled') return noNeeds;
  const gates = facts.blocks
    .filter(
      ({ hitsFailed, dependency: { why, attempt } }) =>
        hitsFailed && why !== 'named' && attempt?.bearing !== 'aside',
    )
    .flatMap(({ hop }) => hop.resource.split(', '))
    .filter((id) => GATE.test(id));
  // With the load balancers in question too there is more to read than one look may cost.
  const balanced = facts.failed.some(({ kind }) => kind === 'elb-health');
  const trail = {
    resources: [...new Set(gates)].slice(0, 1),
    requests: [
      ...(balanced || gates.length > 0 ? [] : unnamedChanges(facts)),
      ...(emptyGroups(facts.bundle, facts.service, facts.tasks).length > 0 ? ['DeregisterTargets'] : []),
    ],
  };
  return { ...noNeeds, trail };
}

/** Requests that shut gates whose names are not known yet: those of a destination, and those of hosts, which are read at this moment. */
function unnamedChanges({ attempts, dependencies }: Facts): string[] {
  const ofHosts = dependencies.some(
    ({ leavesBy, why }) => leavesBy === 'host' && (why === 'start' || why === 'attempt'),
  );
  if (ofHosts) return ['RevokeSecurityGroupIngress', 'RevokeSecurityGroupEgress'];
  return attempts.some(({ kind }) => kind === 'timeout') ? ['RevokeSecurityGroupIngress'] : [];
}

/** Who deployed what fails. */
function deploymentNeeds(facts: Facts): ResourceNeeds {
  const { primary } = facts.service;
  const age = facts.bundle.nowMs - (primary?.createdAtMs ?? 0);
  const failing = facts.failed.some(({ ofPrimary }) => ofPrimary) && facts.service.deployments.length > 1;
  return failing && age < DEPLOYED_MS
    ? { ...noNeeds, trail: { resources: [], requests: ['UpdateService'] } }
    : noNeeds;
}

/** Who drained the hosts, where the scheduler finds none that takes tasks. */
function hostNeeds(facts: Facts): ResourceNeeds {
  return runsOnHosts(facts) && complaintOf(facts, 'no-instances') !== undefined
    ? { ...noNeeds, trail: { resources: [], requests: ['UpdateContainerInstancesState'] } }
    : noNeeds;
}

/** Who changed the check that tasks fail at the load balancer although they answer it. */
function checkNeeds(facts: Facts): ResourceNeeds {
  const answered = (targetTrouble(facts)?.codes ?? []).some((code) => code < SERVER_ERROR);
  return answered ? { ...noNeeds, trail: { resources: [], requests: ['ModifyTargetGroup'] } } : noNeeds;
}

/** The agent of ECS Exec connects with the role of its task, the one that is missing too once it is there. */
function execNeeds({ execTrouble }: Facts): ResourceNeeds {
  const [task] = execTrouble?.tasks ?? [];
  const role = task === undefined ? undefined : taskRole(task);
  return { ...noNeeds, roles: role === undefined ? [] : [role] };
}

/** What may fail again although the service is well. */
export function needsOfRisks(facts: Facts): ResourceNeeds {
  return joinedNeeds(
    pastMountFailures(facts).map(({ task }) => ({
      ...noNeeds,
      mounts: task.definition === undefined ? [] : efsVolumes(task.definition),
    })),
  );
}

export function asksForAnything(needs: ResourceNeeds): boolean {
  return (
    needs.disk ||
    needs.endpoints ||
    [
      needs.roles,
      needs.images,
      needs.manifests,
      needs.secrets,
      needs.logGroups,
      needs.mounts,
      needs.volumes,
      needs.hosts,
    ].some((list) => list.length > 0) ||
    needs.trail.resources.length + needs.trail.requests.length > 0
  );
}

function needsOfStart(start: StartFailure): ResourceNeeds {
  const vague = isVague(start);
  const parts: ResourceNeeds[] = [];
  if (start.phase === 'secret' || vague) parts.push(secretNeeds(start));
  if (start.phase === 'env-file')
    parts.push({ ...noNeeds, ...actors(start), endpoints: wasRefused(start), trail: trailOf(start, []) });
  if (start.phase === 'pull' || vague) parts.push(pullNeeds(start));
  if (start.phase === 'logger') parts.push(loggerNeeds(start));
  if (start.phase === 'volume') parts.push(mountNeeds(start));
  if (start.code === 'no-space') parts.push({ ...noNeeds, disk: true });
  return start.reply === 'silence' || start.reply === 'dns'
    ? joinedNeeds(start.phase === 'volume' ? parts : [])
    : joinedNeeds(parts);
}

/** What state can prove about a pull nobody has come to: that the image is not there, or that an endpoint on the way refuses it. */
function needsAhead(start: StartFailure): ResourceNeeds {
  return { ...noNeeds, images: imagesOf(start).filter(({ ecr }) => ecr !== undefined), endpoints: true };
}

function secretNeeds(start: StartFailure): ResourceNeeds {
  const secrets = secretsOf(start);
  // A value that is not the JSON it should be was read without trouble.
  const permitted = start.code === 'json';
  const [first] = secrets;
  return {
    ...noNeeds,
    ...(permitted ? {} : actors(start)),
    secrets,
    endpoints: wasRefused(start),
    trail: trailOf(start, secrets.length === 1 && first !== undefined ? [first.id] : []),
  };
}

function pullNeeds(start: StartFailure): ResourceNeeds {
  const images = imagesOf(start);
  const ecr = images.filter((one) => one.ecr !== undefined);
  if (ecr.length === 0)
    return { ...noNeeds, secrets: secretsOf(start), ...(secretsOf(start).length > 0 ? actors(start) : {}) };
  const about = start.code === 'platform' ? { manifests: ecr } : {};
  const settled = start.code === 'platform' || start.code === 'no-space' || start.code === 'rate-limited';
  const repository = ecr[0]?.repository;
  return {
    ...noNeeds,
    images: ecr,
    ...about,
    ...(settled ? {} : actors(start)),
    endpoints: wasRefused(start),
    trail: settled || repository === undefined ? noTrail : trailOf(start, [repository]),
  };
}

function loggerNeeds(start: StartFailure): ResourceNeeds {
  const targets = logTargetsOf(start);
  const groups = [...new Set(targets.filter(({ here }) => here).map(({ group }) => group))];
  return {
    ...noNeeds,
    ...actors(start),
    logGroups: groups,
    endpoints: wasRefused(start),
    trail: trailOf(start, groups.length === 1 ? groups : []),
  };
}

/** Who may mount is a question only where something may have answered. */
function mountNeeds({ task, reply }: StartFailure): ResourceNeeds {
  const mounts = task.definition === undefined ? [] : efsVolumes(task.definition);
  return reply === 'silence' || reply === 'dns' ? { ...noNeeds, mounts } : { ...volumeNeeds(task), mounts };
}

/** The role of the task signs a mount only when the volume says so. */
function volumeNeeds(task: TaskFacts): ResourceNeeds {
  const volumes = task.definition === undefined ? [] : efsVolumes(task.definition);
  const role = taskRole(task);
  return { ...noNeeds, volumes, roles: role !== undefined && volumes.some(({ iam }) => iam) ? [role] : [] };
}

function actors(start: StartFailure): Pick<ResourceNeeds, 'roles' | 'hosts' | 'hostRequests'> {
  const { role, from } = startRole(start);
  const host = start.task.observed.value.containerInstanceArn;
  return {
    roles: role === undefined ? [] : [role],
    hosts: from === 'instance' && host !== undefined ? [host] : [],
    hostRequests: from === 'instance' ? startRequests(start) : [],
  };
}

function needsOfSign(sign: AppSign): ResourceNeeds {
  const role = taskRole(sign.task);
  switch (sign.kind) {
    case 'refused':
      return role === undefined || sign.refusal === undefined
        ? noNeeds
        : { ...noNeeds, roles: [role], trail: ofResource(role) };
    case 'no-credentials':
      return { ...noNeeds, roles: role === undefined ? [] : [role] };
    case 'no-space':
      return { ...noNeeds, disk: true };
    case 'may-not-write':
      return volumeNeeds(sign.task);
    case 'wrong-program': {
      const container = sign.task.containers.find(({ name }) => name === sign.container);
      const image = imageReference(container?.definition?.value.image ?? '');
      return { ...noNeeds, manifests: image?.ecr === undefined ? [] : [image] };
    }
  }
}

/** For which machine the image was built, when nothing else tells why its program ends. */
function silentNeeds(facts: Facts): ResourceNeeds {
  const image = imageReference(silentEnd(facts)?.container.definition?.value.image ?? '');
  return { ...noNeeds, manifests: image?.ecr === undefined ? [] : [image] };
}

/** Nothing was started and nobody says why: the request itself may have been refused. */
function passRoleNeeds(facts: Facts): ResourceNeeds {
  const told = facts.complaints.some(({ message }) => /pass-?role/i.test(message));
  const silent =
    facts.failed.length === 0 &&
    facts.complaints.length === 0 &&
    facts.service.running < facts.service.desired;
  if (!told && !silent) return noNeeds;
  const refusal = facts.complaints.flatMap(({ message }) => refusalIn(message) ?? [])[0];
  return {
    ...noNeeds,
    roles: refusal?.roleName === undefined ? [] : [refusal.roleName],
    trail: { resources: [], requests: ['UpdateService', 'CreateService', 'RunTask'] },
  };
}

/** Who changed what a start asked for; where it was refused, who changed the role that asked comes first. */
function trailOf(start: StartFailure, things: readonly string[]): ResourceNeeds['trail'] {
  const { role } = startRole(start);
  const asking = wasRefused(start) && role !== undefined ? [roleName(role)] : [];
  return { resources: [...asking, ...things], requests: [] };
}

function ofResource(role: string): ResourceNeeds['trail'] {
  return { resources: [roleName(role)], requests: [] };
}
