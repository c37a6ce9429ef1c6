// Can the tasks of a service reach a destination? The path solver's answer, gate by gate, with the rule that is missing when one is. Without a
// destination, the one that the failed task tried, else the one its environment names.

import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import { networkPath, proposedCall } from '../../src/contract/finding.ts';
import { defineReadTool, type ToolContext } from '../../src/contract/tool.ts';
import { verifiedFixes } from '../../src/diagnosis/counterfactual.ts';
import type { Dependency, PathQuestion } from '../../src/diagnosis/facts/dependencies.ts';
import { groupLabel } from '../../src/diagnosis/facts/destinations.ts';
import { portName } from '../../src/diagnosis/facts/environment.ts';
import { type Facts, factsOf } from '../../src/diagnosis/facts/facts.ts';
import { ruleFixes } from '../../src/diagnosis/rules/fixes.ts';
import { clusterField, securityGroupIdField, serviceField, taskField } from '../fields.ts';
import { oneLine, textOf } from '../text-lines.ts';
import { collect, pathActions } from './collect.ts';
import { measured } from './measured.ts';

const output = z.object({
  cluster: z.string(),
  service: z.string(),
  /** What the question was about: host and port, or group and port. */
  destination: z.object({
    host: z.string().nullable(),
    port: z.number().int(),
    portName: z.string().nullable(),
    /** Name and group of the thing itself, when it was found. */
    name: z.string().nullable(),
    securityGroups: z.array(z.string()).max(20),
    /** How it was found: asked, attempt (the failed task's log), named (the environment), start (a failed start). */
    from: z.enum(['asked', 'attempt', 'named', 'start']),
  }),
  verdict: z.enum(['reachable', 'blocked', 'unknown']),
  /** One sentence: the verdict and why. */
  summary: z.string(),
  paths: z.array(networkPath).max(12),
  /** Closed gates: which object, and the rule that is missing. */
  missing: z
    .array(
      z.object({
        resource: z.string(),
        check: z.string(),
        protocol: z.string(),
        ports: z.string(),
        peer: z.string(),
      }),
    )
    .max(10),
  fixes: z.array(proposedCall).max(6),
  cannotVerify: z.array(z.object({ what: z.string(), missingAction: z.string() })).max(20),
});
export type CheckNetworkPathOutput = z.infer<typeof output>;

export const checkNetworkPath = defineReadTool({
  name: 'check_network_path',
  summary:
    "Decides whether tasks of an ECS service can reach a destination on a port: security groups on both ends, routes, NAT, endpoints, network ACLs in both directions, DNS, per subnet, with the rule that is missing. Without a destination it takes the one the newest failed task tried. Use it for questions such as 'does the security group allow traffic to the database'.",
  risk: 'reveal',
  actions: [...pathActions],
  input: z.strictObject({
    cluster: clusterField.optional(),
    service: serviceField,
    task: taskField.optional().describe('A task of the service that the question is about.'),
    port: z.number().int().min(1).max(65_535).optional().describe('Destination port; 5432 for PostgreSQL.'),
    host: z
      .string()
      .regex(/^[A-Za-z0-9_](?:[A-Za-z0-9_.:-]{0,250}[A-Za-z0-9_])?$/)
      .optional()
      .describe('Destination host name or address.'),
    group_id: securityGroupIdField.optional().describe('Security group of the destination.'),
    cidr: z
      .string()
      .regex(/^[0-9a-fA-F.:]{2,45}\/\d{1,3}$/)
      .optional()
      .describe('Block of addresses of the destination.'),
  }),
  output,
  target: ({ cluster, service, task }) => ({
    ...(cluster === undefined ? {} : { cluster }),
    service,
    resources: task === undefined ? [] : [task],
  }),
  run,
  text: (out) =>
    textOf(
      [
        `${out.summary} ${refs(out)}`,
        ...out.paths
          .slice(0, 2)
          .flatMap((path) => [
            `Path from ${path.from.host === undefined ? '' : `host ${path.from.host} in `}${path.from.subnets.join(', ')} (${path.from.securityGroups.join(', ')}) to ${path.to.name ?? path.to.host ?? path.to.address ?? path.to.securityGroups.join(', ')} ${path.to.protocol}/${path.to.port}: ${path.verdict}`,
            ...path.hops.map(
              (hop) =>
                `  ${hop.verdict === 'open' ? 'open   ' : hop.verdict} ${hop.check} ${hop.resource}: ${hop.because}`,
            ),
          ]),
        ...out.fixes.map((fix) => `Fix to propose: ${fix.tool} ${JSON.stringify(fix.input)}`),
        ...out.cannotVerify.map((gap) => `Cannot verify: ${gap.what} (needs ${gap.missingAction})`),
      ],
      [],
    ),
});

interface Input {
  readonly cluster?: string | undefined;
  readonly service: string;
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly group_id?: string | undefined;
  readonly cidr?: string | undefined;
}

