// VPC endpoints whose own policy refuses what a task needs. The request arrives and is turned away there, so IAM looks right and the
// network looks open. An endpoint without a policy of its own lets everything through.

import type * as Ec2 from '@aws-sdk/client-ec2';
import type { EvidenceRef } from '../../contract/finding.ts';
import { below, type Observed } from '../evidence.ts';
import { appSigns } from '../facts/app-signs.ts';
import type { Facts } from '../facts/facts.ts';
import { vpcIdOf } from '../facts/host-place.ts';
import { repositoryArn } from '../facts/image-reference.ts';
import { type Refusal, refusalIn } from '../facts/refusal.ts';
import { containersLeaveBy, type LeavesBy, startLeavesBy, subnetsBehind } from '../facts/sources.ts';
import type { StartFailure } from '../facts/start-failure.ts';
import { knownArn, startRole, taskRole } from '../facts/start-role.ts';
import { imagesOf, logTargetsOf, secretsOf, wasRefused } from '../facts/start-subjects.ts';
import type { TaskFacts } from '../facts/tasks.ts';
import { contextOf } from '../iam/condition.ts';
import { policyDocument } from '../iam/document.ts';
import { askPolicies } from '../iam/evaluate.ts';
import { routeTableOf } from '../network/route-table.ts';
import { distinctRefs, found, type Judgement, type Rule, silent } from './rule.ts';
import { asNext, strongest } from './start-rule.ts';

export const endpointPolicyRules: readonly Rule[] = [
  {
    class: 'missing-vpc-endpoint',
    needs: ['tasks', 'network', 'resources'],
    judge: (facts) => judge(facts, false),
  },
  {
    class: 's3-path-blocked',
    needs: ['tasks', 'network', 'resources'],
    judge: (facts) => judge(facts, true),
  },
];

/** A request that was refused on its way, with the endpoint service it goes through. */
interface Request {
  readonly service: string;
  readonly action: string;
  readonly resource: string;
  readonly role: string | undefined;
  readonly task: TaskFacts;
  readonly leavesBy: LeavesBy;
  readonly evidence: readonly EvidenceRef[];
}

function judge(facts: Facts, toS3: boolean): Judgement {
  const requests = [
    ...facts.starts.filter(wasRefused).flatMap((start) => requestsOf(start, facts)),
    ...appSigns(facts).flatMap((sign): Request[] =>
      sign.refusal?.kind !== 'endpoint'
        ? []
        : requestIn(sign.refusal).map((one) => ({
            ...one,
            role: taskRole(sign.task),
            task: sign.task,
            leavesBy: containersLeaveBy(facts.service, [sign.task]),
            evidence: [sign.at],
          })),
    ),
  ];
  const met = judgeAll(requests, { facts, toS3 });
  if (met.outcome === 'found') return met;
  const next = judgeAll(
    facts.ahead.flatMap((start) => requestsOf(start, facts)),
    { facts, toS3 },
  );
  return next.outcome === 'found' ? found(asNext(next.found)) : met;
}

function judgeAll(requests: readonly Request[], { facts, toS3 }: { facts: Facts; toS3: boolean }): Judgement {
  return strongest(
    requests
      .filter(({ service }) => (service === 's3') === toS3)
      .map((request) => judgeRequest(request, facts)),
  );
}

function judgeRequest(request: Request, facts: Facts): Judgement {
  const { name } = facts.service;
  for (const endpoint of endpointsFor(request, facts)) {
    const document = policyDocument(endpoint.value.PolicyDocument);
    if (document === undefined) continue;
    const arn = request.role === undefined ? undefined : knownArn(facts.bundle, request.role);
    const answer = askPolicies([{ name: 'endpoint', document }], {
      action: request.action,
      resource: request.resource,
      principal: arn === undefined ? {} : { arn, account: arn.split(':')[4] ?? facts.bundle.account },
      context: contextOf({
        'aws:PrincipalArn': arn,
        'aws:PrincipalAccount': facts.bundle.account,
        'aws:ResourceAccount': request.service === 's3' ? undefined : facts.bundle.account,
      }),
    });
    if (arn === undefined) continue;
    // The endpoint's policy is the only one that is asked here: what it does not allow does not pass.
    if (answer.denies !== 'yes' && answer.allows !== 'no') continue;
    const id = endpoint.value.VpcEndpointId ?? '';
    return found({
      verdict: 'proven',
      title: `Endpoint ${id} does not let tasks of ${name} call ${request.action}.`,
      explanation: `Requests to ${request.service} leave the VPC through ${id}, whose policy ${answer.denies === 'yes' ? 'denies' : 'does not allow'} ${request.action} on ${request.resource}. Neither the role nor the network is at fault; the policy of the endpoint is not changed from here.`,
      evidence: distinctRefs([below(endpoint, '.PolicyDocument'), ...request.evidence]),
      culprits: [id],
    });
  }
  return silent;
}

