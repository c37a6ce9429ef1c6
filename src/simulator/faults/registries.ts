// Faults of registries outside of AWS: one that wants credentials, one that limits how often strangers pull.

import type { Fault } from './fault.ts';
import { deployRevision } from './people.ts';

const HUB_LIMIT = 100;

export const registryFaults: readonly Fault[] = [
  {
    name: 'registry-without-credentials',
    class: 'private-registry-auth',
    about: 'the image moved to the registry of the company, and the revision names no credentials for it',
    fits: (plan) => plan.wayOut !== 'endpoints',
    mendable: true,
    inject: (site) => {
      const { plan, service, random } = site;
      const host = random.pick([
        'registry.gitlab.com',
        `${plan.cluster}.jfrog.io`,
        `${plan.cluster}.azurecr.io`,
      ]);
      const image = `${host}/${plan.cluster}/${service.name}:${service.tag}`;
      const revision = deployRevision(site, (_, container) => {
        container.image = image;
      });
      return [revision, image];
    },
  },
  {
    name: 'docker-hub-limit',
    class: 'registry-rate-limit',
    about: 'build machines behind the same NAT gateway have used up what Docker Hub lets strangers pull',
    fits: (plan) => plan.wayOut === 'nat-per-zone' || plan.wayOut === 'one-nat',
    mendable: true,
    inject: (site) => {
      const { account, service, random } = site;
      // What others pull is no thing of the account; the tag only tells the engine of it.
      for (const nat of account.state.ec2.NatGateways)
        nat.Tags = [
          ...(nat.Tags ?? []),
          { Key: 'SIMULATE', Value: `docker-hub-pulls=${HUB_LIMIT + random.int(0, 80)}` },
        ];
      const image = `${random.pick(['', 'docker.io/'])}${random.pick(['bitnami', 'grafana', 'linuxserver'])}/${service.name}:${service.tag}`;
      const revision = deployRevision(site, (_, container) => {
        container.image = image;
      });
      return [revision, image];
    },
  },
];
