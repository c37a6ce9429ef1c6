// CodeDeploy: deployments and how they went.

import type * as CodeDeploy from '@aws-sdk/client-codedeploy';
import type { SimulatedAccount } from '../account.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import type { Handler, HandlerTable } from './handler.ts';
import { pageOf, tokenAs } from './page.ts';

/** CodeDeploy hands out pages of 100 and takes no other size. */
const PAGE = 100;
/** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeployments.html */
const BATCH_MAX = 25;

/** Ids of deployments, newest first, by application with group, status and time. Throws ApplicationDoesNotExistException. */
const listDeployments: Handler<
  CodeDeploy.ListDeploymentsCommandInput,
  CodeDeploy.ListDeploymentsCommandOutput
> = (input, { state }) => {
  const { applicationName: application, deploymentGroupName: group, createTimeRange: range } = input;
  if (application === undefined && group !== undefined)
    throw new AwsFault('ApplicationNameRequiredException', 'An application name is required.');
  if (application !== undefined && group === undefined)
    throw new AwsFault('DeploymentGroupNameRequiredException', 'A deployment group name is required.');
  const all = state.codedeploy.deployments;
  const ofApplication = all.filter((one) => application === undefined || one.applicationName === application);
  if (application !== undefined && ofApplication.length === 0)
    throw new AwsFault('ApplicationDoesNotExistException', `No application found for name: ${application}`);
  const ofGroup = ofApplication.filter((one) => group === undefined || one.deploymentGroupName === group);
  if (group !== undefined && ofGroup.length === 0)
    throw new AwsFault(
      'DeploymentGroupDoesNotExistException',
      `No Deployment Group found for name: ${group}`,
    );
  const wanted = ofGroup.filter((one) => {
    const at = Date.parse(one.createTime ?? '');
    return (
      !(at < (range?.start?.getTime() ?? Number.NEGATIVE_INFINITY)) &&
      !(at > (range?.end?.getTime() ?? Number.POSITIVE_INFINITY)) &&
      (input.includeOnlyStatuses === undefined ||
        (one.status !== undefined && input.includeOnlyStatuses.includes(one.status)))
    );
  });
  wanted.sort((left, right) => Date.parse(right.createTime ?? '') - Date.parse(left.createTime ?? ''));
  const { nextToken, ...question } = input;
  const page = pageOf(wanted, {
    token: nextToken,
    limit: undefined,
    defaultLimit: PAGE,
    maxLimit: PAGE,
    scope: `ListDeployments ${JSON.stringify(question)}`,
    invalidToken: () => new AwsFault('InvalidNextTokenException', 'The next token is not valid.'),
  });
  return { deployments: page.items.map((one) => one.deploymentId), ...tokenAs('nextToken', page) };
};

/** One deployment. Throws DeploymentDoesNotExistException. */
const getDeployment: Handler<CodeDeploy.GetDeploymentCommandInput, CodeDeploy.GetDeploymentCommandOutput> = (
  input,
  account,
) => ({ deploymentInfo: deploymentNamed(account, input.deploymentId) });

/** Up to 25 deployments. Throws DeploymentDoesNotExistException and BatchLimitExceededException. */
const batchGetDeployments: Handler<
  CodeDeploy.BatchGetDeploymentsCommandInput,
  CodeDeploy.BatchGetDeploymentsCommandOutput
> = (input, account) => {
  const ids = input.deploymentIds ?? [];
  if (ids.length === 0)
    throw new AwsFault('DeploymentIdRequiredException', 'At least one deployment ID must be specified.');
  if (ids.length > BATCH_MAX)
    throw new AwsFault('BatchLimitExceededException', `Only up to ${BATCH_MAX} items can be requested.`);
  return { deploymentsInfo: ids.map((id) => deploymentNamed(account, id)) };
};

export const codedeployHandlers: HandlerTable = {
  ListDeployments: listDeployments,
  GetDeployment: getDeployment,
  BatchGetDeployments: batchGetDeployments,
};

function deploymentNamed({ state }: SimulatedAccount, id: string | undefined) {
  const found = state.codedeploy.deployments.find((one) => one.deploymentId === id);
  if (found === undefined)
    throw new AwsFault('DeploymentDoesNotExistException', `The deployment ${id} could not be found`);
  return found;
}
