// Inputs are written by a model that reads hostile text. Whatever it was talked into, names that are not names are refused
// before any request is made.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isChangeTool, type Tool } from '../../src/contract/tool.ts';
import { allTools } from '../../tools/index.ts';
import { NOW_MS, type SimulatedAws, simulatedAws } from '../support/simulated-aws.ts';
import { demoInputs, toolAccount } from './demo-inputs.ts';

const FOREIGN = '999999999999';

const hostile: Readonly<Record<string, string>> = {
  'a leading dash': '-rf',
  'an option': '--endpoint-url=http://evil.example',
  'a wildcard': '*',
  'a wildcard at the end': 'prod*',
  'a cluster of another account': `arn:aws:ecs:us-east-1:${FOREIGN}:cluster/prod`,
  'a service of another account': `arn:aws:ecs:us-east-1:${FOREIGN}:service/prod/web`,
  'a task of another account': `arn:aws:ecs:us-east-1:${FOREIGN}:task/prod/0123456789abcdef0123456789abcdef`,
  'a task definition of another account': `arn:aws:ecs:us-east-1:${FOREIGN}:task-definition/web:1`,
  'a target group of another region':
    'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef',
  'a role': 'arn:aws:iam::123456789012:role/Admin',
  'a URL': 'http://169.254.169.254/latest/meta-data/',
  'a file': 'file:///etc/passwd',
  'a path upwards': '../../etc/passwd',
  'a line break': 'production-cluster\r\nX-Evil: 1',
  'a line break at the end': 'production-cluster\n',
  'a NUL': 'production-cluster\0',
  'a bidi override': 'production-\u202ecluster',
  'a look-alike': 'рroduction-cluster',
  'an emoji': '🚢',
  'a command substitution': '$(reboot)',
  'white space': ' ',
  nothing: '',
  'very much': 'a'.repeat(100_000),
};

/** Fields of free text: AWS stores or searches them, so most of the above is legitimate there. */
const FREE_TEXT = new Set(['pattern', 'description', 'reason', 'command', 'health_check_command', 'query']);
/** A container's name may begin with a dash; it only chooses among what was read and begins no parameter. */
const DASH_NAMES = new Set(['container']);
/** Fields that take slashes and brackets, because names of log groups and streams have them. */
const LOG_NAMES = new Set(['log_group', 'log_groups', 'log_stream', 'log_streams', 'prefix']);
/** A role may be what another role wants to do something to: only the simulator of policies is asked about it. */
const ROLE_FIELDS = new Set(['iam_simulate_policy.resources']);
const legitimateLogNames = new Set(['a path upwards', 'a command substitution', 'a URL', 'a file', 'a role']);

interface Attempt {
  readonly tool: Tool;
  readonly field: string;
  readonly kind: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const attempts: Attempt[] = allTools.flatMap((tool) => {
  const fields = new Map(
    (demoInputs[tool.name] ?? []).flatMap((input) => Object.entries(input).map(([field]) => [field, input])),
  );
  return [...fields].flatMap(([field, input]) =>
    FREE_TEXT.has(field)
      ? []
      : Object.entries(hostile)
          .filter(([kind]) => !(LOG_NAMES.has(field) && legitimateLogNames.has(kind)))
          .filter(([kind]) => !(ROLE_FIELDS.has(`${tool.name}.${field}`) && kind === 'a role'))
          .filter(([kind]) => !(DASH_NAMES.has(field) && kind === 'a leading dash'))
          .map(([kind, text]) => ({
            tool,
            field,
            kind,
            input: { ...input, [field]: replaced(input[field], text) },
          })),
  );
});

let aws: SimulatedAws;
beforeAll(async () => {
  aws = await simulatedAws(toolAccount());
});
afterAll(() => aws.close());

test('there are attempts for every tool that takes input', () => {
  expect(attempts.length).toBeGreaterThan(500);
});

test('no hostile name reaches AWS', async () => {
  const passed: string[] = [];
  for (const { tool, field, kind, input } of attempts) {
    if (await reachesAws(tool, input)) passed.push(`${tool.name}.${field}: ${kind}`);
  }
  expect(passed).toEqual([]);
  expect(aws.calls).toEqual([]);
});

describe('free text', () => {
  const lines: readonly (readonly [string, string, string])[] = [
    ['logs_filter_events', 'pattern', 'ERROR\r\nX: 1'],
    ['logs_filter_events', 'pattern', 'a\0b'],
    ['logs_filter_events', 'pattern', '\u202eabc'],
    ['ecs_stop_task', 'reason', 'line\nbreak'],
    ['ecs_stop_task', 'reason', '-dash'],
    ['ec2_authorize_security_group_egress', 'description', '<script>'],
    ['ec2_authorize_security_group_egress', 'description', 'ünïcode'],
  ];
  test.each(lines)('%s refuses control characters and what AWS refuses in %s', async (name, field, text) => {
    const tool = allTools.find((one) => one.name === name);
    const [input] = demoInputs[name] ?? [];
    expect(tool?.input.safeParse({ ...input, [field]: text }).success).toBe(false);
    expect(tool?.input.safeParse(input).success).toBe(true);
  });
});

test('an unknown member is refused, not ignored', () => {
  for (const tool of allTools) {
    for (const input of demoInputs[tool.name] ?? []) {
      expect(tool.input.safeParse({ ...input, endpoint_url: 'http://evil.example' }).success).toBe(false);
    }
  }
});

async function reachesAws(tool: Tool, raw: unknown): Promise<boolean> {
  const parsed = tool.input.safeParse(raw);
  if (!parsed.success) return false;
  const before = aws.calls.length;
  const context = { nowMs: NOW_MS, stage: () => {}, wait: async () => {} };
  try {
    if (isChangeTool(tool)) await tool.observe(parsed.data, aws, context);
    else await tool.run(parsed.data, aws, context);
  } catch {
    // A refusal is what is hoped for; what counts is whether anything was sent.
  }
  return aws.calls.length > before;
}

/** The value with every text in it replaced; numbers and booleans become the text itself. */
function replaced(value: unknown, text: string): unknown {
  if (Array.isArray(value)) return [text];
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replaced(one, text)]));
  }
  return text;
}
