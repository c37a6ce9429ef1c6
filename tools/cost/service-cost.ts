// service_cost: what a service's tasks reserve, use and cost, whether they are too large, and whether its scaling swings. Prices come from the
// caller or from a small table that carries its date; a region that is in neither has no price.

import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { defineReadTool, type ToolContext } from '../../src/contract/tool.ts';
import {
  type Architecture,
  type FargatePrice,
  listedPrice,
  listedRegions,
} from '../../src/diagnosis/cost/fargate-price-table.ts';
import { type GivenPrice, givenPrice } from '../../src/diagnosis/cost/price-file.ts';
import { HOURS_A_MONTH, type Sizing, sizingOf } from '../../src/diagnosis/cost/right-size.ts';
import { type ScalingSwings, scalingSwings } from '../../src/diagnosis/cost/scaling-swings.ts';
import type { EvidenceBundle, Gap } from '../../src/diagnosis/evidence.ts';
import { collectTasks } from '../diagnose/collect.ts';
import { findServiceActions } from '../diagnose/find-service.ts';
import { clusterField, serviceField } from '../fields.ts';
import { textOf } from '../text-lines.ts';
import { costLines } from './cost-lines.ts';
import { type ServiceCostOutput, serviceCostOutput } from './cost-output.ts';
import { type CostReads, readUsage } from './read-usage.ts';

const priceField = z.number().positive().max(100);
const input = z.strictObject({
  cluster: clusterField.optional(),
  service: serviceField,
  days: z
    .number()
    .int()
    .min(1)
    .max(14)
    .default(7)
    .describe('How many days of use are looked at; 7 when left out.'),
  usd_per_vcpu_hour: priceField
    .optional()
    .describe(
      'Price of one Fargate vCPU for an hour in US dollars; goes before the table. Give both or none.',
    ),
  usd_per_gb_hour: priceField.optional().describe('Price of one GB of memory for an hour in US dollars.'),
});
type Input = z.infer<typeof input>;

/** The tool with the prices of a file, which go before the built-in table. */
export const serviceCostWith = (prices: readonly GivenPrice[]) =>
  defineReadTool({
    name: 'service_cost',
    summary:
      'Says what the tasks of an ECS service cost a month, how much of the requested CPU and memory they use, whether a smaller or larger size fits, how many run on Spot, and whether scaling goes up and down without end. Use it for questions about cost, size and scaling that swings.',
    risk: 'read',
    actions: [
      ...findServiceActions,
      'ecs:ListTasks',
      'ecs:DescribeTasks',
      'ecs:DescribeTaskDefinition',
      'cloudwatch:GetMetricData',
      'application-autoscaling:DescribeScalingPolicies',
      'application-autoscaling:DescribeScalingActivities',
    ],
    input,
    output: serviceCostOutput,
    target: ({ cluster, service }) => ({
      ...(cluster === undefined ? {} : { cluster }),
      service,
      resources: [],
    }),
    run: (wanted, aws, context) => costOf({ wanted, prices }, aws, context),
    text: (out) => textOf(costLines(out), out.evidence),
  });

export const serviceCost = serviceCostWith([]);

interface Asked {
  readonly wanted: Input;
  readonly prices: readonly GivenPrice[];
}

async function costOf({ wanted, prices }: Asked, aws: Aws, context: ToolContext): Promise<ServiceCostOutput> {
  const bundle = await collectTasks(aws, wanted, context);
  context.stage('use and scaling');
  const service = bundle.service.value.serviceName ?? '';
  const reads = await readUsage(
    aws,
    { cluster: bundle.cluster, service },
    { days: wanted.days, nowMs: context.nowMs },
  );
  const definition = deployedDefinition(bundle);
  const tasks = tasksByBilling(bundle);
  const architecture = architectureOf(definition);
  const price = priceOf({ wanted, prices }, aws.region, architecture);
  const requested = requestedOf(definition);
  const sizing =
    requested === undefined
      ? undefined
      : sizingOf({ requested, cpu: reads.cpu, memory: reads.memory, price, onDemandTasks: tasks.fargate });
  const swings = scalingSwings(reads.activities, reads.policies);
  const gaps = [...bundle.tasks.gaps, ...bundle.taskDefinitions.gaps, ...reads.gaps];
  return {
    cluster: bundle.cluster,
    service,
    revision: definition === undefined ? '' : `${definition.family ?? ''}:${definition.revision ?? ''}`,
    tasks,
    requested: requested ?? null,
    cpu: reads.cpu ?? null,
    memory: reads.memory ?? null,
    days: wanted.days,
    ...sizingPart(sizing, tasks.fargate > 0 ? price : undefined),
    scaling: scalingPart(swings, reads),
    basis: basisOf({ tasks, price, prices, region: aws.region, reads, days: wanted.days, architecture }),
    cannotVerify: gaps.slice(0, 12).map(({ what, missingAction }: Gap) => ({ what, missingAction })),
    evidence: [...new Set([bundle.service.at.id, ...reads.evidence])].slice(0, 20),
  };
}

function sizingPart(sizing: Sizing | undefined, price: FargatePrice | undefined) {
  const money = (value: number | undefined): number | null =>
    value === undefined || price === undefined ? null : Math.round(value * 100) / 100;
  return {
    verdict: sizing?.verdict ?? ('unknown' as const),
    because: sizing?.because ?? 'the task definition does not say how much CPU and memory a task gets',
    suggested: sizing?.suggested ?? null,
    monthly: money(sizing?.monthly),
    monthlySuggested: money(sizing?.monthlySuggested),
    price:
      price === undefined
        ? null
        : {
            region: price.region,
            asOf: price.asOf,
            perVcpuHour: price.perVcpuHour,
            perGbHour: price.perGbHour,
          },
  };
}

