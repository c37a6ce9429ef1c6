// Proposals and the decisions over them. A proposal's document never changes; its state moves only from a named state.

import type { ProposalOutcome, ProposalState, ProposalView } from '../../contract/proposal.ts';
import type { Database } from '../../kernel/sqlite.ts';
import { type Page, StoreConflict, type Write } from '../port.ts';
import { parseStored } from './conversation-tables.ts';
import { pageOf, readCursor } from './cursor.ts';

interface ProposalRow {
  readonly id: string;
  readonly state: ProposalState;
  readonly created_at: number;
  readonly body: string;
  readonly outcome: string | null;
}

export interface ProposalFilter {
  readonly state?: ProposalState | undefined;
  readonly conversation?: string | undefined;
  readonly node?: string | undefined;
}

export interface ProposalTables {
  create(proposal: ProposalView): void;
  move(write: Extract<Write, { kind: 'proposal.move' }>): void;
  decide(write: Extract<Write, { kind: 'proposal.decide' }>): void;
  get(id: string): ProposalView | null;
  page(filter: ProposalFilter, cursor: string | null, limit: number): Page<ProposalView>;
}

const COLUMNS = 'id, state, created_at, body, outcome';

export function proposalTables(db: Database): ProposalTables {
  const decided = db
    .prepare<[string], string>('SELECT body FROM decisions WHERE proposal = ? ORDER BY position')
    .pluck();
  const viewOf = (row: ProposalRow): ProposalView => ({
    ...parseStored<Omit<ProposalView, 'state' | 'outcome' | 'decisions'>>(row.body),
    state: row.state,
    outcome: row.outcome === null ? null : parseStored<ProposalOutcome>(row.outcome),
    decisions: decided.all(row.id).map((body) => parseStored<ProposalView['decisions'][number]>(body)),
  });
  return { ...proposalWrites(db), ...proposalReads(db, viewOf) };
}

function proposalWrites(db: Database) {
  const insert = db.prepare(
    'INSERT INTO proposals (id, conversation, node, state, created_at, body, outcome) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const stateOf = db.prepare<[string], ProposalState>('SELECT state FROM proposals WHERE id = ?').pluck();
  const setState = db.prepare('UPDATE proposals SET state = ?, outcome = coalesce(?, outcome) WHERE id = ?');
  const insertDecision = db.prepare(
    `INSERT INTO decisions (proposal, position, body)
       SELECT ?, count(*) + 1, ? FROM decisions WHERE proposal = ?`,
  );
  function addDecision(id: string, decision: ProposalView['decisions'][number]): void {
    insertDecision.run(id, JSON.stringify(decision), id);
  }
  return {
    create(proposal: ProposalView): void {
      const { state, outcome, decisions, ...body } = proposal;
      const { id, conversation, node, createdAt } = proposal;
      const outcomeText = outcome === null ? null : JSON.stringify(outcome);
      insert.run(id, conversation, node, state, createdAt, JSON.stringify(body), outcomeText);
      for (const decision of decisions) addDecision(id, decision);
    },
    move({ id, from, to, outcome }: Extract<Write, { kind: 'proposal.move' }>): void {
      const state = stateOf.get(id);
      if (state === undefined) throw new StoreConflict('proposal.move', `there is no proposal ${id}`);
      if (!from.includes(state))
        throw new StoreConflict('proposal.move', `proposal ${id} is ${state}, not ${from.join(' or ')}`);
      setState.run(to, outcome === null ? null : JSON.stringify(outcome), id);
    },
    decide({ id, decision }: Extract<Write, { kind: 'proposal.decide' }>): void {
      if (stateOf.get(id) === undefined)
        throw new StoreConflict('proposal.decide', `there is no proposal ${id}`);
      addDecision(id, decision);
    },
  };
}

function proposalReads(db: Database, viewOf: (row: ProposalRow) => ProposalView) {
  const byId = db.prepare<[string], ProposalRow>(`SELECT ${COLUMNS} FROM proposals WHERE id = ?`);
  const queries = pageQueries(db);
  return {
    get(id: string): ProposalView | null {
      const row = byId.get(id);
      return row === undefined ? null : viewOf(row);
    },
    page(filter: ProposalFilter, cursor: string | null, limit: number): Page<ProposalView> {
      const from = readCursor(cursor);
      const wanted = [filter.state, filter.conversation, filter.node];
      const values = wanted.filter((value) => value !== undefined);
      const rows = queries(wanted.map((value) => value !== undefined)).all(
        ...values,
        from.atMs,
        from.id,
        limit + 1,
      );
      return pageOf(rows, limit, { item: viewOf, place: (row) => ({ atMs: row.created_at, id: row.id }) });
    },
  };
}

/** One prepared statement for each combination of filters, made when it is first asked for. */
function pageQueries(db: Database) {
  const names = ['state', 'conversation', 'node'];
  const prepared = new Map<string, ReturnType<typeof prepare>>();
  function prepare(where: string) {
    return db.prepare<unknown[], ProposalRow>(
      `SELECT ${COLUMNS} FROM proposals WHERE ${where}(created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC LIMIT ?`,
    );
  }
  return (used: readonly boolean[]) => {
    const where = names
      .filter((_, i) => used[i])
      .map((name) => `${name} = ? AND `)
      .join('');
    const statement = prepared.get(where) ?? prepare(where);
    prepared.set(where, statement);
    return statement;
  };
}
