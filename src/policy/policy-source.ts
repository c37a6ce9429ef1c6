// Policy files as text: found in a folder or given directly, split into policies, each with its annotations.
// A policy without @id and @reason does not load: nobody can be refused without being told which rule and why.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fail } from '../contract/errors.ts';
import { type ApprovalLevel, approvalLevels } from '../contract/proposal.ts';
import { messageOf } from '../kernel/errors.ts';
import type { Cedar } from './cedar.ts';

/** Policy texts by file name, the schema they are held against and the cases they must pass, also by file name. */
export interface PolicySources {
  readonly policies: Readonly<Record<string, string>>;
  readonly schema: string;
  readonly cases?: Readonly<Record<string, string>>;
}

export interface SourcePolicy {
  readonly id: string;
  readonly file: string;
  readonly text: string;
  readonly effect: 'permit' | 'forbid';
  /** Shown to people. */
  readonly reason: string;
  /** What the policy asks for when it is the one that allows. */
  readonly approvals: number;
  readonly level: ApprovalLevel;
}

const APPROVALS_MAX = 5;

/** Reads `*.cedar`, `schema.cedarschema` and `cases/*.yaml` of a folder. Throws `policy-invalid`. */
export async function readPolicyDir(dir: string): Promise<PolicySources> {
  try {
    return {
      policies: await readAll(dir, '.cedar'),
      schema: await readFile(path.join(dir, 'schema.cedarschema'), 'utf8'),
      cases: await readAll(path.join(dir, 'cases'), '.yaml').catch(emptyWhenAbsent),
    };
  } catch (cause) {
    throw fail('policy-invalid', { detail: messageOf(cause) }, cause);
  }
}

/** Every policy of every file. Throws `policy-invalid` naming the file. */
export function parsePolicies(cedar: Cedar, files: Readonly<Record<string, string>>): SourcePolicy[] {
  const policies = Object.keys(files)
    .sort()
    .flatMap((file) => parseFile(cedar, file, files[file] ?? ''));
  const seen = new Map<string, string>();
  for (const { id, file } of policies) {
    const other = seen.get(id);
    if (other !== undefined) throw invalid(file, `the id ${id} is used in ${other} too`);
    seen.set(id, file);
  }
  return policies;
}

function parseFile(cedar: Cedar, file: string, text: string): SourcePolicy[] {
  const parts = cedar.policySetTextToParts(text);
  if (parts.type === 'failure') throw invalid(file, parts.errors.map(({ message }) => message).join('; '));
  if (parts.policy_templates.length > 0) throw invalid(file, 'templates are not supported');
  return parts.policies.map((policy) => parsePolicy(cedar, file, policy));
}

function parsePolicy(cedar: Cedar, file: string, text: string): SourcePolicy {
  const parsed = cedar.policyToJson(text);
  if (parsed.type === 'failure') throw invalid(file, parsed.errors.map(({ message }) => message).join('; '));
  const { effect, annotations = {} } = parsed.json;
  const { id, reason, approvals = '0', level = 'click', ...unknown } = annotations;
  if (id === undefined || !/^[a-z][a-z0-9-]{2,63}$/.test(id))
    throw invalid(file, 'a policy has no @id such as "no-link-no-access"');
  if (reason === undefined || reason.trim() === '') throw invalid(file, `${id} has no @reason`);
  const [extra] = Object.keys(unknown);
  if (extra !== undefined) throw invalid(file, `${id} has an unknown annotation @${extra}`);
  const count = Number(approvals);
  if (!/^\d$/.test(approvals) || count > APPROVALS_MAX)
    throw invalid(file, `${id}: @approvals is a number up to ${APPROVALS_MAX}`);
  const known = approvalLevels.find((one) => one === level);
  if (known === undefined) throw invalid(file, `${id}: @level is one of ${approvalLevels.join(', ')}`);
  return { id, file, text, effect, reason, approvals: count, level: known };
}

function invalid(file: string, detail: string) {
  return fail('policy-invalid', { detail: `${file}: ${detail}` });
}

async function readAll(dir: string, suffix: string): Promise<Record<string, string>> {
  const names = (await readdir(dir)).filter((name) => name.endsWith(suffix)).sort();
  const texts = await Promise.all(names.map((name) => readFile(path.join(dir, name), 'utf8')));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
}

function emptyWhenAbsent(thrown: unknown): Record<string, string> {
  if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return {};
  throw thrown;
}
