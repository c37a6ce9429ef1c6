// The settings of a service beside its count and revision: its network, the bounds of its deployments, where it is placed, and
// whether commands may be run in it. Each change says what is sent, what is sent back to undo it, and what it means.

import type { UpdateServiceCommandInput } from '@aws-sdk/client-ecs';
import { fail } from '../../src/contract/errors.ts';
import type { Setting } from '../diff-rows.ts';
import type { ServiceState } from './service-state.ts';

export interface SettingsUpdate {
  readonly subnets?: readonly string[] | undefined;
  readonly security_groups?: readonly string[] | undefined;
  readonly assign_public_ip?: boolean | undefined;
  readonly minimum_healthy_percent?: number | undefined;
  readonly maximum_percent?: number | undefined;
  readonly circuit_breaker?: 'off' | 'stop' | 'roll-back' | undefined;
  readonly capacity_providers?: readonly CapacityShare[] | undefined;
  readonly enable_execute_command?: boolean | undefined;
}

interface CapacityShare {
  readonly provider: string;
  readonly weight: number;
  readonly base?: number | undefined;
}

/** One group of settings that changes together, as ECS takes them. */
export interface SettingsChange {
  readonly send: Partial<UpdateServiceCommandInput>;
  readonly back: Partial<UpdateServiceCommandInput>;
  readonly title: string;
  readonly settings: readonly Setting[];
  /** True when ECS starts a deployment for it. */
  readonly replaces: boolean;
  readonly opens: readonly string[];
  readonly warnings: readonly string[];
}

/** What differs from the state, in the order people are told. Throws `change-unsafe`. */
export function settingsChanges(update: SettingsUpdate, state: ServiceState): SettingsChange[] {
  return [network, deployment, capacity, commands].flatMap((change) => change(update, state) ?? []);
}

function network(update: SettingsUpdate, state: ServiceState): SettingsChange | undefined {
  const { subnets, security_groups: groups, assign_public_ip: publicIp } = update;
  if ((subnets ?? groups ?? publicIp) === undefined) return undefined;
  const now = state.network;
  const refuse = (detail: string, advice: string) => fail('change-unsafe', { detail, advice });
  if (now === null)
    throw refuse(
      `the tasks of ${state.service} have no network interfaces of their own`,
      'Subnets and security groups belong to the network mode awsvpc.',
    );
  if (publicIp === true && !state.fargate)
    throw refuse(
      `${state.service} runs on instances of the account, whose tasks get no public address`,
      'Give the subnets a NAT gateway or endpoints instead.',
    );
  const wanted = {
    subnets: [...(subnets ?? now.subnets)].sort(),
    securityGroups: [...(groups ?? now.securityGroups)].sort(),
    publicIp: publicIp ?? now.publicIp,
  };
  if (JSON.stringify(wanted) === JSON.stringify(now)) return undefined;
  return {
    send: { networkConfiguration: configurationOf(wanted) },
    back: { networkConfiguration: configurationOf(now) },
    title: networkTitle(wanted, state, now),
    settings: [
      { name: 'subnets', before: now.subnets.join(', '), after: wanted.subnets.join(', ') },
      {
        name: 'security groups',
        before: now.securityGroups.join(', '),
        after: wanted.securityGroups.join(', '),
      },
      { name: 'public address', before: onOff(now.publicIp), after: onOff(wanted.publicIp) },
    ],
    replaces: true,
    opens:
      wanted.publicIp && !now.publicIp
        ? [
            'New tasks have a public address: what their security groups let in from the internet reaches them.',
          ]
        : wanted.securityGroups.join() === now.securityGroups.join()
          ? []
          : [
              `What new tasks may reach and who may reach them is what ${wanted.securityGroups.join(', ')} allow.`,
            ],
    warnings:
      wanted.subnets.join() === now.subnets.join()
        ? []
        : ['Route tables and network ACLs of the new subnets decide what the tasks reach.'],
  };
}

type Network = NonNullable<ServiceState['network']>;

function configurationOf({ subnets, securityGroups, publicIp }: Network) {
  return {
    awsvpcConfiguration: {
      subnets,
      securityGroups,
      assignPublicIp: publicIp ? ('ENABLED' as const) : ('DISABLED' as const),
    },
  };
}

function networkTitle(wanted: Network, { service }: ServiceState, now: Network): string {
  const parts = [
    wanted.publicIp === now.publicIp
      ? null
      : `${wanted.publicIp ? 'Give' : 'No longer give'} the tasks of ${service} public addresses`,
    wanted.subnets.join() === now.subnets.join()
      ? null
      : `Run ${service} in ${wanted.subnets.length === 1 ? wanted.subnets[0] : `${wanted.subnets.length} other subnets`}`,
    wanted.securityGroups.join() === now.securityGroups.join()
      ? null
      : `Give the tasks of ${service} the security groups ${wanted.securityGroups.join(', ')}`,
  ];
  return parts.filter((part) => part !== null).join('; ');
}

