// The namespaces of Cloud Map, for names that did not resolve: one that is only for calls of its API puts no name into any DNS.
// https://docs.aws.amazon.com/cloud-map/latest/dg/creating-namespaces.html

import type { Aws } from '../../src/contract/aws.ts';
import type { Namespace, Seen } from '../../src/diagnosis/evidence.ts';
import type { Facts } from '../../src/diagnosis/facts/facts.ts';
import { readList } from './reading.ts';

/** Names of two parts and more that are not AWS's own. */
const MAY_BE_IN_NAMESPACE = /^(?!.*\.amazonaws\.com$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,10}$/i;

/** Whether a name failed to resolve that a namespace might have, and none was asked for yet. */
export function asksForNamespaces({ bundle, dependencies }: Facts): boolean {
  return (
    bundle.network.namespaces === undefined &&
    dependencies.some(
      ({ attempt }) => attempt?.kind === 'unresolved' && MAY_BE_IN_NAMESPACE.test(attempt.host),
    )
  );
}

/** All namespaces of the region. */
export async function readNamespaces(aws: Aws): Promise<Seen<Namespace>> {
  const found = await readList(aws, {
    action: 'servicediscovery:ListNamespaces',
    input: { MaxResults: 100 },
    what: 'the namespaces of Cloud Map',
    path: '$.Namespaces',
    items: (output) => output.Namespaces,
  });
  return {
    gaps: found.gaps,
    items: found.items.map(({ value: { Id = '', Name = '', Type }, at }) => ({
      value: { id: Id, name: Name.toLowerCase(), inDns: Type !== 'HTTP' },
      at,
    })),
  };
}
