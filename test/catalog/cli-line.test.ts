// The command line of a request: readable, exact, and nothing in it is ever run or expanded by a shell.

import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kebabName, renderAwsCli } from '../../src/catalog/cli-line.ts';

describe('the names of parameters', () => {
  const names: readonly (readonly [string, string])[] = [
    ['DescribeVpcAttribute', 'describe-vpc-attribute'],
    ['ListTaskDefinitions', 'list-task-definitions'],
    ['GetManagedPrefixListEntries', 'get-managed-prefix-list-entries'],
    ['healthCheckGracePeriodSeconds', 'health-check-grace-period-seconds'],
    ['TargetGroupArns', 'target-group-arns'],
    ['taskARNs', 'task-arns'],
    ['CIDRBlock', 'cidr-block'],
    ['IpPermissions', 'ip-permissions'],
  ];
  test.each(names)('%s is spelled %s', (name, expected) => {
    expect(kebabName(name)).toBe(expected);
  });
});

describe('the line people copy', () => {
  test('names service, operation, region and parameters in the order of the request', () => {
    expect(
      renderAwsCli(
        'ecs:DescribeServices',
        { cluster: 'prod', services: ['web', 'api'] },
        { region: 'us-east-1' },
      ),
    ).toBe('aws ecs describe-services --region us-east-1 --cluster prod --services web api');
  });

  test('uses the short form for a rule', () => {
    const line = renderAwsCli('ec2:AuthorizeSecurityGroupEgress', {
      GroupId: 'sg-1',
      IpPermissions: [
        {
          IpProtocol: 'tcp',
          FromPort: 5432,
          ToPort: 5432,
          UserIdGroupPairs: [{ GroupId: 'sg-2', Description: 'to db' }],
        },
      ],
    });
    expect(line).toBe(
      `aws ec2 authorize-security-group-egress --group-id sg-1 --ip-permissions 'IpProtocol=tcp,FromPort=5432,ToPort=5432,UserIdGroupPairs=[{GroupId=sg-2,Description="to db"}]'`,
    );
  });

  test('writes a time as the text that the AWS CLI parses', () => {
    const line = renderAwsCli('cloudtrail:LookupEvents', { StartTime: new Date('2026-11-20T07:00:00Z') });
    expect(line).toBe('aws cloudtrail lookup-events --start-time 2026-11-20T07:00:00.000Z');
  });

  test('names the direction of an ACL entry as the AWS CLI does', () => {
    const entry = { NetworkAclId: 'acl-1', RuleNumber: 110 };
    expect(renderAwsCli('ec2:DeleteNetworkAclEntry', { ...entry, Egress: true })).toMatch(/ --egress$/);
    expect(renderAwsCli('ec2:DeleteNetworkAclEntry', { ...entry, Egress: false })).toMatch(/ --ingress$/);
  });

  test('uses flags for booleans, both ways', () => {
    const update = { cluster: 'prod', service: 'web' };
    expect(renderAwsCli('ecs:UpdateService', { ...update, forceNewDeployment: true })).toMatch(
      / --force-new-deployment$/,
    );
    expect(renderAwsCli('ecs:UpdateService', { ...update, forceNewDeployment: false })).toMatch(
      / --no-force-new-deployment$/,
    );
  });

  test('leaves out what is undefined', () => {
    expect(renderAwsCli('ecs:ListTasks', { cluster: 'prod', family: undefined })).toBe(
      'aws ecs list-tasks --cluster prod',
    );
  });

  test('uses the AWS CLI name of a service', () => {
    expect(renderAwsCli('elasticloadbalancing:DescribeTargetGroups', {})).toBe(
      'aws elbv2 describe-target-groups',
    );
  });

  test('keeps text that looks like an option a value', () => {
    expect(renderAwsCli('logs:FilterLogEvents', { logGroupName: 'g', filterPattern: '-DEBUG' })).toContain(
      '--filter-pattern=-DEBUG',
    );
  });

  test.each(['file:///etc/passwd', 'http://169.254.169.254/', 'https://example.com/x', 'fileb://x'])(
    'writes %s as JSON, because the AWS CLI would read or fetch it',
    (filterPattern) => {
      const line = renderAwsCli('logs:FilterLogEvents', { logGroupName: 'g', filterPattern });
      expect(line).toContain('--cli-input-json');
      expect(line).not.toMatch(/--filter-pattern/);
    },
  );
});

/** Strings that people of ill will put into descriptions. */
const hostile = fc.oneof(
  fc.constantFrom(
    '$(reboot)',
    '`id`',
    "'; rm -rf /; '",
    '"',
    '\\',
    'a\nb',
    '!!',
    '~root',
    '*',
    '{a,b}',
    '-x',
    '--help',
    '#',
    '[',
    '{',
    'é',
    '🚢',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 40 }),
);

/** The words a real shell makes of a line. */
function wordsOf(line: string): string[] {
  const out = execFileSync('/bin/sh', ['-c', `aws() { printf '%s\\0' "$@"; }; ${line}`], {
    encoding: 'utf8',
  });
  return out.split('\0').slice(0, -1);
}

describe('in a real shell', () => {
  test('a hostile value is one word and nothing is expanded', () => {
    fc.assert(
      fc.property(hostile, (filterPattern) => {
        fc.pre(!filterPattern.includes('\0') && filterPattern.isWellFormed());
        const words = wordsOf(renderAwsCli('logs:FilterLogEvents', { logGroupName: 'g', filterPattern }));
        expect(words.slice(0, 2)).toEqual(['logs', 'filter-log-events']);
        const [flag = '', value] = words.slice(words.indexOf('g') + 1);
        if (words[2] === '--cli-input-json')
          expect(JSON.parse(words[3] ?? '').filterPattern).toBe(filterPattern);
        else if (flag.startsWith('--filter-pattern='))
          expect(flag.slice('--filter-pattern='.length)).toBe(filterPattern);
        else expect(value).toBe(filterPattern);
      }),
      { numRuns: 300 },
    );
  });

  test('a hostile description inside a rule stays inside its word', () => {
    fc.assert(
      fc.property(hostile, (Description) => {
        fc.pre(Description.isWellFormed());
        const line = renderAwsCli('ec2:AuthorizeSecurityGroupIngress', {
          GroupId: 'sg-1',
          IpPermissions: [{ IpProtocol: 'tcp', IpRanges: [{ CidrIp: '10.0.0.0/8', Description }] }],
        });
        const words = wordsOf(line);
        expect(words.slice(0, 5)).toEqual([
          'ec2',
          'authorize-security-group-ingress',
          '--group-id',
          'sg-1',
          '--ip-permissions',
        ]);
        expect(words).toHaveLength(6);
      }),
      { numRuns: 200 },
    );
  });
});

test('the line is printable ASCII or quoted text without control characters, whatever the input', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (reason) => {
      fc.pre(reason.isWellFormed());
      expect(renderAwsCli('ecs:StopTask', { cluster: 'c', task: 't', reason })).not.toMatch(
        /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u,
      );
    }),
    { numRuns: 500 },
  );
});
