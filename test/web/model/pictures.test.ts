// Pictures and lines: network path, watch, evidence, routes, audit rows, and outputs that do not fit their shape.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditRow } from '../../../src/web/model/audit-row.ts';
import { evidenceLines, pathSteps } from '../../../src/web/model/evidence-lines.ts';
import { canal, networkPicture } from '../../../src/web/model/network-picture.ts';
import { resultParts } from '../../../src/web/model/results.ts';
import { hrefOf, parseRoute, type Route } from '../../../src/web/model/route.ts';
import { watchChart, watchCounts, watchNote, watchTests } from '../../../src/web/model/watch-chart.ts';
import { countdown, duration, grouped } from '../../../src/web/model/words.ts';
import { watch } from '../support/change.ts';
import { finding, networkPath } from '../support/findings.ts';

const at = 1_800_000_000_000;

describe('the picture of a network path', () => {
  it('stops at the first gate that is shut and says so in one sentence', () => {
    const picture = networkPicture(networkPath);
    expect(picture.stop).toBe(1);
    expect(picture.sentence).toContain('Blocked at Security group outbound');
    expect(picture.note?.rows.at(-1)).toMatchObject({ missing: true });
    expect(picture.subnets).toBe('the same in both subnets');
  });

  it('has no stop when every check is open', () => {
    const hops = networkPath.hops.map((hop) => ({ ...hop, verdict: 'open' as const }));
    const picture = networkPicture({ ...networkPath, verdict: 'reachable', hops });
    expect(picture.stop).toBeNull();
    expect(picture.note).toBeNull();
    expect(picture.sentence).toMatch(/All are open\.$/);
  });

  it('gives every name room: whole words for a few checks, short ones for many', () => {
    const many = [...networkPath.hops, ...networkPath.hops.slice(2, 4)];
    expect(networkPicture(networkPath).gates.map(({ shortName }) => shortName)).toContain('Sec. group');
    const picture = networkPicture({ ...networkPath, hops: many });
    expect(picture.gates.map(({ shortName }) => shortName)).toEqual([
      'DNS',
      'SG',
      'NACL',
      'Route',
      'NACL',
      'SG',
      'NACL',
      'Route',
    ]);
    // Resources take turns in two rows, so each has the room of two gates.
    expect(picture.gates.map(({ lower }) => lower)).toEqual(many.map((_, at) => at % 2 === 1));
    for (const { shortName, shortResource } of picture.gates) {
      expect(shortName.length).toBeLessThanOrEqual(9);
      expect(shortResource.length).toBeLessThanOrEqual(12);
    }
  });

  it('keeps every gate on the canal for any number of checks', () => {
    for (let n = 1; n <= 24; n++) {
      const hops = Array.from({ length: n }, () => networkPath.hops[0]!);
      for (const { x } of networkPicture({ ...networkPath, hops }).gates) {
        expect(x).toBeGreaterThan(canal.from);
        expect(x).toBeLessThan(canal.to);
      }
    }
  });
});

describe('the picture of a watch', () => {
  it('draws pending tasks only while it watches', () => {
    expect(watchChart(watch(at, 'watching', [3, 3])).pending).not.toBeNull();
    expect(watchChart(watch(at, 'failed', [3, 3])).pending).toBeNull();
  });

  it('says when the wanted number was reached and held', () => {
    const tests = watchTests(watch(at, 'succeeded', [3, 4, 3, 4, 4]));
    expect(tests.every(({ done }) => done)).toBe(true);
    expect(watchTests(watch(at, 'watching', [3, 4, 3]))[0]).toMatchObject({ done: false, when: 'looking' });
  });

  it('names no number before a look has seen the service', () => {
    const begun = watch(at, 'watching', []);
    const blind = watch(at, 'watching', [0]);
    const looks = blind.looks.map((look) => ({ ...look, note: 'Could not look: the node is away.' }));
    for (const one of [begun, { ...blind, looks }]) {
      expect(watchCounts(one)).toMatchObject({ running: null, healthy: null });
      for (const { text, done } of watchTests(one)) {
        expect(text).toContain('not read yet');
        expect(done).toBe(false);
      }
      expect(watchChart(one).sentence).toContain('not read yet');
      expect(watchChart(one).line).toBe('');
    }
    expect(watchNote({ ...blind, looks })).toBe('Could not look: the node is away.');
    expect(watchCounts(watch(at, 'watching', [0]))).toMatchObject({ running: 0, healthy: 0 });
  });

  it('stays inside of its box for any looks', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { maxLength: 40 }), (running) => {
        const chart = watchChart({
          ...watch(at, 'watching', []),
          looks: running.map((n, look) => ({
            at: at + look * 5_000,
            running: n,
            pending: 0,
            desired: 4,
            healthy: n,
            note: '',
          })),
        });
        const numbers = [...(chart.line.match(/-?[\d.]+/g) ?? [])].map(Number);
        expect(numbers.every((n) => n >= 0 && n <= 700)).toBe(true);
      }),
    );
  });
});

