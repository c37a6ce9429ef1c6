// `lockkeeper node`: the side that holds the AWS credentials. Install once with a join token, then start.

import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { joinTokenResponse, nodePage } from '../../contract/api.ts';
import { fail } from '../../contract/errors.ts';
import { hubThumbprintOf } from '../../contract/handshake.ts';
import type { GivenPrice } from '../../diagnosis/cost/price-file.ts';
import type { Timer } from '../../kernel/clock.ts';
import type { RunningNode } from '../../node/compose.ts';
import { type Context, commandName, dataDirOf, madeFolder } from '../context.ts';
import { openNode } from '../open-node.ts';
import { pricesOption, readPrices } from '../price-file.ts';
import { findHub } from '../run-file.ts';
import { table } from '../terminal/table.ts';
import { oneLine } from '../terminal/terminal.ts';
import { asTyped } from '../typed.ts';
import { type AddCommand, optionsOf } from './command.ts';

/** After this long without a connection `start` says that it goes on trying. */
const SLOW_MS = 3_000;
/** How long `install` looks for the hub. */
const JOIN_MS = 10_000;

const settingsShape = z.strictObject({ hubUrl: z.string(), name: z.string().min(1).max(64) });
type Settings = z.infer<typeof settingsShape>;

export const addNode: AddCommand = (node, context) => {
  node
    .command('token')
    .description("make a single-use join token (on the hub's machine)")
    .addHelpText('after', '\nExample:\n  lockkeeper node token\n\nExit codes: 0 made, 5 no hub.')
    .action(async (_, command: Command) => {
      const options = optionsOf(command);
      const { client } = findHub(context, options);
      const made = await client.post('/nodes/tokens', {}, joinTokenResponse);
      if (options.json === true) return context.terminal.json(made);
      context.terminal.print(asTyped(context, made.command));
      context.terminal.note(`Works once, until ${new Date(made.expiresAt).toISOString()}.`);
    });
  addInstall(node, context);
  addStart(node, context);
  addStatus(node, context);
};

