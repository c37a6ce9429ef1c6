import { describe, expect, it } from 'vitest';
import { replyOf } from '../../../src/diagnosis/facts/start-failure.ts';
import { stopKindOf } from '../../../src/diagnosis/facts/tasks.ts';

describe('a failed start', () => {
  const silence = [
    'unable to retrieve secret from asm: service call has been retried 5 time(s): RequestCanceled: request context canceled caused by: context deadline exceeded',
    'Get "https://1.dkr.ecr.eu-west-1.amazonaws.com/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
    'service call has been retried 1 time(s): RequestError: send request failed caused by: Post "https://api.ecr.us-east-1.amazonaws.com/": dial tcp 10.1.2.3:443: i/o timeout',
    'failed to validate logger args: signal: killed',
    'CannotPullContainerError: timeout',
    'The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. RequestError: send req...',
    'ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com/6f...',
  ];
  const answers: readonly (readonly [string, RegExp])[] = [
    [
      'retried 1 time(s): AccessDeniedException: User is not authorized to perform: secretsmanager:GetSecretValue',
      /denied|AccessDenied/,
    ],
    ['AccessDeniedException: Access to KMS is not allowed status code: 400', /kms/],
    ["ResourceNotFoundException: Secrets Manager can't find the specified secret.", /NotFound/],
    [
      'pull image manifest has been retried 1 time(s): unexpected status from HEAD request: 403 Forbidden',
      /403/,
    ],
    ['failed to fetch anonymous token: unexpected status from GET request: 401 Unauthorized', /unauth/],
    [
      'unexpected status code: 429 Too Many Requests - toomanyrequests: You have reached your pull rate limit',
      /rate/,
    ],
    ["invalid character '\\'' looking for beginning of value", /json/],
  ];
  for (const text of silence)
    it(`got no answer: ${text.slice(0, 60)}`, () => expect(replyOf(text).reply).toBe('silence'));
  for (const [text, code] of answers) {
    it(`got an answer: ${text.slice(0, 60)}`, () => {
      expect(replyOf(text).reply).toBe('answer');
      expect(replyOf(text).code).toMatch(code);
    });
  }
  it('could not resolve a name', () =>
    expect(
      replyOf('dial tcp: lookup api.ecr.us-east-1.amazonaws.com on 10.0.0.2:53: no such host').reply,
    ).toBe('dns'));
  it('was turned away by a closed port', () =>
    expect(replyOf('mount.nfs4: Connection reset by peer').reply).toBe('closed'));
  it('says nothing when its text was cut off', () =>
    expect(replyOf('ResourceInitializationError: unable to pull secrets or registry auth').reply).toBe(
      'unclear',
    ));
});

describe('a stop', () => {
  it('is read from reason and code together', () => {
    expect(stopKindOf('ServiceSchedulerInitiated', 'Task failed container health checks')).toBe(
      'container-health',
    );
    expect(
      stopKindOf('ServiceSchedulerInitiated', 'Task failed ELB health checks in (target-group arn:x)'),
    ).toBe('elb-health');
    expect(
      stopKindOf('ServiceSchedulerInitiated', 'Scaling activity initiated by (deployment ecs-svc/1)'),
    ).toBe('scheduled');
    expect(stopKindOf('', 'Essential container in task exited')).toBe('exit');
    expect(stopKindOf('', 'CannotPullContainerError: x')).toBe('start');
    expect(stopKindOf('UserInitiated', 'stopped by hand')).toBe('user');
    expect(stopKindOf('', 'Host EC2 (instance i-0) stopped/terminated.')).toBe('infrastructure');
  });
});
