// Reads whether names resolve in a VPC. AWS answers one attribute at a time, and only one is needed while no name has failed to resolve.

import type { Aws } from '../../src/contract/aws.ts';
import type { Gap, Observed, Seen, VpcAttributes } from '../../src/diagnosis/evidence.ts';
import { gapOf } from './reading.ts';

/** Whether names resolve in the VPC at all and, when `hostnames` is asked for, whether those of private zones do. */
export async function readVpcAttributes(
  aws: Aws,
  vpcId: string,
  hostnames: boolean,
): Promise<Seen<VpcAttributes>> {
  const [support, names] = await Promise.all([
    readAttribute(aws, vpcId, 'enableDnsSupport'),
    hostnames ? readAttribute(aws, vpcId, 'enableDnsHostnames') : undefined,
  ]);
  if ('missingAction' in support) return { items: [], gaps: [support] };
  const { value } = support;
  const known: Observed<VpcAttributes> = {
    value: { vpcId, ...(value === undefined ? {} : { enableDnsSupport: value }) },
    at: { id: support.evidence, path: '$.EnableDnsSupport.Value' },
  };
  return names === undefined ? { items: [known], gaps: [] } : withHostnames(known, names);
}

/** Adds to what is known of a VPC whether names of private zones resolve in it. */
export async function readHostnames(aws: Aws, known: Observed<VpcAttributes>): Promise<Seen<VpcAttributes>> {
  return withHostnames(known, await readAttribute(aws, known.value.vpcId, 'enableDnsHostnames'));
}

interface Attribute {
  readonly value: boolean | undefined;
  readonly evidence: string;
}

async function readAttribute(
  aws: Aws,
  vpcId: string,
  attribute: 'enableDnsSupport' | 'enableDnsHostnames',
): Promise<Attribute | Gap> {
  try {
    const { output, evidence } = await aws.call('ec2:DescribeVpcAttribute', {
      VpcId: vpcId,
      Attribute: attribute,
    });
    const { EnableDnsSupport: support, EnableDnsHostnames: hostnames } = output;
    return { value: (attribute === 'enableDnsSupport' ? support : hostnames)?.Value, evidence };
  } catch (thrown) {
    return gapOf(thrown, `the DNS attributes of ${vpcId}`, 'ec2:DescribeVpcAttribute');
  }
}

function withHostnames(known: Observed<VpcAttributes>, read: Attribute | Gap): Seen<VpcAttributes> {
  if ('missingAction' in read) return { items: [], gaps: [read] };
  const { value, evidence } = read;
  // The answer that switches names off is the one to point at.
  const deciding = known.value.enableDnsSupport !== false && value === false;
  return {
    items: [
      {
        value: { ...known.value, ...(value === undefined ? {} : { enableDnsHostnames: value }) },
        at: deciding ? { id: evidence, path: '$.EnableDnsHostnames.Value' } : known.at,
      },
    ],
    gaps: [],
  };
}
