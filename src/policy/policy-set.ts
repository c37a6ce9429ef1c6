// Policy: loads Cedar policies and decides calls with them. What always holds: a call is allowed only when Cedar answered
// with success, allow and no error; everything else is a denial. A change is never allowed without an approval, whatever
// the policies say. Policies that do not validate strictly against the schema do not load at all.

import { randomUUID } from 'node:crypto';
import type { Decision, DecisionRequest } from '../contract/decision.ts';
import { fail } from '../contract/errors.ts';
import { type ApprovalLevel, approvalLevels } from '../contract/proposal.ts';
import { invariant } from '../kernel/assert.ts';
import { canonicalJson, sha256Hex } from '../kernel/canonical-json.ts';
import { type Cedar, loadCedar } from './cedar.ts';
import { checkCases, parseCases } from './policy-cases.ts';
import { cedarRequest } from './policy-request.ts';
import { type PolicySources, parsePolicies, readPolicyDir, type SourcePolicy } from './policy-source.ts';

export { readPolicyDir } from './policy-source.ts';

export interface PolicySet {
  /** Digest of the policies and the schema: what a proposal and the audit log pin. */
  readonly sha256: string;
  readonly policies: readonly SourcePolicy[];
  decide(request: DecisionRequest): Decision;
  /** Gives the memory of the parsed policies back. Nothing may be decided afterwards. */
  close(): void;
}

/** `checkedSha256` is the `sourcesSha256` of texts that loaded before with every check: of those alone the checks are not repeated. */
export type PolicyOptions = ({ readonly dir: string } | { readonly sources: PolicySources }) & {
  readonly checkedSha256?: string | undefined;
};

/** Decisions that are kept; a decision depends on nothing but the policies and the request. */
const CACHE_MAX = 2_000;

/** Loads, validates against the schema and runs the cases that come with the policies. Throws `policy-invalid`. */
export async function loadPolicies(options: PolicyOptions): Promise<PolicySet> {
  const sources = 'dir' in options ? await readPolicyDir(options.dir) : options.sources;
  const cedar = await loadCedar();
  const policies = parsePolicies(cedar, sources.policies);
  const staticPolicies = Object.fromEntries(policies.map(({ id, text }) => [id, text]));
  const isChecked = options.checkedSha256 === sourcesSha256(sources);
  if (!isChecked) requireValid(cedar, sources.schema, staticPolicies);
  // The engine keeps parsed sets by name for the whole process; the name makes this set's its own.
  const name = randomUUID();
  requireParsed(cedar.preparseSchema(name, sources.schema));
  requireParsed(cedar.preparsePolicySet(name, { staticPolicies }));
  const sha256 = sha256Hex(canonicalJson({ policies: staticPolicies, schema: sources.schema }));
  const set = createPolicySet({ cedar, name, sha256, policies });
  const problems = isChecked ? [] : checkCases(set, parseCases(sources.cases ?? {}, policies));
  if (problems.length > 0) {
    set.close();
    throw fail('policy-invalid', { detail: problems.slice(0, 3).join('; ') });
  }
  return set;
}

/** Digest of every text of a folder of policies: policies, schema and cases, by their names. */
export function sourcesSha256({ policies, schema, cases = {} }: PolicySources): string {
  const sorted = (texts: Readonly<Record<string, string>>) => Object.entries(texts).sort(byName);
  return sha256Hex(JSON.stringify([sorted(policies), schema, sorted(cases)]));
}

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : 1);

/** Everything a decision depends on, in a fixed order; much cheaper than canonical JSON, which matters for the cache. */
function keyOf({ agent, person, tool, risk, account, region, target }: DecisionRequest): string {
  const { cluster, service, resources } = target;
  const who = [agent.name, agent.level, person.id, person.roles];
  return JSON.stringify([who, tool, risk, account, region, cluster, service, resources]);
}

interface Loaded {
  readonly cedar: Cedar;
  readonly name: string;
  readonly sha256: string;
  readonly policies: readonly SourcePolicy[];
}

