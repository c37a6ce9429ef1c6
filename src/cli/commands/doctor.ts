// `lockkeeper doctor`: one look at everything that can be wrong with a set-up, each with what to do.

import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { statusResponse } from '../../contract/api.ts';
import { LockkeeperError, messageOf } from '../../kernel/errors.ts';
import { createRedactor } from '../../kernel/redact.ts';
import { loadPolicies } from '../../policy/policy-set.ts';
import { auditFolder, problemLine, verifyAuditLog } from '../audit-log.ts';
import { type Context, dataDirOf, type GlobalOptions } from '../context.ts';
import { SIMULATED_TIME } from '../demo-stage.ts';
import { findHub } from '../run-file.ts';
import { oneLine } from '../terminal/terminal.ts';
import { asTyped } from '../typed.ts';
import { type AddCommand, optionsOf } from './command.ts';

const FREE_BYTES_MIN = 256 * 1024 * 1024;

interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'bad';
  readonly detail: string;
}

export const addDoctor: AddCommand = (command, context) => {
  command
    .addHelpText(
      'after',
      '\nExample:\n  lockkeeper doctor --json\n\nExit codes: 0 nothing is wrong (a line with ! is worth a look), 6 something is.',
    )
    .action(async (_, command: Command) => {
      const options = optionsOf(command);
      const checks = [
        ...localChecks(context, dataDirOf(context, options)),
        await policyCheck(context),
        ...(await hubChecks(context, options)),
        ...(await logChecks(dataDirOf(context, options))),
      ];
      if (options.json === true) context.terminal.json(checks);
      else for (const check of checks) context.terminal.print(lineOf(context, check));
      if (checks.some((check) => check.state === 'bad')) process.exitCode = 6;
    });
};

function lineOf(context: Context, check: Check): string {
  const mark = {
    ok: context.terminal.style('green', '✓'),
    warn: context.terminal.style('yellow', '!'),
    bad: context.terminal.style('red', '✗'),
  }[check.state];
  return `${mark} ${check.name.padEnd(14)} ${oneLine(check.detail)}`;
}

function localChecks(context: Context, dataDir: string): Check[] {
  const { env } = context;
  const overridden = Object.entries(env.awsEndpoints).map(([service, url]) => `${service}: ${url}`);
  return [
    { name: 'Node.js', state: 'ok', detail: process.version },
    dataFolderCheck(context, dataDir),
    {
      name: 'planner',
      state: 'ok',
      detail:
        env.anthropicApiKey === undefined
          ? 'the built-in playbook; set ANTHROPIC_API_KEY for a Claude model'
          : 'a Claude model; the key is set',
    },
    env.awsRegion === undefined
      ? {
          name: 'AWS region',
          state: 'warn',
          detail:
            'not set in this shell; set AWS_REGION, or name it in the profile of the AWS configuration file. The demo needs none',
        }
      : { name: 'AWS region', state: 'ok', detail: env.awsRegion },
    ...(overridden.length === 0
      ? []
      : [
          {
            name: 'AWS endpoint',
            state: 'warn' as const,
            detail: `requests go elsewhere than AWS: ${overridden.join(', ')}`,
          },
        ]),
  ];
}

/** Only looks: a mistyped folder must not come to exist. */
function dataFolderCheck(context: Context, dataDir: string): Check {
  try {
    const nearest = nearestThere(dataDir);
    if (!statSync(nearest).isDirectory()) throw new Error(`${nearest} is not a folder`);
    accessSync(nearest, constants.W_OK);
    if (nearest !== dataDir)
      return {
        name: 'data folder',
        state: 'warn',
        detail: `${dataDir} is not there yet; ${asTyped(context, '`lockkeeper up` makes it')}`,
      };
    const { bavail, bsize } = statfsSync(dataDir);
    const free = bavail * bsize;
    if (free < FREE_BYTES_MIN)
      return {
        name: 'data folder',
        state: 'warn',
        detail: `${dataDir} has ${Math.round(free / 1024 ** 2)} MiB left; when it is full nothing runs`,
      };
    return { name: 'data folder', state: 'ok', detail: dataDir };
  } catch (error) {
    return { name: 'data folder', state: 'bad', detail: `${dataDir} cannot be written: ${messageOf(error)}` };
  }
}

/** `folder`, or the folder above it that is there and in which it would be made. */
function nearestThere(folder: string): string {
  const above = path.dirname(folder);
  return existsSync(folder) || above === folder ? folder : nearestThere(above);
}

