// Holds the rendered `aws …` lines against the real AWS CLI: both the SDK and the CLI send a request to the simulated
// account, and what the account decoded must be the same. Run by scripts/check-aws-cli.mjs.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { renderAwsCli } from '../../src/catalog/cli-line.ts';
import { type AwsAction, AwsCallError, type AwsInput, awsActions } from '../../src/contract/aws.ts';
import type { AwsRequest } from '../../src/contract/tool.ts';
import { canonicalJson } from '../../src/kernel/canonical-json.ts';
import { toolAccount } from '../tools/demo-inputs.ts';
import { type SimulatedAws, simulatedAws } from './simulated-aws.ts';
import { requestsOfTools, trickyRequests } from './tool-requests.ts';

const run = promisify(execFile);

export interface AwsCliReport {
  readonly checked: number;
  /** Actions no tool made with its demo inputs. */
  readonly unused: readonly string[];
  readonly problems: readonly string[];
}

/** Checks every request that the tools make, and `trickyCount` generated ones. */
export async function checkAwsCli(
  trickyCount: number,
  report: (line: string) => void,
): Promise<AwsCliReport> {
  const requests = [...(await requestsOfTools()), ...trickyRequests(trickyCount)];
  const aws = await simulatedAws(toolAccount());
  const problems: string[] = [];
  try {
    for (const request of requests) {
      const line = renderAwsCli(request.action, request.input, { region: aws.region });
      const problem = await compare(aws, request, line);
      report(`${problem === null ? 'same ' : 'OTHER'} ${line}`);
      if (problem !== null) problems.push(`${line}\n  ${problem}`);
    }
  } finally {
    await aws.close();
  }
  const used = new Set(requests.map(({ action }) => action));
  return { checked: requests.length, unused: awsActions.filter((action) => !used.has(action)), problems };
}

/** Null when the account decoded the same request twice. */
async function compare(
  aws: SimulatedAws,
  { action, input }: AwsRequest,
  line: string,
): Promise<string | null> {
  const { recorder } = aws.simulator;
  recorder.clear();
  // A union of actions: input and action belong together by construction.
  await aws.call(action, input as AwsInput<AwsAction>).catch(ignoreAwsFailure);
  const [expected] = recorder.requests;
  recorder.clear();
  const failure = await runLine(line, aws.simulator.endpoint);
  const [actual] = recorder.requests;
  if (expected === undefined) return 'the SDK sent nothing';
  if (actual === undefined) return `the AWS CLI sent nothing: ${failure}`;
  const [wanted, got] = [expected, actual].map(({ service, operation, region, input }) =>
    canonicalJson({ service, operation, region, input }),
  );
  return wanted === got ? null : `SDK ${wanted}\n  CLI ${got}`;
}

/** Runs the line as a person would, in a shell. The answer does not matter, only what was sent. */
async function runLine(line: string, endpoint: string): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    HOME: '/nonexistent',
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'simulated',
    AWS_SECRET_ACCESS_KEY: 'simulated',
    AWS_MAX_ATTEMPTS: '1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    LC_ALL: 'C.UTF-8',
  };
  try {
    // Not every command of version 1 takes the address from the environment; `aws rds` does not.
    await run('/bin/sh', ['-c', `${line} --endpoint-url ${endpoint}`], {
      env,
      timeout: 60_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return '';
  } catch (thrown) {
    return String(thrown);
  }
}

function ignoreAwsFailure(thrown: unknown): void {
  if (!(thrown instanceof AwsCallError)) throw thrown;
}
