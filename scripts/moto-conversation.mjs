// The conversation against moto: `lockkeeper up` in a process of its own, questions, an approval, and the rule seen with the
// real AWS CLI. moto starts no tasks, so there is neither a log nor a failed task: what is asked about is what the state shows.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { bundleSource } from './load-source.mjs';

/** What does not hold of the product against that account; empty when everything does. */
export async function checkConversation({
  endpoint,
  region,
  cluster,
  service,
  taskGroup,
  databaseGroup,
  aws,
}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'lockkeeper-moto-'));
  const lockkeeper = commandLine(await bundleSource('src/cli/main.ts'), folder, { endpoint, region });
  const problems = [];
  const expect = (holds, problem, said) => {
    if (!holds) problems.push(`${problem}: ${JSON.stringify(said)}`);
  };
  const ask = async (...words) => {
    const { code, stdout, stderr } = await lockkeeper.run('ask', '--json', ...words);
    if (code !== 0) problems.push(`"${words.at(-1)}" ended with ${code}: ${stderr}${stdout}`);
    return code === 0 ? JSON.parse(stdout) : { answer: '', proposals: [], findings: [], commands: [] };
  };
  const up = lockkeeper.start('up', '--port', '0');
  try {
    const banner = await up.until(/Ctrl-C stops/);
    expect(
      banner.includes(`AWS requests go to ${endpoint}`),
      'the start does not say where requests go',
      banner,
    );

    const status = await ask(`What is the status of the '${service}' in the '${cluster}'?`);
    expect(/desired 2, running 0/.test(status.answer), 'the status is another', status.answer);
    const logs = await lockkeeper.run('ask', '-c', 'Show me the logs from the failed task.');
    expect(logs.code === 3 && /no logs to read/.test(logs.stdout), 'logs of no task are not refused', logs);
    const path_ = await ask(
      '-c',
      'Check if the security group allows outbound traffic to the database port 5432.',
    );
    expect(/5432/.test(path_.answer), 'the path does not speak of the port', path_.answer);
    const change = await ask(
      '-c',
      'Add a rule to allow outbound PostgreSQL traffic to the database security group.',
    );
    const proposal = change.proposals[0];
    expect(
      proposal?.cli.includes(taskGroup) && proposal.cli.includes(databaseGroup),
      'no such proposal',
      change,
    );

    const rules = async () =>
      (await aws('ec2', 'describe-security-groups', '--group-ids', taskGroup)).SecurityGroups[0]
        .IpPermissionsEgress;
    expect((await rules()).length === 1, 'the rule is there before the approval', await rules());
    if (proposal !== undefined) {
      // No tasks run in moto, so a watch for healthy ones would last until its time is over.
      const approved = await lockkeeper.run('approvals', 'approve', proposal.id, '--yes', '--no-watch');
      expect(approved.code === 0, 'the approval failed', approved);
      const opened = (await rules()).find((rule) => rule.FromPort === 5432 && rule.ToPort === 5432);
      expect(opened?.UserIdGroupPairs[0]?.GroupId === databaseGroup, 'the rule is not there', await rules());
    }
    const overridden = await lockkeeper.run('audit', 'search', 'event:endpoint.overridden');
    expect(overridden.stdout.includes(endpoint), 'the log does not say where requests went', overridden);
    const verified = await lockkeeper.run('audit', 'verify');
    expect(verified.code === 0 && verified.stdout.startsWith('intact'), 'the log does not verify', verified);
  } finally {
    await up.stop();
    await rm(lockkeeper.entry);
    await rm(folder, { recursive: true });
  }
  return problems;
}

/** The command line over one data folder, with nothing of this machine's own AWS set-up. */
function commandLine(entry, folder, { endpoint, region }) {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'moto',
    AWS_SECRET_ACCESS_KEY: 'moto',
  };
  const open = (words) => {
    const child = spawn(process.execPath, [entry, '--data', path.join(folder, 'data'), ...words], {
      env,
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      said.stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      said.stderr += chunk;
    });
    const ended = new Promise((resolve) => child.once('close', (code) => resolve({ code, ...said })));
    return { child, said, ended };
  };
  return {
    entry,
    run: (...words) => open(words).ended,
    start(...words) {
      const { child, said, ended } = open(words);
      return {
        until: (pattern) =>
          new Promise((resolve, reject) => {
            child.stdout.on('data', () => {
              if (pattern.test(said.stdout)) resolve(said.stdout);
            });
            void ended.then(({ stderr }) => reject(new Error(`it ended early: ${stderr}`)));
          }),
        stop() {
          child.kill('SIGINT');
          return ended;
        },
      };
    },
  };
}
