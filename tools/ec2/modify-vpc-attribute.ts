// ec2_modify_vpc_attribute: proposes to turn DNS support or DNS host names of a VPC on or off.

import { z } from 'zod';
import { type Aws, AwsCallError } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import { type AwsRequest, defineChangeTool, type PreparedChange } from '../../src/contract/tool.ts';
import { settingRows } from '../diff-rows.ts';
import { serviceUseActions } from '../ecs/service-use.ts';
import { steadySuccess } from '../ecs/steady-success.ts';
import { healsField, vpcIdField } from '../fields.ts';

const vpcState = z.strictObject({ vpc: z.string(), support: z.boolean(), hostnames: z.boolean() });
type VpcState = z.infer<typeof vpcState>;

const input = z.strictObject({
  vpc_id: vpcIdField,
  attribute: z
    .enum(['enable_dns_support', 'enable_dns_hostnames'])
    .describe('DNS support answers names inside the VPC; host names gives interfaces public names.'),
  value: z.boolean().describe('True turns it on.'),
  heals: healsField.optional(),
});
type Input = z.infer<typeof input>;

const names = { enable_dns_support: 'DNS support', enable_dns_hostnames: 'DNS host names' } as const;

export const ec2ModifyVpcAttribute = defineChangeTool({
  name: 'ec2_modify_vpc_attribute',
  summary:
    'Proposes to turn DNS support or DNS host names of a VPC on (or off again). Without DNS support no name resolves in the VPC; private names of endpoints need both. A person approves it before anything changes.',
  risk: 'change',
  actions: ['ec2:ModifyVpcAttribute', 'ec2:DescribeVpcAttribute', ...serviceUseActions],
  input,
  target: ({ vpc_id }) => ({ resources: [vpc_id] }),
  observe: ({ vpc_id }, aws) => observeVpc(vpc_id, aws),
  prepare: async (wanted, state, aws) => prepareAttribute(wanted, vpcState.parse(state), aws),
});

/** Throws `resource-unknown`. */
async function observeVpc(VpcId: string, aws: Aws): Promise<VpcState> {
  try {
    const [support, hostnames] = await Promise.all([
      aws.call('ec2:DescribeVpcAttribute', { VpcId, Attribute: 'enableDnsSupport' }),
      aws.call('ec2:DescribeVpcAttribute', { VpcId, Attribute: 'enableDnsHostnames' }),
    ]);
    return {
      vpc: VpcId,
      support: support.output.EnableDnsSupport?.Value ?? false,
      hostnames: hostnames.output.EnableDnsHostnames?.Value ?? false,
    };
  } catch (thrown) {
    if (!(thrown instanceof AwsCallError) || thrown.failure.code !== 'InvalidVpcID.NotFound') throw thrown;
    const { account, region } = aws;
    throw fail('resource-unknown', { kind: 'VPC', id: VpcId, account, region, nearest: '' }, thrown);
  }
}

async function prepareAttribute(
  { attribute, value, heals }: Input,
  state: VpcState,
  aws: Aws,
): Promise<PreparedChange> {
  const before = attribute === 'enable_dns_support' ? state.support : state.hostnames;
  const name = names[attribute];
  if (before === value)
    throw fail('change-unneeded', { detail: `${name} of ${state.vpc} is ${onOff(value)} already` });
  if (attribute === 'enable_dns_hostnames' && value && !state.support)
    throw fail('change-unsafe', {
      detail: `${state.vpc} has DNS support off, and host names need it`,
      advice: 'Turn DNS support on first.',
    });
  return {
    title: `Turn ${name} of ${state.vpc} ${onOff(value)}`,
    call: requestOf(state.vpc, attribute, value),
    targets: [state.vpc],
    diff: {
      caption: `DNS of ${state.vpc}`,
      rows: settingRows([
        {
          name: names.enable_dns_support,
          before: onOff(state.support),
          after: wantedOf('enable_dns_support'),
        },
        {
          name: names.enable_dns_hostnames,
          before: onOff(state.hostnames),
          after: wantedOf('enable_dns_hostnames'),
        },
      ]),
    },
    blastRadius: {
      summary: `Everything in ${state.vpc}: hosts that name Amazon's DNS server ${value ? 'get answers' : 'get none any more'}.`,
      items: [state.vpc],
    },
    opens: value
      ? [
          'Names resolve; what may be reached is decided by routes, network ACLs and security groups as before.',
        ]
      : ['Nothing becomes reachable that was not.'],
    inverse: { call: requestOf(state.vpc, attribute, before) },
    success: await steadySuccess(heals, aws),
    warnings: value
      ? ['A VPC with DNS servers of its own (DHCP options) may have this off on purpose.']
      : ['Names stop to resolve for every host of the VPC that asks its DNS server.'],
    idempotency: 'declarative',
  };

  function wantedOf(one: Input['attribute']): string | undefined {
    return one === attribute ? onOff(value) : undefined;
  }
}

function requestOf(VpcId: string, attribute: Input['attribute'], Value: boolean): AwsRequest {
  return {
    action: 'ec2:ModifyVpcAttribute',
    input:
      attribute === 'enable_dns_support'
        ? { VpcId, EnableDnsSupport: { Value } }
        : { VpcId, EnableDnsHostnames: { Value } },
  };
}

function onOff(value: boolean): string {
  return value ? 'on' : 'off';
}
