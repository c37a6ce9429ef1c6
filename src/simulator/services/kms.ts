// Key Management Service: the state of a key and who may use it.

import type * as Kms from '@aws-sdk/client-kms';
import type { SnapshotKey } from '../../contract/snapshot.ts';
import type { SimulatedAccount } from '../account.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import type { Handler, HandlerTable } from './handler.ts';

/** A key by id, ARN, alias or the ARN of an alias. Throws NotFoundException. */
const describeKey: Handler<Kms.DescribeKeyCommandInput, Kms.DescribeKeyCommandOutput> = (input, account) => {
  const { aliases: _aliases, policy: _policy, ...key } = keyNamed(account, input.KeyId ?? '');
  return {
    KeyMetadata: {
      AWSAccountId: account.id,
      Arn: arnOf(account, `key/${key.KeyId}`),
      Enabled: (key.KeyState ?? 'Enabled') === 'Enabled',
      KeyState: 'Enabled',
      KeyUsage: 'ENCRYPT_DECRYPT',
      KeyManager: 'CUSTOMER',
      ...key,
    },
  };
};

/** The policy of a key by id or ARN; an alias is refused, as KMS does. Throws NotFoundException. */
const getKeyPolicy: Handler<Kms.GetKeyPolicyCommandInput, Kms.GetKeyPolicyCommandOutput> = (
  input,
  account,
) => {
  const id = input.KeyId ?? '';
  if (/(?:^|:)alias\//.test(id)) throw new AwsFault('InvalidArnException', `Invalid keyId ${id}`);
  const key = keyNamed(account, id);
  if ((input.PolicyName ?? 'default') !== 'default')
    throw new AwsFault('NotFoundException', 'No such policy exists');
  return { Policy: JSON.stringify(key.policy ?? ownersPolicy(account)), PolicyName: 'default' };
};

export const kmsHandlers: HandlerTable = { DescribeKey: describeKey, GetKeyPolicy: getKeyPolicy };

function keyNamed(account: SimulatedAccount, id: string): SnapshotKey {
  const found = account.state.kms.keys.find((key) => {
    const names = [key.KeyId, key.Arn ?? arnOf(account, `key/${key.KeyId}`)];
    const aliases = key.aliases ?? [];
    return [...names, ...aliases, ...aliases.map((alias) => arnOf(account, alias))].includes(id);
  });
  if (found !== undefined) return found;
  const arn = id.startsWith('arn:') ? id : arnOf(account, id.startsWith('alias/') ? id : `key/${id}`);
  throw new AwsFault(
    'NotFoundException',
    arn.includes(':alias/') ? `Alias ${arn} is not found.` : `Key '${arn}' does not exist`,
  );
}

function arnOf(account: SimulatedAccount, resource: string): string {
  return `arn:aws:kms:${account.region}:${account.id}:${resource}`;
}

/** What a key has that was made without a policy: its account decides. */
function ownersPolicy(account: SimulatedAccount): Record<string, unknown> {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account.id}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  };
}
