// What holds for every tool, whatever it does.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isReadAction } from '../../src/contract/aws.ts';
import { isChangeTool } from '../../src/contract/tool.ts';
import { canonicalJson } from '../../src/kernel/canonical-json.ts';
import { limits } from '../../src/kernel/limits.ts';
import { allTools } from '../../tools/index.ts';
import { type SimulatedAws, simulatedAws } from '../support/simulated-aws.ts';
import { demoInputs, toolAccount } from './demo-inputs.ts';
import { runPrepare, runRead } from './run-tool.ts';

let aws: SimulatedAws;
beforeAll(async () => {
  aws = await simulatedAws(toolAccount());
});
afterAll(() => aws.close());

/** The tools of this folder's own tests; the composite ones are tested in test/tools/diagnose. */
const plainTools = allTools.filter((tool) =>
  /^(?:ecs|ec2|elbv2|logs|sts|autoscaling|application_autoscaling|cloudtrail|cloudwatch|codedeploy|ecr|efs|events|iam|kms|rds|secretsmanager|servicediscovery|servicequotas|ssm)_/.test(
    tool.name,
  ),
);

test('every tool has an input to be tried with', () => {
  expect(plainTools.map(({ name }) => name).filter((name) => demoInputs[name] === undefined)).toEqual([]);
});

const cases = plainTools.flatMap((tool) => (demoInputs[tool.name] ?? []).map((input) => ({ tool, input })));

describe.each(cases)('$tool.name', ({ tool, input }) => {
  test('uses only the actions it declares', async () => {
    const before = aws.calls.length;
    if (isChangeTool(tool)) {
      const change = await runPrepare(tool, input, aws);
      expect(tool.actions).toContain(change.call.action);
    } else {
      await runRead(tool, input, aws);
    }
    const used = aws.calls.slice(before).map(({ action }) => action);
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((action) => !tool.actions.includes(action))).toEqual([]);
  });

  test('gives text and data within bounds', async () => {
    if (isChangeTool(tool)) {
      const change = await runPrepare(tool, input, aws);
      expect(Buffer.byteLength(JSON.stringify(change))).toBeLessThan(limits.proposal.bytes);
      expect(JSON.parse(canonicalJson(change))).toEqual(change);
      return;
    }
    const { output, text } = await runRead(tool, input, aws);
    expect(text.length).toBeLessThanOrEqual(limits.call.textChars);
    expect(text).toMatch(/Evidence: \[ev_\d+\]/);
    expect(Buffer.byteLength(JSON.stringify(output))).toBeLessThan(limits.call.outputBytes);
  });
});

test('a change tool never makes its change while it prepares', () => {
  const changing = aws.calls.filter(({ action }) => !isReadAction(action));
  expect(aws.calls.length).toBeGreaterThan(0);
  expect(changing).toEqual([]);
});
