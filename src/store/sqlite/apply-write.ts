// Carries one write over to the tables it concerns. The only place that knows every kind of write.

import { unreachable } from '../../kernel/assert.ts';
import type { Write } from '../port.ts';
import type { AuditTable } from './audit-table.ts';
import type { ConversationTables } from './conversation-tables.ts';
import type { PeopleTables } from './people-tables.ts';
import type { ProposalTables } from './proposal-tables.ts';

export interface Tables {
  readonly audit: AuditTable;
  readonly conversations: ConversationTables;
  readonly proposals: ProposalTables;
  readonly people: PeopleTables;
}

const none: readonly number[] = [];

/** Applies `write` inside the open transaction and returns the numbers of the chat events it appended. Throws `StoreConflict` when its condition does not hold. */
export function applyWrite(tables: Tables, write: Write, nowMs: number): readonly number[] {
  if (write.kind === 'events.append')
    return tables.conversations.append(write.conversation, write.events, nowMs);
  applySilently(tables, write, nowMs);
  return none;
}

function applySilently(
  { audit, conversations, proposals, people }: Tables,
  write: Exclude<Write, { kind: 'events.append' }>,
  nowMs: number,
): void {
  switch (write.kind) {
    case 'conversation.create':
      conversations.create(write.conversation);
      break;
    case 'conversation.update':
      conversations.update(write, nowMs);
      break;
    case 'evidence.save':
      conversations.saveEvidence(write.evidence);
      break;
    case 'watch.save':
      conversations.saveWatch(write);
      break;
    case 'proposal.create':
      proposals.create(write.proposal);
      break;
    case 'proposal.move':
      proposals.move(write);
      break;
    case 'proposal.decide':
      proposals.decide(write);
      break;
    case 'node.save':
      people.saveNode(write.node);
      break;
    case 'join-token.create':
      people.createJoinToken(write, nowMs);
      break;
    case 'join-token.use':
      people.useJoinToken(write);
      break;
    case 'person.save':
      people.savePerson(write.person);
      break;
    case 'sign-in.create':
      people.createSignIn(write, nowMs);
      break;
    case 'sign-in.use':
      people.useSignIn(write);
      break;
    case 'session.create':
      people.createSession(write, nowMs);
      break;
    case 'session.delete':
      people.deleteSession(write.sha256);
      break;
    case 'checkpoint.save':
      audit.saveCheckpoint(write.checkpoint);
      break;
    default:
      unreachable(write);
  }
}
