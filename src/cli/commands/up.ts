// `lockkeeper up`: hub and node in one process, against the AWS credentials of this shell or the simulated account.
// The node enrols and speaks the same protocol over loopback as it would from another machine.

import path from 'node:path';
import type { Command } from 'commander';
import { shellWord } from '../../catalog/cli-line.ts';
import { fail } from '../../contract/errors.ts';
import type { GivenPrice } from '../../diagnosis/cost/price-file.ts';
import type { RunningHub } from '../../hub/compose.ts';
import { LockkeeperError } from '../../kernel/errors.ts';
import type { RunningNode } from '../../node/compose.ts';
import { DEFAULT_SCENARIO, scenarios } from '../../simulator/scenario-list.ts';
import { type Context, commandName, dataDirOf, madeFolder } from '../context.ts';
import type { DemoAccount } from '../demo-account.ts';
import { createLocalDemo, SIMULATED_TIME, type StartNode } from '../demo-stage.ts';
import { defaultPort, openHub } from '../open-hub.ts';
import { openNode } from '../open-node.ts';
import { choosePlanner } from '../planner-choice.ts';
import { portOf } from '../port-option.ts';
import { pricesOption, readPrices } from '../price-file.ts';
import { demoDataDir, hubsRunningIn } from '../run-file.ts';
import { oneLine } from '../terminal/terminal.ts';
import { type AddCommand, optionsOf } from './command.ts';
import { newSignInLink } from './sign-in.ts';

/** A node that is not connected by then has a reason worth telling. */
const SLOW_MS = 5_000;

interface UpOptions {
  readonly demo?: boolean;
  readonly scenario: string;
  readonly port: string;
  readonly planner?: string;
  readonly model?: string;
  readonly prices?: string;
}

export const addUp: AddCommand = (command, context) => {
  command
    .option('--demo', 'against a simulated AWS account; nothing real is touched')
    .option('--scenario <name>', 'with --demo: which incident to show', DEFAULT_SCENARIO)
    .option('--port <n>', 'port to listen on', String(defaultPort))
    .option('--planner <name>', 'playbook or model (default: model when ANTHROPIC_API_KEY is set)')
    .option('--model <id>', 'which Claude model')
    .option(...pricesOption)
    .addHelpText(
      'after',
      `\nScenarios of the demo:\n${scenarios.map((one) => `  ${one.name.padEnd(18)}${one.about}`).join('\n')}\n` +
        '\nExamples:\n  lockkeeper up --demo\n  lockkeeper up --demo --scenario image-tag\n  AWS_PROFILE=prod-read AWS_REGION=eu-central-1 lockkeeper up\n  lockkeeper up --port 0 --json\n\nExit codes: 0 stopped by Ctrl-C, 2 wrong usage, 6 port taken, data folder unwritable, locked or damaged, configuration or policies not valid.',
    )
    .action(async (_, command: Command) => {
      const options = optionsOf<UpOptions>(command);
      const planner = choosePlanner(context.env, options);
      const port = portOf(options.port);
      const demo = options.demo === true;
      if (!demo && command.getOptionValueSource('scenario') === 'cli')
        throw fail('usage', { detail: '--scenario is for the demo: add --demo.' });
      requireScenario(options.scenario);
      const prices = readPrices(options.prices);
      const base = dataDirOf(context, options);
      const dataDir = demo && options.data === undefined ? demoDataDir(base, options.scenario) : base;
      madeFolder(dataDir);
      const closing: (() => Promise<void>)[] = [];
      const startNode: StartNode = (hub, account) =>
        startLocalNode(context, { dataDir, hub, account, prices });
      const stage = demo ? createLocalDemo(context, options.scenario, startNode) : null;
      try {
        const hub = await openHub(context, { dataDir, host: '127.0.0.1', port, demo, planner, stage });
        closing.push(() => hub.close());
        const node = await (stage?.open(hub) ??
          startLocalNode(context, { dataDir, hub, account: null, prices }));
        closing.push(() => (stage ?? node).close());
        if (!(await connected(context, node))) return;
        await announce(context, {
          hub,
          node,
          demo,
          question: stage?.current().questions[0] ?? null,
          dataDir,
          given: options.data,
          json: options.json === true,
          planner: planner.model ?? planner.name,
        });
        await context.interrupted;
      } catch (error) {
        const scenario = demo && command.getOptionValueSource('scenario') === 'cli' ? options.scenario : null;
        await pointToRunning(context, error, { base, dataDir, port, scenario });
        throw error;
      } finally {
        for (const close of closing.toReversed()) await close();
      }
    });
};

