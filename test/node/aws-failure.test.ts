// What an AWS failure means, for every protocol and for requests without an answer, and whether a change may have happened.

import { describe, expect, test } from 'vitest';
import { awsActions, isReadAction } from '../../src/contract/aws.ts';
import { createAwsClients, splitAction } from '../../src/node/aws/clients.ts';
import { classifyFailure } from '../../src/node/aws/failure.ts';

const answered = (name: string, httpStatusCode: number) =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
const system = (code: string) => Object.assign(new Error(`connect ${code}`), { code });
const named = (name: string, message = name) => Object.assign(new Error(message), { name });

describe('a failure', () => {
  test.each([
    [answered('AccessDeniedException', 400), 'denied', false],
    [answered('UnauthorizedOperation', 403), 'denied', false],
    [answered('AccessDenied', 403), 'denied', false],
    [answered('ExpiredTokenException', 400), 'denied', false],
    [answered('SomethingNew', 403), 'denied', false],
    [answered('ClusterNotFoundException', 400), 'not-found', false],
    [answered('InvalidGroup.NotFound', 400), 'not-found', false],
    [answered('TargetGroupNotFound', 400), 'not-found', false],
    [answered('ThrottlingException', 400), 'throttled', false],
    [answered('RequestLimitExceeded', 503), 'throttled', false],
    [answered('TooMany', 429), 'throttled', false],
    [answered('InvalidParameterException', 400), 'invalid', false],
    [answered('InvalidPermission.Duplicate', 400), 'invalid', false],
    [answered('ServerException', 500), 'other', true],
    [answered('InternalError', 503), 'other', true],
    [answered('SyntaxError', 200), 'other', true],
    [system('ECONNREFUSED'), 'unreachable', false],
    [system('ENOTFOUND'), 'unreachable', false],
    [system('EAI_AGAIN'), 'unreachable', false],
    [system('ECONNRESET'), 'unreachable', true],
    [system('EPIPE'), 'unreachable', true],
    [system('ETIMEDOUT'), 'timeout', true],
    [named('AbortError'), 'timeout', true],
    [named('TimeoutError'), 'timeout', true],
    [named('CredentialsProviderError', 'Could not load credentials from any providers'), 'stopped', false],
    [new Error('Region is missing'), 'stopped', false],
    [new Error('socket hang up'), 'unreachable', true],
    ['not even an error', 'other', true],
    [null, 'other', true],
    [undefined, 'other', true],
  ])('%s is %s; a change may have happened: %s', (thrown, kind, mayHaveApplied) => {
    expect(classifyFailure(thrown)).toMatchObject({ kind, mayHaveApplied });
  });
});

describe('actions', () => {
  test('every action of the contract has a client and a command', async () => {
    const clients = createAwsClients({
      endpoints: { default: 'http://127.0.0.1:9' },
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    });
    for (const action of awsActions) {
      // A stopped request gets as far as the client and its command, and no further.
      const thrown = await clients.send(action, {}, AbortSignal.abort()).catch((error: unknown) => error);
      expect(String(thrown), action).not.toContain('the SDK has');
      expect(splitAction(action).join(':')).toBe(action);
    }
    clients.close();
  });

  test('reads and changes are told apart by the name of the operation', () => {
    expect(awsActions.filter((action) => !isReadAction(action))).toEqual([
      'ecs:UpdateService',
      'ecs:StopTask',
      'ecs:StopServiceDeployment',
      'ecs:RegisterTaskDefinition',
      'ecs:UpdateContainerInstancesState',
      'ecs:UpdateTaskProtection',
      'logs:CreateLogGroup',
      'logs:PutRetentionPolicy',
      'logs:DeleteRetentionPolicy',
      'ec2:AuthorizeSecurityGroupEgress',
      'ec2:AuthorizeSecurityGroupIngress',
      'ec2:RevokeSecurityGroupEgress',
      'ec2:RevokeSecurityGroupIngress',
      'ec2:CreateNetworkAclEntry',
      'ec2:DeleteNetworkAclEntry',
      'ec2:ModifyVpcAttribute',
      'ec2:CreateVpcEndpoint',
      'elasticloadbalancing:ModifyTargetGroup',
      'elasticloadbalancing:ModifyTargetGroupAttributes',
      'application-autoscaling:RegisterScalableTarget',
      'application-autoscaling:PutScalingPolicy',
      'application-autoscaling:DeleteScalingPolicy',
      'autoscaling:UpdateAutoScalingGroup',
    ]);
  });
});
