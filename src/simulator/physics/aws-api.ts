// One request to an AWS API from inside a VPC: does the name resolve, does a connection come about, does the endpoint's
// policy let the request pass, may the role do it. What fails first decides what the caller sees: no answer, or a refusal.

import type { Snapshot, SnapshotNetworkInterface } from '../../contract/snapshot.ts';
import { type Endpoint, endpointForHost, endpointInterface } from './endpoints.ts';
import { resolveName } from './names.ts';
import { judge, type PolicyDocument } from './policy.ts';
import { reach } from './reach.ts';
import { findRole, roleMay, sessionArn } from './roles.ts';

/** Who asks: from which interface, and as which role. */
export interface Caller {
  /** Undefined when the snapshot does not show where the caller is; its network is then taken as open. */
  readonly from: SnapshotNetworkInterface | undefined;
  /** Undefined for a request that needs no permission. */
  readonly roleArn: string | undefined;
  /** The name of the role's session: the id of the task or of the instance. */
  readonly session: string;
}

export interface ApiRequest {
  /** Such as `api.ecr.us-east-1.amazonaws.com`. */
  readonly host: string;
  readonly action: string;
  readonly resource: string;
  readonly resourcePolicy?: PolicyDocument | undefined;
  /** The account that owns the resource. */
  readonly owner?: string;
}

export type Connection =
  | { readonly open: true; readonly address: string; readonly endpoint: Endpoint | undefined }
  | { readonly open: false; readonly cause: 'unresolved' | 'timeout'; readonly address: string };

export type ApiAnswer =
  | { readonly kind: 'done' }
  | { readonly kind: 'no-answer'; readonly cause: 'unresolved' | 'timeout'; readonly address: string }
  /** `message` is AWS's own, as far as `because …`. */
  | { readonly kind: 'denied'; readonly message: string };

const HTTPS = 443;

/** Whether a TLS connection to `host` comes about. */
export function connect(
  state: Snapshot,
  from: SnapshotNetworkInterface | undefined,
  host: string,
): Connection {
  if (from === undefined) return { open: true, address: '', endpoint: undefined };
  const vpcId = from.VpcId ?? '';
  const endpoint = endpointForHost(state, host, vpcId);
  if (endpoint === undefined) {
    const address = resolveName(state, host, vpcId);
    if (address === undefined) return { open: false, cause: 'unresolved', address: '' };
    const found = reach(state.ec2, { from, to: address, port: HTTPS });
    if (!found.open) return { open: false, cause: 'timeout', address };
    return { open: true, address, endpoint: gatewayEndpoint(state, found.through) };
  }
  const inside = endpointInterface(state, endpoint, zoneOf(state, from));
  const address = inside?.PrivateIpAddress ?? '';
  const open = inside !== undefined && reach(state.ec2, { from, to: address, port: HTTPS, at: inside }).open;
  return open ? { open, address, endpoint } : { open: false, cause: 'timeout', address };
}

/** Sends one request. */
export function callApi(state: Snapshot, caller: Caller, request: ApiRequest): ApiAnswer {
  const connection = connect(state, caller.from, request.host);
  if (!connection.open) return { kind: 'no-answer', cause: connection.cause, address: connection.address };
  return permit(state, caller, { ...request, endpoint: connection.endpoint });
}

function permit(
  state: Snapshot,
  { roleArn, session }: Caller,
  request: ApiRequest & { endpoint: Endpoint | undefined },
): ApiAnswer {
  const { action, resource, endpoint } = request;
  const role = roleArn === undefined ? 'missing' : findRole(state, roleArn);
  const listed = typeof role === 'string' ? undefined : role;
  const asker = {
    arns: listed === undefined ? [] : [listed.Arn],
    account: listed?.Arn.split(':')[4] ?? state.account.id,
  };
  const context =
    endpoint === undefined
      ? {}
      : { 'aws:SourceVpce': endpoint.VpcEndpointId, 'aws:SourceVpc': endpoint.VpcId ?? '' };
  const who = `User: ${sessionArn(roleArn ?? '', session)} is not authorized to perform: ${action} on resource: ${resource}`;
  const guard = policyOf(endpoint);
  const passes = guard === undefined ? 'allow' : judge([guard], { action, resource, asker, context });
  if (passes === 'deny')
    return { kind: 'denied', message: `${who} with an explicit deny in a VPC endpoint policy` };
  if (passes === 'silent')
    return { kind: 'denied', message: `${who} because no VPC endpoint policy allows the ${action} action` };
  if (roleArn === undefined) return { kind: 'done' };
  const permission = roleMay(state, roleArn, {
    action,
    resource,
    context,
    resourcePolicy: request.resourcePolicy,
    ...(request.owner === undefined ? {} : { owner: request.owner }),
  });
  if (permission.allowed) return { kind: 'done' };
  return {
    kind: 'denied',
    message:
      permission.refusal === 'explicit deny'
        ? `${who} with an explicit deny in an identity-based policy`
        : `${who} because ${permission.refusal} the ${action} action`,
  };
}

/** Endpoint policies are JSON text; one that is missing allows everything. */
function policyOf(endpoint: Endpoint | undefined): PolicyDocument | undefined {
  const text = endpoint?.PolicyDocument;
  if (text === undefined || text === '') return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as PolicyDocument) : undefined;
  } catch {
    return undefined;
  }
}

function gatewayEndpoint(state: Snapshot, id: string | undefined): Endpoint | undefined {
  return id === undefined ? undefined : state.ec2.VpcEndpoints.find((one) => one.VpcEndpointId === id);
}

function zoneOf(state: Snapshot, from: SnapshotNetworkInterface): string | undefined {
  return (
    from.AvailabilityZone ?? state.ec2.Subnets.find((one) => one.SubnetId === from.SubnetId)?.AvailabilityZone
  );
}
