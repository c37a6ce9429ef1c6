// Faults of programs and of what looks at them: a deployment brings a program that exits, leaks, listens elsewhere or starts slowly,
// or a health check that does not fit it.

import { targetGroupArn } from '../accounts/names.ts';
import type { AccountPlan, ServicePlan } from '../accounts/plan.ts';
import { anywhere, type Fault, type FaultSite } from './fault.ts';
import { deployRevision, recordChange } from './people.ts';

const isBalanced = (_: AccountPlan, service: ServicePlan) => service.balanced;

export const programFaults: readonly Fault[] = [
  behaves({
    name: 'variable-forgotten',
    class: 'app-config-error',
    about: 'the new version wants a variable that nobody set',
    fits: anywhere,
    mendable: true,
    words: ({ random }) => `requires=${random.pick(['STRIPE_API_KEY', 'FEATURE_FLAGS_URL', 'JWT_AUDIENCE'])}`,
  }),
  behaves({
    name: 'batch-job-as-service',
    class: 'app-clean-exit',
    about: 'a program that does its work and ends was deployed as a service',
    fits: anywhere,
    mendable: true,
    words: ({ random }) => `exits=0@${random.int(3, 20)}`,
  }),
  behaves({
    name: 'segmentation-fault',
    class: 'native-crash',
    about: 'a native library of the new version crashes',
    fits: anywhere,
    mendable: true,
    words: ({ random }) => `exits=139@${random.int(5, 40)}`,
  }),
  behaves({
    name: 'memory-leak',
    class: 'oom-killed',
    about: 'the new version leaks memory until it is killed',
    fits: anywhere,
    mendable: true,
    words: ({ service }) => `leaks=${Math.ceil(service.memoryMiB / 3)}`,
    minutes: 30,
  }),
  behaves({
    name: 'listens-on-loopback',
    class: 'app-bind-address',
    about: 'the new version listens on 127.0.0.1 only',
    fits: isBalanced,
    mendable: true,
    words: () => 'binds=loopback',
  }),
  behaves({
    name: 'curl-not-in-image',
    class: 'container-healthcheck-invalid',
    about: 'the new image is smaller, and the program of the health check is gone',
    fits: anywhere,
    mendable: true,
    words: () => 'lacks=curl',
    more: (container, site) => pushImage(container, site, `${site.service.tag}-slim`),
  }),
  behaves({
    name: 'starts-slowly',
    class: 'slow-start-grace',
    about: 'the new version warms up for longer than the health checks wait',
    fits: isBalanced,
    mendable: true,
    words: ({ random }) => `starts-after=${random.int(200, 420)}`,
    // The container's own check would end it first; a service that starts slowly often has none.
    more: (container) => {
      delete container.healthCheck;
    },
    minutes: 30,
  }),
  {
    name: 'health-path-renamed',
    class: 'lb-healthcheck-misconfig',
    about: 'somebody changed the path of the health check to one that does not exist',
    fits: isBalanced,
    mendable: true,
    minutes: 30,
    inject: (site) => {
      const arn = targetGroupArn(site.plan, site.service);
      const group = site.account.state.elbv2.TargetGroups.find((one) => one.TargetGroupArn === arn);
      if (group !== undefined) group.HealthCheckPath = '/internal/health-v2';
      recordChange(
        site,
        'elasticloadbalancing:ModifyTargetGroup',
        { targetGroupArn: arn, healthCheckPath: '/internal/health-v2' },
        { type: 'AWS::ElasticLoadBalancingV2::TargetGroup', name: arn },
      );
      deployRevision(site, (_, container) => {
        container.dockerLabels = { SIMULATE: `health=${site.service.healthPath}` };
      });
      return [arn, site.service.name];
    },
  },
];

interface Behaving extends Omit<Fault, 'inject'> {
  /** What the program of the new version is like, in the words of the engine. */
  words(site: FaultSite): string;
  /** What else the new revision changes about the container. */
  more?(container: Parameters<Parameters<typeof deployRevision>[1]>[1], site: FaultSite): void;
}

function behaves({ words, more, ...about }: Behaving): Fault {
  return {
    ...about,
    inject: (site) => {
      const revision = deployRevision(site, (_, container) => {
        container.dockerLabels = { SIMULATE: words(site) };
        more?.(container, site);
      });
      return [revision, site.service.container, site.service.name];
    },
  };
}

/** Builds and pushes another image of the service and names it. */
function pushImage(
  container: { image?: string | undefined },
  { account, service, random }: FaultSite,
  tag: string,
): void {
  const repository = account.state.ecr.repositories.find((one) => one.repositoryName === service.name);
  const before = repository?.images.at(-1);
  repository?.images.push({
    ...before,
    imageDigest: `sha256:${random.hex(64)}`,
    imageTags: [tag],
    imagePushedAt: new Date(account.now() - 60_000).toISOString(),
  });
  container.image = container.image?.replace(/:[^:/]*$/, `:${tag}`);
}