function deployment(update: SettingsUpdate, state: ServiceState): SettingsChange | undefined {
  const { minimum_healthy_percent: minimum, maximum_percent: maximum, circuit_breaker: breaker } = update;
  const now = {
    minimum: state.minimumHealthyPercent,
    maximum: state.maximumPercent,
    breaker: !state.circuitBreaker ? 'off' : state.rollback ? 'roll-back' : 'stop',
  };
  const wanted = {
    minimum: minimum ?? now.minimum,
    maximum: maximum ?? now.maximum,
    breaker: breaker ?? now.breaker,
  };
  if (JSON.stringify(wanted) === JSON.stringify(now)) return undefined;
  const mustStay = Math.ceil((state.desired * wanted.minimum) / 100);
  const mayRun = Math.floor((state.desired * wanted.maximum) / 100);
  if (state.desired > 0 && mustStay >= state.desired && mayRun <= state.desired)
    throw fail('change-unsafe', {
      detail: `with ${wanted.minimum} and ${wanted.maximum} percent no deployment of ${state.service} could take a step: ${mustStay} of ${state.desired} tasks must stay and ${mayRun} may run`,
      advice: 'Choose a smaller minimum or a larger maximum.',
    });
  const send = (one: typeof wanted) => ({
    deploymentConfiguration: {
      // What is not sent would be up to ECS, so everything that is set is sent along.
      ...state.deployment,
      minimumHealthyPercent: one.minimum,
      maximumPercent: one.maximum,
      deploymentCircuitBreaker: { enable: one.breaker !== 'off', rollback: one.breaker === 'roll-back' },
    },
  });
  return {
    send: send(wanted),
    back: send(now),
    title: `Let deployments of ${state.service} keep ${wanted.minimum} % and run up to ${wanted.maximum} % of its tasks${wanted.breaker === now.breaker ? '' : `, circuit breaker ${wanted.breaker}`}`,
    settings: [
      {
        name: 'minimum healthy',
        before: `${now.minimum} %`,
        after: `${wanted.minimum} %`,
        note: `${mustStay} must stay`,
      },
      {
        name: 'maximum',
        before: `${now.maximum} %`,
        after: `${wanted.maximum} %`,
        note: `${mayRun} may run`,
      },
      { name: 'circuit breaker', before: now.breaker, after: wanted.breaker },
    ],
    replaces: false,
    opens: [],
    warnings: [
      ...(mustStay < state.desired && wanted.minimum < now.minimum
        ? [
            `A deployment may take ${state.desired - mustStay} of ${state.desired} tasks away before new ones run.`,
          ]
        : []),
      ...(mayRun > state.desired && wanted.maximum > now.maximum
        ? [`A deployment needs room and addresses for ${mayRun - state.desired} more tasks.`]
        : []),
    ],
  };
}

function capacity(
  { capacity_providers: shares }: SettingsUpdate,
  state: ServiceState,
): SettingsChange | undefined {
  if (shares === undefined) return undefined;
  const wanted = shares.map(({ provider, weight, base }) => ({
    capacityProvider: provider,
    weight,
    base: base ?? 0,
  }));
  if (JSON.stringify(wanted) === JSON.stringify(state.strategy)) return undefined;
  const text = (strategy: ServiceState['strategy']) =>
    strategy.length === 0
      ? `launch type ${state.launchType}`
      : strategy.map((one) => `${one.capacityProvider} weight ${one.weight} base ${one.base}`).join(', ');
  return {
    send: { capacityProviderStrategy: wanted, forceNewDeployment: true },
    back: { capacityProviderStrategy: state.strategy, forceNewDeployment: true },
    title: `Place the tasks of ${state.service} by ${shares.map(({ provider }) => provider).join(', ')}`,
    settings: [{ name: 'placed by', before: text(state.strategy), after: text(wanted) }],
    replaces: true,
    opens: [],
    warnings: shares.some(({ provider }) => provider === 'FARGATE_SPOT')
      ? ['FARGATE_SPOT is taken back by AWS with two minutes of warning.']
      : [],
  };
}

function commands(
  { enable_execute_command: wanted }: SettingsUpdate,
  state: ServiceState,
): SettingsChange | undefined {
  if (wanted === undefined || wanted === state.executeCommand) return undefined;
  return {
    send: { enableExecuteCommand: wanted },
    back: { enableExecuteCommand: state.executeCommand },
    title: `Turn ECS Exec of ${state.service} ${onOff(wanted)}`,
    settings: [{ name: 'ECS Exec', before: onOff(state.executeCommand), after: onOff(wanted) }],
    replaces: false,
    opens: wanted
      ? ['Who has ecs:ExecuteCommand on the cluster can run commands in the tasks that start from now on.']
      : [],
    warnings: [
      'Tasks that run already keep what they were started with; a new deployment replaces them.',
      ...(wanted ? ['The task role needs ssmmessages permissions, which are not given here.'] : []),
    ],
  };
}

function onOff(value: boolean): string {
  return value ? 'on' : 'off';
}
