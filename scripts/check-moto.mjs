// `npm run check:moto`: builds an account in moto with the real AWS CLI, runs tools against it and then the whole product,
// so that both are held against an implementation of AWS that is not ours. Without `moto_server` or `aws` on the PATH it says so and succeeds.

import { execFile, execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { loadSource } from './load-source.mjs';
import { checkConversation } from './moto-conversation.mjs';

const REGION = 'us-east-1';
const ACCOUNT = '123456789012';
const CLUSTER = 'production-cluster';
const SERVICE = 'my-web-service';
const START_MS = 30_000;

const run = promisify(execFile);

function isInstalled(command, args) {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A port nobody listens on at this moment; moto_server cannot choose one itself. */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** The server as a child process that answers; `stop` ends it and nothing else. */
async function startMoto() {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
    detached: true,
  });
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline) {
    const answers = await fetch(`${endpoint}/moto-api/`).then(
      (response) => response.ok,
      () => false,
    );
    // The launcher may start the server as its own child, so the whole group is ended.
    if (answers) return { endpoint, stop: () => process.kill(-child.pid, 'SIGTERM') };
    await delay(200);
  }
  process.kill(-child.pid, 'SIGTERM');
  throw new Error(`moto_server did not answer within ${START_MS / 1000} s`);
}

/** `aws` against that server: words in, parsed JSON out. */
function awsCli(endpoint) {
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'moto',
    AWS_SECRET_ACCESS_KEY: 'moto',
    AWS_DEFAULT_REGION: REGION,
    AWS_PAGER: '',
  };
  return async (...words) => {
    const { stdout } = await run('aws', [...words, '--output', 'json'], { env });
    return stdout.trim() === '' ? {} : JSON.parse(stdout);
  };
}

/** A VPC with a service whose security group has no way out to the database. */
async function setUp(aws) {
  const { Vpc } = await aws('ec2', 'create-vpc', '--cidr-block', '10.0.0.0/16');
  const subnet = await aws('ec2', 'create-subnet', '--vpc-id', Vpc.VpcId, '--cidr-block', '10.0.10.0/24');
  const group = async (name) => {
    const words = ['--group-name', name, '--description', name, '--vpc-id', Vpc.VpcId];
    return (await aws('ec2', 'create-security-group', ...words)).GroupId;
  };
  const taskGroup = await group('my-web-service-tasks');
  const databaseGroup = await group('orders-db');
  const all = 'IpProtocol=-1,IpRanges=[{CidrIp=0.0.0.0/0}]';
  const https = 'IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{CidrIp=0.0.0.0/0}]';
  const postgres = `IpProtocol=tcp,FromPort=5432,ToPort=5432,UserIdGroupPairs=[{GroupId=${taskGroup}}]`;
  await aws('ec2', 'revoke-security-group-egress', '--group-id', taskGroup, '--ip-permissions', all);
  await aws('ec2', 'authorize-security-group-egress', '--group-id', taskGroup, '--ip-permissions', https);
  await aws(
    'ec2',
    'authorize-security-group-ingress',
    '--group-id',
    databaseGroup,
    '--ip-permissions',
    postgres,
  );
  await aws('ecs', 'create-cluster', '--cluster-name', CLUSTER);
  const container = [{ name: 'web', image: 'example/web:1', memory: 512, essential: true }];
  const definition = [
    '--family',
    SERVICE,
    '--network-mode',
    'awsvpc',
    '--container-definitions',
    JSON.stringify(container),
  ];
  await aws('ecs', 'register-task-definition', ...definition);
  const network = `awsvpcConfiguration={subnets=[${subnet.Subnet.SubnetId}],securityGroups=[${taskGroup}]}`;
  const service = [
    '--cluster',
    CLUSTER,
    '--service-name',
    SERVICE,
    '--task-definition',
    SERVICE,
    '--desired-count',
    '2',
  ];
  await aws('ecs', 'create-service', ...service, '--network-configuration', network);
  return { taskGroup, databaseGroup };
}

if (!isInstalled('moto_server', ['--help']) || !isInstalled('aws', ['--version'])) {
  console.log('moto_server or the AWS CLI is not on the PATH, so nothing was checked.');
} else {
  const moto = await startMoto();
  try {
    const aws = awsCli(moto.endpoint);
    const groups = await setUp(aws);
    const { checkTools } = await loadSource('test/support/moto-check.ts');
    const account = {
      endpoint: moto.endpoint,
      account: ACCOUNT,
      region: REGION,
      cluster: CLUSTER,
      service: SERVICE,
    };
    const problems = await checkTools({ ...account, ...groups });
    problems.push(...(await checkConversation({ ...account, ...groups, aws })));
    for (const problem of problems) console.error(`Against moto: ${problem}.`);
    console.log(
      problems.length === 0
        ? 'The tools and the conversation work against moto.'
        : `${problems.length} problems.`,
    );
    if (problems.length > 0) process.exitCode = 1;
  } finally {
    moto.stop();
  }
}
