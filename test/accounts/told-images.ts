// Images and registries: whose registry it is, for which machine an image was built, what throttling is called.

import type { World } from './base.ts';
import { changed, type ToldCase } from './case.ts';
import { essentialExited, exited, failedToStart, failing } from './incident.ts';
import { theContainer, theDefinition } from './workload.ts';

const at = {
  region: 'us-west-2',
  account: '330044550066',
  cluster: 'shelf',
  service: 'portal',
  net: 140,
} as const;

const startFails = (w: World, text: string) => failing(w, { code: failedToStart, reason: text, why: text });

function sidecarOfAnotherAccount(w: World): void {
  const image = '902211334455.dkr.ecr.us-west-2.amazonaws.com/mesh-sidecar:4.2';
  theDefinition(w).containerDefinitions?.push({ name: 'mesh', image, essential: false });
  startFails(
    w,
    `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: pulling from host 902211334455.dkr.ecr.us-west-2.amazonaws.com failed with status code [manifests 4.2]: 403 Forbidden`,
  );
}

export const toldImages: readonly ToldCase[] = [
  {
    name: "an image in another account's registry, of which nothing may be read",
    class: 'exec-role-ecr-denied',
    verdicts: ['likely'],
    says: () => ['mesh-sidecar', '902211334455'],
    never: [/does not exist/],
    missing: 'ecr:GetRepositoryPolicy',
    account: () => changed(at, [sidecarOfAnotherAccount]),
  },
  {
    name: 'a throttled registry, told without a hole in the sentence',
    class: 'registry-rate-limit',
    verdicts: ['likely', 'proven'],
    says: () => ['ECS tries again by itself'],
    never: [/\[secret:/],
    account: () =>
      changed(at, [
        (w) => {
          theContainer(w).image = 'public.ecr.aws/datadog/agent:7';
          startFails(
            w,
            'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref public.ecr.aws/datadog/agent:7: unexpected status from HEAD request to https://public.ecr.aws/v2/datadog/agent/manifests/7: 429 Too Many Requests - Server message: toomanyrequests: Rate exceeded',
          );
        },
      ]),
  },
  {
    name: 'an image for ARM alone, while its log may not be read',
    class: 'platform-mismatch',
    verdicts: ['proven'],
    says: () => ['linux/arm64', 'linux/amd64'],
    account: () =>
      changed(at, [
        (w) => {
          for (const one of w.snapshot.ecr.repositories.find(
            ({ repositoryName }) => repositoryName === 'portal',
          )?.images ?? [])
            Object.assign(one, { architecture: 'arm64' });
          failing(w, {
            code: exited,
            reason: essentialExited,
            lived: 1,
            exit: 255,
            log: ['exec /usr/bin/node: exec format error'],
          });
          w.snapshot.denied.push('logs:GetLogEvents', 'logs:FilterLogEvents');
        },
      ]),
  },
  {
    name: 'an image for an older Windows than that of the host',
    class: 'platform-mismatch',
    verdicts: ['likely'],
    says: () => ['10.0.17763', '10.0.20348'],
    account: () =>
      changed(at, [
        (w) => {
          theDefinition(w).runtimePlatform = {
            operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE',
            cpuArchitecture: 'X86_64',
          };
          startFails(
            w,
            'CannotPullContainerError: a Windows version 10.0.17763-based image is incompatible with a 10.0.20348 host',
          );
        },
      ]),
  },
];
