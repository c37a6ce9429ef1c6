// Holds the simulated account against boto3: it must send the request our SDK sends, and read in the answer what our SDK reads.
// Two parsers that share nothing agree only on answers of the right form. Run by scripts/check-boto3.mjs.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import readline from 'node:readline';
import { renderAwsCli } from '../../src/catalog/cli-line.ts';
import { type AwsAction, AwsCallError, type AwsInput, isReadAction } from '../../src/contract/aws.ts';
import type { AwsRequest } from '../../src/contract/tool.ts';
import { canonicalJson } from '../../src/kernel/canonical-json.ts';
import { toolAccount } from '../tools/demo-inputs.ts';
import { type SimulatedAws, simulatedAws } from './simulated-aws.ts';
import { requestsOfTools } from './tool-requests.ts';

export interface Boto3Report {
  readonly checked: number;
  readonly problems: readonly string[];
}

interface Answer {
  readonly output?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Checks every read that the tools make, request and answer. */
export async function checkBoto3(python: string, report: (line: string) => void): Promise<Boto3Report> {
  const requests = (await requestsOfTools()).filter(({ action }) => isReadAction(action));
  const aws = await simulatedAws(toolAccount());
  const judge = startJudge(python, aws.simulator.endpoint);
  const problems: string[] = [];
  try {
    for (const request of requests) {
      const problem = await compare(aws, request, judge.ask);
      report(`${problem === null ? 'same ' : 'OTHER'} ${request.action} ${JSON.stringify(request.input)}`);
      if (problem !== null) problems.push(`${request.action} ${JSON.stringify(request.input)}\n  ${problem}`);
    }
  } finally {
    judge.close();
    await aws.close();
  }
  return { checked: requests.length, problems };
}

/** What boto3 calls a service otherwise than the AWS CLI does. */
const OWN_NAMES: Readonly<Record<string, string>> = { deploy: 'codedeploy' };
/** A query belongs to who started it and goes on between two looks, so only what is sent can be the same. */
const EACH_ITS_OWN: ReadonlySet<AwsAction> = new Set([
  'logs:StartQuery',
  'logs:GetQueryResults',
  'logs:StopQuery',
]);

type Ask = (request: object) => Promise<Answer>;

function startJudge(python: string, endpoint: string): { ask: Ask; close(): void } {
  const child = spawn(python, [path.resolve('scripts/boto3-judge.py'), endpoint], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = readline.createInterface({ input: child.stdout });
  return {
    async ask(request) {
      const line = once(lines, 'line');
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return JSON.parse(String((await line)[0])) as Answer;
    },
    close: () => child.kill(),
  };
}

/** Null when both sent the same request and read the same answer. */
async function compare(aws: SimulatedAws, { action, input }: AwsRequest, ask: Ask): Promise<string | null> {
  const { recorder } = aws.simulator;
  recorder.clear();
  // A union of actions: input and action belong together by construction.
  const ours = await aws.call(action, input as AwsInput<AwsAction>).then(
    ({ output }): Answer => ({ output }),
    (thrown: unknown): Answer => {
      if (!(thrown instanceof AwsCallError)) throw thrown;
      return { error: { code: thrown.failure.code, message: thrown.failure.message } };
    },
  );
  const [expected] = recorder.requests;
  recorder.clear();
  const named = renderAwsCli(action, input, { region: aws.region }).split(' ')[1] ?? '';
  const service = OWN_NAMES[named] ?? named;
  const operation = action.slice(action.indexOf(':') + 1);
  const theirs = await ask({ service, operation, region: aws.region, input });
  const [actual] = recorder.requests;
  if (expected === undefined) return 'the SDK sent nothing';
  if (actual === undefined) return `boto3 sent nothing: ${JSON.stringify(theirs)}`;
  const [wanted, got] = [expected, actual].map((one) =>
    canonicalJson({ service: one.service, operation: one.operation, region: one.region, input: one.input }),
  );
  if (wanted !== got) return `SDK ${wanted}\n  boto3 ${got}`;
  if (EACH_ITS_OWN.has(action)) return null;
  const [read, heard] = [ours, theirs].map((answer) => canonicalJson(settled(answer)));
  return read === heard ? null : `the SDK read ${differing(read, heard)}`;
}

/** An answer without what one parser leaves out and the other gives empty, and with instants in one spelling. */
function settled({ output, error }: Answer): unknown {
  return error === undefined ? { output: tidied(output) } : { error: { code: error.code } };
}

function tidied(value: unknown): unknown {
  if (value instanceof Date) return { instant: value.getTime() };
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  // boto3 reads the policies that IAM sends percent-encoded; the SDK leaves them as they came.
  if (typeof value === 'string' && value.startsWith('%7B'))
    return tidied(JSON.parse(decodeURIComponent(value)));
  if (Array.isArray(value)) return value.map(tidied);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .filter(([name]) => name !== '$metadata')
    .map(([name, member]): [string, unknown] => [name, tidied(member)])
    .filter(([, member]) => !isEmpty(member));
  return Object.fromEntries(members);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** The first place where two texts part, with a little of what stands around it. */
function differing(ours = '', theirs = ''): string {
  let at = 0;
  while (at < ours.length && ours[at] === theirs[at]) at += 1;
  const from = Math.max(0, at - 80);
  return `…${ours.slice(from, at + 120)}…\n  boto3 …${theirs.slice(from, at + 120)}…`;
}
