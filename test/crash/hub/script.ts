// The planner of the crash tests: what it does follows from the message and from how many steps the turn has taken, so
// that it goes on after a restart as it would have without one.

import type { PlannedCall, Planner } from '../../../src/planner/port.ts';
import { groups, subnets } from '../../../src/simulator/demo/names.ts';

type Calls = readonly Omit<PlannedCall, 'id'>[];

const service = { cluster: 'production-cluster', service: 'checkout' };

/** The reads of `look around`, one list per step; each sends AWS requests of its own action. */
export const lookAround: readonly Calls[] = [
  [{ tool: 'ecs_list_clusters', input: {} }],
  [
    { tool: 'ec2_describe_subnets', input: { ids: [...subnets.private] } },
    { tool: 'ec2_describe_route_tables', input: { subnet_id: subnets.private[0] } },
  ],
  [{ tool: 'ec2_describe_network_acls', input: { subnet_id: subnets.private[0] } }],
];

/** The rule that `open port <n>` asks for. */
export function ruleFor(port: number) {
  return {
    group_id: groups.app,
    protocol: 'tcp',
    from_port: port,
    peer: { group_id: groups.cache },
    heals: service,
  };
}

function stepsOf(text: string): readonly Calls[] {
  const port = /^open port (\d+)$/.exec(text)?.[1];
  if (port === undefined) return text === 'look around' ? lookAround : [];
  return [
    [{ tool: 'ecs_list_clusters', input: {} }],
    [{ tool: 'ec2_authorize_security_group_egress', input: ruleFor(Number(port)) }],
  ];
}

/** Takes the steps of its message one after the other, then answers with what became of their calls. */
export function scriptedPlanner(): Planner {
  return {
    name: 'puppet',
    model: null,
    async step({ transcript, newCallId }) {
      const start = transcript.findLastIndex((item) => item.kind === 'person');
      const asked = transcript[start];
      const turn = transcript.slice(start);
      const taken = turn.filter((item) => item.kind === 'planner').length;
      const calls = (asked?.kind === 'person' ? stepsOf(asked.text)[taken] : undefined) ?? [];
      const results = turn.flatMap((item) =>
        item.kind === 'result' && item.result !== null ? [item.result] : [],
      );
      const answer = results.map(({ status, text }) => `${status}: ${text}`).join('\n') || 'Nothing to do.';
      return {
        text: calls.length === 0 ? answer : '',
        calls: calls.map((call) => ({ id: newCallId(), ...call })),
        raw: null,
        suggestions: [],
        usage: noUsage,
      };
    },
  };
}

const noUsage = {
  planner: 'puppet',
  model: null,
  roundTrips: 1,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  costUsd: 0,
};
