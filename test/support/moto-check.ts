// Runs tools against an account that moto serves: another implementation of AWS than ours, so that a mistake which our
// simulator shares with our tools shows. Run by scripts/check-moto.mjs.

import { ec2AuthorizeSecurityGroupEgress } from '../../tools/ec2/authorize-security-group-egress.ts';
import { ec2DescribeSecurityGroups } from '../../tools/ec2/describe-security-groups.ts';
import { ecsDescribeServices } from '../../tools/ecs/describe-services.ts';
import { ecsListServices } from '../../tools/ecs/list-services.ts';
import { ecsUpdateService } from '../../tools/ecs/update-service.ts';
import { stsGetCallerIdentity } from '../../tools/sts/get-caller-identity.ts';
import { runPrepare, runRead } from '../tools/run-tool.ts';
import { sdkAws } from './sdk-aws.ts';

export interface MotoAccount {
  readonly endpoint: string;
  readonly account: string;
  readonly region: string;
  readonly cluster: string;
  readonly service: string;
  readonly taskGroup: string;
  readonly databaseGroup: string;
}

/** What differs from what was set up with the AWS CLI; empty when nothing does. */
export async function checkTools(moto: MotoAccount): Promise<string[]> {
  const aws = sdkAws(moto);
  const { cluster, service, taskGroup, databaseGroup } = moto;
  const problems: string[] = [];
  const expect = (holds: boolean, problem: string) => {
    if (!holds) problems.push(problem);
  };
  try {
    const identity = await runRead(stsGetCallerIdentity, {}, aws);
    expect(identity.output.account === moto.account, 'the caller has another account');
    const listed = await runRead(ecsListServices, { cluster }, aws);
    expect(
      listed.output.services.some(({ name }) => name === service),
      'the service is not listed',
    );
    const described = await runRead(ecsDescribeServices, { cluster, services: [service] }, aws);
    expect(described.output.services[0]?.desired === 2, 'the service has another desired count');
    expect(
      described.output.services[0]?.securityGroups[0] === taskGroup,
      'the service has another security group',
    );
    const rules = await runRead(ec2DescribeSecurityGroups, { ids: [taskGroup] }, aws);
    expect(rules.output.items[0]?.outbound.length === 1, 'the group has another number of outbound rules');
    const rule = { group_id: taskGroup, protocol: 'tcp', from_port: 5432, peer: { group_id: databaseGroup } };
    const change = await runPrepare(
      ec2AuthorizeSecurityGroupEgress,
      { ...rule, heals: { cluster, service } },
      aws,
    );
    expect(change.blastRadius.summary.includes(service), 'the service is not among those that use the group');
    const scale = await runPrepare(ecsUpdateService, { cluster, service, desired_count: 3 }, aws);
    expect(JSON.stringify(scale.inverse).includes('"desiredCount":2'), 'the undo has another desired count');
  } finally {
    aws.close();
  }
  return problems;
}
