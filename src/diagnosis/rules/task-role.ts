// Calls of the application itself that AWS refused, and credentials it did not get: the task role, which is another one than the role that
// starts the task. The log says which call; the policies of the role decide.

import { below } from '../evidence.ts';
import { type AppSign, appSigns } from '../facts/app-signs.ts';
import { boundedBy } from '../facts/bearing.ts';
import type { Facts } from '../facts/facts.ts';
import { permissionOf, roleName } from '../facts/permission.ts';
import { onHost, taskRole } from '../facts/start-role.ts';
import { culpritsOf, remedyOf, weigh } from './refused.ts';
import { distinctRefs, found, type Judgement, type Rule, refuted, silent } from './rule.ts';
import { rollbackFix } from './service-fixes.ts';
import { strongest } from './start-rule.ts';

export const taskRoleRules: readonly Rule[] = [
  { class: 'task-role-denied', needs: ['logs', 'task-definition', 'resources'], judge: denied },
  { class: 'task-credentials-unavailable', needs: ['logs', 'task-definition'], judge: unavailable },
];

/** The address at which a task gets the credentials of its role. */
const ENDPOINT = '169.254.170.2';

function denied(facts: Facts): Judgement {
  const signs = appSigns(facts);
  const refusals = signs.filter(({ kind, refusal }) => kind === 'refused' && refusal !== undefined);
  const without = signs.filter(({ kind, task }) => kind === 'no-credentials' && taskRole(task) === undefined);
  const nameless = signs.filter(({ ofAws, refusal }) => ofAws && refusal === undefined);
  return strongest([
    ...refusals.map((sign) => judgeRefusal(sign, facts)),
    ...nameless.map((sign) => judgeNameless(sign, facts)),
    ...without.filter(({ text }) => !text.includes(ENDPOINT)).map((sign) => noTaskRole(sign, facts)),
  ]);
}

function judgeRefusal(sign: AppSign, facts: Facts): Judgement {
  const { refusal, task } = sign;
  const role = taskRole(task);
  if (refusal === undefined || refusal.kind === 'endpoint') return silent;
  // A session whose name is an instance's id is the instance's: the task has no role in effect.
  if (/^i-[0-9a-f]{8,}$/.test(refusal.session ?? '') && role === undefined) return noTaskRole(sign, facts);
  if (role === undefined) return silent;
  if (refusal.principal !== undefined && refusal.roleName !== roleName(role))
    return refuted(
      `The refused call was made as ${refusal.principal}, which is not the task role ${roleName(role)}.`,
    );
  const permission = permissionOf(facts.bundle, {
    role,
    action: refusal.action,
    resource: refusal.resource ?? '*',
    context: { 'aws:RequestedRegion': facts.bundle.region },
  });
  // Without the resource only a permission on everything could be judged, which is not what the call asked for.
  const judged =
    refusal.resource === undefined && permission.passes === 'no'
      ? { ...permission, passes: 'unknown' as const, ownAllows: 'unknown' as const }
      : permission;
  const weighed = weigh(facts.bundle, [judged], { refusal });
  if (weighed === undefined) return silent;
  return found({
    verdict: boundedBy(
      sign.bearing,
      weighed.verdict === 'proven' && !explains(sign, facts) ? 'likely' : weighed.verdict,
    ),
    title: `The application of ${facts.service.name} is refused ${refusal.action}${task.stopped ? '' : ' again and again'}: ${judged.passes === 'yes' ? `more than task role ${roleName(role)} decides about it` : `task role ${roleName(role)} does not allow it`}.`,
    explanation: `${weighed.because} Container ${sign.container} logged the refusal ${sign.bearing === 'aside' ? 'and went on: what ended it came after it.' : sign.task.stopped ? 'before it failed.' : 'again and again, and runs on without it.'} ${judged.passes === 'yes' ? (refusal.kind === 'resource' ? '' : 'Whoever keeps those policies has to allow it.') : remedyOf(weighed)}`,
    evidence: distinctRefs([...weighed.evidence, sign.at]),
    culprits: culpritsOf(weighed, [role, refusal.resource]),
    lacks: weighed.lacks,
    // The revision that still runs does without the call.
    fixes: weighed.changed === true ? [] : rollbackFix(facts),
    cannotVerify: weighed.cannotVerify,
  });
}

/** AWS refused something, and the line tells neither what nor on which thing, so the policies cannot be asked. */
function judgeNameless(sign: AppSign, facts: Facts): Judgement {
  const { task, container, text, at } = sign;
  const role = taskRole(task);
  // Without one the program has credentials from elsewhere, of which nothing is known.
  if (role === undefined) return silent;
  return found({
    verdict: boundedBy(sign.bearing, explains(sign, facts) ? 'likely' : 'possible'),
    title: `The application of ${facts.service.name} is refused a call to AWS that it makes with task role ${roleName(role)}.`,
    explanation: `Container ${container} logged "${text.slice(0, 200)}" before it failed. The line does not say which call it was: look for it in the program, and see whether the role allows it on that very thing; a bucket, queue or key can refuse it by its own policy too.`,
    evidence: [at],
    culprits: [role],
    fixes: rollbackFix(facts),
    cannotVerify: [{ what: 'which call was refused, and on what', missingAction: 'cloudtrail:LookupEvents' }],
  });
}

