// Holds the rendered `aws …` lines against the real AWS CLI: both the SDK and the CLI send a request to the simulated
// account, and what the account decoded must be the same. Run by scripts/check-aws-cli.mjs.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { renderAwsCli } from '../../src/catalog/cli-line.ts';
import { type AwsAction, AwsCallError, type AwsInput, awsActions } from '../../src/contract/aws.ts';
import { type AwsRequest, isChangeTool } from '../../src/contract/tool.ts';
import { canonicalJson } from '../../src/kernel/canonical-json.ts';
import { allTools } from '../../tools/index.ts';
import { demoInputs, LOG_GROUP, toolAccount } from '../tools/demo-inputs.ts';
import { NOW_MS, type SimulatedAws, simulatedAws } from './simulated-aws.ts';

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

/** Every distinct request that the tools make with their demo inputs, and for changes also the change and its undo. */
async function requestsOfTools(): Promise<AwsRequest[]> {
  const aws = await simulatedAws(toolAccount());
  const context = { nowMs: NOW_MS, stage: () => {}, wait: async () => {} };
  const changes: AwsRequest[] = [];
  try {
    for (const tool of allTools) {
      for (const raw of demoInputs[tool.name] ?? []) {
        const input = tool.input.parse(raw);
        if (!isChangeTool(tool)) {
          await tool.run(input, aws, context);
          continue;
        }
        const state = await tool.observe(input, aws, context);
        const change = await tool.prepare(input, state, aws, context);
        changes.push(change.call, ...('call' in change.inverse ? [change.inverse.call] : []));
      }
    }
  } finally {
    await aws.close();
  }
  const all = [...(aws.calls as AwsRequest[]), ...changes];
  return [...new Map(all.map((request) => [canonicalJson(request), request])).values()];
}

/** Requests with text that is hard to carry through a shell and through the CLI's own syntax. Always the same ones. */
function trickyRequests(count: number): AwsRequest[] {
  const hard = fc.oneof(
    fc.constantFrom(
      '$(touch x)',
      '`id`',
      "it's",
      '"quoted"',
      'a b',
      'a,b',
      'a=b',
      '[x]',
      '{y}',
      '{k=v}',
      '-dash',
      '--flag',
      'back\\slash',
      'file://x',
      'http://localhost/x',
      'end\\',
      '# not a comment',
      '!history',
      'ünïcode',
      '日本',
      '%41',
      '~',
      '*',
      '?',
      "''",
      'a;b',
      'x|y',
    ),
    fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 30 }),
  );
  const text = hard.filter((value) => value.trim() === value && value.length > 0);
  const request = fc.oneof(
    text.map(
      (filterPattern): AwsRequest => ({
        action: 'logs:FilterLogEvents',
        input: { logGroupName: LOG_GROUP, filterPattern },
      }),
    ),
    text.map(
      (reason): AwsRequest => ({
        action: 'ecs:StopTask',
        input: { cluster: 'production-cluster', task: 'f'.repeat(32), reason },
      }),
    ),
    text.map(
      (Description): AwsRequest => ({
        action: 'ec2:AuthorizeSecurityGroupIngress',
        input: {
          GroupId: 'sg-0f3a9b1c7d2e48650',
          IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8', Description }] }],
        },
      }),
    ),
    fc.array(text, { minLength: 1, maxLength: 3 }).map(
      (Values): AwsRequest => ({
        action: 'ec2:DescribeNetworkInterfaces',
        input: {
          Filters: [
            { Name: 'description', Values },
            { Name: 'status', Values: ['in-use'] },
          ],
          MaxResults: 50,
        },
      }),
    ),
    fc.array(text, { minLength: 1, maxLength: 3 }).map(
      (services): AwsRequest => ({
        action: 'ecs:DescribeServices',
        input: { cluster: 'production-cluster', services, include: ['TAGS'] },
      }),
    ),
    fc
      .record({
        enable: fc.boolean(),
        percent: fc.integer({ min: 0, max: 200 }),
        off: fc.boolean(),
        name: text,
      })
      .map(
        ({ enable, percent, off, name }): AwsRequest => ({
          action: 'ecs:UpdateService',
          input: {
            cluster: 'production-cluster',
            service: 'my-web-service',
            desiredCount: percent,
            enableExecuteCommand: off,
            deploymentConfiguration: {
              deploymentCircuitBreaker: { enable, rollback: !enable },
              maximumPercent: percent,
              alarms: { alarmNames: [name, 'plain'], enable, rollback: false },
            },
            networkConfiguration: {
              awsvpcConfiguration: {
                subnets: ['subnet-1', 'subnet-2'],
                securityGroups: ['sg-1'],
                assignPublicIp: 'DISABLED',
              },
            },
          },
        }),
      ),
  );
  return fc.sample(request, { numRuns: count, seed: 7 });
}

function ignoreAwsFailure(thrown: unknown): void {
  if (!(thrown instanceof AwsCallError)) throw thrown;
}
