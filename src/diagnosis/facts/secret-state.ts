// What is known of each secret and parameter a start needs: whether it is there, in which account and region, and whether the role that
// starts the task may read it and use its key.

import type { EvidenceRef } from '../../contract/finding.ts';
import type { EvidenceBundle, Gap } from '../evidence.ts';
import { lookUp, noResources } from '../resources.ts';
import { isAwsOwn } from './key-state.ts';
import { type Permission, permissionOf } from './permission.ts';
import { isForeign, type SecretReference } from './secret-reference.ts';

export interface SecretState {
  readonly reference: SecretReference;
  readonly state: 'there' | 'absent' | 'deleted' | 'elsewhere' | 'malformed' | 'unseen';
  /** What it is called where it is: its own ARN. */
  readonly arn: string | undefined;
  readonly keyId: string | undefined;
  /** A version the reference asks for and that the secret does not have. */
  readonly missingVersion: string | undefined;
  readonly evidence: readonly EvidenceRef[];
  readonly gaps: readonly Gap[];
}

/** The state of what a reference names. */
export function secretState(bundle: EvidenceBundle, reference: SecretReference): SecretState {
  const resources = bundle.resources ?? noResources;
  const base = { reference, arn: undefined, keyId: undefined, missingVersion: undefined, gaps: [] };
  if (/^arn:/.test(reference.raw) && reference.account === undefined)
    return { ...base, state: 'malformed', evidence: [reference.at] };
  const foreign = isForeign(reference, bundle);
  if (isOthers(reference, bundle))
    return {
      ...base,
      state: 'unseen',
      evidence: [],
      gaps: [elsewhereGap(reference, 'secretsmanager:DescribeSecret')],
    };
  if (reference.kind === 'parameter') {
    const look = lookUp(resources.parameters, reference.raw);
    if (look.state === 'unseen') return { ...base, state: 'unseen', evidence: [], gaps: look.gaps };
    if (look.state === 'absent')
      return foreign
        ? {
            ...base,
            state: 'unseen',
            evidence: [],
            gaps: [elsewhereGap(reference, 'ssm:DescribeParameters')],
          }
        : { ...base, state: 'absent', evidence: [look.at, reference.at] };
    return {
      ...base,
      state: foreign ? 'elsewhere' : 'there',
      arn: look.thing.ARN,
      keyId: look.thing.Type === 'SecureString' ? look.thing.KeyId : undefined,
      evidence: [look.at, reference.at],
    };
  }
  const look = lookUp(resources.secrets, foreign ? reference.name : reference.id);
  if (look.state === 'unseen') return { ...base, state: 'unseen', evidence: [], gaps: look.gaps };
  if (look.state === 'absent')
    return foreign
      ? {
          ...base,
          state: 'unseen',
          evidence: [],
          gaps: [elsewhereGap(reference, 'secretsmanager:DescribeSecret')],
        }
      : { ...base, state: 'absent', evidence: [look.at, reference.at] };
  const { thing } = look;
  return {
    ...base,
    state: foreign ? 'elsewhere' : thing.DeletedDate === undefined ? 'there' : 'deleted',
    arn: thing.ARN,
    keyId: thing.KmsKeyId,
    missingVersion: missingVersion(reference, thing.VersionIdsToStages),
    evidence: [look.at, reference.at],
  };
}

/** A secret of another account whose random ending is not that of a secret of its name here: it was not copied from here. */
function isOthers(reference: SecretReference, bundle: EvidenceBundle): boolean {
  const { account, kind, id, name } = reference;
  if (kind !== 'secret' || account === undefined || account === bundle.account) return false;
  const look = lookUp((bundle.resources ?? noResources).secrets, name);
  return look.state === 'there' && hasEnding(reference) && endingOf(look.thing.ARN ?? '') !== endingOf(id);
}

/** Whether the ARN of a secret ends in what Secrets Manager appended to its name. */
export function hasEnding({ id, name }: SecretReference): boolean {
  return !id.endsWith(`:secret:${name}`);
}

function endingOf(arn: string): string {
  return arn.slice(-6);
}

