// Citations on a terminal: `[ev_…]` becomes `[E1]`, and a legend at the end says which AWS call each one is.
// The same evidence keeps its number for the whole run of a command.

import { oneLine, type Terminal } from './terminal.ts';

/** One mark of an answer: one id, or several between one pair of brackets. */
const MARK = / ?\[(ev_[0-9A-Z]{26}(?:, ?ev_[0-9A-Z]{26})*)\]/g;

export interface Citations {
  /** Remembers the `aws …` line behind a piece of evidence. */
  learn(evidence: string | null, cli: string): void;
  /** `text` with every citation numbered. */
  mark(text: string): string;
  /** Numbers that no legend has shown yet, with their evidence; `lookUp` finds the line of what an earlier turn observed. */
  legend(lookUp: (evidence: string) => Promise<string | null>): Promise<string[]>;
}

export function createCitations(terminal: Terminal): Citations {
  const lines = new Map<string, string>();
  const numbers = new Map<string, number>();
  let told = 0;
  const label = (id: string): string => {
    const known = numbers.get(id) ?? numbers.size + 1;
    numbers.set(id, known);
    return `E${known}`;
  };
  return {
    learn(evidence, cli) {
      if (evidence !== null) lines.set(evidence, cli);
    },
    mark: (text) =>
      text.replace(MARK, (_, ids: string) =>
        terminal.style('dim', ` [${ids.split(/, ?/).map(label).join(', ')}]`),
      ),
    async legend(lookUp) {
      const fresh = [...numbers.keys()].slice(told);
      told = numbers.size;
      return Promise.all(
        fresh.map(async (id) => {
          const cli = lines.get(id) ?? (await lookUp(id)) ?? '';
          return terminal.style(
            'dim',
            terminal.fit(`${label(id).padEnd(3)} ${id}  ${oneLine(cli)}`.trimEnd(), 'note'),
          );
        }),
      );
    },
  };
}
