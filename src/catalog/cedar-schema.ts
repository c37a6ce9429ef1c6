// The Cedar schema of policy: who asks, which tool, about what. Every tool is an action, grouped by its risk, so that a policy
// can name one tool or all of a risk. All attributes are required: an absent one is an error, and an error is a denial.

import type { Risk, Tool } from '../contract/tool.ts';

const RISKS: readonly Risk[] = ['read', 'reveal', 'change', 'destroy'];

const ENTITIES = `// Generated from the tools by \`npm run generate\`; do not edit.

// An agent acting for a person. \`level\` is its link to the node: none, read or propose.
entity Agent = {
  name: String,
  level: String,
  person: String,
  roles: Set<String>,
};

// What a call is about. \`cluster\` and \`service\` are empty when the call names none.
entity Target = {
  account: String,
  region: String,
  cluster: String,
  service: String,
  resources: Set<String>,
};

// Policy is asked twice: first with \`approved\` false (may it run now?), then with \`approved\` true (may it run once approved?).
type Circumstances = {
  approved: Bool,
};
`;

const APPLIES = `appliesTo {
  principal: [Agent],
  resource: [Target],
  context: Circumstances,
};`;

/**
 * The schema text for `tools`, the same for every order they come in. The tools of a risk stand in one declaration, which Cedar parses in
 * two thirds of the time.
 */
export function cedarSchema(tools: readonly Tool[]): string {
  const sorted = [...tools].sort((a, b) => (a.name < b.name ? -1 : 1));
  const actions = RISKS.flatMap((risk) => {
    const names = sorted.filter((tool) => tool.risk === risk).map(({ name }) => name);
    return names.length === 0 ? [] : [`${declared(names)}\n  in [Action::"${risk}"] ${APPLIES}`];
  });
  return `${ENTITIES}
// Risks. Each is an action of its own too, so that a policy can speak of a risk that no tool has yet.
${declared(RISKS)} ${APPLIES}

// Tools.
${actions.join('\n')}
`;
}

function declared(names: readonly string[]): string {
  return `action\n${names.map((name) => `  "${name}"`).join(',\n')}`;
}
