// Bench rows about a whole question: from the message to the proven cause, with the playbook.

import { renderAwsCli } from '../../src/catalog/cli-line.ts';
import type { ToolResult } from '../../src/contract/call.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { openGovernedPath } from './governed-path.ts';
import { median, ms, type Row, timed } from './measure.ts';

const QUESTION = { cluster: 'production-cluster', service: 'my-web-service' };
const RUNS = 15;
/** As the row about single calls has it: a hub runs for weeks, and the engine compiles what is used often. */
const WARM_UP = 200;
const NO_LATENCY_TARGET_MS = 50;
const LATENCY_MS = 100;
const STAGES_TARGET = 4.5;

/**
 * `diagnose_service` through the governed path at 0 ms and at 100 ms per AWS call, on a node that remembers no answer: every run sends
 * every request. The first questions of a node are slower, so they have a row of their own.
 */
export async function investigationRows(
  simulator: Pick<Simulator, 'endpoint'>,
  setLatency: (latencyMs: number) => Promise<void>,
): Promise<Row[]> {
  const path = await openGovernedPath(simulator.endpoint);
  const investigate = () => {
    path.letAnswersAge();
    return path.call('diagnose_service', QUESTION).then(mustProve);
  };
  try {
    const first = median(await repeat(investigate));
    for (let run = RUNS; run < WARM_UP; run++) await investigate();
    const fast = median(await repeat(investigate));
    await setLatency(LATENCY_MS);
    const slow = median(await repeat(investigate));
    await setLatency(0);
    if (slow < LATENCY_MS) throw new Error(`an answer in ${ms(slow)} was not asked of AWS`);
    return [
      {
        name: 'question → proven cause, 0 ms per AWS call, p50',
        value: ms(fast),
        floor: `${NO_LATENCY_TARGET_MS} ms`,
        ratio: fast / NO_LATENCY_TARGET_MS,
        target: `≤ ${NO_LATENCY_TARGET_MS} ms`,
        met: fast <= NO_LATENCY_TARGET_MS,
      },
      {
        name: `the first ${RUNS} questions of a node, 0 ms per AWS call, p50`,
        value: ms(first),
        floor: `${ms(fast)}, after ${WARM_UP} questions`,
        ratio: first / fast,
        target: 'none, to compare',
        met: null,
      },
      {
        name: `question → proven cause, ${LATENCY_MS} ms per AWS call, p50`,
        value: ms(slow),
        floor: `${LATENCY_MS} ms, one AWS call`,
        ratio: slow / LATENCY_MS,
        target: `≤ ${STAGES_TARGET}×`,
        met: slow <= STAGES_TARGET * LATENCY_MS,
      },
    ];
  } finally {
    await path.close();
  }
}

async function repeat(work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) times.push(await timed(work));
  return times;
}

function mustProve(result: ToolResult): void {
  const text = JSON.stringify(result);
  if (result.status !== 'ok' || !text.includes('task-sg-egress-blocked') || !text.includes('proven')) {
    throw new Error(`the investigation did not prove the cause: ${text.slice(0, 400)}`);
  }
}

/** The one AWS CLI command a person would begin with. */
export const firstCommand = (): string =>
  renderAwsCli(
    'ecs:DescribeServices',
    { cluster: QUESTION.cluster, services: [QUESTION.service] },
    { region: 'us-east-1' },
  );
