// Closed subnets: interface endpoints in the place of NAT gateways.

import { type World, zones } from './base.ts';
import { addInterface, endpointAvailable, subnetId, theNetwork } from './base-network.ts';

/** Takes the NAT gateways away and puts interface endpoints there instead, as teams with closed subnets do. */
export function isolate(
  w: World,
  services: readonly string[] = [
    'ecr.api',
    'ecr.dkr',
    'logs',
    'secretsmanager',
    'ssm',
    'sts',
    'ssmmessages',
    'sqs',
    'kms',
  ],
): void {
  const { ec2 } = w.snapshot;
  ec2.NatGateways = [];
  for (const zone of zones) {
    const table = theNetwork(w).table(`private-${zone}`);
    table.Routes = (table.Routes ?? []).filter((route) => route.NatGatewayId === undefined);
  }
  for (const service of services) addInterfaceEndpoint(w, service);
}

export function addInterfaceEndpoint(w: World, service: string): void {
  const { ec2 } = w.snapshot;
  const interfaces = zones.map((zone) => w.id('eni', `vpce-${service}-${zone}`));
  ec2.VpcEndpoints.push({
    VpcEndpointId: w.id('vpce', service),
    VpcEndpointType: 'Interface',
    VpcId: w.id('vpc', 'main'),
    ServiceName: `com.amazonaws.${w.place.region}.${service}`,
    State: endpointAvailable,
    PrivateDnsEnabled: true,
    SubnetIds: zones.map((zone) => subnetId(w, 'private', zone)),
    Groups: [{ GroupId: w.id('sg', 'endpoints'), GroupName: `${w.place.cluster}-endpoints` }],
    NetworkInterfaceIds: interfaces,
    PolicyDocument: JSON.stringify({
      Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
    }),
  });
  for (const [index, zone] of zones.entries())
    addInterface(w, {
      name: `vpce-${service}-${zone}`,
      tier: 'private',
      zone,
      last: 200 + (ec2.VpcEndpoints.length % 50),
      group: 'endpoints',
      description: `VPC Endpoint Interface ${w.id('vpce', service)} ${index}`,
      type: 'vpc_endpoint',
    });
}
