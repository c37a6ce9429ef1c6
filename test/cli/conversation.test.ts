// The conversation at three in the morning, held on the command line against `up --demo`.

import { cpSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Sqlite } from '../../src/kernel/sqlite.ts';
import { askJson, type Cli, openCli, type Running, upJson } from './cli-process.ts';

const ONE_LINE = /^[^\n]+\n$/;

describe('the command line in a conversation', () => {
  let cli: Cli;
  let up: Running<z.infer<typeof upJson>>;
  let data: string;
  let proposal = '';

  const lk = (...args: string[]) => cli.run(['--data', data, ...args]);
  const ask = async (...args: string[]) => {
    const { code, stdout, stderr } = await lk('ask', '--json', ...args);
    expect(stderr).toBe('');
    return { code, ...askJson.parse(JSON.parse(stdout)) };
  };

  beforeAll(async () => {
    cli = await openCli();
    data = cli.folder();
    up = await cli.start(['up', '--demo', '--port', '0', '--data', data], upJson);
  });
  afterAll(async () => {
    await cli.close();
  });

  it('says what is wrong and why, with numbered citations and a legend on stderr', async () => {
    const { code, stdout, stderr } = await lk(
      'ask',
      "Show me the status of the 'my-web-service' in the 'production-cluster'.",
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/desired 4, running 3.*\[E1\]/);
    expect(stdout).toMatch(/cause is proven: .*5432\. \[E\d, E\d\]/);
    expect(stdout).not.toContain('ev_');
    expect(stderr).toMatch(/✓ aws ecs describe-services .* --services my-web-service \d+ ms/);
    const evidence = /^E1 +(ev_\w+) +aws ecs describe-services /m.exec(stderr)?.[1] ?? '';
    const shown = await lk('evidence', evidence, '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({
      id: evidence,
      body: { services: [{ serviceName: 'my-web-service', desiredCount: 4 }] },
    });
    expect((await lk('evidence', evidence)).stdout).toContain('"serviceName": "my-web-service"');
  });

  it('shows the log that was read, errors marked and repetitions folded, when it goes on', async () => {
    const { code, stdout } = await lk('ask', '--continue', 'Yes, show me the logs from the failed task.');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^✗ [\d:]{8} {2}\[ERROR\] Database connection timeout after 30 seconds {2}\(new\)$/m,
    );
    expect(stdout).toMatch(/^! [\d:]{8} {2}\[WARN\] .*\(new, ×\d+, every \d+ s\)$/m);
    expect(stdout).toMatch(/^ {2}[\d:]{8} {2}\[INFO\] /m);
  });

  it('proposes the change and says how to approve it', async () => {
    await ask('-c', 'Check if the security group allows outbound traffic to the database port.');
    const { code, proposals, commands } = await ask(
      '-c',
      'Yes, add a rule to allow outbound PostgreSQL traffic to the database security group.',
    );
    expect(code).toBe(0);
    expect(proposals).toHaveLength(1);
    expect(proposals[0]).toMatchObject({ state: 'pending' });
    expect(proposals[0]?.cli).toMatch(/^aws ec2 authorize-security-group-egress /);
    expect(commands.some((command) => command.cli.includes('authorize-'))).toBe(false);
    proposal = proposals[0]?.id ?? '';
    const listed = await lk('approvals', 'list', '--state', 'pending');
    expect(listed.stdout).toContain(proposal);
    const card = (await lk('approvals', 'show', proposal)).stdout;
    expect(card).toContain(proposals[0]?.cli);
    expect(card).toMatch(/Where +account \d{12}, us-east-1, as arn:aws:/);
  });

  it.each([
    ['what stdin holds is no', 'no\n', []],
    ['what stdin holds is yes', 'yes\n', []],
    ['stdin is at its end', '', []],
    ['only --json is given', '', ['--json']],
  ])('does not approve without --yes where nobody can be asked: %s', async (_, stdin, more) => {
    const tried = await cli.run(['--data', data, 'approvals', 'approve', proposal, ...more], { stdin });
    expect(tried).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(ONE_LINE) });
    expect(tried.stderr).toContain('Approving needs a terminal to confirm in, or --yes.');
    const listed = await lk('approvals', 'list', '--state', 'pending');
    expect(listed.stdout).toContain(proposal);
  });

  it('runs it once when approved, watches until the service is well, and refuses a second approval', async () => {
    const { code, stdout, stderr } = await lk('approvals', 'approve', proposal, '--yes');
    expect(stdout).toMatch(/^done: /m);
    expect(stderr).toMatch(/\d\/4 running/);
    expect(stdout).toMatch(/4\/4 tasks running/);
    expect(code).toBe(0);
    const again = await lk('approvals', 'approve', proposal, '--yes', '--json');
    expect(again.code).toBe(4);
    const shown = await lk('approvals', 'show', proposal.replace('prop_', ''));
    expect(shown.stdout).toMatch(/^approved by .+ at \d{4}-.*Z$/m);
    expect(shown.stdout).toMatch(/^done at \d{4}-.*Z: /m);
    expect(again.stderr).toMatch(ONE_LINE);
    expect(again.stderr).toContain(
      `${proposal} is done; it can no longer be decided. Ask for the change again`,
    );
  }, 60_000);

  it('keeps the reason of a denial, and nothing runs', async () => {
    const { proposals } = await ask("Scale 'checkout' in 'production-cluster' to 5");
    const id = proposals[0]?.id ?? '';
    const { code, stdout } = await lk('approvals', 'deny', id, '--reason', 'not during the sale', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ id, state: 'denied' });
    const found = await lk('audit', 'search', 'event:proposal.denied', 'sale', '--json');
    expect(found.stdout).toContain('not during the sale');
    const late = await lk('approvals', 'approve', id, '-y');
    expect(late.code).toBe(4);
    const sent = await lk('audit', 'search', 'update-service', 'event:aws.finished');
    expect(sent.stderr).toContain('No record has all of that.');
  });

  it('answers piped questions one after the other and ends with its input', async () => {
    const { code, stdout } = await cli.run(['--data', data, 'chat'], {
      stdin: 'help\nwho am I?\n',
    });
    expect(code).toBe(0);
    expect(stdout).toContain('built-in playbook');
    expect(stdout).toContain('LockkeeperNode');
  });

  it('takes a piped line that decides nothing as the next message, and the proposal stays', async () => {
    const { code, stdout, stderr } = await cli.run(['--data', data, 'chat'], {
      stdin: "Scale 'checkout' in 'production-cluster' to 6\nwho am I?\n",
    });
    expect(code).toBe(0);
    expect(stderr).toMatch(/It stays until it expires/);
    expect(stdout).toContain('LockkeeperNode');
  });

  it.each(['tools', 'approvals'])('lists with the bare word %s', async (word) => {
    const bare = await lk(word);
    expect(bare).toMatchObject({ code: 0, stdout: (await lk(word, 'list')).stdout });
  });

  it('lists conversations and goes on in the one that is named', async () => {
    const { stdout } = await lk('ask', '--list', '--json');
    const items = z.array(z.looseObject({ id: z.string(), title: z.string() })).parse(JSON.parse(stdout));
    const first = items.at(-1);
    const { conversation, code } = await ask('--conversation', first?.id ?? '', 'help');
    expect({ conversation, code }).toEqual({ conversation: first?.id, code: 0 });
  });

  describe.each([
    ['an unknown service', "status of 'zzz' in 'production-cluster'", 3, /no service (named )?zzz/],
    ['an unknown cluster', "status of 'checkout' in 'nowhere'", 3, /no cluster named nowhere/],
    ['no name at all', 'show me the logs', 2, /^Which service\?/],
  ])('%s', (_, question, exit, says) => {
    it(`is answered with what there is and exit code ${exit}`, async () => {
      const { code, answer } = await ask(question);
      expect(answer).toMatch(says);
      expect(answer).toMatch(/my-web-service|production-cluster/);
      expect(code).toBe(exit);
    });
  });

  it('answers what it does not understand with what it knows and exit code 2', async () => {
    const { code, answer } = await ask('colourless green ideas');
    expect(answer).toMatch(/did not understand that\. Nothing was read or changed/);
    expect(code).toBe(2);
  });

  it('says which name did not exist when the nearest one is meant', async () => {
    const { code, answer } = await ask('status of my-web-servic in production-cluster');
    expect(code).toBe(0);
    expect(answer).toMatch(/^Taking my-web-servic as my-web-service\b/);
    expect(answer).toMatch(/my-web-service\W+in production-cluster is ACTIVE/);
  });

  it.each([
    [
      ['approvals', 'show', 'prop_x'],
      3,
      /There is no proposal prop_x\. See `npx lockkeeper approvals list`\./,
    ],
    [
      ['approvals', 'show', 'nope'],
      3,
      /nope is no id of a proposal: one is prop_.*`npx lockkeeper approvals list`/,
    ],
    [['evidence', 'ev_x'], 3, /There is no evidence ev_x\. .*ask again/],
    [['audit', 'show', '999999'], 3, /There is no audit record 999999\./],
    [['audit', 'show', 'x'], 2, /named by its number/],
    [['audit', 'tail', '-n', '0'], 2, /--lines is a number from 1 to 200/],
    [['ask', '--conversation', 'conv_x', 'hi'], 3, /There is no conversation conv_x\./],
    [['tools', 'show', 'nope'], 3, /There is no tool named nope\./],
    [['ask', ''], 2, /^Say what you want to know, in quotes/],
    [['ask', 'x'.repeat(9_000)], 2, /^The message is 9000 characters long; at most 8000 are taken\./],
    [['ask'], 2, /Say what you want to know/],
    [['frobnicate'], 2, /unknown command 'frobnicate'\. See --help\./],
    [['approvals', 'approve'], 2, /missing required argument 'proposal'\. See --help\./],
  ])('%j is refused in one line', async (args, exit, says) => {
    const { code, stdout, stderr } = await lk(...args);
    expect(stderr).toMatch(ONE_LINE);
    expect(stderr).toMatch(says);
    expect(stdout).toBe('');
    expect(code).toBe(exit);
  });

  it('says in one line that nothing can be made in a folder such as /proc', async () => {
    const refused = await cli.run(['up', '--demo', '--port', '0', '--data', '/proc/lockkeeper/x']);
    expect(refused).toMatchObject({ code: 6, stderr: expect.stringMatching(ONE_LINE) });
    expect(refused.stderr).toMatch(/The data folder \/proc\/lockkeeper\/x cannot be written/);
  });

  it('takes neither its port nor its folder away from a running hub', async () => {
    const port = new URL(up.said.url).port;
    const taken = await cli.run(['up', '--demo', '--port', port, '--data', cli.folder()]);
    expect(taken).toMatchObject({
      code: 6,
      stderr: expect.stringMatching(/Port \d+ on this machine is taken\. Stop/),
    });
    const locked = await lk('hub', 'start', '--port', '0');
    expect(locked).toMatchObject({
      code: 6,
      stderr: expect.stringMatching(/Another process of lockkeeper \(\d+\)/),
    });
  });

  it('gives a link to the hub that runs already when it is started a second time', async () => {
    const again = await lk('up', '--demo', '--port', '0');
    expect(again.code).toBe(6);
    expect(again.stderr).toMatch(
      /A hub runs here already \(process \d+\)\. Open http:\S+\/#\/sign-in\/\S+\n/,
    );
    expect(again.stderr).toContain(new URL(up.said.url).host);
  });

  it('exports a log that verifies, and names the row after a byte was altered', async () => {
    const file = path.join(path.dirname(data), 'export.jsonl');
    const exported = await lk('audit', 'export', '--out', file);
    expect(exported).toMatchObject({ code: 0, stdout: '' });
    expect(exported.stderr).toBe(`Wrote ${statSync(file).size} bytes of jsonl to ${file}.\n`);
    const again = await lk('audit', 'export', '--out', file);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringMatching(/exists already; .* --force/) });
    expect((await lk('audit', 'export', '--out', file, '--force')).code).toBe(0);
    const rows = readFileSync(file, 'utf8').trimEnd().split('\n').length;
    const intact = await lk('audit', 'verify', '--json');
    expect(intact.code).toBe(0);
    expect(rows).toBeGreaterThan(100);
    const copy = cli.folder();
    await up.interrupt();
    cpSync(data, copy, { recursive: true });
    const database = new Sqlite(path.join(copy, 'lockkeeper.db'));
    const seq = z
      .number()
      .parse(database.prepare("SELECT max(seq) FROM audit WHERE event = 'turn.started'").pluck().get());
    database.exec('DROP TRIGGER audit_no_update');
    database.prepare("UPDATE audit SET body = replace(body, 'operator', 'operat0r') WHERE seq = ?").run(seq);
    database.close();
    const altered = await cli.run(['--data', copy, 'audit', 'verify']);
    expect(altered.stdout).toContain(`record ${seq}: `);
    expect(altered.code).toBe(7);
    expect((await cli.run(['--data', data, 'audit', 'verify'])).code).toBe(0);
    const parent = cli.folder();
    for (const demo of ['demo', 'demo-image-tag']) {
      const folder = path.join(parent, demo);
      cpSync(data, folder, { recursive: true });
      const verified = await cli.run(['--data', parent, 'audit', 'verify']);
      expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining(folder) });
      expect(verified.stderr).toContain(`This is the log of a demo, in ${folder};`);
      rmSync(folder, { recursive: true });
    }
    const empty = await cli.run(['--data', parent, 'audit', 'verify']);
    expect(empty).toMatchObject({ code: 6, stderr: expect.stringContaining('There is no audit log in') });
    const gone = await lk('ask', 'hi');
    expect(gone).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/^No hub is running in the data folder/),
    });
  });
});
