// Faults of the network: a rule, a route, an entry or an attribute that a task needs is gone.

import type { SnapshotSecurityGroup } from '../../contract/snapshot.ts';
import { hasInterface } from '../accounts/fleet-plan.ts';
import { endpointGroupId } from '../accounts/names.ts';
import type { AccountPlan, ServicePlan } from '../accounts/plan.ts';
import type { Fault, FaultSite } from './fault.ts';
import { deployAgain, recordChange } from './people.ts';

const hasDatabase = (_: AccountPlan, service: ServicePlan) => service.database !== undefined;
/** In bridge mode a task has its host's security group, which others share. */
const databaseFromOwnGroup = (plan: AccountPlan, service: ServicePlan) =>
  hasDatabase(plan, service) && hasInterface(plan);

export const networkFaults: readonly Fault[] = [
  {
    name: 'egress-to-database-removed',
    class: 'task-sg-egress-blocked',
    about: 'somebody tidied up the outbound rules of the tasks, and the one to the database went',
    fits: databaseFromOwnGroup,
    mendable: true,
    inject: (site) => {
      const group = groupAt(site, site.service.group);
      group.IpPermissionsEgress = group.IpPermissionsEgress?.filter(
        (rule) => rule.FromPort !== site.service.database?.port,
      );
      recordRule(site, 'RevokeSecurityGroupEgress', site.service.group);
      deployAgain(site);
      return [site.service.group];
    },
  },
  {
    name: 'egress-https-removed',
    class: 'task-sg-egress-blocked',
    about: 'the outbound rules were narrowed to the database, and new tasks cannot pull or read anything',
    // Hosts fetch what the agent needs as themselves.
    fits: (plan, service) =>
      plan.wayOut !== 'endpoints' && plan.fleet === undefined && hasDatabase(plan, service),
    mendable: true,
    inject: (site) => {
      const group = groupAt(site, site.service.group);
      group.IpPermissionsEgress = group.IpPermissionsEgress?.filter((rule) => rule.FromPort !== 443);
      recordRule(site, 'RevokeSecurityGroupEgress', site.service.group);
      deployAgain(site);
      return [site.service.group];
    },
  },
  {
    name: 'database-ingress-removed',
    class: 'dependency-unreachable',
    about: 'the database no longer lets the tasks in',
    fits: databaseFromOwnGroup,
    touchesOthers: true,
    mendable: true,
    inject: (site) => {
      const id = site.service.database?.group ?? '';
      const group = groupAt(site, id);
      group.IpPermissions = group.IpPermissions?.filter(
        (rule) => !rule.UserIdGroupPairs?.some((pair) => pair.GroupId === site.service.group),
      );
      recordRule(site, 'RevokeSecurityGroupIngress', id);
      deployAgain(site);
      return [id];
    },
  },
  {
    name: 'acl-denies-database',
    class: 'nacl-blocked',
    about: 'a network ACL was given a rule that denies the database port',
    fits: hasDatabase,
    touchesOthers: true,
    mendable: true,
    inject: (site) => {
      const [acl] = site.account.state.ec2.NetworkAcls;
      const port = site.service.database?.port ?? 0;
      acl?.Entries?.unshift({
        Egress: true,
        RuleNumber: site.random.int(20, 90),
        RuleAction: 'deny',
        Protocol: '6',
        CidrBlock: `10.${site.plan.second}.0.0/16`,
        PortRange: { From: port, To: port },
      });
      recordChange(
        site,
        'ec2:CreateNetworkAclEntry',
        { networkAclId: acl?.NetworkAclId },
        {
          type: 'AWS::EC2::NetworkAcl',
          name: acl?.NetworkAclId ?? '',
        },
      );
      deployAgain(site);
      return [acl?.NetworkAclId ?? ''];
    },
  },
  {
    name: 'dns-support-off',
    class: 'vpc-dns-misconfig',
    about: 'DNS support of the VPC was switched off',
    fits: hasDatabase,
    touchesOthers: true,
    mendable: true,
    inject: (site) => {
      site.account.state.ec2.VpcAttributes[site.plan.vpc] = {
        enableDnsSupport: false,
        enableDnsHostnames: true,
      };
      recordChange(
        site,
        'ec2:ModifyVpcAttribute',
        { vpcId: site.plan.vpc },
        {
          type: 'AWS::EC2::VPC',
          name: site.plan.vpc,
        },
      );
      deployAgain(site);
      return [site.plan.vpc];
    },
  },
  {
    name: 'balancer-ingress-removed',
    class: 'lb-sg-ingress-missing',
    about: 'the tasks no longer let the load balancer in',
    fits: (plan, service) => service.balanced && hasInterface(plan),
    mendable: true,
    inject: (site) => {
      const group = groupAt(site, site.service.group);
      group.IpPermissions = [];
      recordRule(site, 'RevokeSecurityGroupIngress', site.service.group);
      deployAgain(site);
      return [site.service.group, site.plan.balancer.group];
    },
  },
  {
    name: 'default-route-deleted',
    class: 'no-egress-route',
    about: 'the route to the NAT gateway was deleted from the tables of the task subnets',
    fits: (plan) => plan.wayOut === 'nat-per-zone' || plan.wayOut === 'one-nat',
    touchesOthers: true,
    mendable: false,
    inject: (site) => {
      const changed: string[] = [];
      for (const table of site.account.state.ec2.RouteTables) {
        const before = table.Routes?.length ?? 0;
        table.Routes = table.Routes?.filter((route) => route.NatGatewayId === undefined);
        if ((table.Routes?.length ?? 0) < before) changed.push(table.RouteTableId);
      }
      for (const name of changed)
        recordChange(
          site,
          'ec2:DeleteRoute',
          { routeTableId: name, destinationCidrBlock: '0.0.0.0/0' },
          { type: 'AWS::EC2::RouteTable', name },
        );
      deployAgain(site);
      return [...changed, ...site.plan.zones.map((zone) => zone.subnets.tasks)];
    },
  },
  {
    name: 'public-address-off',
    class: 'public-subnet-no-public-ip',
    about: 'tasks in public subnets were told to take no public address',
    fits: (plan, service) => plan.wayOut === 'public' && service.launchType === 'FARGATE',
    mendable: true,
    inject: (site) => {
      const service = site.account.state.ecs.services.find((one) => one.serviceName === site.service.name);
      const vpc = service?.networkConfiguration?.awsvpcConfiguration;
      if (vpc !== undefined) vpc.assignPublicIp = 'DISABLED';
      deployAgain(site);
      return [service?.serviceArn ?? '', site.service.name];
    },
  },
  {
    name: 'endpoint-ingress-removed',
    class: 'missing-vpc-endpoint',
    about: 'the interface endpoints no longer let the tasks in',
    fits: (plan) => plan.wayOut === 'endpoints',
    touchesOthers: ({ fleet }) => fleet !== undefined,
    mendable: true,
    inject: (site) => {
      const id = endpointGroupId(site.plan);
      const asker = site.plan.fleet?.group ?? site.service.group;
      const group = groupAt(site, id);
      group.IpPermissions = group.IpPermissions?.filter(
        (rule) => !rule.UserIdGroupPairs?.some((pair) => pair.GroupId === asker),
      );
      recordRule(site, 'RevokeSecurityGroupIngress', id);
      deployAgain(site);
      return [id];
    },
  },
  {
    name: 'subnets-full',
    class: 'subnet-ip-exhaustion',
    about: 'the subnets of the tasks have no free address left',
    fits: hasInterface,
    touchesOthers: true,
    mendable: false,
    inject: (site) => {
      const ids = site.plan.zones.map((zone) => zone.subnets.tasks);
      for (const subnet of site.account.state.ec2.Subnets)
        if (ids.includes(subnet.SubnetId)) subnet.AvailableIpAddressCount = 0;
      deployAgain(site);
      return ids;
    },
  },
];

function groupAt({ account }: FaultSite, id: string): SnapshotSecurityGroup {
  const group = account.state.ec2.SecurityGroups.find((one) => one.GroupId === id);
  if (group === undefined) throw new RangeError(`the account has no security group ${id}`);
  return group;
}

function recordRule(site: FaultSite, operation: string, groupId: string): void {
  recordChange(site, `ec2:${operation}`, { groupId }, { type: 'AWS::EC2::SecurityGroup', name: groupId });
}