async function run(input: Input, aws: Aws, context: ToolContext): Promise<CheckNetworkPathOutput> {
  const question: PathQuestion = {
    ...(input.port === undefined ? {} : { port: input.port }),
    ...(input.host === undefined ? {} : { host: input.host }),
    ...(input.group_id === undefined ? {} : { groupId: input.group_id }),
    ...(input.cidr === undefined ? {} : { cidr: input.cidr }),
  };
  const measure = measured(aws, context);
  const bundle = await collect(measure.aws, input, { context: measure.context, always: true, question });
  const facts = factsOf(bundle, question);
  const dependency = chosen(facts, question);
  if (dependency === undefined) {
    throw fail('input-invalid', {
      where: 'port',
      detail:
        facts.service.subnets.length === 0
          ? `${facts.service.name} does not use awsvpc networking, so its tasks send through their hosts, and none of them is on a host now`
          : 'it is needed, because neither the logs nor the environment of the tasks name a destination',
    });
  }
  return outputOf(facts, dependency, question);
}

type Chosen = Dependency & { readonly why: Exclude<Dependency['why'], 'agent'> };

/** What was asked; else what a task tried; else, of what the environment names, a destination that is closed. */
function chosen(facts: Facts, question: PathQuestion): Chosen | undefined {
  const ofTasks = facts.dependencies.filter((one): one is Chosen => one.why !== 'agent');
  const asked = ofTasks.find((one) => one.why === 'asked');
  const tried = ofTasks.find(
    (one) => one.why === 'attempt' && (question.port === undefined || one.port === question.port),
  );
  if (Object.keys(question).every((key) => key === 'port') && tried !== undefined) return tried;
  if (asked !== undefined) return asked;
  return ofTasks.find((one) => facts.blocks.some((block) => block.dependency === one)) ?? ofTasks[0];
}

function outputOf(facts: Facts, dependency: Chosen, question: PathQuestion): CheckNetworkPathOutput {
  const { network } = facts.bundle;
  const paths = dependency.candidates.flatMap((one) => one.paths).slice(0, 12);
  const verdicts = new Set(paths.map((path) => path.verdict));
  const [only] = verdicts;
  const verdict = verdicts.size === 1 && only !== undefined ? only : 'unknown';
  const groups = [
    ...new Set(dependency.candidates.flatMap((one) => [...(one.candidate.destination.securityGroups ?? [])])),
  ];
  const name = groups.map((id) => groupLabel(network, id)).find((label) => label !== undefined) ?? null;
  const blocks = facts.blocks.filter((block) => block.dependency === dependency);
  return {
    cluster: facts.service.cluster,
    service: facts.service.name,
    destination: {
      host: dependency.host ?? null,
      port: dependency.port,
      portName: portName(dependency.port) ?? null,
      name,
      securityGroups: groups.slice(0, 20),
      from: dependency.why,
    },
    verdict,
    summary: oneLine(summaryOf(facts, dependency, { verdict, name, groups }), 500),
    paths,
    missing: blocks
      .flatMap(({ hop }) =>
        hop.missing === undefined ? [] : [{ resource: hop.resource, check: hop.check, ...hop.missing }],
      )
      .slice(0, 10),
    fixes: verifiedFixes(
      facts.bundle,
      blocks.flatMap((block) => ruleFixes(block, facts)),
      { question },
    ).slice(0, 6),
    cannotVerify: facts.gaps.slice(0, 20).map(({ what, missingAction }) => ({ what, missingAction })),
  };
}

function summaryOf(
  facts: Facts,
  dependency: Dependency,
  { verdict, name, groups }: { verdict: string; name: string | null; groups: readonly string[] },
): string {
  const place =
    dependency.host === undefined
      ? (name ?? groups[0] ?? 'the destination')
      : `${dependency.host}:${dependency.port}`;
  const group = groups[0] === undefined ? '' : ` (${name === null ? '' : `${name}, `}${groups[0]})`;
  const what = `tcp/${dependency.port} from ${facts.service.name} to ${place}${group}`;
  if (verdict === 'reachable') return `The network lets ${what} through: every gate on the way is open.`;
  const gate = facts.blocks.find((block) => block.dependency === dependency)?.hop;
  if (verdict === 'blocked' && gate !== undefined)
    return `The network blocks ${what}: ${gate.resource}: ${gate.because}`;
  const open = dependency.candidates
    .flatMap((one) => one.paths.flatMap((path) => path.hops))
    .find((hop) => hop.verdict !== 'open');
  return `Whether the network lets ${what} through cannot be decided${open === undefined ? '.' : `: ${open.because}`}`;
}

function refs(out: CheckNetworkPathOutput): string {
  const hops = out.paths.flatMap((path) => path.hops);
  const deciding = hops.filter((hop) => hop.verdict !== 'open');
  const ids = (deciding.length > 0 ? deciding : hops).flatMap((hop) => hop.evidence.map((ref) => ref.id));
  return [...new Set(ids)]
    .slice(0, 4)
    .map((id) => `[${id}]`)
    .join(' ');
}
