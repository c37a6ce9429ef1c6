// Secrets Manager: what a secret is called, how it is encrypted and who may read it; never a value.

import type * as SecretsManager from '@aws-sdk/client-secrets-manager';
import type { SnapshotSecret } from '../../contract/snapshot.ts';
import type { SimulatedAccount } from '../account.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import type { Handler, HandlerTable } from './handler.ts';
import { pageOf, tokenAs } from './page.ts';

/** A secret by name or ARN, with or without the six characters that end it. Throws ResourceNotFoundException. */
const describeSecret: Handler<
  SecretsManager.DescribeSecretCommandInput,
  SecretsManager.DescribeSecretCommandOutput
> = (input, account) => {
  const { ResourcePolicy: _policy, ...secret } = secretNamed(account, input.SecretId);
  return secret;
};

/** Secrets by name, description or tag key, 100 a page; those that wait to be deleted only when asked for. */
const listSecrets: Handler<
  SecretsManager.ListSecretsCommandInput,
  SecretsManager.ListSecretsCommandOutput
> = (input, account) => {
  const wanted = account.state.secretsmanager.secrets.filter(
    (secret) =>
      (secret.DeletedDate === undefined || input.IncludePlannedDeletion === true) &&
      (input.Filters ?? []).every((filter) => passes(secret, filter)),
  );
  const page = pageOf(wanted, {
    token: input.NextToken,
    limit: input.MaxResults,
    defaultLimit: 100,
    maxLimit: 100,
    scope: `ListSecrets ${JSON.stringify([input.Filters, input.IncludePlannedDeletion])}`,
    invalidToken: () => new AwsFault('InvalidNextTokenException', 'Invalid NextToken'),
  });
  return {
    SecretList: page.items.map(({ ResourcePolicy: _policy, VersionIdsToStages, ...secret }) => ({
      ...secret,
      ...(VersionIdsToStages === undefined ? {} : { SecretVersionsToStages: VersionIdsToStages }),
    })),
    ...tokenAs('NextToken', page),
  };
};

/** The policy on a secret, when it has one. Throws ResourceNotFoundException. */
const getResourcePolicy: Handler<
  SecretsManager.GetResourcePolicyCommandInput,
  SecretsManager.GetResourcePolicyCommandOutput
> = (input, account) => {
  const { ARN, Name, ResourcePolicy } = secretNamed(account, input.SecretId);
  return {
    ARN,
    Name,
    ...(ResourcePolicy === undefined ? {} : { ResourcePolicy: JSON.stringify(ResourcePolicy) }),
  };
};

export const secretsmanagerHandlers: HandlerTable = {
  DescribeSecret: describeSecret,
  ListSecrets: listSecrets,
  GetResourcePolicy: getResourcePolicy,
};

function secretNamed(account: SimulatedAccount, id: string | undefined): SnapshotSecret {
  const found = account.state.secretsmanager.secrets.find(
    (secret) => secret.Name === id || secret.ARN === id || secret.ARN.replace(/-[A-Za-z0-9]{6}$/, '') === id,
  );
  if (found === undefined)
    throw new AwsFault('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  return found;
}

/** Values are prefixes, and alternatives; one that begins with `!` excludes. */
function passes(secret: SnapshotSecret, filter: SecretsManager.Filter): boolean {
  const texts = textsOf(secret, filter.Key ?? 'all');
  const values = filter.Values ?? [];
  const begins = (value: string) => texts.some((text) => text.toLowerCase().startsWith(value.toLowerCase()));
  const excluded = values.filter((value) => value.startsWith('!'));
  const wanted = values.filter((value) => !value.startsWith('!'));
  return !excluded.some((value) => begins(value.slice(1))) && (wanted.length === 0 || wanted.some(begins));
}

function textsOf(secret: SnapshotSecret, key: string): string[] {
  const tags = secret.Tags ?? [];
  const parts: Readonly<Record<string, (string | undefined)[]>> = {
    name: [secret.Name],
    description: [secret.Description],
    'tag-key': tags.map((tag) => tag.Key),
    'tag-value': tags.map((tag) => tag.Value),
    'owning-service': [secret.OwningService],
    'primary-region': [secret.PrimaryRegion],
  };
  const texts = key === 'all' ? Object.values(parts).flat() : (parts[key] ?? []);
  return texts.filter((text) => text !== undefined);
}