/** The endpoints a request passes: by private DNS, or by a route for S3 out of the subnet it leaves from. */
function endpointsFor({ service, task, leavesBy }: Request, { bundle }: Facts): Observed<Ec2.VpcEndpoint>[] {
  const { network } = bundle;
  const vpcId = vpcIdOf(bundle);
  const [subnetId] = subnetsBehind(bundle, [task], leavesBy);
  const table =
    subnetId === undefined || vpcId === undefined ? undefined : routeTableOf(network, subnetId, vpcId);
  return network.vpcEndpoints.items.filter(({ value }) => {
    if (value.VpcId !== vpcId || value.ServiceName !== `com.amazonaws.${bundle.region}.${service}`)
      return false;
    return value.VpcEndpointType === 'Gateway'
      ? table !== undefined && value.RouteTableIds?.includes(table.value.RouteTableId ?? '') === true
      : value.PrivateDnsEnabled === true;
  });
}

/** What the refused step asked for: AWS's own words where they name it, else what the step is known to need. */
function requestsOf(start: StartFailure, facts: Facts): Request[] {
  const { role } = startRole(start, facts.bundle);
  const common = { role, task: start.task, leavesBy: startLeavesBy(start), evidence: start.evidence };
  const refusal = refusalIn(start.whole);
  if (refusal !== undefined) return requestIn(refusal).map((one) => ({ ...one, ...common }));
  switch (start.phase) {
    case 'pull': {
      const [image] = imagesOf(start);
      const resource = image === undefined ? undefined : repositoryArn(image);
      if (image?.ecr === undefined || resource === undefined) return [];
      // Layers are in a bucket of ECR's own: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
      const layers = `arn:aws:s3:::prod-${image.ecr.region}-starport-layer-bucket/*`;
      const fromS3 = { ...common, service: 's3', action: 's3:GetObject', resource: layers };
      if (/starport-layer-bucket|\.s3[.-]/.test(start.whole)) return [fromS3];
      return [
        { ...common, service: 'ecr.dkr', action: 'ecr:BatchGetImage', resource },
        { ...common, service: 'ecr.api', action: 'ecr:GetAuthorizationToken', resource: '*' },
        fromS3,
      ];
    }
    case 'secret':
      return secretsOf(start).map(({ kind, id }) => ({
        ...common,
        service: kind === 'parameter' ? 'ssm' : 'secretsmanager',
        action: kind === 'parameter' ? 'ssm:GetParameters' : 'secretsmanager:GetSecretValue',
        resource: id,
      }));
    case 'env-file': {
      const files = start.task.containers.flatMap(
        ({ definition }) => definition?.value.environmentFiles ?? [],
      );
      return files.flatMap(({ value }) =>
        value === undefined ? [] : [{ ...common, service: 's3', action: 's3:GetObject', resource: value }],
      );
    }
    case 'logger':
      return logTargetsOf(start).map(({ group, region }) => ({
        ...common,
        service: 'logs',
        action: 'logs:CreateLogStream',
        resource: `arn:aws:logs:${region}:${facts.bundle.account}:log-group:${group}:log-stream:ecs/task`,
      }));
    default:
      return [];
  }
}

/** A refusal that names no resource cannot be judged: a policy for one thing would look like one that denies. */
function requestIn({ action, resource }: Refusal): Pick<Request, 'service' | 'action' | 'resource'>[] {
  if (resource === undefined) return [];
  const [prefix = ''] = action.split(':');
  const service = prefix !== 'ecr' ? prefix : /GetAuthorizationToken/.test(action) ? 'ecr.api' : 'ecr.dkr';
  return [{ service, action, resource }];
}
