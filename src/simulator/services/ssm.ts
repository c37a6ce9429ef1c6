// Systems Manager: what parameters there are, of which type and under which key; never a value.

import type * as Ssm from '@aws-sdk/client-ssm';
import type { SnapshotParameter } from '../../contract/snapshot.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import type { Handler, HandlerTable } from './handler.ts';
import { pageOf, tokenAs } from './page.ts';

/** Parameters by filter, ten a page unless asked for up to 50. */
const describeParameters: Handler<Ssm.DescribeParametersCommandInput, Ssm.DescribeParametersCommandOutput> = (
  input,
  { state },
) => {
  const filters = [
    ...(input.ParameterFilters ?? []),
    ...(input.Filters ?? []).map((filter) => ({ ...filter, Option: 'BeginsWith' })),
  ];
  const wanted = state.ssm.parameters.filter((one) => filters.every((filter) => passes(one, filter)));
  const page = pageOf(wanted, {
    token: input.NextToken,
    limit: input.MaxResults,
    defaultLimit: 10,
    maxLimit: 50,
    rangeCode: 'ValidationException',
    scope: `DescribeParameters ${JSON.stringify(filters)}`,
    invalidToken: () => new AwsFault('InvalidNextToken', 'The specified token is not valid.'),
  });
  return {
    Parameters: page.items.map((one) => ({ Type: 'String' as const, Version: 1, ...one })),
    ...tokenAs('NextToken', page),
  };
};

export const ssmHandlers: HandlerTable = { DescribeParameters: describeParameters };

function passes(parameter: SnapshotParameter, filter: Ssm.ParameterStringFilter): boolean {
  const text = textOf(parameter, filter.Key ?? '');
  const { Option: option = filter.Key === 'Path' ? 'OneLevel' : 'Equals', Values: values = [] } = filter;
  return values.some((value) => {
    if (option === 'Equals') return text === value;
    if (option === 'BeginsWith') return text.startsWith(value);
    if (option === 'Contains') return text.includes(value);
    const path = value.endsWith('/') ? value : `${value}/`;
    const below = text.startsWith(path) ? text.slice(path.length) : undefined;
    if (option === 'Recursive') return below !== undefined;
    if (option === 'OneLevel') return below !== undefined && !below.includes('/');
    throw new AwsFault('InvalidFilterOption', `The filter option ${option} is not valid.`);
  });
}

function textOf(parameter: SnapshotParameter, key: string): string {
  if (key === 'Name' || key === 'Path') return parameter.Name;
  if (key === 'Type') return parameter.Type ?? 'String';
  if (key === 'KeyId') return parameter.KeyId ?? '';
  if (key === 'Tier') return parameter.Tier ?? 'Standard';
  if (key === 'DataType') return parameter.DataType ?? 'text';
  throw new AwsFault('InvalidFilterKey', `The specified filter key ${key} is not valid.`);
}