describe('evidence as lines', () => {
  const body = JSON.stringify({
    groups: [
      { id: 'a', egress: [{ port: 443 }] },
      { id: 'b', egress: [] },
    ],
  });

  it('marks the value that a path names and nothing else', () => {
    const marked = evidenceLines(body, '$.groups[0].egress').filter((line) => line.marked);
    expect(marked.map((line) => line.pieces.map(({ text }) => text.trim()).join(''))).toEqual([
      '"egress":[',
      '{',
      '"port":443',
      '}',
      ']',
    ]);
    expect(evidenceLines(body, '').some((line) => line.marked)).toBe(false);
    expect(evidenceLines(body, '$.nothing').some((line) => line.marked)).toBe(false);
  });

  it('understands the ways in which a path is written', () => {
    expect(pathSteps("$.a[0]['b c']")).toEqual(['a', '0', 'b c']);
    expect(pathSteps('/a/0/b~1c')).toEqual(['a', '0', 'b/c']);
  });

  it('lays out JSON so that its lines are that JSON again', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = evidenceLines(JSON.stringify(value), '$.a')
          .map((line) => line.pieces.map((piece) => piece.text).join(''))
          .join('\n');
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('shows an answer that was cut as it is', () => {
    expect(evidenceLines('{"a": [1,', '$.a').map((line) => line.pieces[0]?.text)).toEqual(['{"a": [1,']);
  });
});

describe('outputs of tools', () => {
  it('never throws, whatever a node sends', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('findings', 'paths', 'lines', 'service', 'finding'),
        (value, key) => void resultParts({ [key]: value }),
      ),
    );
  });

  it('fills what a finding lacks and keeps what it has', () => {
    expect(resultParts({ findings: [finding] }).findings[0]).toEqual(finding);
    expect(resultParts({ findings: [{ class: 'x', title: 't' }] }).findings[0]).toMatchObject({
      verdict: 'unknown',
      evidence: [],
      paths: [],
    });
  });

  it('reads log lines with their repeats', () => {
    const log = resultParts({
      container: 'web',
      task: 'arn:x/5d1c',
      lines: [{ at: '2026-11-20T03:00:00Z', level: 'error', text: 'no', repeated: 3 }],
    }).log;
    expect(log).toMatchObject({
      title: 'web of task 5d1c',
      lines: [{ level: 'error', repeated: 3, at: Date.parse('2026-11-20T03:00:00Z') }],
    });
  });
});

describe('routes', () => {
  it('come back from their own link', () => {
    const id = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => text.isWellFormed());
    const route: fc.Arbitrary<Route> = fc.oneof(
      fc.record({ page: fc.constant('conversation' as const), id, proposal: fc.option(id) }),
      fc.record({ page: fc.constant('approvals' as const), id: fc.option(id) }),
      fc.record({ page: fc.constant('sign-in' as const), code: fc.option(id) }),
      fc.record({
        page: fc.constant('audit' as const),
        seq: fc.option(fc.nat()),
        conversation: fc.option(id),
        text: fc.oneof(fc.constant(''), id),
        event: fc.constantFrom('', 'aws.finished'),
      }),
      fc.constant({ page: 'nodes' as const }),
      fc.constant({ page: 'scenarios' as const }),
    );
    fc.assert(
      fc.property(route, (one) => {
        expect(parseRoute(hrefOf(one))).toEqual(one);
      }),
    );
  });

  it('read the sign-in link that the hub prints', () => {
    expect(parseRoute('#/sign-in/abc-123')).toEqual({ page: 'sign-in', code: 'abc-123' });
    expect(parseRoute('#/c/%E0%A4%A')).toEqual({ page: 'conversation', id: '%E0%A4%A', proposal: null });
  });
});

