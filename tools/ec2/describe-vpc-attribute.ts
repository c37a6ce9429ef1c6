// ec2_describe_vpc_attribute: the two DNS switches of a VPC. With either off, names of endpoints or of hosts do not resolve.

import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { vpcIdField } from '../fields.ts';
import { evidenceField, textOf } from '../text-lines.ts';

export const ec2DescribeVpcAttribute = defineReadTool({
  name: 'ec2_describe_vpc_attribute',
  summary:
    'Tells whether DNS support and DNS host names are switched on in a VPC. Interface endpoints and private DNS need both.',
  risk: 'read',
  actions: ['ec2:DescribeVpcAttribute'],
  input: z.strictObject({ vpc_id: vpcIdField }),
  output: z.object({
    vpc: z.string(),
    dnsSupport: z.boolean(),
    dnsHostnames: z.boolean(),
    evidence: evidenceField,
  }),
  target: ({ vpc_id }) => ({ resources: [vpc_id] }),
  run: async ({ vpc_id: VpcId }, aws) => {
    const [support, hostnames] = await Promise.all([
      aws.call('ec2:DescribeVpcAttribute', { VpcId, Attribute: 'enableDnsSupport' }),
      aws.call('ec2:DescribeVpcAttribute', { VpcId, Attribute: 'enableDnsHostnames' }),
    ]);
    return {
      vpc: VpcId,
      dnsSupport: support.output.EnableDnsSupport?.Value ?? false,
      dnsHostnames: hostnames.output.EnableDnsHostnames?.Value ?? false,
      evidence: [support.evidence, hostnames.evidence],
    };
  },
  text: ({ vpc, dnsSupport, dnsHostnames, evidence }) =>
    textOf(
      [`${vpc}: DNS support ${dnsSupport ? 'on' : 'off'}, DNS host names ${dnsHostnames ? 'on' : 'off'}.`],
      evidence,
    ),
});
