// Reads what secrets and parameters are, and who may use their keys. Never a value: describing is enough to prove a wrong reference or a
// missing permission. What belongs to another account or region is looked for by its name here, since that is the usual mistake.

import type * as Kms from '@aws-sdk/client-kms';
import type * as SecretsManager from '@aws-sdk/client-secrets-manager';
import type { ParameterMetadata } from '@aws-sdk/client-ssm';
import type { Aws } from '../../src/contract/aws.ts';
import type { Observed, Seen } from '../../src/diagnosis/evidence.ts';
import {
  isForeign,
  parameterNames,
  type SecretReference,
} from '../../src/diagnosis/facts/secret-reference.ts';
import { type Asked, asked, type ResourceEvidence } from '../../src/diagnosis/resources.ts';
import { askFor, gapOf, joined } from './reading.ts';
import { next } from './staged.ts';

export const secretActions = [
  'secretsmanager:DescribeSecret',
  'secretsmanager:GetResourcePolicy',
  'ssm:DescribeParameters',
  'kms:DescribeKey',
  'kms:GetKeyPolicy',
] as const;

type SecretEvidence = Pick<
  ResourceEvidence,
  'secrets' | 'secretPolicies' | 'parameters' | 'keys' | 'keyPolicies'
>;

/** A filter of DescribeParameters takes 50 values. */
const NAMES_MAX = 50;
const KEYS_MAX = 3;
const PAGES_MAX = 5;
/** Policies are read of the few secrets a start names, not of all a task has. */
const POLICIES_MAX = 2;

/** Everything the facts look up about these references; `permissions` adds who may read them. */
export async function readSecrets(
  aws: Aws,
  references: readonly SecretReference[],
  { permissions }: { permissions: boolean },
): Promise<SecretEvidence> {
  const secrets = references.filter(({ kind }) => kind === 'secret');
  const own = secrets.filter((one) => !isForeign(one, aws));
  const [described, policies, parameters] = await Promise.all([
    Promise.all(secrets.map((one) => describeSecret(aws, isForeign(one, aws) ? one.name : one.id))),
    permissions && own.length <= POLICIES_MAX
      ? Promise.all(own.map(({ id }) => readSecretPolicy(aws, id)))
      : [],
    readParameters(
      aws,
      references.filter(({ kind }) => kind === 'parameter'),
    ),
  ]);
  const known = joined(described);
  const second = next(aws);
  const wanted = permissions ? keysOf(known, parameters) : [];
  const keyIds = wanted.filter((id) => (accountIn(id) ?? aws.account) === aws.account);
  const foreign = wanted.filter((id) => !keyIds.includes(id)).map(unseenKey);
  const [keys, keyPolicies] = await Promise.all([
    Promise.all(keyIds.map((id) => describeKey(second, id))),
    Promise.all(keyIds.filter((id) => !isAlias(id)).map((id) => readKeyPolicy(second, id, id))),
  ]);
  const aliased = await Promise.all(
    joined(keys).items.flatMap(({ value: { key, thing } }) =>
      isAlias(key) && thing?.KeyId !== undefined ? [readKeyPolicy(next(second), key, thing.KeyId)] : [],
    ),
  );
  return {
    secrets: known,
    secretPolicies: joined(policies),
    parameters,
    keys: joined([...keys, ...foreign]),
    keyPolicies: joined([...keyPolicies, ...aliased, ...foreign]),
  };
}

function describeSecret(aws: Aws, id: string): Promise<Seen<Asked<SecretsManager.DescribeSecretResponse>>> {
  return askFor(aws, {
    action: 'secretsmanager:DescribeSecret',
    input: { SecretId: id },
    key: id,
    what: `secret ${id.split(':').at(-1)}`,
    path: '$',
    thing: (output) => output,
  });
}