function scalingPart(swings: ScalingSwings, { scalingSeen }: CostReads): ServiceCostOutput['scaling'] {
  if (!scalingSeen) return null;
  return {
    changes: swings.changes.length,
    turns: swings.turns,
    turnsPerDay: Math.round(swings.turnsPerDay * 10) / 10,
    minutesBetweenTurns:
      swings.betweenTurnsMs === undefined ? null : Math.round(swings.betweenTurnsMs / 60_000),
    oscillates: swings.oscillates,
    reasons: [...swings.reasons].slice(0, 20),
  };
}

type Definition = EvidenceBundle['taskDefinitions']['items'][number]['value'];

function deployedDefinition({ service, taskDefinitions }: EvidenceBundle): Definition | undefined {
  const primary = service.value.deployments?.find(({ status }) => status === 'PRIMARY');
  const arn = primary?.taskDefinition ?? service.value.taskDefinition;
  return taskDefinitions.items.find(({ value }) => value.taskDefinitionArn === arn)?.value;
}

/** Of the task, as Fargate needs it; without it the sum of what its containers are promised, when all say it. */
function requestedOf(definition: Definition | undefined): { cpu: number; memory: number } | undefined {
  if (definition === undefined) return undefined;
  const containers = definition.containerDefinitions ?? [];
  const sum = (read: (one: (typeof containers)[number]) => number | undefined): number =>
    containers.reduce((total, one) => total + (read(one) ?? Number.NaN), 0);
  const cpu = definition.cpu === undefined ? sum((one) => one.cpu) : Number(definition.cpu);
  const memory =
    definition.memory === undefined
      ? sum((one) => one.memory ?? one.memoryReservation)
      : Number(definition.memory);
  return cpu > 0 && memory > 0 ? { cpu, memory } : undefined;
}

function tasksByBilling({ tasks, service }: EvidenceBundle): ServiceCostOutput['tasks'] {
  const counts = { fargate: 0, spot: 0, ec2: 0 };
  for (const { value } of tasks.items) {
    if (value.lastStatus !== 'RUNNING') continue;
    if (value.capacityProviderName === 'FARGATE_SPOT') counts.spot += 1;
    else if (
      (value.launchType ?? service.value.launchType) === 'FARGATE' ||
      value.capacityProviderName === 'FARGATE'
    )
      counts.fargate += 1;
    else counts.ec2 += 1;
  }
  return counts;
}

/** Undefined for Windows, which has prices of its own. */
function architectureOf(definition: Definition | undefined): Architecture | undefined {
  const platform = definition?.runtimePlatform;
  if (platform?.operatingSystemFamily?.startsWith('WINDOWS') === true) return undefined;
  return platform?.cpuArchitecture === 'ARM64' ? 'ARM64' : 'X86_64';
}

function priceOf(
  { wanted: { usd_per_vcpu_hour: perVcpuHour, usd_per_gb_hour: perGbHour }, prices }: Asked,
  region: string,
  architecture: Architecture | undefined,
): FargatePrice | undefined {
  if (perVcpuHour !== undefined && perGbHour !== undefined)
    return { region, asOf: 'given', currency: 'USD', perVcpuHour, perGbHour };
  if (architecture === undefined) return undefined;
  return givenPrice(prices, region, architecture) ?? listedPrice(region, architecture);
}

function basisOf(about: {
  tasks: ServiceCostOutput['tasks'];
  price: FargatePrice | undefined;
  prices: readonly GivenPrice[];
  region: string;
  reads: CostReads;
  days: number;
  architecture: Architecture | undefined;
}): string[] {
  const { tasks, price, prices, region, reads, days, architecture } = about;
  const known = [...new Set([...listedRegions, ...prices.map((one) => one.region)])].slice(0, 30);
  const lines = [
    `Use: AWS/ECS CPUUtilization and MemoryUtilization by the hour over ${days} ${days === 1 ? 'day' : 'days'}, in percent of what the task definition requests.`,
  ];
  if (tasks.fargate > 0 && price !== undefined)
    lines.push(
      `Cost: the ${tasks.fargate} Fargate tasks that run now, for ${HOURS_A_MONTH} hours, at ${price.perVcpuHour} USD per vCPU-hour and ${price.perGbHour} USD per GB-hour (${price.asOf === 'given' ? 'as given' : `${price.region}, Linux ${architecture ?? ''} on demand, as of ${price.asOf}`}); no savings plan, storage, traffic, load balancer or logs.`,
    );
  if (tasks.fargate > 0 && price === undefined)
    lines.push(
      `No price: ${architecture === undefined ? 'for Windows tasks there is none' : `that of Fargate in ${region} (${architecture}) is not known`}. Known are prices of ${known.join(', ')}, and a price of another region is not one; give usd_per_vcpu_hour and usd_per_gb_hour, or start the node with --prices FILE.`,
    );
  if (tasks.spot > 0)
    lines.push(`${tasks.spot} tasks run on Fargate Spot, whose price changes; they are not in the sum.`);
  if (tasks.ec2 > 0)
    lines.push(
      `${tasks.ec2} tasks run on your own instances: AWS bills the instances, so that a smaller task saves only when an instance can go.`,
    );
  if (reads.cpu === undefined && reads.gaps.length === 0)
    lines.push('CloudWatch has no values in that time, which is so when no task ran.');
  return lines;
}
