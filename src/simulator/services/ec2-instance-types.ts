// EC2 reads about instance types: how many network interfaces an instance of each can have, and how large it is.

import type * as Ec2 from '@aws-sdk/client-ec2';
import type { Stored } from '../../contract/snapshot.ts';
import { describe, type FilterTable } from './ec2-filter.ts';
import type { Handler } from './handler.ts';

type InstanceType = Stored<Ec2.InstanceTypeInfo> & { InstanceType: string };

const filters: FilterTable<InstanceType> = {
  'instance-type': (type) => [type.InstanceType],
  'current-generation': (type) => [String(type.CurrentGeneration ?? true)],
  'bare-metal': (type) => [String(type.BareMetal ?? false)],
  'processor-info.supported-architecture': (type) => type.ProcessorInfo?.SupportedArchitectures ?? [],
};

/** Instance types by name and filter. Throws InvalidInstanceType. */
export const describeInstanceTypes: Handler<
  Ec2.DescribeInstanceTypesCommandInput,
  Ec2.DescribeInstanceTypesCommandOutput
> = (input, { state }) => {
  const { items, token } = describe<InstanceType>({
    action: 'DescribeInstanceTypes',
    items: state.ec2.InstanceTypes,
    idOf: (type) => type.InstanceType,
    ids: input.InstanceTypes,
    notFound: { code: 'InvalidInstanceType', noun: 'instance type' },
    filters: input.Filters,
    table: filters,
    maxResults: input.MaxResults,
    nextToken: input.NextToken,
    pageSizes: { min: 5, max: 100 },
    idsExcludePages: 'InstanceTypes',
  });
  return { InstanceTypes: items as Stored<Ec2.InstanceTypeInfo>[], ...token };
};
