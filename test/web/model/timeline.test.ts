// The timeline of AWS calls: stages, one shared axis, one summary.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AwsCall } from '../../../src/contract/call.ts';
import { type CallView, conversationView } from '../../../src/web/model/conversation.ts';
import {
  cliParts,
  isRead,
  timelineCounts,
  timelineDetail,
  timelineOf,
} from '../../../src/web/model/timeline.ts';
import { waitingIncident } from '../support/incident.ts';

const at = 1_800_000_000_000;

function callWith(aws: readonly Partial<AwsCall>[], tool = 'diagnose_service'): CallView {
  const base: AwsCall = {
    id: 'aws',
    call: 'call',
    action: 'ecs:ListTasks',
    cli: 'aws ecs list-tasks',
    stage: 's',
    startedAt: at,
    status: 'ok',
    ms: 10,
    evidence: null,
    error: null,
  };
  return {
    call: { id: 'call', tool, input: {} },
    at,
    title: 't',
    risk: 'read',
    node: null,
    aws: aws.map((one, n) => ({ ...base, id: `aws_${n}`, ...one })),
    result: null,
    ms: null,
  };
}

describe('the timeline', () => {
  it('counts reads, stages and refusals of a diagnosis', () => {
    const view = conversationView(waitingIncident(at).events);
    const timeline = timelineOf(view.turns[0]?.phases[0]?.calls ?? [], at);
    expect(timeline.reads).toBe(9);
    expect(timelineDetail(timeline)).toBe('in 3 stages, 1 denied');
    expect(timeline.changes).toBe(0);
    expect(timeline.running).toBe(false);
  });

  it('calls a change prepared until it was sent, made once AWS carried it out, and tried when AWS refused', () => {
    const change = (aws: readonly Partial<AwsCall>[], result: CallView['result'] = null): string =>
      timelineCounts(timelineOf([{ ...callWith(aws, 'ecs_update_service'), risk: 'change', result }], at));
    const update = { action: 'ecs:UpdateService' };
    const error = { code: 'not-found', message: 'm', next: 'n' };
    expect(change([{}, {}])).toBe('2 reads, 1 change prepared');
    expect(change([{}, update])).toBe('1 read, 1 change made');
    expect(change([{}, { ...update, status: 'failed' }])).toBe('1 read, 1 change tried');
    expect(change([{}], { status: 'refused', error, text: '' })).toBe('1 read');
    expect(timelineCounts(timelineOf([callWith([{}])], at))).toBe('1 read');
  });

  it('cuts out the time in which nothing ran', () => {
    const timeline = timelineOf(
      [
        callWith([
          { startedAt: at, ms: 50 },
          { startedAt: at + 600_000, ms: 50 },
        ]),
      ],
      at,
    );
    expect(timeline.busyMs).toBe(100);
    expect(timeline.stages[0]?.rows.map(({ left, width }) => [left, width])).toEqual([
      [0, 50],
      [50, 50],
    ]);
  });

  it('leaves the looks of a watch to the watch card', () => {
    expect(timelineOf([callWith([{}], 'service_steadiness')], at).total).toBe(0);
  });

  it('lets a call that runs grow with the time and calls the timeline running', () => {
    const timeline = timelineOf([callWith([{ status: 'started', ms: null }])], at + 400);
    expect(timeline.busyMs).toBe(400);
    expect(timeline.running).toBe(true);
  });

  it('keeps every bar inside of the axis and in the order of the starts', () => {
    const calls = fc.array(
      fc.record({ startedAt: fc.integer({ min: at, max: at + 5_000 }), ms: fc.nat(900) }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(calls, (some) => {
        const rows = timelineOf([callWith(some)], at + 9_000).stages.flatMap((stage) => stage.rows);
        for (const { left, width } of rows) {
          expect(left).toBeGreaterThanOrEqual(0);
          expect(left + width).toBeLessThanOrEqual(100.0001);
        }
        const byStart = [...rows].sort((a, b) => a.aws.startedAt - b.aws.startedAt).map(({ left }) => left);
        expect(byStart).toEqual([...byStart].sort((a, b) => a - b));
      }),
    );
  });

  it.each([
    ['ecs:DescribeServices', true],
    ['logs:GetLogEvents', true],
    ['logs:FilterLogEvents', true],
    ['ec2:AuthorizeSecurityGroupEgress', false],
    ['ecs:UpdateService', false],
    ['ecs:StopTask', false],
  ])('tells whether %s only reads: %s', (action, reads) => {
    expect(isRead(action)).toBe(reads);
  });

  it('splits a command line without losing a character', () => {
    const cli = 'aws ecs describe-services --cluster c --services a b --no-cli-pager';
    const parts = cliParts(cli);
    expect(parts.map(({ text }) => text).join(' ')).toBe(cli);
    expect(parts.map(({ kind }) => kind)).toEqual([
      'command',
      'option',
      'value',
      'option',
      'value',
      'option',
    ]);
  });
});