describe('audit rows', () => {
  it('show a body that cannot be read instead of hiding it', () => {
    expect(auditRow({ seq: 3, prev: '', hash: '', body: 'not json' })).toMatchObject({
      outcome: { word: 'unreadable' },
      about: 'not json',
    });
  });

  it('say of a change what became of it, and call it done only when it was', () => {
    const endOf = (status: string, state: string) =>
      rowOf('call.finished', { tool: 'ec2_revoke_security_group_egress', status, proposal: 'prop_1', state });
    expect(endOf('changed', 'done')).toMatchObject({ risk: 'change', outcome: { tone: 'ok' } });
    for (const state of ['denied', 'expired', 'stale', 'voided', 'superseded'])
      expect(endOf(state, state)).toMatchObject({ risk: 'change', outcome: { tone: 'off', word: state } });
    for (const state of ['failed', 'unknown'])
      expect(endOf(state, state)).toMatchObject({ risk: 'change', outcome: { tone: 'bad', word: state } });
  });

  const rowOf = (event: string, data: object, cli: string | null = null) =>
    auditRow({
      seq: 1,
      prev: '',
      hash: '',
      body: JSON.stringify({
        v: 1,
        at,
        event,
        code: 'LK1I',
        actor: { kind: 'hub', id: 'hub' },
        conversation: null,
        turn: null,
        call: null,
        node: null,
        cli,
        data,
      }),
    });

  it('name a changing AWS request, tool and proposal a change, and a look a read', () => {
    const authorize = 'aws ec2 authorize-security-group-egress --group-id sg-0a41f7c2';
    expect(rowOf('aws.started', {}, authorize).risk).toBe('change');
    expect(rowOf('aws.finished', { status: 'ok' }, authorize).risk).toBe('change');
    expect(rowOf('call.started', { risk: 'change' }).risk).toBe('change');
    expect(rowOf('call.finished', { status: 'proposed' }).risk).toBe('change');
    expect(rowOf('proposal.created', {}, authorize).risk).toBe('change');
    expect(rowOf('change.done', {}).risk).toBe('change');
    expect(rowOf('aws.started', {}, 'aws logs filter-log-events --log-group-name /ecs/web').risk).toBe(
      'read',
    );
    expect(rowOf('call.started', { risk: 'read' })).toMatchObject({
      risk: 'read',
      outcome: { word: 'started' },
    });
  });

  it.each(['turn.ended', 'conversation.created', 'person.signed-in', 'node.connected'])(
    'say of %s neither that it read nor that it went well',
    (event) => {
      expect(rowOf(event, { status: 'answered' })).toMatchObject({ risk: null, outcome: null });
    },
  );

  it('tell refusals, failures and requests apart', () => {
    const row = (event: string, data: object) => rowOf(event, data).outcome?.word;
    expect(row('aws.finished', { status: 'denied' })).toBe('denied');
    expect(row('call.refused', {})).toBe('refused');
    expect(row('call.finished', { status: 'refused', code: 'call-denied' })).toBe('refused');
    expect(row('call.finished', { status: 'refused', code: 'service-unknown' })).toBe('not found');
    expect(row('proposal.approved', {})).toBe('signed');
    expect(row('aws.finished', { status: 'ok' })).toBe('ok');
  });
});

describe('numbers as words', () => {
  it('are grouped, counted down and measured', () => {
    expect(grouped(4_107_319)).toBe('4\u202f107\u202f319');
    expect([countdown(872_000), countdown(59_100), countdown(782_000), countdown(-5)]).toEqual([
      '14 min 32 s',
      '1 min 00 s',
      '13 min 02 s',
      '0 s',
    ]);
    expect([duration(41), duration(2_100), duration(178_000), duration(600_000)]).toEqual([
      '41 ms',
      '2.1 s',
      '2 min 58 s',
      '10 min',
    ]);
  });
});
