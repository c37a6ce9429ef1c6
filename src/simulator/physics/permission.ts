// What IAM would say to one request of a role: an explicit deny beats every allow, and without an allow the answer is no.
// This is the simulator's own reading of policies and shares nothing with the product's, so that each can be tested
// against the other. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

import type { JsonDocument } from '../../contract/snapshot.ts';
import { conditionHolds, listOf, type PolicyContext } from './condition.ts';
import { matchesPattern } from './pattern.ts';

export interface AccessQuestion {
  /** Such as `s3:GetObject`. */
  readonly action: string;
  /** An ARN, or `*` where no particular resource is meant. */
  readonly resource: string;
  readonly context: PolicyContext;
}

export interface PolicySource {
  readonly name: string;
  readonly document: JsonDocument;
}

export interface Access {
  readonly decision: 'allowed' | 'explicitDeny' | 'implicitDeny';
  /** Names of the policies whose statements made the decision. */
  readonly by: readonly string[];
  /** Condition keys that statements for this action ask for and the context lacks. */
  readonly missingContext: readonly string[];
}

/** Answers `question` from identity-based policies. */
export function accessUnder(policies: readonly PolicySource[], question: AccessQuestion): Access {
  const allows: string[] = [];
  const denies: string[] = [];
  const missing = new Set<string>();
  for (const { name, document } of policies) {
    for (const statement of statementsOf(document)) {
      if (!covers(statement, question)) continue;
      const condition = conditionHolds(statement.Condition, question.context);
      for (const key of condition.missing) missing.add(key);
      if (!condition.holds) continue;
      if (statement.Effect === 'Deny') denies.push(name);
      if (statement.Effect === 'Allow') allows.push(name);
    }
  }
  const missingContext = [...missing];
  if (denies.length > 0) return { decision: 'explicitDeny', by: denies, missingContext };
  if (allows.length > 0) return { decision: 'allowed', by: allows, missingContext };
  return { decision: 'implicitDeny', by: [], missingContext };
}

function statementsOf(document: JsonDocument): Record<string, unknown>[] {
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  return statements.filter((one) => typeof one === 'object' && one !== null);
}

function covers(statement: Record<string, unknown>, { action, resource, context }: AccessQuestion): boolean {
  // The names of actions do not distinguish case; resources do.
  const isAction = (pattern: string) => matchesPattern(pattern.toLowerCase(), action.toLowerCase());
  const isResource = (pattern: string) => matchesPattern(withVariables(pattern, context), resource);
  const actions =
    statement.NotAction === undefined
      ? listOf(statement.Action).some(isAction)
      : !listOf(statement.NotAction).some(isAction);
  const resources =
    statement.NotResource === undefined
      ? listOf(statement.Resource).some(isResource)
      : !listOf(statement.NotResource).some(isResource);
  return actions && resources;
}

/** `${aws:username}` stands for the first value of that key; one without a value matches nothing. */
function withVariables(pattern: string, context: PolicyContext): string {
  return pattern.replace(/\$\{([^}]*)\}/g, (whole, key: string) =>
    /^[*?$]$/.test(key) ? key : (context.get(key.toLowerCase())?.[0] ?? whole),
  );
}
