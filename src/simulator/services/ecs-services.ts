// ECS reads about services and their deployments.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { SnapshotService } from '../../contract/snapshot.ts';
import { tokenOf } from './ecs-clusters.ts';
import { arnOf, checkBatch, clusterNamed, findService, missing, serviceNamed } from './ecs-names.ts';
import type { Handler } from './handler.ts';
import { invalidNextToken, pageOf } from './page.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html */
const SERVICES_MAX = 10;
const DEPLOYMENTS_MAX = 20;
const REVISIONS_MAX = 20;

/** ARNs of a cluster's services, 10 a page unless asked for up to 100. Throws ClusterNotFoundException. */
export const listServices: Handler<Ecs.ListServicesCommandInput, Ecs.ListServicesCommandOutput> = (
  input,
  account,
) => {
  const cluster = clusterNamed(account, input.cluster);
  const all = account.state.ecs.services.filter(
    (service) =>
      service.clusterArn === cluster.clusterArn &&
      service.status !== 'INACTIVE' &&
      (input.launchType === undefined || service.launchType === input.launchType) &&
      (input.schedulingStrategy === undefined ||
        (service.schedulingStrategy ?? 'REPLICA') === input.schedulingStrategy),
  );
  const page = pageOf(all, {
    token: input.nextToken,
    limit: input.maxResults,
    defaultLimit: 10,
    maxLimit: 100,
    scope: `ListServices ${cluster.clusterName} ${input.launchType ?? ''} ${input.schedulingStrategy ?? ''}`,
    invalidToken: invalidNextToken,
  });
  return { serviceArns: page.items.map((service) => service.serviceArn), ...tokenOf(page) };
};

/** Up to ten services with events and deployments, tags only when included; what is not there is in `failures[]`. */
export const describeServices: Handler<
  Ecs.DescribeServicesCommandInput,
  Ecs.DescribeServicesCommandOutput
> = (input, account) => {
  const cluster = clusterNamed(account, input.cluster);
  const names = checkBatch(input.services, 'Services', SERVICES_MAX);
  const withTags = (input.include ?? []).includes('TAGS');
  const services: SnapshotService[] = [];
  const failures: { arn: string; reason: string }[] = [];
  for (const name of new Set(names)) {
    const service = findService(account, cluster, name);
    if (service === undefined) {
      failures.push(
        missing(arnOf(account, 'service', name.startsWith('arn:') ? name : `${cluster.clusterName}/${name}`)),
      );
    } else {
      const { tags, ...rest } = service;
      services.push({ ...rest, ...(withTags ? { tags: tags ?? [] } : {}) });
    }
  }
  return { services, failures };
};

/** A service's deployments in brief, newest first, by status and time. Throws ServiceNotFoundException. */
export const listServiceDeployments: Handler<
  Ecs.ListServiceDeploymentsCommandInput,
  Ecs.ListServiceDeploymentsCommandOutput
> = (input, account) => {
  const cluster = clusterNamed(account, input.cluster ?? clusterInArn(input.service));
  const service = serviceNamed(account, cluster, input.service);
  const after = input.createdAt?.after?.getTime() ?? Number.NEGATIVE_INFINITY;
  const before = input.createdAt?.before?.getTime() ?? Number.POSITIVE_INFINITY;
  const all = account.state.ecs.serviceDeployments.filter((deployment) => {
    const createdAt = Date.parse(deployment.createdAt ?? '');
    const wanted =
      input.status === undefined ||
      (deployment.status !== undefined && input.status.includes(deployment.status));
    return (
      deployment.serviceArn === service.serviceArn && wanted && !(createdAt < after) && !(createdAt > before)
    );
  });
  const newestFirst = all.sort(
    (left, right) => Date.parse(right.createdAt ?? '') - Date.parse(left.createdAt ?? ''),
  );
  const page = pageOf(newestFirst, {
    token: input.nextToken,
    limit: input.maxResults,
    defaultLimit: 20,
    maxLimit: 100,
    scope: `ListServiceDeployments ${service.serviceArn}`,
    invalidToken: invalidNextToken,
  });
  return {
    serviceDeployments: page.items.map(
      ({
        serviceDeploymentArn,
        serviceArn,
        clusterArn,
        startedAt,
        createdAt,
        finishedAt,
        status,
        statusReason,
        targetServiceRevision,
      }) => ({
        serviceDeploymentArn,
        serviceArn,
        clusterArn,
        startedAt,
        createdAt,
        finishedAt,
        status,
        statusReason,
        targetServiceRevisionArn: targetServiceRevision?.arn,
      }),
    ),
    ...tokenOf(page),
  };
};

/** Deployments by ARN; what is not there is in `failures[]`. */
export const describeServiceDeployments: Handler<
  Ecs.DescribeServiceDeploymentsCommandInput,
  Ecs.DescribeServiceDeploymentsCommandOutput
> = (input, account) => {
  const arns = checkBatch(input.serviceDeploymentArns, 'Service deployment ARNs', DEPLOYMENTS_MAX);
  const known = account.state.ecs.serviceDeployments;
  return {
    serviceDeployments: known.filter((deployment) => arns.includes(deployment.serviceDeploymentArn)),
    failures: arns
      .filter((arn) => !known.some((deployment) => deployment.serviceDeploymentArn === arn))
      .map(missing),
  };
};

/** Revisions by ARN; what is not there is in `failures[]`. */
export const describeServiceRevisions: Handler<
  Ecs.DescribeServiceRevisionsCommandInput,
  Ecs.DescribeServiceRevisionsCommandOutput
> = (input, account) => {
  const arns = checkBatch(input.serviceRevisionArns, 'Service revision ARNs', REVISIONS_MAX);
  const known = account.state.ecs.serviceRevisions;
  return {
    serviceRevisions: known.filter((revision) => arns.includes(revision.serviceRevisionArn)),
    failures: arns
      .filter((arn) => !known.some((revision) => revision.serviceRevisionArn === arn))
      .map(missing),
  };
};

/** `arn:aws:ecs:region:account:service/<cluster>/<service>`. */
function clusterInArn(service: string | undefined): string | undefined {
  return service?.startsWith('arn:') ? service.split('/').at(-2) : undefined;
}