function readSecretPolicy(aws: Aws, id: string): Promise<Seen<Asked<string>>> {
  return askFor(aws, {
    action: 'secretsmanager:GetResourcePolicy',
    input: { SecretId: id },
    key: id,
    what: `the policy of secret ${id.split(':').at(-1)}`,
    path: '$.ResourcePolicy',
    thing: ({ ResourcePolicy }) => ResourcePolicy,
  });
}

/** One request for all names; what does not come back does not exist. */
async function readParameters(
  aws: Aws,
  references: readonly SecretReference[],
): Promise<ResourceEvidence['parameters']> {
  const names = [...new Set(references.flatMap(parameterNames))].slice(0, NAMES_MAX);
  if (names.length === 0) return { items: [], gaps: [] };
  const found: Observed<ParameterMetadata>[] = [];
  // Pages may be empty and go on; absence is only known once all were read, and the last answer says it.
  let last = '';
  let NextToken: string | undefined;
  let gate = aws;
  try {
    for (let page = 0; page < PAGES_MAX && (page === 0 || NextToken !== undefined); page += 1) {
      const { output, evidence } = await gate.call('ssm:DescribeParameters', {
        ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: names }],
        MaxResults: 50,
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      const path = (index: number) => `$.Parameters[${index}]`;
      for (const [index, value] of (output.Parameters ?? []).entries())
        found.push({ value, at: { id: evidence, path: path(index) } });
      last = evidence;
      NextToken = output.NextToken;
      gate = next(gate);
    }
  } catch (thrown) {
    return {
      items: [],
      gaps: [gapOf(thrown, 'the parameters of the task definition', 'ssm:DescribeParameters')],
    };
  }
  const items = references.flatMap((reference) => {
    const mine = parameterNames(reference);
    const one = found.find(({ value }) => mine.includes(value.Name ?? ''));
    if (one !== undefined) return [asked(reference.raw, one.value, one.at)];
    return NextToken === undefined
      ? [asked<ParameterMetadata>(reference.raw, undefined, { id: last, path: '$.Parameters' })]
      : [];
  });
  return { items, gaps: [] };
}

/** Keys that are not AWS's own: those need a permission of their own. */
function keysOf(secrets: SecretEvidence['secrets'], parameters: SecretEvidence['parameters']): string[] {
  const ids = [
    ...secrets.items.map(({ value }) => value.thing?.KmsKeyId),
    ...parameters.items.map(({ value }) =>
      value.thing?.Type === 'SecureString' ? value.thing.KeyId : undefined,
    ),
  ].flatMap((id) => (id === undefined || id === '' || /alias\/aws\//.test(id) ? [] : [id]));
  return [...new Set(ids)].slice(0, KEYS_MAX);
}

function accountIn(id: string): string | undefined {
  return /^arn:[a-z-]+:kms:[a-z0-9-]*:(\d{12}):/.exec(id)?.[1];
}

/** KMS would answer about a key of another account if that let this one in; nothing is asked of other accounts from here. */
function unseenKey(id: string): Seen<never> {
  return {
    items: [],
    gaps: [
      {
        what: `key ${id.split('/').at(-1)} of account ${accountIn(id)}`,
        missingAction: 'kms:DescribeKey',
        kind: 'other',
        about: id,
      },
    ],
  };
}

function describeKey(aws: Aws, id: string): Promise<Seen<Asked<Kms.KeyMetadata>>> {
  return askFor(aws, {
    action: 'kms:DescribeKey',
    input: { KeyId: id },
    key: id,
    what: `key ${id.split('/').at(-1)}`,
    path: '$.KeyMetadata',
    thing: ({ KeyMetadata }) => KeyMetadata,
  });
}

function readKeyPolicy(aws: Aws, key: string, KeyId: string): Promise<Seen<Asked<string>>> {
  return askFor(aws, {
    action: 'kms:GetKeyPolicy',
    input: { KeyId, PolicyName: 'default' },
    key,
    what: `the policy of key ${key.split('/').at(-1)}`,
    path: '$.Policy',
    thing: ({ Policy }) => Policy,
  });
}

function isAlias(id: string): boolean {
  return /(?:^|:)alias\//.test(id);
}
