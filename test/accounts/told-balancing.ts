// Load balancers that do not get through, or ask the wrong thing, in less usual forms.

import type { World } from './base.ts';
import { found } from './base.ts';
import { tcpTo, theNetwork } from './base-network.ts';
import { changed, type ToldCase } from './case.ts';
import { checksFail, codes, ready, refused, timedOut } from './health.ts';
import { targetGroupArn } from './workload.ts';

const at = {
  region: 'eu-west-1',
  account: '313131424242',
  cluster: 'gate',
  service: 'entry',
  net: 141,
} as const;
const onHosts = { ...at, launch: 'EC2' } as const;

export const toldBalancing: readonly ToldCase[] = [
  {
    name: 'hosts that let the load balancer in on the container port only, while docker chooses the host port',
    class: 'lb-sg-ingress-missing',
    verdicts: ['proven'],
    says: (w) => [w.id('sg', 'hosts')],
    fix: 'ec2_authorize_security_group_ingress',
    asks: '"from_port":32768,"to_port":65535',
    account: () =>
      changed(onHosts, [
        (w) => {
          theNetwork(w).group('hosts').IpPermissions = [tcpTo(w.place.port, '0.0.0.0/0')];
          checksFail(w, timedOut, { lived: 95, log: ready(w) });
        },
      ]),
  },
  {
    name: 'a network load balancer without groups that the tasks do not let in',
    class: 'lb-sg-ingress-missing',
    verdicts: ['proven'],
    fix: 'ec2_authorize_security_group_ingress',
    asks: `"peer":{"cidr":"10.${at.net}.0.0/22"}`,
    says: (w) => [w.id('sg', 'app'), /has no security groups and asks from/],
    account: () =>
      changed(at, [
        networkBalancer,
        (w) => {
          theNetwork(w).group('app').IpPermissions = [tcpTo(w.place.port, '203.0.113.0/24')];
          checksFail(w, refused, { lived: 95, log: ready(w) });
        },
      ]),
  },
  {
    name: 'a health port that a second group opens to a network far away',
    class: 'lb-sg-ingress-missing',
    verdicts: ['proven'],
    fix: 'ec2_authorize_security_group_ingress',
    asks: '"from_port":9000',
    account: () =>
      changed(at, [
        (w) => {
          ownHealthPort(w, 9_000);
          theNetwork(w).group('app').IpPermissions?.push(tcpTo(9_000, '192.168.0.0/16'));
          checksFail(w, timedOut, { lived: 95, log: [...ready(w), 'management on 0.0.0.0:9000'] });
        },
      ]),
  },
  {
    name: 'a check that gives up before the answers that the log shows',
    class: 'lb-healthcheck-misconfig',
    verdicts: ['likely'],
    fix: 'elbv2_modify_target_group',
    asks: '"timeout_seconds":8,"interval_seconds":13',
    says: () => [/waits 2 s, .* took up to 3\.5 s/],
    account: () =>
      changed(at, [
        (w) => {
          Object.assign(theGroup(w), { HealthCheckTimeoutSeconds: 2, HealthCheckIntervalSeconds: 5 });
          checksFail(w, timedOut, {
            lived: 95,
            log: [
              ...ready(w),
              'GET /healthz 200 3412ms "ELB-HealthChecker/2.0"',
              'GET /healthz 200 3501ms "ELB-HealthChecker/2.0"',
            ],
          });
        },
      ]),
  },
  {
    name: 'answers with 404 to a check that may not be read',
    class: 'lb-healthcheck-misconfig',
    verdicts: ['likely'],
    says: (w) => [targetGroupArn(w), /What the check asks could not be read/],
    missing: 'elasticloadbalancing:DescribeTargetGroups',
    account: () =>
      changed(at, [
        (w) => {
          w.snapshot.denied.push('elasticloadbalancing:DescribeTargetGroups');
          checksFail(w, codes(404), { lived: 95, log: ready(w) });
        },
      ]),
  },
];

function theGroup(w: World) {
  return found(
    w.snapshot.elbv2.TargetGroups.find((one) => one.TargetGroupArn === targetGroupArn(w)),
    'target group',
  );
}

function ownHealthPort(w: World, port: number): void {
  theGroup(w).HealthCheckPort = String(port);
  for (const target of w.snapshot.elbv2.TargetHealth[targetGroupArn(w)] ?? [])
    target.HealthCheckPort = String(port);
}

/** The load balancer of the account as a network load balancer of the old kind, and its check as one of the connection. */
function networkBalancer(w: World): void {
  const balancer = found(w.snapshot.elbv2.LoadBalancers[0], 'load balancer');
  balancer.Type = 'network';
  delete balancer.SecurityGroups;
  for (const listener of w.snapshot.elbv2.Listeners) listener.Protocol = 'TCP';
  const group = theGroup(w);
  Object.assign(group, { Protocol: 'TCP', HealthCheckProtocol: 'TCP' });
  delete group.Matcher;
  delete group.HealthCheckPath;
}
