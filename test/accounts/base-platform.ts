// What surrounds the services of the base account: database, cache, files, load balancer, secrets, quotas and the everyday
// lines of CloudTrail.

import { type World, zones } from './base.ts';
import { addInterface, address, subnetId } from './base-network.ts';
import { addRoles } from './base-roles.ts';
import { trail } from './trail.ts';

export function addPlatform(w: World): void {
  addRoles(w);
  addDatabase(w);
  addFiles(w);
  addBalancer(w);
  addSecrets(w);
  w.snapshot.servicequotas.quotas.push({
    ServiceCode: 'fargate',
    QuotaCode: 'L-3032A538',
    QuotaName: 'Fargate On-Demand vCPU resource count',
    Value: 400,
    usage: 21,
  });
  trail(w, 90_000, 'RegisterTaskDefinition', { user: 'deployer' });
  trail(w, 89_900, 'UpdateService', { user: 'deployer' });
}

export function databaseHost(w: World): string {
  return `${w.place.cluster}-orders.c${w.hex('rds', 11)}.${w.place.region}.rds.amazonaws.com`;
}

export function cacheHost(w: World): string {
  return `${w.place.cluster}-cache.${w.hex('cache', 6)}.0001.use1.cache.amazonaws.com`;
}

function addDatabase(w: World): void {
  w.snapshot.rds.DBInstances.push({
    DBInstanceIdentifier: `${w.place.cluster}-orders`,
    DBInstanceArn: w.arn('rds', `db:${w.place.cluster}-orders`),
    DBInstanceStatus: 'available',
    Engine: 'postgres',
    PubliclyAccessible: false,
    Endpoint: { Address: databaseHost(w), Port: 5432, HostedZoneId: 'Z2R2ITUGPM61AM' },
    VpcSecurityGroups: [{ VpcSecurityGroupId: w.id('sg', 'database'), Status: 'active' }],
    DBSubnetGroup: {
      DBSubnetGroupName: `${w.place.cluster}-data`,
      VpcId: w.id('vpc', 'main'),
      Subnets: zones.map((zone) => ({ SubnetIdentifier: subnetId(w, 'data', zone), SubnetStatus: 'Active' })),
    },
  });
  addInterface(w, {
    name: 'database',
    tier: 'data',
    zone: 'b',
    last: 40,
    group: 'database',
    description: 'RDSNetworkInterface',
    requester: 'amazon-rds',
  });
  addInterface(w, {
    name: 'cache',
    tier: 'data',
    zone: 'a',
    last: 60,
    group: 'cache',
    description: `ElastiCache ${w.place.cluster}-cache-001`,
    requester: 'amazon-elasticache',
  });
}

function addFiles(w: World): void {
  const FileSystemId = w.id('fs', 'shared');
  w.snapshot.efs.FileSystems.push({
    FileSystemId,
    LifeCycleState: 'available',
    Name: `${w.place.cluster}-shared`,
  });
  for (const zone of zones) {
    w.snapshot.efs.MountTargets.push({
      MountTargetId: w.id('fsmt', zone),
      FileSystemId,
      SubnetId: subnetId(w, 'private', zone),
      VpcId: w.id('vpc', 'main'),
      AvailabilityZoneName: `${w.place.region}${zone}`,
      LifeCycleState: 'available',
      IpAddress: address(w, 'private', zone, 250),
      NetworkInterfaceId: w.id('eni', `files-${zone}`),
      SecurityGroups: [w.id('sg', 'files')],
    });
    addInterface(w, {
      name: `files-${zone}`,
      tier: 'private',
      zone,
      last: 250,
      group: 'files',
      description: `EFS mount target for ${FileSystemId} (${w.id('fsmt', zone)})`,
      requester: 'amazon-efs',
    });
  }
  w.snapshot.efs.AccessPoints.push({
    AccessPointId: w.id('fsap', 'shared'),
    FileSystemId,
    LifeCycleState: 'available',
    PosixUser: { Uid: 1000, Gid: 1000 },
    RootDirectory: { Path: '/shared' },
  });
}

function addBalancer(w: World): void {
  const { cluster } = w.place;
  const name = `app/${cluster}-public/${w.hex('alb', 16)}`;
  const LoadBalancerArn = w.arn('elasticloadbalancing', `loadbalancer/${name}`);
  w.snapshot.elbv2.LoadBalancers.push({
    LoadBalancerArn,
    LoadBalancerName: `${cluster}-public`,
    DNSName: `${cluster}-public-1120483.${w.place.region}.elb.amazonaws.com`,
    Type: 'application',
    Scheme: 'internet-facing',
    State: { Code: 'active' },
    VpcId: w.id('vpc', 'main'),
    SecurityGroups: [w.id('sg', 'alb')],
    AvailabilityZones: zones.map((zone) => ({
      ZoneName: `${w.place.region}${zone}`,
      SubnetId: subnetId(w, 'public', zone),
    })),
  });
  for (const zone of zones)
    addInterface(w, {
      name: `alb-${zone}`,
      tier: 'public',
      zone,
      last: 77,
      group: 'alb',
      description: `ELB ${name}`,
      requester: 'amazon-elb',
    });
}

function addSecrets(w: World): void {
  const { cluster } = w.place;
  w.snapshot.secretsmanager.secrets.push({
    ARN: w.arn('secretsmanager', `secret:${cluster}/database-Ab3dE9`),
    Name: `${cluster}/database`,
  });
  w.snapshot.ssm.parameters.push({
    Name: `/${cluster}/stripe-key`,
    ARN: w.arn('ssm', `parameter/${cluster}/stripe-key`),
    Type: 'SecureString',
    KeyId: 'alias/aws/ssm',
  });
}
