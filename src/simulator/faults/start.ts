// Faults that keep tasks from starting: what a revision names does not exist, was not built for it, or was deleted.

import { secretArn } from '../accounts/names.ts';
import { anywhere, type Fault, type FaultSite } from './fault.ts';
import { deployAgain, deployRevision, recordChange } from './people.ts';

export const startFaults: readonly Fault[] = [
  {
    name: 'log-group-deleted',
    class: 'log-group-missing',
    about: 'somebody deleted a log group that looked unused',
    fits: anywhere,
    mendable: true,
    inject: (site) => {
      const { logGroups } = site.account.state.logs;
      const index = logGroups.findIndex((one) => one.logGroupName === site.service.logGroup);
      if (index >= 0) logGroups.splice(index, 1);
      recordChange(
        site,
        'logs:DeleteLogGroup',
        { logGroupName: site.service.logGroup },
        { type: 'AWS::Logs::LogGroup', name: site.service.logGroup },
      );
      deployAgain(site);
      return [site.service.logGroup];
    },
  },
  {
    name: 'image-tag-mistyped',
    class: 'image-not-found',
    about: 'a deployment names a tag that was never pushed',
    fits: anywhere,
    mendable: true,
    inject: (site) => {
      const tag = `${site.service.tag}${site.random.pick(['-final', '.1', '-hotfix', '-amd'])}`;
      const revision = deployRevision(site, (_, container) => {
        container.image = container.image?.replace(/:[^:/]*$/, `:${tag}`);
      });
      return [revision, site.service.name, tag];
    },
  },
  {
    name: 'image-expired',
    class: 'image-not-found',
    about: 'a life-cycle rule of the repository removed the image that still runs',
    fits: anywhere,
    mendable: false,
    inject: (site) => {
      const repository = site.account.state.ecr.repositories.find(
        (one) => one.repositoryName === site.service.name,
      );
      if (repository !== undefined) repository.images = [];
      recordChange(
        site,
        'ecr:PolicyExecutionEvent',
        { repositoryName: site.service.name },
        { type: 'AWS::ECR::Repository', name: site.service.name },
      );
      deployAgain(site);
      return [site.service.name, ...imagesOf(site)];
    },
  },
  {
    name: 'image-of-other-architecture',
    class: 'platform-mismatch',
    about: 'the image was built on a laptop with another processor',
    fits: (_, service) => service.launchType === 'FARGATE',
    mendable: false,
    inject: (site) => {
      const tag = `${site.service.tag}-m1`;
      const repository = site.account.state.ecr.repositories.find(
        (one) => one.repositoryName === site.service.name,
      );
      repository?.images.push({
        imageDigest: `sha256:${site.random.hex(64)}`,
        imageTags: [tag],
        imagePushedAt: new Date(site.account.now() - 60_000).toISOString(),
        architecture: site.service.architecture === 'ARM64' ? 'amd64' : 'arm64',
      });
      const revision = deployRevision(site, (_, container) => {
        container.image = container.image?.replace(/:[^:/]*$/, `:${tag}`);
      });
      return [revision, site.service.name, tag];
    },
  },
  {
    name: 'secret-mistyped',
    class: 'secret-reference-invalid',
    about: 'a revision names a secret that does not exist',
    fits: (_, service) => service.secret !== undefined,
    mendable: false,
    inject: (site) => {
      const name = `${site.service.name}/datbase`;
      const arn = secretArn(site.plan, name);
      // The role may read what is under the service's name, so that the answer is "there is no such thing".
      const role = site.account.state.iam.Roles.find((one) => one.RoleName === site.service.executionRole);
      role?.policies.push({
        PolicyName: 'own-secrets',
        Document: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: 'secretsmanager:GetSecretValue',
              Resource: arn.replace(/:secret:.*$/, `:secret:${site.service.name}/*`),
            },
          ],
        },
      });
      const revision = deployRevision(site, (_, container) => {
        container.secrets = [{ name: 'DB_PASSWORD', valueFrom: arn }];
      });
      return [arn, name, revision];
    },
  },
  {
    name: 'secret-deleted',
    class: 'secret-reference-invalid',
    about: 'the secret was marked for deletion',
    fits: (_, service) => service.secret !== undefined,
    mendable: false,
    inject: (site) => {
      const secret = site.account.state.secretsmanager.secrets.find(
        (one) => one.Name === site.service.secret,
      );
      if (secret !== undefined) secret['DeletedDate'] = new Date(site.account.now()).toISOString();
      recordChange(
        site,
        'secretsmanager:DeleteSecret',
        { secretId: secret?.ARN },
        { type: 'AWS::SecretsManager::Secret', name: secret?.ARN ?? '' },
      );
      deployAgain(site);
      return [secret?.ARN ?? '', site.service.secret ?? ''];
    },
  },
  {
    name: 'command-as-one-word',
    class: 'entrypoint-invalid',
    about: 'the command was written as one word instead of a list',
    fits: anywhere,
    mendable: true,
    inject: (site) => {
      const command = site.random.pick(['npm run start', 'python -m app.main', '/app/start.sh --production']);
      return [
        deployRevision(site, (_, container) => {
          container.command = [command];
        }),
        site.service.container,
      ];
    },
  },
];

function imagesOf(site: FaultSite): string[] {
  const definition = site.account.state.ecs.taskDefinitions
    .filter((one) => one.family === site.service.name)
    .at(-1);
  return (definition?.containerDefinitions ?? []).flatMap((one) =>
    one.image === undefined ? [] : [one.image],
  );
}