/** Everything the role needs to read it: the secret itself, and its key when that is not AWS's own. */
export function secretPermissions(bundle: EvidenceBundle, role: string, state: SecretState): Permission[] {
  const resources = bundle.resources ?? noResources;
  const { reference } = state;
  const resource = state.arn ?? guessedArn(bundle, reference);
  const own = reference.account === undefined || reference.account === bundle.account;
  const policy = lookUp(resources.secretPolicies, reference.id);
  const read =
    reference.kind === 'parameter'
      ? permissionOf(bundle, { role, action: 'ssm:GetParameters', resource })
      : permissionOf(bundle, {
          role,
          action: 'secretsmanager:GetSecretValue',
          resource,
          needs: own ? 'either' : 'both',
          context: secretContext(bundle, reference),
          complete: ['secretsmanager:ResourceTag/', 'aws:ResourceTag/'],
          // Nobody asked for the policies of many secrets: then the role's own policies decide in its account.
          ...(policy.state === 'unseen' && policy.gaps.length === 0 && own ? {} : { resourcePolicy: policy }),
        });
  const { keyId } = state;
  if (keyId === undefined || isAwsOwn(keyId)) return [read];
  const key = lookUp(resources.keys, keyId);
  if (key.state === 'there' && key.thing.KeyManager === 'AWS') return [read];
  const keyPolicy = lookUp(resources.keyPolicies, keyId);
  const keyArn =
    key.state === 'there' && key.thing.Arn !== undefined
      ? key.thing.Arn
      : keyId.startsWith('arn:')
        ? keyId
        : `arn:aws:kms:${bundle.region}:${bundle.account}:${/^alias\//.test(keyId) ? keyId : `key/${keyId}`}`;
  const decrypt = permissionOf(bundle, {
    role,
    action: 'kms:Decrypt',
    resource: keyArn,
    needs: 'key',
    context: {
      'kms:ViaService': `${reference.kind === 'parameter' ? 'ssm' : 'secretsmanager'}.${bundle.region}.amazonaws.com`,
      'kms:CallerAccount': bundle.account,
    },
    // A key without a policy does not exist: an answer of "not found" leaves its policy unseen.
    resourcePolicy:
      keyPolicy.state === 'absent'
        ? {
            state: 'unseen',
            gaps: [{ what: `the policy of key ${keyId}`, missingAction: 'kms:GetKeyPolicy', kind: 'other' }],
          }
        : keyPolicy,
  });
  return [read, decrypt];
}

function secretContext(
  bundle: EvidenceBundle,
  reference: SecretReference,
): Record<string, string | undefined> {
  const look = lookUp((bundle.resources ?? noResources).secrets, reference.id);
  if (look.state !== 'there') return {};
  const tags = (look.thing.Tags ?? []).flatMap(({ Key = '', Value = '' }) => [
    [`secretsmanager:ResourceTag/${Key}`, Value],
    [`aws:ResourceTag/${Key}`, Value],
  ]);
  return { 'secretsmanager:SecretId': look.thing.ARN, ...Object.fromEntries(tags) };
}

/** Without an answer of AWS the ARN is put together from the reference. */
function guessedArn(bundle: EvidenceBundle, { kind, raw, id, name }: SecretReference): string {
  if (raw.startsWith('arn:')) return id;
  const resource = kind === 'parameter' ? `parameter/${name.replace(/^\//, '')}` : `secret:${name}`;
  return `arn:aws:${kind === 'parameter' ? 'ssm' : 'secretsmanager'}:${bundle.region}:${bundle.account}:${resource}`;
}

/** `arn:…:secret:name:json-key:version-stage:version-id`; without either AWSCURRENT is meant. */
function missingVersion(
  { raw }: SecretReference,
  versions: Record<string, string[]> | undefined,
): string | undefined {
  if (versions === undefined || Object.keys(versions).length === 0) return undefined;
  const [, , , , , , , , stage = '', id = ''] = raw.split(':');
  if (id !== '') return versions[id] === undefined ? id : undefined;
  const wanted = stage === '' ? 'AWSCURRENT' : stage;
  return Object.values(versions).some((stages) => stages.includes(wanted)) ? undefined : wanted;
}

function elsewhereGap({ account, region, name }: SecretReference, missingAction: string): Gap {
  return {
    what: `${name} of account ${account ?? ''} in ${region ?? ''}, which this node does not see`,
    missingAction,
    kind: 'other',
  };
}