/** Without a hub nobody else says whether the credentials of this shell lead anywhere. */
async function shellCheck(context: Context): Promise<Check> {
  const name = 'credentials';
  // The clients of AWS are loaded only where AWS is asked.
  const { openShellAccount } = await import('../offline/account.ts');
  const redact = createRedactor({ key: randomBytes(32) });
  try {
    const account = await openShellAccount(context.env, { clock: context.clock, redact });
    await account.close();
    const { account: id, region, identity } = account.place;
    return { name, state: 'ok', detail: `account ${id}, ${region}, as ${identity}` };
  } catch (error) {
    if (!(error instanceof LockkeeperError)) throw error;
    const missing = error.code === 'aws-credentials-missing' && context.env.awsProfile === undefined;
    const detail = missing
      ? 'none were found in this shell; set AWS_PROFILE or AWS_ACCESS_KEY_ID. The demo needs none'
      : `${error.message} ${asTyped(context, error.next)}`;
    // What was set and does not work is wrong; what was not set may not be wanted.
    return { name, state: missing || error.code === 'aws-region-missing' ? 'warn' : 'bad', detail };
  }
}

async function policyCheck(context: Context): Promise<Check> {
  try {
    const policies = await loadPolicies({ dir: path.join(context.packageDir, 'policies') });
    return { name: 'policies', state: 'ok', detail: `they load, sha256 ${policies.sha256.slice(0, 12)}` };
  } catch (error) {
    return { name: 'policies', state: 'bad', detail: messageOf(error) };
  }
}

async function hubChecks(context: Context, options: GlobalOptions): Promise<Check[]> {
  try {
    const { client } = findHub(context, options);
    const status = await client.get('/status', statusResponse);
    const connected = status.nodes.filter((node) => node.connected);
    return [
      {
        name: 'hub',
        state: 'ok',
        detail: `${client.url}, version ${status.version}, planner ${status.planner.model ?? status.planner.name}`,
      },
      connected.length === 0
        ? {
            name: 'nodes',
            state: 'bad',
            detail: asTyped(context, 'none is connected; make a token with `lockkeeper node token`'),
          }
        : {
            name: 'nodes',
            state: 'ok',
            detail: connected
              .map(({ inventory }) => `${inventory.name} (${inventory.account}, ${inventory.region})`)
              .join(', '),
          },
      ...connected.flatMap(({ inventory }) =>
        inventory.problem === null
          ? []
          : [{ name: 'credentials', state: 'bad' as const, detail: inventory.problem }],
      ),
      ...status.nodes.flatMap(({ inventory, journalProblem }) =>
        journalProblem === null
          ? []
          : [
              {
                name: 'journal',
                state: 'warn' as const,
                detail: asTyped(
                  context,
                  `of node ${inventory.name}: ${journalProblem}; \`lockkeeper audit search event:node.journal-set-back\` shows the records`,
                ),
              },
            ],
      ),
      ...(status.audit.writable
        ? []
        : [
            {
              name: 'audit log',
              state: 'bad' as const,
              detail:
                'the hub cannot write it, so nothing runs; free space or repair the data folder, and it goes on by itself',
            },
          ]),
      ...(status.demo ? [{ name: 'clock', state: 'ok' as const, detail: SIMULATED_TIME }] : []),
      ...status.endpoints.map(({ endpoint }) => ({
        name: 'AWS endpoint',
        state: 'warn' as const,
        detail: `a node's requests go to ${endpoint}`,
      })),
    ];
  } catch (error) {
    if (error instanceof LockkeeperError)
      return [
        { name: 'hub', state: 'warn', detail: `${error.message} ${asTyped(context, error.next)}` },
        await shellCheck(context),
      ];
    throw error;
  }
}

/** The log of the hub that runs here, or that ran here last: a hub that does not start is when somebody looks. */
async function logChecks(dataDir: string): Promise<Check[]> {
  const { folder } = auditFolder(dataDir);
  try {
    const { problem, records } = await verifyAuditLog(folder);
    if (problem === null) return [{ name: 'audit log', state: 'ok', detail: `intact, ${records} records` }];
    return [{ name: 'audit log', state: 'bad', detail: problemLine(problem, folder) }];
  } catch (error) {
    if (!(error instanceof LockkeeperError)) throw error;
    // Before the first start of a hub there is none.
    return error.code === 'audit-missing' ? [] : [{ name: 'audit log', state: 'bad', detail: error.message }];
  }
}
