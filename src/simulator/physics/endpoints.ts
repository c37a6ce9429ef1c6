// Interface endpoints: an AWS API's own address inside a VPC. With private DNS the API's public name means this address
// for everybody in the VPC, whether or not the endpoint lets them in.

import type { Snapshot, SnapshotNetworkInterface } from '../../contract/snapshot.ts';
import { addressText, blockOf } from './address.ts';

export type Endpoint = Snapshot['ec2']['VpcEndpoints'][number];

/** The endpoint in `vpcId` that `host` resolves to, when there is one. */
export function endpointForHost(state: Snapshot, host: string, vpcId: string): Endpoint | undefined {
  const attributes = state.ec2.VpcAttributes[vpcId];
  // Private DNS needs both attributes of the VPC; one that the snapshot does not mention is on, as in a default VPC.
  if (attributes?.enableDnsSupport === false || attributes?.enableDnsHostnames === false) return undefined;
  return state.ec2.VpcEndpoints.find(
    (endpoint) =>
      endpoint.VpcId === vpcId &&
      String(endpoint.VpcEndpointType).toLowerCase() === 'interface' &&
      endpoint.PrivateDnsEnabled === true &&
      String(endpoint.State ?? '').toLowerCase() === 'available' &&
      isHostOf(host, endpoint.ServiceName ?? ''),
  );
}

/** `com.amazonaws.<region>.ecr.dkr` stands for `*.dkr.ecr.<region>.amazonaws.com`, most others for `<service>.<region>…`. */
function isHostOf(host: string, serviceName: string): boolean {
  const [, region, ...service] = serviceName.replace(/^com\./, '').split('.');
  const name = service.join('.');
  const suffix = `.${region ?? ''}.amazonaws.com`;
  if (name === 'ecr.dkr') return host.endsWith(`.dkr.ecr${suffix}`);
  if (name === 'ecr.api') return host === `api.ecr${suffix}`;
  // What the agent of a host talks to: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
  if (name === 'ecs-agent') return host === `ecs-a${suffix}`;
  if (name === 'ecs-telemetry') return host === `ecs-t${suffix}`;
  return host === `${name}${suffix}`;
}

/** The interface of the endpoint that a host in `zone` reaches first: its own zone's, otherwise any. */
export function endpointInterface(
  state: Snapshot,
  endpoint: Endpoint,
  zone: string | undefined,
): SnapshotNetworkInterface | undefined {
  const listed = state.ec2.NetworkInterfaces.filter((one) =>
    (endpoint.NetworkInterfaceIds ?? []).includes(one.NetworkInterfaceId),
  );
  const all =
    listed.length > 0
      ? listed
      : (endpoint.SubnetIds ?? []).map((id) => impliedInterface(state, endpoint, id));
  return all.find((one) => one.AvailabilityZone === zone) ?? all[0];
}

/** A snapshot may list an endpoint without its interfaces; its subnets and groups say what they are like. */
function impliedInterface(state: Snapshot, endpoint: Endpoint, subnetId: string): SnapshotNetworkInterface {
  const subnet = state.ec2.Subnets.find((one) => one.SubnetId === subnetId);
  const block = blockOf(subnet?.CidrBlock ?? '');
  return {
    NetworkInterfaceId: `${endpoint.VpcEndpointId} in ${subnetId}`,
    SubnetId: subnetId,
    VpcId: endpoint.VpcId,
    AvailabilityZone: subnet?.AvailabilityZone,
    // Near the end of the block, where no task of the simulation gets its address.
    PrivateIpAddress: block === undefined ? '' : addressText(block.first + block.size - 6),
    Groups: (endpoint.Groups ?? []).map(({ GroupId }) => ({ GroupId })),
  };
}
