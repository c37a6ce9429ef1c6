// The requests of AWS that the tools make with their demo inputs, and some that are hard to carry through anything.

import fc from 'fast-check';
import type { AwsRequest } from '../../src/contract/tool.ts';
import { isChangeTool } from '../../src/contract/tool.ts';
import { canonicalJson } from '../../src/kernel/canonical-json.ts';
import { allTools } from '../../tools/index.ts';
import { demoInputs, LOG_GROUP, toolAccount } from '../tools/demo-inputs.ts';
import { NOW_MS, simulatedAws } from './simulated-aws.ts';

/** Every distinct request that the tools make with their demo inputs, and for changes also the change and its undo. */
export async function requestsOfTools(): Promise<AwsRequest[]> {
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
export function trickyRequests(count: number): AwsRequest[] {
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