function createPolicySet(loaded: Loaded): PolicySet {
  const cache = new Map<string, Decision>();
  let closed = false;
  return {
    sha256: loaded.sha256,
    policies: loaded.policies,
    decide: (request) => {
      invariant(!closed, 'nothing is decided with policies that were closed');
      const key = keyOf(request);
      const known = cache.get(key);
      if (known !== undefined) return known;
      const decision = decideAnew(loaded, request);
      if (cache.size >= CACHE_MAX) cache.delete(cache.keys().next().value ?? '');
      // An error may pass, so it is asked again next time.
      if (decision.errors.length === 0) cache.set(key, decision);
      return decision;
    },
    close: () => {
      closed = true;
      cache.clear();
      loaded.cedar.preparsePolicySet(loaded.name, { staticPolicies: {} });
    },
  };
}

function decideAnew(loaded: Loaded, request: DecisionRequest): Decision {
  const isChange = request.risk === 'change' || request.risk === 'destroy';
  const now = ask(loaded, request, false);
  if (now.allowed && !isChange) return verdict(loaded, 'allow', now);
  if (now.errors.length > 0) return verdict(loaded, 'deny', now);
  const approved = ask(loaded, request, true);
  if (!approved.allowed) return verdict(loaded, 'deny', approved);
  return verdict(loaded, 'approve', approved);
}

interface Answer {
  readonly allowed: boolean;
  readonly deciding: readonly SourcePolicy[];
  readonly errors: readonly string[];
}

/** One question to Cedar. Any failure, error or surprise is an answer that allows nothing. */
function ask({ cedar, name, policies }: Loaded, request: DecisionRequest, approved: boolean): Answer {
  try {
    const answer = cedar.statefulIsAuthorized({
      ...cedarRequest(request, approved),
      preparsedPolicySetId: name,
      preparsedSchemaName: name,
      validateRequest: true,
    });
    if (answer.type !== 'success') return refused(answer.errors.map(({ message }) => message));
    const { decision, diagnostics } = answer.response;
    const errors = diagnostics.errors.map(({ policyId, error }) => `${policyId}: ${error.message}`);
    const deciding = policies.filter(({ id }) => diagnostics.reason.includes(id));
    return { allowed: decision === 'allow' && errors.length === 0, deciding, errors };
  } catch (thrown) {
    return refused([`the policy engine failed: ${String(thrown)}`]);
  }
}

function refused(errors: readonly string[]): Answer {
  return {
    allowed: false,
    deciding: [],
    errors: errors.length > 0 ? errors : ['the policy engine gave no reason'],
  };
}

function verdict(loaded: Loaded, kind: Decision['verdict'], answer: Answer): Decision {
  const { deciding, errors } = answer;
  const reasons = deciding.map(({ id, reason }) => ({ policy: id, reason }));
  const none = {
    policy: 'default',
    reason: errors.length > 0 ? 'The decision failed, which is a refusal.' : 'No policy allows it.',
  };
  return {
    verdict: kind,
    reasons: reasons.length > 0 ? reasons : [none],
    approvals: kind === 'approve' ? Math.max(1, ...deciding.map(({ approvals }) => approvals)) : 0,
    level: kind === 'approve' ? strongest(deciding.map(({ level }) => level)) : 'click',
    errors: [...errors],
    policySha256: loaded.sha256,
  };
}

function strongest(levels: readonly ApprovalLevel[]): ApprovalLevel {
  return (
    approvalLevels[Math.max(0, ...levels.map((level) => approvalLevels.indexOf(level)))] ?? 'independent'
  );
}

function requireValid(cedar: Cedar, schema: string, staticPolicies: Record<string, string>): void {
  const answer = cedar.validate({
    schema,
    policies: { staticPolicies },
    validationSettings: { mode: 'strict' },
  });
  // Cedar reports a policy that could never apply as a warning; here it is a mistake somebody should hear of.
  const problems =
    answer.type === 'failure'
      ? answer.errors.map(({ message }) => message)
      : [...answer.validationErrors, ...answer.validationWarnings].map(
          ({ policyId, error }) => `${policyId}: ${error.message}`,
        );
  if (problems.length > 0) throw fail('policy-invalid', { detail: problems.slice(0, 3).join('; ') });
}

function requireParsed(answer: ReturnType<Cedar['preparseSchema']>): void {
  if (answer.type === 'success') return;
  throw fail('policy-invalid', { detail: answer.errors.map(({ message }) => message).join('; ') });
}
