// The tools of this installation by name. Built once at start from a list and never changed afterwards:
// what the planner is offered, what policy is asked about and what a node runs are the same closed set.

import { fail } from '../contract/errors.ts';
import type { Tool } from '../contract/tool.ts';
import { invariant } from '../kernel/assert.ts';

export interface Registry {
  /** All tools, sorted by name, so that what is derived from them is stable. */
  readonly tools: readonly Tool[];
  find(name: string): Tool | null;
  /** Throws `tool-unknown`. */
  get(name: string): Tool;
}

/** A name that is valid as a tool of the Anthropic API, as a Cedar action and as a file name. */
const TOOL_NAME = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;
const NAME_CHARS_MAX = 64;

/** Refuses two tools of one name: which of them runs must never depend on the order of a list. */
export function createRegistry(tools: readonly Tool[]): Registry {
  const byName = new Map<string, Tool>();
  for (const tool of tools) {
    invariant(
      TOOL_NAME.test(tool.name) && tool.name.length <= NAME_CHARS_MAX,
      `a tool's name is snake_case and at most ${NAME_CHARS_MAX} characters: ${tool.name}`,
    );
    invariant(!byName.has(tool.name), `every tool has a name of its own: ${tool.name}`);
    invariant(tool.actions.length === new Set(tool.actions).size, `${tool.name} declares each action once`);
    byName.set(tool.name, tool);
  }
  const sorted = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    tools: sorted,
    find: (name) => byName.get(name) ?? null,
    get: (name) => {
      const tool = byName.get(name);
      if (tool === undefined) throw fail('tool-unknown', { tool: name.slice(0, NAME_CHARS_MAX) });
      return tool;
    },
  };
}
