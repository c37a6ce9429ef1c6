// Service Quotas: the quotas that apply to the account.

import type * as ServiceQuotas from '@aws-sdk/client-service-quotas';
import type { SnapshotQuota } from '../../contract/snapshot.ts';
import type { SimulatedAccount } from '../account.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import type { Handler, HandlerTable } from './handler.ts';
import { pageOf, tokenAs } from './page.ts';

/** Quotas of a service, 100 a page. Throws NoSuchResourceException for a service without any. */
const listServiceQuotas: Handler<
  ServiceQuotas.ListServiceQuotasCommandInput,
  ServiceQuotas.ListServiceQuotasCommandOutput
> = (input, account) => {
  const ofService = account.state.servicequotas.quotas.filter(
    (quota) => quota.ServiceCode === input.ServiceCode,
  );
  if (ofService.length === 0) throw absent();
  const wanted = ofService.filter(
    (quota) => input.QuotaCode === undefined || quota.QuotaCode === input.QuotaCode,
  );
  const page = pageOf(wanted, {
    token: input.NextToken,
    limit: input.MaxResults,
    defaultLimit: 100,
    maxLimit: 100,
    rangeCode: 'IllegalArgumentException',
    scope: `ListServiceQuotas ${input.ServiceCode} ${input.QuotaCode ?? ''}`,
    invalidToken: () => new AwsFault('InvalidPaginationTokenException', 'The token is not valid.'),
  });
  return { Quotas: page.items.map((quota) => quotaOf(account, quota)), ...tokenAs('NextToken', page) };
};

/** One quota. Throws NoSuchResourceException. */
const getServiceQuota: Handler<
  ServiceQuotas.GetServiceQuotaCommandInput,
  ServiceQuotas.GetServiceQuotaCommandOutput
> = (input, account) => {
  const found = account.state.servicequotas.quotas.find(
    (quota) => quota.ServiceCode === input.ServiceCode && quota.QuotaCode === input.QuotaCode,
  );
  if (found === undefined) throw absent();
  return { Quota: quotaOf(account, found) };
};

export const servicequotasHandlers: HandlerTable = {
  ListServiceQuotas: listServiceQuotas,
  GetServiceQuota: getServiceQuota,
};

function quotaOf(account: SimulatedAccount, { usage: _usage, ...quota }: SnapshotQuota) {
  return {
    QuotaArn: `arn:aws:servicequotas:${account.region}:${account.id}:${quota.ServiceCode}/${quota.QuotaCode}`,
    Adjustable: true,
    GlobalQuota: false,
    ...quota,
  };
}

function absent(): AwsFault {
  return new AwsFault(
    'NoSuchResourceException',
    'The request failed because the specified service does not exist.',
  );
}
