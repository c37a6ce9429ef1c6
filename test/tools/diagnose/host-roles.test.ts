// Under which role a container instance calls AWS and what that role may do: known in two round trips, and never guessed.

import { describe, expect, it } from 'vitest';
import { type Aws, AwsCallError } from '../../../src/contract/aws.ts';
import { readHostRoles } from '../../../tools/diagnose/collect-host-roles.ts';

const HOST = 'arn:aws:ecs:eu-west-1:210987654321:container-instance/c1/0123456789abcdef';
const ROLE = 'arn:aws:iam::210987654321:role/fleet/hosts-role';
const PULL = { action: 'ecr:GetAuthorizationToken', resource: '*' };
const FOREIGN = { action: 'ecr:BatchGetImage', resource: 'arn:aws:ecr:eu-west-1:111122223333:repository/a' };

type Answers = Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => object>>;

const associations = (...ids: string[]) =>
  ids.map((InstanceId) => ({
    InstanceId,
    IamInstanceProfile: { Arn: 'arn:aws:iam::210987654321:instance-profile/fleet/hosts' },
  }));
const profile = { InstanceProfileName: 'hosts', Roles: [{ RoleName: 'hosts-role', Arn: ROLE }] };
const usual: Answers = {
  'ecs:DescribeContainerInstances': () => ({ containerInstances: [{ ec2InstanceId: 'i-1' }] }),
  'ec2:DescribeIamInstanceProfileAssociations': () => ({
    IamInstanceProfileAssociations: associations('i-0', 'i-1'),
  }),
  'iam:ListInstanceProfiles': () => ({ InstanceProfiles: [profile], IsTruncated: false }),
  'iam:SimulatePrincipalPolicy': () => ({
    EvaluationResults: [
      {
        EvalActionName: PULL.action,
        EvalResourceName: PULL.resource,
        EvalDecision: 'explicitDeny',
        MatchedStatements: [{ SourcePolicyId: 'role_hosts-role_no-pulls' }],
      },
    ],
  }),
};

async function read(answers: Answers = {}, unless = false) {
  const sent: { action: string; input: Readonly<Record<string, unknown>> }[] = [];
  const all = { ...usual, ...answers };
  // A gate of answers that a test writes has no types of the SDK.
  const call = (async (action: string, input: Readonly<Record<string, unknown>>) => {
    sent.push({ action, input });
    return { output: all[action]?.(input) ?? {}, evidence: action };
  }) as unknown as Aws['call'];
  const aws: Aws = { account: '210987654321', region: 'eu-west-1', call };
  const of = { cluster: 'c1', requests: [PULL, FOREIGN], unless: Promise.resolve(unless) };
  return { ...(await readHostRoles(aws, [HOST], of)), sent };
}

const denied = (action: 'iam:ListInstanceProfiles' | 'iam:SimulatePrincipalPolicy') => () => {
  throw new AwsCallError({ kind: 'denied', action, code: 'AccessDenied', message: 'no' });
};

describe('the role of a container instance', () => {
  it('is that of the profile of its machine, and the simulator says what it may do', async () => {
    const { hostRoles, decisions, sent } = await read();
    expect(hostRoles.items.map(({ value }) => value)).toEqual([{ key: HOST, thing: ROLE }]);
    expect(decisions.items).toEqual([
      {
        value: { role: 'hosts-role', ...PULL, decision: 'denied', by: ['no-pulls'] },
        at: { id: 'iam:SimulatePrincipalPolicy', path: '$.EvaluationResults[0]' },
      },
    ]);
    // Another account's repository is nothing this account is asked about.
    expect(sent.at(-1)?.input['ResourceArns']).toEqual(['*']);
    expect(sent).toHaveLength(4);
  });

  it('is looked for by the machine where the region has more of them than one page', async () => {
    const { hostRoles, sent } = await read({
      'ec2:DescribeIamInstanceProfileAssociations': ({ Filters }) =>
        JSON.stringify(Filters).includes('i-1')
          ? { IamInstanceProfileAssociations: associations('i-1') }
          : { IamInstanceProfileAssociations: associations('i-0'), NextToken: 'more' },
    });
    expect(hostRoles.items[0]?.value.thing).toBe(ROLE);
    expect(sent).toHaveLength(5);
  });

  it('is none when no profile is associated with the machine', async () => {
    const { hostRoles, decisions } = await read({
      'ec2:DescribeIamInstanceProfileAssociations': () => ({ IamInstanceProfileAssociations: [] }),
    });
    expect(hostRoles.items.map(({ value }) => value)).toEqual([{ key: HOST, thing: undefined }]);
    expect(decisions.items).toEqual([]);
  });

  it('is not known, and never none, when its profile is past the end of the list or the list is refused', async () => {
    const cut = await read({
      'iam:ListInstanceProfiles': () => ({ InstanceProfiles: [], IsTruncated: true }),
    });
    const refused = await read({ 'iam:ListInstanceProfiles': denied('iam:ListInstanceProfiles') });
    for (const { hostRoles } of [cut, refused]) {
      expect(hostRoles.items).toEqual([]);
      expect(hostRoles.gaps).toMatchObject([{ missingAction: 'iam:ListInstanceProfiles', about: HOST }]);
    }
  });

  it('is not asked about when the image is gone, which explains the start by itself', async () => {
    const { hostRoles, sent } = await read({}, true);
    expect(hostRoles.items).toEqual([]);
    expect(sent.map(({ action }) => action)).not.toContain('iam:SimulatePrincipalPolicy');
  });
});

describe('what the simulator says', () => {
  const decided = async (result: object) => {
    const EvaluationResults = [{ EvalActionName: PULL.action, EvalResourceName: '*', ...result }];
    const { decisions } = await read({ 'iam:SimulatePrincipalPolicy': () => ({ EvaluationResults }) });
    return decisions.items[0]?.value.decision;
  };

  it('decides what only the policies of the role decide', async () => {
    expect(await decided({ EvalDecision: 'allowed' })).toBe('allowed');
    expect(await decided({ EvalDecision: 'implicitDeny' })).toBe('silent');
  });

  it('stays open where a condition or the organisation decides', async () => {
    const lacks = { EvalDecision: 'implicitDeny', MissingContextValues: ['aws:SourceVpce'] };
    expect(await decided(lacks)).toBe('open');
    const organisation = { OrganizationsDecisionDetail: { AllowedByOrganizations: false } };
    expect(await decided({ EvalDecision: 'implicitDeny', ...organisation })).toBe('open');
    expect(await decided({ EvalDecision: 'something new' })).toBe('open');
  });

  it('leaves a gap when it may not be asked', async () => {
    const { decisions } = await read({
      'iam:SimulatePrincipalPolicy': denied('iam:SimulatePrincipalPolicy'),
    });
    expect(decisions.items).toEqual([]);
    expect(decisions.gaps).toMatchObject([
      { missingAction: 'iam:SimulatePrincipalPolicy', about: 'hosts-role', kind: 'denied' },
    ]);
  });
});
