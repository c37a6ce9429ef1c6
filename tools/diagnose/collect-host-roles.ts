// Reads under which role a container instance calls AWS and what that role may do, in two steps: the container instance beside the profiles
// of all machines and the roles of all profiles, since each of the three is named only by the one before it; then IAM's own simulator,
// which answers without the names of the policies.

import type * as Iam from '@aws-sdk/client-iam';
import type { Aws, AwsAction, AwsAnswer, AwsOutput } from '../../src/contract/aws.ts';
import type { Gap, Observed, Seen } from '../../src/diagnosis/evidence.ts';
import type { RoleRequest } from '../../src/diagnosis/facts/needs.ts';
import { roleName } from '../../src/diagnosis/facts/permission.ts';
import {
  type Asked,
  asked,
  type ResourceEvidence,
  type SimulatedDecision,
} from '../../src/diagnosis/resources.ts';
import { describeContainerInstances } from './collect-hosts.ts';
import { gapOf, joined } from './reading.ts';
import { next } from './staged.ts';

/**
 * The largest pages there are: an account has at most 1,000 instance profiles unless its quota was raised.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeIamInstanceProfileAssociations.html
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html
 */
const PAGE = 1_000;
const OF_MACHINES = 'ec2:DescribeIamInstanceProfileAssociations';
const OF_PROFILES = 'iam:ListInstanceProfiles';

export const hostRoleActions = [
  'ecs:DescribeContainerInstances',
  OF_MACHINES,
  OF_PROFILES,
  'iam:SimulatePrincipalPolicy',
] as const satisfies readonly AwsAction[];

type Profiles = AwsOutput<typeof OF_MACHINES>;
type HostRoles = Pick<ResourceEvidence, 'hostRoles' | 'decisions'>;

export interface HostsOf {
  readonly cluster: string;
  /** What the roles are needed for. */
  readonly requests: readonly RoleRequest[];
  /** Ends the look after the first answers. */
  readonly unless: Promise<boolean>;
}

/** The roles of these container instances and what they may do; nothing where it turned out that they do not matter. */
export async function readHostRoles(aws: Aws, hosts: readonly string[], of: HostsOf): Promise<HostRoles> {
  const read = await Promise.all(
    hosts.map(async (host): Promise<HostRoles> => {
      const role = await readHostRole(aws, host, of);
      if (role === undefined || (await of.unless)) return { hostRoles: nothing, decisions: nothing };
      if ('missingAction' in role)
        return { hostRoles: { items: [], gaps: [{ ...role, about: host }] }, decisions: nothing };
      const { thing } = role.value;
      return {
        hostRoles: { items: [role], gaps: [] },
        decisions: thing === undefined ? nothing : await simulate(next(aws), thing, of.requests),
      };
    }),
  );
  return {
    hostRoles: joined(read.map(({ hostRoles }) => hostRoles)),
    decisions: joined(read.map(({ decisions }) => decisions)),
  };
}

/** ARN of the role; undefined when the host is no machine of EC2. */
async function readHostRole(
  aws: Aws,
  host: string,
  { cluster }: HostsOf,
): Promise<Observed<Asked<string>> | Gap | undefined> {
  const what = `the role of container instance ${host.split('/').at(-1)}`;
  const [known, machines, profiles] = await Promise.all([
    describeContainerInstances(aws, cluster, [host]),
    orGap(ofMachines(aws), { what, action: OF_MACHINES }),
    orGap(aws.call(OF_PROFILES, { MaxItems: PAGE }), { what, action: OF_PROFILES }),
  ]);
  const id = known.items[0]?.value.ec2InstanceId;
  if (id === undefined) return known.gaps[0];
  if ('missingAction' in machines) return machines;
  const found =
    ofMachine(machines.output, id) === undefined && machines.output.NextToken !== undefined
      ? await orGap(ofMachines(next(aws), id), { what, action: OF_MACHINES })
      : machines;
  if ('missingAction' in found) return found;
  const profile = ofMachine(found.output, id)?.IamInstanceProfile?.Arn?.split('/').at(-1);
  const path = '$.IamInstanceProfileAssociations';
  if (profile === undefined) return asked<string>(host, undefined, { id: found.evidence, path });
  if ('missingAction' in profiles) return profiles;
  return roleIn(profiles, { host, profile, what });
}