/** Where it failed because a hub of ours runs already: a link to that one, on the way to the error. */
async function pointToRunning(
  context: Context,
  error: unknown,
  where: { base: string; dataDir: string; port: number; scenario: string | null },
): Promise<void> {
  if (!(error instanceof LockkeeperError) || !['data-locked', 'port-taken'].includes(error.code)) return;
  const running = hubsRunningIn(where.base);
  const there =
    error.code === 'data-locked'
      ? running.find(({ folder }) => folder === where.dataDir)
      : running.find(({ url }) => new URL(url).port === String(where.port));
  // It may end or be busy just now; the error that follows says what matters.
  const link = there === undefined ? null : await newSignInLink(there.client).catch(() => null);
  if (link !== null) context.terminal.note(`A hub runs here already (process ${there?.pid}). Open ${link}`);
  // Whoever asked for an incident would take the one that runs for it.
  if (link !== null && where.scenario !== null)
    context.terminal.note(
      `The scenario ${where.scenario} was not started; if the hub that runs is a demo, go to it under Scenarios in its page.`,
    );
}

/** Before anything is made for it: the name becomes part of a folder's. */
function requireScenario(name: string): void {
  if (scenarios.some((one) => one.name === name)) return;
  const names = scenarios.map((one) => one.name).join(', ');
  throw fail('usage', { detail: `There is no scenario ${oneLine(name)}; there are ${names}.` });
}

async function startLocalNode(
  context: Context,
  parts: {
    dataDir: string;
    hub: RunningHub;
    account: DemoAccount | null;
    prices: readonly GivenPrice[];
  },
): Promise<RunningNode> {
  const node = await openNode(context, {
    dataDir: path.join(parts.dataDir, 'node'),
    hubUrl: parts.hub.url,
    joinToken: async () => (await parts.hub.createJoinToken()).token,
    name: parts.account === null ? 'local' : 'demo',
    policies: parts.hub.policies,
    aws: parts.account === null ? null : parts.account.aws,
    prices: parts.prices,
  });
  return node;
}

/** Waits for the node, saying so when it takes long; false when the user gave up first. */
async function connected(context: Context, node: RunningNode): Promise<boolean> {
  const slow = context.clock.after(SLOW_MS, () =>
    context.terminal.note(
      'Still waiting for the node: it asks AWS who it is and dials the hub on loopback. Ctrl-C stops; LOCKKEEPER_LOG=debug says more.',
    ),
  );
  try {
    return await Promise.race([node.whenConnected().then(() => true), context.interrupted.then(() => false)]);
  } finally {
    slow.cancel();
  }
}

interface Announcement {
  readonly hub: RunningHub;
  readonly node: RunningNode;
  readonly demo: boolean;
  /** What to ask first; null without the demo. */
  readonly question: string | null;
  readonly dataDir: string;
  /** The folder as it was typed; other commands find this hub only by it. */
  readonly given: string | undefined;
  readonly json: boolean;
  readonly planner: string;
}

async function announce(context: Context, about: Announcement): Promise<void> {
  const { terminal } = context;
  const me = commandName(context);
  const link = await about.hub.createSignInLink();
  const { account, region, identity, endpoint, problem } = about.node.inventory;
  if (about.json)
    return terminal.json({
      url: about.hub.url,
      link,
      dataDir: about.dataDir,
      node: about.node.id(),
      account,
      region,
      identity,
      endpoint,
      problem,
    });
  const label = (name: string, value: string): void =>
    terminal.print(`  ${terminal.style('dim', name.padEnd(8))} ${value}`);
  terminal.print(
    `\n${terminal.style('bold', 'Lockkeeper')} ${context.version}${about.demo ? ' · a simulated AWS account, nothing real is touched' : ''}\n`,
  );
  label('Open', terminal.style('cyan', link));
  if (about.question !== null) label('Ask', `"${about.question}"`);
  if (problem === null) label('Account', oneLine(`${account}, ${region}, as ${identity}`));
  else
    label(
      'Account',
      terminal.style('yellow', oneLine(`${problem} Questions about AWS fail until then; see ${me} doctor.`)),
    );
  if (endpoint !== null && !about.demo)
    label('Mind', terminal.style('yellow', oneLine(`AWS requests go to ${endpoint}, not to AWS`)));
  label(
    'Planner',
    about.planner === 'playbook'
      ? 'the built-in playbook (set ANTHROPIC_API_KEY for a Claude model)'
      : about.planner,
  );
  label('Data', about.dataDir);
  if (about.demo)
    label(
      'Mind',
      'the simulated account starts broken at every start, and conversations stay in the data folder; other incidents: Scenarios in the page',
    );
  if (about.demo) label('', SIMULATED_TIME);
  const where = about.given === undefined ? '' : ` --data ${shellWord(about.given)}`;
  const others = ['chat', 'audit tail', 'doctor'].map((name) => `${me} ${name}${where}`);
  terminal.print(`\n  In another terminal: ${others.join(' · ')}. Ctrl-C stops.\n`);
}
