// Bench rows about the diagnosis itself: the path solver over many rules, and what a question costs over every account of the tests.

import { addressSet } from '../../src/diagnosis/network/address-set.ts';
import { solvePath } from '../../src/diagnosis/network/path.ts';
import { expectations } from '../accounts/all.ts';
import {
  APP_ADDRESS,
  APP_GROUP,
  APP_SUBNET,
  acl,
  aclEntry,
  DATA_ADDRESS,
  DATA_GROUP,
  DATA_SUBNET,
  group,
  tcp,
  toCidr,
  toGroup,
  vpc,
} from '../diagnosis/support/vpc.ts';
import { costOfQuestion, type QuestionCost, tokensOf } from '../support/question-cost.ts';
import { interleave, median, ms, percentile, type Row, worked } from './measure.ts';

const RULES = 10_000;
const SOLVER_TARGET_MS = 50;
const CALLS_HEALTHY_TARGET = 12;
const CALLS_SICK_TARGET = 25;
const STAGES_TARGET = 4;
const TOKENS_TARGET = 1_500;

export async function diagnosisRows(): Promise<Row[]> {
  const costs: QuestionCost[] = [];
  for (const { snapshot, service, denied } of expectations) {
    const cost = await costOfQuestion(snapshot(), service, denied);
    if (cost !== undefined) costs.push(cost);
  }
  const well = costs.filter(({ out }) => out.findings[0]?.class === 'healthy');
  const sick = costs.filter((cost) => !well.includes(cost));
  return [
    await solverRow(),
    countRow(`AWS calls for a healthy service, ${well.length} accounts`, {
      counts: well.map(({ requests }) => requests),
      target: CALLS_HEALTHY_TARGET,
    }),
    countRow(`AWS calls for a sick service, ${sick.length} accounts`, {
      counts: sick.map(({ requests }) => requests),
      target: CALLS_SICK_TARGET,
    }),
    countRow(`stages of calls that wait for each other, ${costs.length} accounts`, {
      counts: costs.map(({ rounds }) => rounds),
      target: STAGES_TARGET,
    }),
    tokenRow(costs),
  ];
}

/** A way that every rule has something to say about: half of them in the group, half in the network ACL, none of which lets it pass. */
async function solverRow(): Promise<Row> {
  const half = Array.from({ length: RULES / 2 }, (_, n) => `10.${(n >> 8) & 255}.${n & 255}.0/28`);
  const rules = half.map((cidr) => tcp(5432, toCidr(`100.64${cidr.slice(2).replace(/\.0\/28$/, '/32')}`)));
  const entries = half.map((CidrBlock, n) =>
    aclEntry({ RuleNumber: n + 1, RuleAction: 'deny', Egress: n % 2 === 0, CidrBlock }),
  );
  const network = vpc({
    groups: [group(APP_GROUP, { out: rules }), group(DATA_GROUP, { in: [tcp(5432, toGroup(APP_GROUP))] })],
    acls: [acl('acl-1', [APP_SUBNET, DATA_SUBNET], [...entries, aclEntry({ RuleNumber: 32_000 })])],
  });
  const from = { subnetId: APP_SUBNET, securityGroups: [APP_GROUP], address: APP_ADDRESS };
  const to = {
    port: 5432,
    protocol: 'tcp' as const,
    addresses: addressSet([DATA_ADDRESS]),
    address: DATA_ADDRESS,
    securityGroups: [DATA_GROUP],
    subnetId: DATA_SUBNET,
  };
  const times = await interleave(
    { warmUp: 5, counted: 15, measure: worked },
    {
      solve: async () => {
        if (solvePath(network, from, to).path.verdict !== 'blocked')
          throw new Error('the solver found a way that no rule allows');
      },
      write: async () => void JSON.stringify([rules, entries]),
    },
  );
  const [ours, floor] = [median(times.solve), median(times.write)];
  return {
    name: `the path of a task judged against ${RULES} rules`,
    value: ms(ours),
    floor: `${ms(floor)}, the same rules written as JSON`,
    ratio: ours / floor,
    target: `≤ ${SOLVER_TARGET_MS} ms`,
    met: ours <= SOLVER_TARGET_MS,
  };
}

/** The bound is over all accounts, the most expensive one too. */
function countRow(name: string, { counts, target }: { counts: readonly number[]; target: number }): Row {
  const most = Math.max(...counts);
  return {
    name,
    value: `p50 ${median(counts)}, p95 ${percentile(counts, 0.95)}, most ${most}`,
    floor: '',
    ratio: null,
    target: `≤ ${target}`,
    met: most <= target,
  };
}

function tokenRow(costs: readonly QuestionCost[]): Row {
  const ours = costs.map(({ text }) => tokensOf(text.length));
  const raw = costs.map(({ answerChars }) => tokensOf(answerChars));
  const p95 = percentile(ours, 0.95);
  return {
    name: 'tokens of the text a model reads, at four characters each',
    value: `p50 ${median(ours)}, p95 ${p95}`,
    floor: `p50 ${median(raw)}, p95 ${percentile(raw, 0.95)}: the answers of AWS as JSON`,
    ratio: median(ours) / median(raw),
    target: `p95 ≤ ${TOKENS_TARGET}`,
    met: p95 <= TOKENS_TARGET,
  };
}
