// A proposal as text, rendered only from the bytes the node signed.

import type { ProposalDocument, ProposalState } from '../../contract/proposal.ts';
import { oneLine, type Terminal } from './terminal.ts';

export interface Card {
  readonly document: ProposalDocument;
  readonly digest: string;
  readonly state: ProposalState;
  readonly nowMs: number;
  /** Titles of other changes of the same thing that wait. */
  readonly rivals?: readonly string[];
}

/** The lines of the card: the whole command first, then where it runs, what it changes, touches, opens, how it is undone and when it counts as a success. */
export function proposalCard(terminal: Terminal, card: Card): string[] {
  const { document, digest, state, nowMs, rivals = [] } = card;
  const { display } = document;
  const label = (name: string, value: string): string =>
    `  ${terminal.style('dim', name.padEnd(12))} ${oneLine(value)}`;
  const rows = display.diff.rows.map((row) => {
    const line = `    ${row.sign} ${row.cells.map(oneLine).join('   ')}`;
    return row.sign === '+'
      ? terminal.style('green', line)
      : row.sign === '-'
        ? terminal.style('red', line)
        : line;
  });
  return [
    '',
    `${terminal.style('yellow', '▌')} ${terminal.style('bold', oneLine(display.title))}   ${terminal.style('yellow', stateWords(state, document.exp - nowMs))}`,
    `  ${terminal.style('cyan', oneLine(document.call.cli))}`,
    label('Where', `account ${document.account}, ${document.region}, as ${document.executionRole}`),
    label('Changes', display.diff.caption),
    ...rows,
    label('Touches', display.blastRadius.summary),
    ...display.opens.map((line, index) => label(index === 0 ? 'Opens' : '', line)),
    label('Undo', 'call' in display.inverse ? display.inverse.call.cli : display.inverse.none),
    label('Succeeds if', successWords(document)),
    label(
      'Needs',
      `${document.quorum.approvals} approval${document.quorum.approvals === 1 ? '' : 's'} (${document.assuranceMin})`,
    ),
    ...display.warnings.map((line) => label('Mind', line)),
    ...rivals.map((title) =>
      label(
        'Mind',
        `Another change of the same thing waits: ${title}. Once one has run, the other no longer fits.`,
      ),
    ),
    label(
      'Proposal',
      `${document.proposal}  sha256 ${digest.slice(0, 12)}  signed by node ${document.aud.node}`,
    ),
    ...(document.endpoint === null ? [] : [label('Endpoint', `${document.endpoint} (not AWS itself)`)]),
  ];
}

function stateWords(state: ProposalState, leftMs: number): string {
  if (state !== 'pending') return state;
  const seconds = Math.max(0, Math.round(leftMs / 1000));
  return `waits for approval, expires in ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function successWords(document: ProposalDocument): string {
  const test = document.display.success;
  if (test.kind === 'none') return test.because;
  return `${test.running} of ${test.running} tasks of ${test.service} run and are healthy within ${Math.round(test.withinMs / 60_000)} minutes`;
}
