// The audit log: search, one record, verify, export. Reading it changes nothing; taking it away is on record.

import { Readable } from 'node:stream';
import { z } from 'zod';
import { auditPage, auditVerifyResponse } from '../../contract/api.ts';
import { auditEventName, auditRecord } from '../../contract/audit-event.ts';
import { fail } from '../../contract/errors.ts';
import { instantMs } from '../../contract/json.ts';
import { type AnyRoute, defineRoute } from './route.ts';
import type { HubServices } from './services.ts';
import { anId, noBody, nothing, pageSize, seq } from './shapes.ts';

const instant = z.coerce.number().pipe(instantMs);
const searchQuery = z.strictObject({
  before: seq.optional(),
  q: z.string().max(500).optional(),
  event: auditEventName.optional(),
  conversation: anId.optional(),
  from: instant.optional(),
  to: instant.optional(),
  limit: pageSize(50),
});

export function auditRoutes(services: HubServices): AnyRoute[] {
  return [...readingRoutes(services), ...wholeLogRoutes(services)];
}

function readingRoutes({ store, audit }: HubServices): AnyRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/audit',
      summary: 'Audit records, newest first; `q` takes words and event:, conv:, since:, until:.',
      access: 'viewer',
      params: nothing,
      query: searchQuery,
      body: noBody,
      response: auditPage,
      handle({ query: { q, from, to, event, conversation, before, limit } }) {
        const words = q === undefined || q.trim() === '' ? {} : audit.parse(q);
        const named = Object.fromEntries(
          Object.entries({ before, event, conversation, fromMs: from, toMs: to }).filter(
            ([, value]) => value !== undefined,
          ),
        );
        return store.auditPage({ ...words, ...named, limit });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/audit/:seq',
      summary: 'One record with the exact text that was hashed.',
      access: 'viewer',
      params: z.strictObject({ seq: seq.min(1) }),
      query: nothing,
      body: noBody,
      response: auditRecord,
      async handle({ params }) {
        const record = await store.auditRecord(params.seq);
        if (record === null) throw fail('record-unknown', { seq: params.seq });
        return record;
      },
    }),
  ];
}

function wholeLogRoutes({ store, audit }: HubServices): AnyRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/audit/export',
      summary: 'The whole log as JSON lines (verifiable) or CSV.',
      access: 'operator',
      params: nothing,
      query: z.strictObject({ format: z.enum(['jsonl', 'csv']).default('jsonl') }),
      body: noBody,
      response: 'application/octet-stream',
      async handle({ query: { format }, identity: { person }, reply }) {
        const head = await store.auditHead();
        await store.commit(
          [],
          [
            {
              event: 'audit.exported',
              actor: { kind: 'person', id: person.id, name: person.name },
              data: { format, to: head.seq },
            },
          ],
        );
        reply.header('content-disposition', `attachment; filename="lockkeeper-audit.${format}"`);
        reply.type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8');
        return Readable.from(audit.export(format));
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/audit/verify',
      summary: 'Check every record against the chain, now.',
      access: 'viewer',
      params: nothing,
      query: nothing,
      body: noBody,
      response: auditVerifyResponse,
      handle: () => audit.verify(),
    }),
  ];
}
