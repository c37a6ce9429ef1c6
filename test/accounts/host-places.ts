// Where the hosts of an account stand in the network, and how what happens on them is told: the agent and docker of a host speak with
// other words than Fargate does.

import { type World, zones } from './base.ts';
import { address, subnetId, tcpTo, theNetwork } from './base-network.ts';
import { failedToStart, failing } from './incident.ts';
import type { Stop } from './tasks.ts';
import { imageOf, targetGroupArn, theService } from './workload.ts';

/** Puts the hosts into subnets of another kind, with a public address or without. */
export function hostsIn(w: World, tier: 'public' | 'data', publicAddress?: (index: number) => string): void {
  for (const [index, zone] of zones.entries()) {
    const machine = w.snapshot.ec2.Instances.find((one) => one.InstanceId === w.id('i', zone));
    const own = w.snapshot.ec2.NetworkInterfaces.find(
      (one) => one.NetworkInterfaceId === w.id('eni', `host-${zone}`),
    );
    const place = { SubnetId: subnetId(w, tier, zone), PrivateIpAddress: address(w, tier, zone, 20) };
    Object.assign(machine ?? {}, place);
    Object.assign(own ?? {}, place);
    if (machine !== undefined && publicAddress !== undefined) machine.PublicIpAddress = publicAddress(index);
    for (const host of w.snapshot.ecs.containerInstances)
      if (host.ec2InstanceId === w.id('i', zone))
        for (const attribute of host.attributes ?? [])
          if (attribute.name === 'ecs.subnet-id') attribute.value = place.SubnetId;
  }
}

/** The groups of the tasks let out only what the program itself needs: the host does the rest. */
export function tasksLetOutTheDatabaseOnly(w: World): void {
  theNetwork(w).group('app').IpPermissionsEgress = [tcpTo(5432, `10.${w.place.net}.0.0/16`)];
}

/** A service that no load balancer stands before. */
export function withoutBalancer(w: World): void {
  const service = theService(w);
  service.loadBalancers = [];
  delete service.healthCheckGracePeriodSeconds;
  const { elbv2 } = w.snapshot;
  const arn = targetGroupArn(w);
  elbv2.TargetGroups = elbv2.TargetGroups.filter((one) => one.TargetGroupArn !== arn);
  elbv2.Listeners = elbv2.Listeners.filter(
    (one) => !one.DefaultActions?.some((action) => action.TargetGroupArn === arn),
  );
  delete elbv2.TargetHealth[arn];
}

const registry = (w: World) => `${w.place.account}.dkr.ecr.${w.place.region}.amazonaws.com`;

/** Docker gets no answer from the registry. */
export function pullTimesOut(w: World, stop: Partial<Stop> = {}): void {
  failing(w, {
    code: failedToStart,
    reason: 'Task failed to start',
    why: `CannotPullContainerError: Error response from daemon: Get "https://${registry(w)}/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)`,
    ...stop,
  });
}

/** Docker has the manifest and gets no layer. */
export function layersTimeOut(w: World): void {
  const { region } = w.place;
  failing(w, {
    code: failedToStart,
    reason: 'Task failed to start',
    why: `CannotPullContainerError: error pulling image configuration: download failed after attempts=6: dial tcp 52.216.38.64:443: i/o timeout: Get "https://prod-${region}-starport-layer-bucket.s3.${region}.amazonaws.com/6f4c1a/${w.hex('layer', 40)}"`,
  });
}

/** The agent gets no answer from Secrets Manager. */
export function secretTimesOut(w: World, stop: Partial<Stop> = {}): void {
  const { cluster, region } = w.place;
  const arn = w.arn('secretsmanager', `secret:${cluster}/database-Ab3dE9`);
  failing(w, {
    code: failedToStart,
    reason: `Fetching secret data from AWS Secrets Manager in region ${region}: secret ${arn}: RequestError: send request failed caused by: Post "https://secretsmanager.${region}.amazonaws.com/": dial tcp 10.${w.place.net}.16.203:443: i/o timeout`,
    ...stop,
  });
}

/** The log driver of docker gets no answer from CloudWatch Logs. */
export function logDriverTimesOut(w: World): void {
  const { region } = w.place;
  failing(w, {
    code: failedToStart,
    reason: 'Task failed to start',
    why: `CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: RequestError: send request failed caused by: Post "https://logs.${region}.amazonaws.com/": dial tcp 3.121.44.20:443: i/o timeout`,
  });
}

/** The registry's name does not resolve on the host. */
export function registryUnresolved(w: World): void {
  failing(w, {
    code: failedToStart,
    reason: 'Task failed to start',
    why: `CannotPullContainerError: Error response from daemon: Get "https://${registry(w)}/v2/": dial tcp: lookup ${registry(w)} on 10.${w.place.net}.0.2:53: no such host (${imageOf(w, w.place.service, '2.14.0')})`,
  });
}

/** The volume plugin of the host gets no answer from the mount target. */
export function mountTimesOut(w: World): void {
  failing(w, {
    code: failedToStart,
    reason: `Error response from daemon: create ecs-${w.place.service}-41-shared-${w.hex('volume', 20)}: VolumeDriver.Create: mounting volume failed: Mount attempt 1/3 failed due to timeout after 15 sec, wait 0 sec before next attempt. b'mount.nfs4: Connection timed out'`,
  });
}
