// Changes around one service: its own settings, its target group's check, its log group, the bounds of its scaling. Each gives the
// evidence as it would be with it; what cannot be known beforehand, such as whether a revision runs well, is `unknown`.

import { z } from 'zod';
import type { ProposedCall } from '../../contract/finding.ts';
import type { EvidenceBundle } from '../evidence.ts';
import { answersAccepted } from '../facts/health-answers.ts';
import { noResources } from '../resources.ts';
import type { Applied } from './applied.ts';

const updateInput = z.object({
  health_check_grace_seconds: z.number().optional(),
  desired_count: z.number().optional(),
  task_definition: z.string().optional(),
  force_new_deployment: z.boolean().optional(),
  assign_public_ip: z.boolean().optional(),
  minimum_healthy_percent: z.number().optional(),
  maximum_percent: z.number().optional(),
});

/** An address of the block for documentation: it only has to be there. */
const SOME_PUBLIC_ADDRESS = '198.51.100.1';

/** The evidence with the service updated; `unknown` when it moves to another revision. */
export function withUpdate(bundle: EvidenceBundle, call: ProposedCall): Applied | 'unknown' | undefined {
  const input = updateInput.safeParse(call.input);
  if (!input.success) return undefined;
  const { health_check_grace_seconds: grace, desired_count: desired, task_definition: revision } = input.data;
  // Of a new deployment of the same revision as well, only that ECS looks its images up again is certain.
  if (revision !== undefined || input.data.force_new_deployment === true) return 'unknown';
  const {
    assign_public_ip: publicIp,
    minimum_healthy_percent: minimum,
    maximum_percent: maximum,
  } = input.data;
  const { value: service } = bundle.service;
  const value = {
    ...service,
    ...(grace === undefined ? {} : { healthCheckGracePeriodSeconds: grace }),
    ...(desired === undefined ? {} : { desiredCount: desired }),
    deploymentConfiguration: {
      ...service.deploymentConfiguration,
      ...(minimum === undefined ? {} : { minimumHealthyPercent: minimum }),
      ...(maximum === undefined ? {} : { maximumPercent: maximum }),
    },
  };
  const updated = { ...bundle, service: { ...bundle.service, value } };
  return publicIp === true
    ? {
        bundle: withPublicAddresses(updated),
        alsoOpens: () => [
          'New tasks have public addresses: their security groups decide who on the internet reaches them.',
        ],
      }
    : { bundle: updated, alsoOpens: () => [] };
}

function withPublicAddresses(bundle: EvidenceBundle): EvidenceBundle {
  const { value } = bundle.service;
  const { awsvpcConfiguration } = value.networkConfiguration ?? {};
  if (awsvpcConfiguration === undefined) return bundle;
  const ofTasks = new Set(
    bundle.tasks.items.flatMap((task) =>
      (task.value.attachments ?? []).flatMap(({ details }) =>
        (details ?? []).flatMap(({ name, value: id }) => (name === 'networkInterfaceId' ? [id] : [])),
      ),
    ),
  );
  const { networkInterfaces } = bundle.network;
  const items = networkInterfaces.items.map((one) =>
    ofTasks.has(one.value.NetworkInterfaceId)
      ? { ...one, value: { ...one.value, Association: { PublicIp: SOME_PUBLIC_ADDRESS } } }
      : one,
  );
  return {
    ...bundle,
    service: {
      ...bundle.service,
      value: {
        ...value,
        networkConfiguration: { awsvpcConfiguration: { ...awsvpcConfiguration, assignPublicIp: 'ENABLED' } },
      },
    },
    network: { ...bundle.network, networkInterfaces: { ...networkInterfaces, items } },
  };
}

const checkInput = z.object({
  target_group_arn: z.string(),
  path: z.string().optional(),
  port: z.string().optional(),
  codes: z.string().optional(),
  timeout_seconds: z.number().optional(),
});

/** The evidence with another health check; that an answer is accepted is shown by what the tasks answered already. */
export function withHealthCheck(bundle: EvidenceBundle, call: ProposedCall): Applied | undefined {
  const input = checkInput.safeParse(call.input);
  if (!input.success) return undefined;
  const { target_group_arn: arn, path, port, codes, timeout_seconds: timeout } = input.data;
  const { targetGroups } = bundle;
  const items = targetGroups.items.map((one) =>
    one.value.TargetGroupArn === arn
      ? {
          ...one,
          value: {
            ...one.value,
            ...(path === undefined ? {} : { HealthCheckPath: path }),
            ...(port === undefined ? {} : { HealthCheckPort: port }),
            ...(codes === undefined ? {} : { Matcher: { HttpCode: codes } }),
            ...(timeout === undefined ? {} : { HealthCheckTimeoutSeconds: timeout }),
          },
        }
      : one,
  );
  const group = items.find(({ value }) => value.TargetGroupArn === arn)?.value;
  if (group === undefined) return undefined;
  return {
    bundle: { ...bundle, targetGroups: { ...targetGroups, items } },
    shown: (path ?? codes) !== undefined && answersAccepted(bundle, group, path === undefined),
    alsoOpens: () => [],
  };
}

/** The evidence with the group there and empty. */
export function withLogGroup(bundle: EvidenceBundle, call: ProposedCall): Applied | undefined {
  const { log_group: name } = call.input;
  if (typeof name !== 'string') return undefined;
  const others = bundle.logPresence.filter(({ group }) => group !== name);
  const made = { group: name, stream: '', state: 'stream-absent' as const, evidence: '' };
  const resources = bundle.resources ?? noResources;
  const items = resources.logGroups.items.map(({ value, at }) =>
    value.key === name ? { value: { key: name, thing: { logGroupName: name } }, at } : { value, at },
  );
  return {
    bundle: {
      ...bundle,
      logPresence: [made, ...others],
      resources: { ...resources, logGroups: { ...resources.logGroups, items } },
    },
    alsoOpens: () => [],
  };
}

const boundsInput = z.object({ min_capacity: z.number().optional(), max_capacity: z.number().optional() });

/** The evidence with other bounds; undefined when scaling was not seen. */
export function withBounds(bundle: EvidenceBundle, call: ProposedCall): Applied | undefined {
  const input = boundsInput.safeParse(call.input);
  const { scaling } = bundle;
  if (!input.success || scaling === undefined) return undefined;
  const { min_capacity: min, max_capacity: max } = input.data;
  const items = scaling.targets.items.map((one) => ({
    ...one,
    value: {
      ...one.value,
      ...(min === undefined ? {} : { MinCapacity: min }),
      ...(max === undefined ? {} : { MaxCapacity: max }),
    },
  }));
  return {
    bundle: { ...bundle, scaling: { ...scaling, targets: { ...scaling.targets, items } } },
    alsoOpens: () => [],
  };
}

const protectionInput = z.object({ tasks: z.array(z.string()), protect: z.literal(false) });

/** The evidence with tasks no longer protected; undefined when nobody looked. */
export function withoutProtection(bundle: EvidenceBundle, call: ProposedCall): Applied | undefined {
  const input = protectionInput.safeParse(call.input);
  const { protections } = bundle;
  if (!input.success || protections === undefined) return undefined;
  const items = protections.items.filter(
    ({ value }) => !input.data.tasks.some((id) => value.taskArn?.endsWith(`/${id}`)),
  );
  return { bundle: { ...bundle, protections: { ...protections, items } }, alsoOpens: () => [] };
}
