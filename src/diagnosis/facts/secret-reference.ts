// What `valueFrom` of a task definition means: a secret of Secrets Manager, a JSON key in it, or a parameter of Systems Manager.
// Only the reference is read here; values never are.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html

import type * as Ecs from '@aws-sdk/client-ecs';
import type { EvidenceRef } from '../../contract/finding.ts';
import { below, type Observed } from '../evidence.ts';

export interface SecretReference {
  readonly kind: 'secret' | 'parameter';
  /** Text of `valueFrom`. */
  readonly raw: string;
  /** What AWS is asked with: the ARN without JSON key and version, or the name. */
  readonly id: string;
  /** Account and region of an ARN; undefined for a plain name, which means the task's own. */
  readonly account: string | undefined;
  readonly region: string | undefined;
  /** Name without the six characters that end the ARN of a secret. */
  readonly name: string;
  /** Key inside the JSON value, when one is asked for. */
  readonly jsonKey: string | undefined;
  /** The variable or option that takes it. */
  readonly used: string;
  readonly at: EvidenceRef;
}

/** More references than this are not looked up. */
const REFERENCES_MAX = 30;

/** Every secret and parameter that starting a task of this definition reads, each once. */
export function secretReferences(definition: Observed<Ecs.TaskDefinition>): SecretReference[] {
  const all = (definition.value.containerDefinitions ?? []).flatMap((container, index) => {
    const path = `.containerDefinitions[${index}]`;
    const named = [
      ...(container.secrets ?? []).map((one, number) => ({ ...one, path: `${path}.secrets[${number}]` })),
      ...(container.logConfiguration?.secretOptions ?? []).map((one, number) => ({
        ...one,
        path: `${path}.logConfiguration.secretOptions[${number}]`,
      })),
      ...(container.repositoryCredentials?.credentialsParameter === undefined
        ? []
        : [
            {
              name: 'repositoryCredentials',
              valueFrom: container.repositoryCredentials.credentialsParameter,
              path: `${path}.repositoryCredentials`,
            },
          ]),
    ];
    return named.flatMap((one) => {
      const reference = referenceOf(one.valueFrom ?? '');
      return reference === undefined
        ? []
        : [{ ...reference, used: one.name ?? '', at: below(definition, one.path) }];
    });
  });
  return [...new Map(all.map((one) => [one.raw, one])).values()].slice(0, REFERENCES_MAX);
}

/** Reads one `valueFrom`; undefined when it is empty. */
export function referenceOf(valueFrom: string): Omit<SecretReference, 'used' | 'at'> | undefined {
  const raw = valueFrom.trim();
  if (raw === '') return undefined;
  const arn = /^arn:[a-z-]+:(secretsmanager|ssm):([a-z0-9-]*):(\d{12}):(?:secret:|parameter)(.+)$/.exec(raw);
  if (arn === null)
    return {
      kind: 'parameter',
      raw,
      id: raw,
      account: undefined,
      region: undefined,
      name: raw,
      jsonKey: undefined,
    };
  const [, service, region = '', account = '', rest = ''] = arn;
  if (service === 'ssm')
    return { kind: 'parameter', raw, id: raw, account, region, name: rest, jsonKey: undefined };
  const [whole = '', jsonKey = ''] = rest.split(':');
  return {
    kind: 'secret',
    raw,
    id: raw.split(':').slice(0, 7).join(':'),
    account,
    region,
    name: whole.replace(/-[A-Za-z0-9]{6}$/, ''),
    jsonKey: jsonKey === '' ? undefined : jsonKey,
  };
}

/** True when the text of a failed start names this reference; a text may cut an ARN short. */
export function isNamedIn(reference: SecretReference, text: string): boolean {
  const words = text.match(/(?:arn:[a-z-]+:(?:secretsmanager|ssm):[^\s'",)\]]+|\/[\w./-]+)/g) ?? [];
  return (
    words.some((word) => {
      const bare = word.replace(/[.:…]+$/, '');
      return bare.length > 20 && (reference.id.startsWith(bare) || bare.startsWith(reference.id));
    }) ||
    (reference.name.length > 3 &&
      new RegExp(`(?:^|[\\s'":/\\[,])${escaped(reference.name)}(?:$|[\\s'":,\\].-])`).test(text))
  );
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** True for what belongs to another account or region than the one that is looked at. */
export function isForeign(
  { account, region }: SecretReference,
  own: { readonly account: string; readonly region: string },
): boolean {
  return (
    (account !== undefined && account !== own.account) || (region !== undefined && region !== own.region)
  );
}

/** Names a parameter may have: an ARN does not tell `name` from `/name`. */
export function parameterNames({ name }: Pick<SecretReference, 'name'>): string[] {
  const bare = name.replace(/^\//, '');
  return name.startsWith('/') && !bare.includes('/') ? [name, bare] : [name];
}
