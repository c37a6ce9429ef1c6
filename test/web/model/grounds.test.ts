// Why a change was prepared: the finding that asks for it, else the words of the person who did.

import { describe, expect, it } from 'vitest';
import { conversationView } from '../../../src/web/model/conversation.ts';
import { findingsOf } from '../../../src/web/model/current.ts';
import { groundsOf } from '../../../src/web/model/grounds.ts';
import { waitingIncident } from '../support/incident.ts';

const at = 1_800_000_000_000;

describe('the grounds of a change', () => {
  const incident = waitingIncident(at);
  const view = conversationView(incident.events);
  const findings = findingsOf(view);

  it('are the finding that asks for it, also when a later question found something else', () => {
    const asking = groundsOf(view, findings, incident.view).finding;
    expect(asking?.fixes.map(({ tool }) => tool)).toContain(incident.view.document.tool);
    const later = [...findings, { ...findings[0]!, title: 'Something else', culprits: ['other'], fixes: [] }];
    expect(groundsOf(view, later, incident.view).finding).toEqual(asking);
  });

  it('are who asked, in which words, when no finding asks for it', () => {
    const { document } = incident.view;
    const rollback = { ...incident.view, document: { ...document, tool: 'ecs_update_service' } };
    const turn = view.turns.find(({ id }) => id === rollback.turn);
    expect(groundsOf(view, findings, rollback)).toEqual({
      finding: null,
      fix: null,
      left: null,
      asked: { person: turn?.person.name, text: turn?.text },
    });
    expect(turn?.text).toContain('add a rule');
  });

  it('hold the fix that the change is, and what is proven and stays', () => {
    expect(groundsOf(view, findings, incident.view).fix?.why).toBe('The smallest rule that opens the path.');
    const { document } = incident.view;
    const args = {
      cluster: 'production-cluster',
      service: 'my-web-service',
      task_definition: 'my-web-service:41',
    };
    const rollback = { ...incident.view, document: { ...document, tool: 'ecs_update_service', args } };
    expect(groundsOf(view, findings, rollback).left?.text).toBe(
      `What is proven does not lie in the revision, so tasks of another one meet it as well unless they do without it, and the test of success is not expected to hold: ${findings[0]?.title}`,
    );
    const other = { ...rollback, document: { ...rollback.document, args: { ...args, service: 'checkout' } } };
    expect(groundsOf(view, findings, other).left).toBeNull();
    expect(groundsOf(view, findings, incident.view).left).toBeNull();
  });

  it('are nothing when the turn is not known', () => {
    expect(groundsOf(view, [], { ...incident.view, turn: 'turn_gone' })).toEqual({
      finding: null,
      fix: null,
      left: null,
      asked: null,
    });
  });
});
