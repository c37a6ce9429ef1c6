// Which cluster the list of conversations names: that of the service or cluster a person asked about, never one a search passed.

import { describe, expect, it } from 'vitest';
import type { ToolCall } from '../../src/contract/call.ts';
import type { ChatEventDraft } from '../../src/contract/chat.ts';
import { subtitleOf } from '../../src/hub/conversations/progress.ts';

const base = { at: 1_800_000_000_000, turn: 'turn_1' };

function asked(text: string): ChatEventDraft {
  return {
    ...base,
    type: 'turn.started',
    text,
    person: { id: 'person_1', name: 'Mira' },
    channel: 'web',
    planner: 'playbook',
  };
}

function called(id: string, input: ToolCall['input']): ChatEventDraft {
  return {
    ...base,
    type: 'call.started',
    call: { id, tool: 'tool', input },
    title: '',
    risk: 'read',
    node: null,
  };
}

function failed(call: string): ChatEventDraft {
  const error = { code: 'service-not-found', message: 'm', next: 'n' };
  return {
    ...base,
    type: 'call.finished',
    call,
    tool: 'tool',
    result: { status: 'failed', error, text: '' },
    ms: 1,
  };
}

const search = [called('1', { cluster: 'production-cluster' }), called('2', { cluster: 'staging-cluster' })];

describe('the line below a conversation', () => {
  it('names the cluster of the call about the service that was named, not the last one that was listed', () => {
    const about = called('3', { cluster: 'production-cluster', services: ['checkout'] });
    expect(subtitleOf([asked('scale checkout to 3'), about, ...search], 'watching')).toBe(
      'production-cluster · watching',
    );
  });

  it('names no cluster when the ones looked into were only searched', () => {
    expect(subtitleOf([asked('is checkout healthy?'), ...search], 'answered')).toBe('answered');
    const longer = called('3', { cluster: 'staging-cluster', service: 'checkout' });
    expect(subtitleOf([asked('how is my-checkout?'), longer], 'answered')).toBe('answered');
  });

  it('passes over a cluster in which the service was not found', () => {
    const found = called('3', { cluster: 'production-cluster', service: 'checkout' });
    const missed = called('4', { cluster: 'staging-cluster', service: 'checkout' });
    expect(subtitleOf([asked('how is Checkout?'), found, missed, failed('4')], 'answered')).toBe(
      'production-cluster · answered',
    );
  });

  it('names the cluster that was asked about itself', () => {
    expect(subtitleOf([asked('What is wrong in production-cluster?'), ...search], 'answered')).toBe(
      'production-cluster · answered',
    );
  });

  it('keeps the cluster of a service named earlier in the conversation', () => {
    const about = called('3', { cluster: 'production-cluster', service: 'checkout' });
    expect(subtitleOf([asked('how is checkout?'), asked('show me its logs'), about], 'waiting')).toBe(
      'production-cluster · waiting for approval',
    );
  });
});
