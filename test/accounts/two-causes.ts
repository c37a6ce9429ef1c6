// Accounts in which two things are wrong with the same service at once.

import { tcpFrom, theNetwork } from './base-network.ts';
import type { MixedCase } from './case.ts';
import { changed } from './case.ts';
import { oddSettings, workerOutOfMemory } from './decoys.ts';
import { isolate } from './endpoints.ts';
import { checksFail } from './health.ts';
import { essentialExited, exited, failedToStart, failing, failingRollOut } from './incident.ts';
import { endpointRefusesBucket } from './network-endpoints.ts';
import { mountFiles } from './storage.ts';
import { addStopped } from './tasks.ts';
import { imageOf, theContainer } from './workload.ts';

const at = {
  region: 'us-east-1',
  account: '909080807070',
  cluster: 'double',
  service: 'trouble',
  net: 126,
} as const;

export const twoCauses: readonly MixedCase[] = [
  {
    name: 'an image that does not exist, and a group that lets nothing out',
    classes: ['task-sg-egress-blocked', 'image-not-found'],
    account: () =>
      changed(at, [
        (w) => {
          theNetwork(w).group('app').IpPermissionsEgress = [];
          theContainer(w).image = imageOf(w, 'trouble', 'v404');
          failing(w, {
            code: failedToStart,
            reason:
              'ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. RequestError: send request failed caused by: Post "https://api.ecr.us-east-1.amazonaws.com/": dial tcp 44.213.79.86:443: i/o timeout',
          });
        },
      ]),
  },
  {
    name: 'some tasks are killed for memory, others fail their check with 404',
    classes: ['oom-killed', 'lb-healthcheck-misconfig'],
    account: () =>
      changed(at, [
        (w) =>
          checksFail(
            w,
            {
              State: 'unhealthy',
              Reason: 'Target.ResponseCodeMismatch',
              Description: 'Health checks failed with these codes: [404]',
            },
            { lived: 95, log: ['ready on 0.0.0.0:8080', '"GET /healthz" 404'] },
          ),
        (w) =>
          void addStopped(w, {
            count: 6,
            last: 40,
            every: 120,
            code: exited,
            reason: essentialExited,
            lived: 60,
            exit: 137,
            why: 'OutOfMemoryError: Container killed due to memory usage',
          }),
      ]),
  },
  {
    name: 'the load balancer may not come in, and the task may not go out to the database',
    classes: ['dependency-unreachable', 'lb-sg-ingress-missing'],
    account: () =>
      changed(at, [
        (w) => {
          theNetwork(w).group('app').IpPermissions = [tcpFrom(9999, w.id('sg', 'alb'))];
          theNetwork(w).group('database').IpPermissions = [];
          checksFail(
            w,
            { State: 'unhealthy', Reason: 'Target.Timeout', Description: 'Request timed out' },
            {
              lived: 95,
              running: 1,
              log: ['server on 0.0.0.0:8080', `connect ETIMEDOUT 10.${w.place.net}.33.40:5432`],
            },
          );
          addStopped(w, {
            count: 4,
            last: 50,
            every: 130,
            code: exited,
            reason: essentialExited,
            lived: 30,
            exit: 1,
            log: ['connecting to database', `Error: connect ETIMEDOUT 10.${w.place.net}.33.40:5432`],
          });
        },
        workerOutOfMemory,
      ]),
  },
  {
    name: 'layers cannot be fetched through the endpoint, and a secret does not exist',
    // The tasks of the newest revision stop at the secret, which is read first, and never come to the layers.
    classes: ['secret-reference-invalid', 's3-path-blocked'],
    account: () =>
      changed({ ...at, net: 127 }, [
        isolate,
        endpointRefusesBucket,
        (w) => {
          const missing = w.arn('secretsmanager', 'secret:double/nowhere-aaaaaa');
          failing(w, {
            code: failedToStart,
            reason: `CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: unexpected status code https://prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com/aa/bb: 403 Forbidden`,
            count: 3,
          });
          failingRollOut(
            w,
            (definition) =>
              definition.containerDefinitions?.[0]?.secrets?.push({ name: 'X', valueFrom: missing }),
            {
              count: 3,
              last: 20,
              code: failedToStart,
              reason: `ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: The task cannot find the secret with ARN '${missing}'. ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
            },
          );
        },
      ]),
  },
  {
    name: 'a mount target is closed, and new files of the log driver have no group',
    classes: ['efs-unreachable', 'log-group-missing'],
    account: () =>
      changed({ ...at, net: 128 }, [
        oddSettings,
        (w) => {
          mountFiles(w);
          theNetwork(w).group('files').IpPermissions = [];
          w.snapshot.logs.logGroups = w.snapshot.logs.logGroups.filter(
            (one) => !one.logGroupName.endsWith('/trouble'),
          );
          failing(w, {
            code: failedToStart,
            reason:
              "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: Connection timed out' : unsuccessful EFS utils command execution; code: 32",
            count: 3,
          });
          addStopped(w, {
            count: 3,
            last: 30,
            code: failedToStart,
            reason:
              'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1',
          });
        },
      ]),
  },
];
