// Cloud Map: namespaces, the services in them and the instances that are registered.

import type * as Discovery from '@aws-sdk/client-servicediscovery';
import type { SimulatedAccount } from '../account.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import type { Handler, HandlerTable } from './handler.ts';
import { pageOf, tokenAs } from './page.ts';

const PAGE_MAX = 100;

/** Namespaces by type, name and HTTP name. */
const listNamespaces: Handler<Discovery.ListNamespacesCommandInput, Discovery.ListNamespacesCommandOutput> = (
  input,
  { state },
) => {
  const wanted = state.servicediscovery.namespaces.filter((namespace) =>
    (input.Filters ?? []).every((filter) => {
      const http = namespace.Properties?.HttpProperties?.HttpName;
      const text =
        filter.Name === 'TYPE' ? namespace.Type : filter.Name === 'HTTP_NAME' ? http : namespace.Name;
      return passes(text, filter);
    }),
  );
  const page = paged(wanted, input, 'ListNamespaces');
  return { Namespaces: page.items, ...tokenAs('NextToken', page) };
};

/** A namespace by id or ARN. Throws NamespaceNotFound. */
const getNamespace: Handler<Discovery.GetNamespaceCommandInput, Discovery.GetNamespaceCommandOutput> = (
  input,
  { state },
) => {
  const found = state.servicediscovery.namespaces.find((one) => one.Id === input.Id || one.Arn === input.Id);
  if (found === undefined) throw new AwsFault('NamespaceNotFound', `Can't find namespace ${input.Id}`);
  return { Namespace: found };
};

/** Services by namespace. */
const listServices: Handler<Discovery.ListServicesCommandInput, Discovery.ListServicesCommandOutput> = (
  input,
  account,
) => {
  const wanted = account.state.servicediscovery.services.filter((service) =>
    (input.Filters ?? []).every(
      (filter) => filter.Name !== 'NAMESPACE_ID' || passes(service.NamespaceId, filter),
    ),
  );
  const page = paged(wanted, input, 'ListServices');
  return {
    Services: page.items.map(({ NamespaceId: _namespace, ...service }) => ({
      ...service,
      InstanceCount: service.InstanceCount ?? instancesOf(account, service.Id).length,
    })),
    ...tokenAs('NextToken', page),
  };
};

/** A service by id or ARN. Throws ServiceNotFound. */
const getService: Handler<Discovery.GetServiceCommandInput, Discovery.GetServiceCommandOutput> = (
  input,
  account,
) => {
  const service = serviceNamed(account, input.Id);
  return {
    Service: { ...service, InstanceCount: service.InstanceCount ?? instancesOf(account, service.Id).length },
  };
};

/** Instances of a service. Throws ServiceNotFound. */
const listInstances: Handler<Discovery.ListInstancesCommandInput, Discovery.ListInstancesCommandOutput> = (
  input,
  account,
) => {
  const { Id } = serviceNamed(account, input.ServiceId);
  const page = paged(instancesOf(account, Id), input, `ListInstances ${Id}`);
  return {
    Instances: page.items.map(({ ServiceId: _service, ...instance }) => instance),
    ...tokenAs('NextToken', page),
  };
};

export const servicediscoveryHandlers: HandlerTable = {
  ListNamespaces: listNamespaces,
  GetNamespace: getNamespace,
  ListServices: listServices,
  GetService: getService,
  ListInstances: listInstances,
};

function serviceNamed({ state }: SimulatedAccount, id: string | undefined) {
  const found = state.servicediscovery.services.find((one) => one.Id === id || one.Arn === id);
  if (found === undefined) throw new AwsFault('ServiceNotFound', `Can't find service ${id}`);
  return found;
}

function instancesOf({ state }: SimulatedAccount, service: string) {
  return state.servicediscovery.instances.filter((instance) => instance.ServiceId === service);
}

function passes(
  text: string | undefined,
  filter: { readonly Values?: readonly string[] | undefined; readonly Condition?: string | undefined },
): boolean {
  const values = filter.Values ?? [];
  return filter.Condition === 'BEGINS_WITH'
    ? values.some((value) => (text ?? '').startsWith(value))
    : values.includes(text ?? '');
}

function paged<Item>(
  items: readonly Item[],
  input: {
    readonly MaxResults?: number | undefined;
    readonly NextToken?: string | undefined;
    readonly Filters?: unknown;
  },
  action: string,
) {
  return pageOf(items, {
    token: input.NextToken,
    limit: input.MaxResults,
    defaultLimit: PAGE_MAX,
    maxLimit: PAGE_MAX,
    rangeCode: 'InvalidInput',
    scope: `${action} ${JSON.stringify(input.Filters ?? [])}`,
    invalidToken: () => new AwsFault('InvalidInput', 'Invalid NextToken'),
  });
}