function roleIn(
  { output, evidence }: AwsAnswer<typeof OF_PROFILES>,
  { host, profile, what }: { host: string; profile: string; what: string },
): Observed<Asked<string>> | Gap {
  const list = output.InstanceProfiles ?? [];
  const index = list.findIndex(({ InstanceProfileName }) => InstanceProfileName === profile);
  if (index === -1 && output.IsTruncated === true) return { what, missingAction: OF_PROFILES, kind: 'other' };
  const path = index === -1 ? '$.InstanceProfiles' : `$.InstanceProfiles[${index}].Roles`;
  return asked<string>(host, list[index]?.Roles?.[0]?.Arn, { id: evidence, path });
}

/** Which profile each machine of the region has, or only the one of `id`. */
function ofMachines(aws: Aws, id?: string) {
  return aws.call(OF_MACHINES, {
    Filters: [
      { Name: 'state', Values: ['associating', 'associated'] },
      ...(id === undefined ? [] : [{ Name: 'instance-id', Values: [id] }]),
    ],
    MaxResults: PAGE,
  });
}

function ofMachine({ IamInstanceProfileAssociations: list = [] }: Profiles, id: string) {
  return list.find(({ InstanceId }) => InstanceId === id);
}

async function orGap<A extends AwsAction>(
  answer: Promise<AwsAnswer<A>>,
  { what, action }: { what: string; action: A },
): Promise<AwsAnswer<A> | Gap> {
  try {
    return await answer;
  } catch (thrown) {
    return gapOf(thrown, what, action);
  }
}

/** Every request at once; the simulator answers each action on each resource. What is of another account it is not asked about. */
async function simulate(
  aws: Aws,
  role: string,
  requests: readonly RoleRequest[],
): Promise<Seen<SimulatedDecision>> {
  const own = requests.filter(({ resource }) => isOwn(aws, resource));
  if (own.length === 0) return nothing;
  const name = roleName(role);
  try {
    const { output, evidence } = await aws.call('iam:SimulatePrincipalPolicy', {
      PolicySourceArn: role,
      ActionNames: [...new Set(own.map(({ action }) => action))],
      ResourceArns: [...new Set(own.map(({ resource }) => resource))],
      MaxItems: PAGE,
    });
    const items = (output.EvaluationResults ?? []).map((result, index) => ({
      value: decisionOf(name, result),
      at: { id: evidence, path: `$.EvaluationResults[${index}]` },
    }));
    return { items, gaps: [] };
  } catch (thrown) {
    const gap = gapOf(thrown, `what role ${name} may do`, 'iam:SimulatePrincipalPolicy');
    return { items: [], gaps: [{ ...gap, about: name }] };
  }
}

function isOwn(aws: Aws, resource: string): boolean {
  const account = resource.split(':')[4] ?? '';
  return account === '' || account === aws.account;
}

/** What hangs on keys the simulator was not given, or on the organisation, is nothing the policies of the role decide. */
function decisionOf(role: string, result: Iam.EvaluationResult): SimulatedDecision {
  const { EvalActionName: action = '', EvalResourceName: resource = '*', EvalDecision: decision } = result;
  const isOpen =
    (result.MissingContextValues ?? []).length > 0 ||
    result.OrganizationsDecisionDetail?.AllowedByOrganizations === false;
  // IAM names an inline policy of a role as `role_<role>_<policy>`.
  const inline = `role_${role}_`;
  const by = (result.MatchedStatements ?? []).map(({ SourcePolicyId: id = '' }) =>
    id.startsWith(inline) ? id.slice(inline.length) : id,
  );
  return { role, action, resource, by, decision: isOpen ? 'open' : (DECISIONS[decision ?? ''] ?? 'open') };
}

const DECISIONS: Readonly<Record<string, SimulatedDecision['decision']>> = {
  allowed: 'allowed',
  explicitDeny: 'denied',
  implicitDeny: 'silent',
};

const nothing: Seen<never> = { items: [], gaps: [] };
