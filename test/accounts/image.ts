// Image causes: what is pulled does not exist, is not given out, or is for another machine.

import type { World } from './base.ts';
import { found } from './base.ts';
import { cause } from './case.ts';
import {
  clumsyPeople,
  deadRouteElsewhere,
  everydayStops,
  oddSettings,
  oldOutOfMemory,
  oldPullTimeouts,
  scaryLines,
  storefrontSharesGroup,
  workerOutOfMemory,
  workerShutIn,
} from './decoys.ts';
import {
  breakerTripped,
  essentialExited,
  event,
  exited,
  failedToStart,
  failing,
  failingRollOut,
} from './incident.ts';
import { imageOf, theContainer, theService } from './workload.ts';

function repository(w: World) {
  return found(
    w.snapshot.ecr.repositories.find((one) => one.repositoryName === w.place.service),
    'repository',
  );
}

export const image = [
  cause('image-not-found', {
    denied: ['ecr:*'],
    at: {
      region: 'us-east-1',
      account: '480021773946',
      cluster: 'bakery',
      service: 'menu',
      net: 15,
      count: 2,
    },
    ill: (w) => {
      const wanted = imageOf(w, 'menu', 'latest');
      const text = `CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref ${wanted}: ${wanted}: not found`;
      failingRollOut(
        w,
        (definition) => Object.assign(definition.containerDefinitions?.[0] ?? {}, { image: wanted }),
        { code: failedToStart, reason: text, why: text },
      );
    },
    decoysAt: {
      region: 'us-west-2',
      account: '691147730258',
      cluster: 'observe',
      service: 'collector',
      net: 36,
      count: 6,
    },
    again: (w) => {
      // The tag was overwritten and a lifecycle rule removed the digest that the deployment was pinned to: ECR says 403.
      const gone = `sha256:${w.hex('overwritten', 64)}`;
      const ref = `${imageOf(w, 'collector', '2.14.0')}@${gone}`;
      const text = `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${ref}: unexpected status from HEAD request to https://${w.place.account}.dkr.ecr.us-west-2.amazonaws.com/v2/collector/manifests/${gone}: 403 Forbidden`;
      theService(w).desiredCount = 8;
      failing(w, {
        code: failedToStart,
        reason: text,
        why: text,
        change: (task) => {
          for (const container of task.containers ?? []) Object.assign(container, { imageDigest: gone });
        },
      });
    },
    decoys: [oldPullTimeouts, workerShutIn, clumsyPeople, oddSettings],
  }),
  cause('private-registry-auth', {
    verdict: 'likely',
    why: 'the registry is not part of the account',
    denied: ['ecs:DescribeTaskDefinition'],
    at: {
      region: 'eu-west-1',
      account: '233904417785',
      cluster: 'lab',
      service: 'notebook',
      net: 55,
      count: 1,
    },
    ill: (w) => {
      theContainer(w).image = 'ghcr.io/northwind-labs/notebook:1.9.2';
      const text =
        'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ghcr.io/northwind-labs/notebook:1.9.2: failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token?scope=repository%3Anorthwind-labs%2Fnotebook%3Apull&service=ghcr.io: 401 Unauthorized';
      failing(w, { code: failedToStart, reason: text, why: text });
    },
    decoysAt: {
      region: 'eu-central-1',
      account: '875520193346',
      cluster: 'farm',
      service: 'sensor-hub',
      net: 68,
      launch: 'EC2',
    },
    again: (w) => {
      theContainer(w).image = 'registry.gitlab.com/farmco/sensor-hub:2024.11';
      failing(w, {
        code: failedToStart,
        reason: 'Task failed to start',
        why: 'CannotPullContainerError: Error response from daemon: Head "https://registry.gitlab.com/v2/farmco/sensor-hub/manifests/2024.11": no basic auth credentials',
      });
    },
    decoys: [oldPullTimeouts, workerOutOfMemory, oddSettings],
  }),
  cause('registry-rate-limit', {
    verdict: 'likely',
    why: 'what the registry counts is not part of the account',
    denied: ['ecs:DescribeTasks'],
    at: { region: 'us-east-1', account: '307715529946', cluster: 'ci', service: 'proxy', net: 72, count: 10 },
    ill: (w) => {
      theContainer(w).image = 'nginx:1.27-alpine';
      const text =
        'CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/nginx/manifests/sha256:4ff102c5d78d254a6f0da062b3cf39eaf07f01eec0927fd21e219d0af8bc0591: 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit';
      failing(w, { code: failedToStart, reason: text, why: text, count: 8, every: 60 });
    },
    decoysAt: {
      region: 'us-east-2',
      account: '411083372296',
      cluster: 'etl',
      service: 'sidecar-test',
      net: 99,
      count: 5,
      launch: 'EC2',
    },
    again: (w) => {
      theContainer(w).image = 'public.ecr.aws/docker/library/redis:7.4';
      failing(w, {
        code: failedToStart,
        reason: 'Task failed to start',
        why: 'CannotPullContainerError: Error response from daemon: toomanyrequests: Rate exceeded',
      });
    },
    decoys: [oldOutOfMemory, workerShutIn, deadRouteElsewhere],
  }),
  cause('platform-mismatch', {
    denied: ['ecr:*'],
    at: {
      region: 'us-west-2',
      account: '265519038874',
      cluster: 'demo',
      service: 'landing',
      net: 23,
      count: 2,
    },
    ill: (w) => {
      armImageIn(w, '2.14.0');
      failing(w, {
        code: exited,
        reason: essentialExited,
        lived: 2,
        exit: 1,
        log: ['exec /usr/local/bin/docker-entrypoint.sh: exec format error'],
      });
    },
    decoysAt: {
      region: 'eu-west-2',
      account: '538840017729',
      cluster: 'graviton',
      service: 'scorer',
      net: 62,
    },
    again: (w) => {
      // The other direction: the definition was moved to ARM64, the image was not.
      const text = `CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/arm64'`;
      failingRollOut(
        w,
        (definition) => {
          definition.runtimePlatform = { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' };
        },
        { code: failedToStart, reason: text, why: text },
      );
      breakerTripped(w);
    },
    decoys: [scaryLines, oldPullTimeouts, storefrontSharesGroup, everydayStops, oddSettings],
  }),
];

function armImageIn(w: World, tag: string): void {
  const pushed = repository(w).images.find(
    (one) => Array.isArray(one['imageTags']) && one['imageTags'].includes(tag),
  );
  Object.assign(pushed ?? {}, { architecture: 'arm64', imagePushedAt: w.ago(3_000) });
  event(w, 2_900, `(service ${w.place.service}) has begun draining connections on 2 tasks.`);
}