/** A refusal beside a destination that could not be reached, or in a task that ended for another reason, may be a side issue. */
function explains({ task }: AppSign, facts: Facts): boolean {
  return (
    facts.attempts.every(({ bearing }) => bearing === 'aside') &&
    (task.kind === 'exit' || task.kind === 'container-health' || task.kind === 'elb-health')
  );
}

function noTaskRole({ task, container, at }: AppSign, facts: Facts): Judgement {
  const { definition, revision } = task;
  if (definition === undefined) return silent;
  const instead = onHost(task)
    ? 'calls AWS as the role of the instance, if it gets that at all'
    : 'has no credentials';
  return found({
    verdict: 'proven',
    title: `The application of ${facts.service.name} has no task role.`,
    explanation: `${revision} names no taskRoleArn, so container ${container} ${instead}; the execution role is only for starting tasks. Register a revision with a task role that allows what the application calls.`,
    evidence: distinctRefs([at, below(definition, '')]),
    culprits: [revision],
  });
}

function unavailable(facts: Facts): Judgement {
  const signs = appSigns(facts).filter(({ kind }) => kind === 'no-credentials');
  return strongest(signs.map((sign) => judgeCredentials(sign, facts)));
}

function judgeCredentials(sign: AppSign, facts: Facts): Judgement {
  const { task, text, at } = sign;
  const role = taskRole(task);
  if (role === undefined && !text.includes(ENDPOINT))
    return refuted('The task has no role whose credentials it could get.');
  const hidden = hiddenEndpoint(sign);
  const common = { culprits: [task.revision], fixes: rollbackFix(facts) };
  if (hidden !== undefined)
    return found({
      ...common,
      verdict: 'proven',
      title: `The application of ${facts.service.name} cannot get the credentials of its role: ${hidden.short}.`,
      explanation: `A task gets them from ${ENDPOINT}, and ${hidden.long} Correct it in a new revision of the task definition; the role itself is not at fault.`,
      evidence: distinctRefs([hidden.at, at]),
    });
  return found({
    ...common,
    verdict: 'likely',
    title: `The application of ${facts.service.name} cannot get the credentials of its role.`,
    explanation: `Container ${sign.container} logged: "${text.slice(0, 200)}" A task gets its credentials from ${ENDPOINT}, which is on its own host: a proxy, a firewall in the image or the agent keeps it away, not IAM.`,
    evidence: [at],
    cannotVerify: onHost(task)
      ? [{ what: 'whether the agent of the host serves credentials', missingAction: 'ssm:SendCommand' }]
      : [],
  });
}

/** What the task definition itself puts between the application and the endpoint. */
function hiddenEndpoint({ task, container }: AppSign) {
  const definition = task.containers.find(({ name }) => name === container)?.definition;
  const environment = definition?.value.environment ?? [];
  const given = (name: RegExp) => environment.find((one) => name.test(one.name ?? ''))?.value;
  const index = (name: RegExp) => environment.findIndex((one) => name.test(one.name ?? ''));
  const override = /^AWS_CONTAINER_CREDENTIALS_(?:RELATIVE|FULL)_URI$/;
  if (definition !== undefined && given(override) !== undefined)
    return {
      short: 'its environment overrides where they come from',
      long: `the task definition sets ${environment[index(override)]?.name} itself, in place of what ECS sets.`,
      at: below(definition, `.environment[${index(override)}]`),
    };
  const proxy = /^HTTP_PROXY$/i;
  const spared = (given(/^NO_PROXY$/i) ?? '').split(',').map((one) => one.trim());
  if (
    definition !== undefined &&
    given(proxy) !== undefined &&
    !spared.some((one) => one === ENDPOINT || one === '*' || /^169\.254\.(?:0\.0\/16|170\.)/.test(one))
  )
    return {
      short: 'they are asked for through a proxy',
      long: `HTTP_PROXY is set while NO_PROXY does not spare that address.`,
      at: below(definition, `.environment[${index(proxy)}]`),
    };
  const mesh = task.definition?.value.proxyConfiguration;
  const ignored = mesh?.properties?.find(({ name }) => name === 'EgressIgnoredIPs')?.value ?? '';
  if (
    task.definition !== undefined &&
    mesh !== undefined &&
    !ignored.split(',').some((one) => one.trim() === ENDPOINT)
  )
    return {
      short: 'the proxy of the task takes the request',
      long: 'the proxy configuration does not leave it out of EgressIgnoredIPs.',
      at: below(task.definition, '.proxyConfiguration'),
    };
  return undefined;
}