function addInstall(node: Command, context: Context): void {
  node
    .command('install')
    .description("join a hub: makes this node's key and pins the hub's")
    .requiredOption('--token <token>', 'the join token')
    .option('--name <name>', 'how the node is called (default: the name of this machine)')
    .addHelpText(
      'after',
      '\nExample:\n  lockkeeper node install --hub https://hub.example.internal --token lkj_…\n\nExit codes: 0 joined, 2 wrong usage, 4 the token is not accepted or the hub has another key, 5 no hub answers, 6 data folder.',
    )
    .action(async (_, command: Command) => {
      const options = optionsOf<{ token: string; name?: string }>(command);
      if (hubThumbprintOf(options.token) === null)
        throw fail('usage', {
          detail: asTyped(
            context,
            'This is no join token. Copy the whole line that `lockkeeper node token` printed.',
          ),
        });
      if (options.hub === undefined) throw fail('usage', { detail: 'Name the hub with --hub URL.' });
      const folder = nodeDir(context, options);
      const settings = { hubUrl: options.hub, name: (options.name ?? os.hostname()).slice(0, 64) };
      const running = await open(context, folder, settings, { token: options.token, prices: [] });
      try {
        await joined(context, running, settings.hubUrl);
        writeFileSync(settingsFile(folder), `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
        if (options.json === true) context.terminal.json({ node: running.id(), hub: settings.hubUrl });
        else
          context.terminal.print(
            `Joined as ${running.id()}. Start it with: ${commandName(context)} node start --data ${path.dirname(folder)}`,
          );
      } finally {
        await running.close();
      }
    });
}

function addStart(node: Command, context: Context): void {
  node
    .command('start')
    .description('run the node until Ctrl-C')
    .option(...pricesOption)
    .addHelpText(
      'after',
      '\nExample:\n  AWS_PROFILE=prod AWS_REGION=eu-central-1 lockkeeper node start\n\nExit codes: 0 stopped by Ctrl-C, 2 not installed, 4 the hub has another key, 6 data folder or journal.',
    )
    .action(async (_, command: Command) => {
      const options = optionsOf<{ prices?: string }>(command);
      const prices = readPrices(options.prices);
      const folder = nodeDir(context, options);
      const settings = readSettings(context, folder);
      const running = await open(context, folder, settings, { token: null, prices });
      context.terminal.note(`Dialling the hub at ${settings.hubUrl} …`);
      const slow = context.clock.after(SLOW_MS, () =>
        context.terminal.note('No answer yet. It goes on trying; Ctrl-C stops.'),
      );
      const connected = running.whenConnected().then(() => {
        slow.cancel();
        const { account, region, identity, problem } = running.inventory;
        if (options.json === true)
          return context.terminal.json({ node: running.id(), account, region, identity, problem });
        context.terminal.print(
          `Connected as ${running.id()}: ${oneLine(problem ?? `${account}, ${region}, as ${identity}`)}`,
        );
      });
      try {
        await Promise.race([context.interrupted, connected.then(() => context.interrupted)]);
      } finally {
        slow.cancel();
        await running.close();
      }
    });
}

function addStatus(node: Command, context: Context): void {
  node
    .command('status')
    .description('the nodes the hub knows, and whether they are connected')
    .addHelpText('after', '\nExample:\n  lockkeeper node status --json\n\nExit codes: 0 listed, 5 no hub.')
    .action(async (_, command: Command) => {
      const options = optionsOf(command);
      const { client } = findHub(context, options);
      const { items } = await client.get('/nodes', nodePage);
      if (options.json === true) return context.terminal.json(items);
      if (items.length === 0)
        return context.terminal.note(
          `No node has joined. Make a token with: ${commandName(context)} node token`,
        );
      const rows = items.map(({ id, inventory, connected }) => [
        id,
        inventory.name,
        connected ? 'connected' : 'offline',
        inventory.account,
        inventory.region,
        inventory.problem ?? inventory.identity ?? '',
      ]);
      for (const line of table(
        ['node', 'name', 'state', 'account', 'region', 'identity'],
        rows,
        context.terminal.columns,
      ))
        context.terminal.print(line);
      for (const { id, journalProblem } of items)
        if (journalProblem !== null) context.terminal.print(oneLine(`! ${id}: ${journalProblem}`));
    });
}

/** Waits for the first connection. Throws `hub-unreachable` when there is none in time. */
async function joined(context: Context, node: RunningNode, url: string): Promise<void> {
  let late: Timer | null = null;
  const tooLate = new Promise<never>((_, reject) => {
    late = context.clock.after(JOIN_MS, () => reject(fail('hub-unreachable', { url })));
  });
  const stopped = context.interrupted.then(() => {
    throw fail('cancelled');
  });
  try {
    await Promise.race([node.whenConnected(), tooLate, stopped]);
  } finally {
    (late as Timer | null)?.cancel();
  }
}

function nodeDir(context: Context, options: { data?: string }): string {
  return madeFolder(path.join(dataDirOf(context, options), 'node'));
}

const settingsFile = (folder: string): string => path.join(folder, 'settings.json');

function readSettings(context: Context, folder: string): Settings {
  const file = settingsFile(folder);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw fail(
      'usage',
      { detail: `No node is installed in ${folder}; join one with ${commandName(context)} node install.` },
      error,
    );
  }
  try {
    return settingsShape.parse(JSON.parse(text));
  } catch (error) {
    throw fail(
      'config-invalid',
      { path: file, where: 'the file', detail: 'it is not what node install writes' },
      error,
    );
  }
}

function open(
  context: Context,
  folder: string,
  settings: Settings,
  { token, prices }: { token: string | null; prices: readonly GivenPrice[] },
): ReturnType<typeof openNode> {
  return openNode(context, {
    dataDir: folder,
    hubUrl: settings.hubUrl,
    name: settings.name,
    policies: null,
    joinToken: async () => {
      if (token === null)
        throw fail('usage', {
          detail: `The node in ${folder} has not joined a hub; join one with ${commandName(context)} node install.`,
        });
      return token;
    },
    aws: null,
    prices,
  });
}
