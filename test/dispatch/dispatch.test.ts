// The one door: what passes it, what does not, and what is on record when.

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openProposal, signProposal } from '../../src/approval/document.ts';
import type { AwsCall, Evidence } from '../../src/contract/call.ts';
import type { Decision } from '../../src/contract/decision.ts';
import { fail } from '../../src/contract/errors.ts';
import type { ProposalDocument } from '../../src/contract/proposal.ts';
import { defineChangeTool, defineReadTool, type Tool } from '../../src/contract/tool.ts';
import { createDispatch } from '../../src/dispatch/dispatch.ts';
import type { DispatchPorts, DispatchRequest } from '../../src/dispatch/request.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { generateSigningKey } from '../../src/kernel/keys.ts';
import { limits } from '../../src/kernel/limits.ts';
import { silentLog } from '../../src/kernel/log.ts';
import type { NodeCall, NodeCallObserver, NodeCallResult, NodeDirectory } from '../../src/link/port.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';

const readTool = defineReadTool({
  name: 'ecs_list_clusters',
  summary: 'Lists.',
  risk: 'read',
  actions: ['ecs:ListClusters'],
  input: z.strictObject({ count: z.number().int().max(10) }),
  output: z.object({ names: z.array(z.string()) }),
  target: () => ({ resources: [] }),
  run: () => Promise.reject(new Error('tools run on nodes')),
  text: (output) => `names: ${output.names.join(', ')}`,
});
const changeTool = defineChangeTool({
  name: 'ecs_stop_task',
  summary: 'Stops.',
  risk: 'change',
  actions: ['ecs:StopTask'],
  input: z.strictObject({ cluster: z.string(), task: z.string() }),
  target: (input) => ({ cluster: input.cluster, resources: [input.task] }),
  observe: () => Promise.resolve(null),
  prepare: () => Promise.reject(new Error('tools run on nodes')),
});

const nodeKey = generateSigningKey();
const nodeId = 'node_1';
const allow: Decision = {
  verdict: 'allow',
  reasons: [{ policy: 'reads', reason: 'reads are allowed' }],
  approvals: 0,
  level: 'click',
  errors: [],
  policySha256: 'a'.repeat(64),
};
const approve: Decision = { ...allow, verdict: 'approve', approvals: 1 };
const inventory = {
  name: 'test',
  account: '123456789012',
  region: 'us-east-1',
  identity: null,
  problem: null,
  endpoint: null,
  build: 'test',
  bootEpoch: 'boot_1',
  tools: [readTool, changeTool].map((tool) => ({ name: tool.name, schemaSha256: 'b'.repeat(64) })),
};
const okAnswer: NodeCallResult = {
  status: 'ok',
  output: { names: ['a'] },
  evidence: ['ev_forged'],
};

interface Sent {
  readonly node: string;
  readonly call: NodeCall;
}

type Answer = (call: NodeCall, observer: NodeCallObserver, signal: AbortSignal) => Promise<NodeCallResult>;

async function rig(
  options: { answer?: Answer; decide?: () => Decision; online?: boolean; tools?: readonly Tool[] } = {},
) {
  const store = await openSqliteStore({ dataDir: ':memory:', clock: systemClock, log: silentLog });
  const now = systemClock.now();
  await store.commit(
    [
      {
        kind: 'conversation.create',
        conversation: {
          id: 'conv_1',
          title: 't',
          state: 'working',
          subtitle: '',
          person: 'person_1',
          createdAt: now,
          updatedAt: now,
        },
      },
      {
        kind: 'node.save',
        node: {
          id: nodeId,
          key: nodeKey.publicKey,
          inventory,
          enrolledAt: now,
          lastSeenAt: null,
          lastSeq: 0,
          journal: null,
        },
      },
    ],
    [],
  );
  const sent: Sent[] = [];
  const directory: NodeDirectory = {
    list: async () => [],
    connected: () =>
      options.online === false
        ? null
        : {
            id: nodeId,
            inventory,
            connected: true,
            journalProblem: null,
            connectedAt: now,
            lastSeenAt: now,
            enrolledAt: now,
          },
    async run(node, call, observer, signal) {
      sent.push({ node, call });
      return options.answer === undefined ? okAnswer : options.answer(call, observer, signal);
    },
    submitApproval: async () => {},
  };
  const tools = new Map((options.tools ?? [readTool, changeTool]).map((tool) => [tool.name, tool]));
  const ports: DispatchPorts = {
    store,
    policy: { decide: options.decide ?? (() => allow) },
    directory,
    tools: { find: (name) => tools.get(name) ?? null },
    clock: systemClock,
    log: silentLog,
    redact: {
      text: (text) => ({ text: text.replaceAll('hunter2', '[secret]'), count: 0 }),
      json: (value) => ({
        value: JSON.parse(JSON.stringify(value).replaceAll('hunter2', '[secret]')),
        count: 0,
      }),
    },
    openProposal: (signed) => openProposal(signed),
  };
  return {
    store,
    sent,
    ports,
    dispatch: createDispatch(ports),
    names: () => auditNames(store),
    chat: () => store.events('conv_1', 0, 1_000),
  };
}

async function auditNames(store: Store): Promise<string[]> {
  const page = await store.auditPage({ limit: 200 });
  return page.items.map((record) => String(JSON.parse(record.body).event)).reverse();
}

function request(
  call: Partial<DispatchRequest['call']> = {},
  more: Partial<DispatchRequest> = {},
): DispatchRequest {
  return {
    call: { id: 'call_1', tool: readTool.name, input: { count: 1 }, ...call },
    conversation: 'conv_1',
    turn: 'turn_1',
    person: { id: 'person_1', name: 'Ada', roles: ['operator'] },
    agent: 'ecs-engineer',
    level: 'propose',
    signal: new AbortController().signal,
    ...more,
  };
}

/** `store` with another way to commit. */
function committing(store: Store, commit: Store['commit']): Store {
  return new Proxy(store, {
    get: (target, key) => (key === 'commit' ? commit : Reflect.get(target, key)),
  });
}

const changeCall = { tool: changeTool.name, input: { cluster: 'c', task: 't' } };

function aws(change: Partial<AwsCall> = {}): AwsCall {
  return {
    id: 'aws_1',
    call: 'call_1',
    action: 'ecs:ListClusters',
    cli: 'aws ecs list-clusters',
    stage: 'clusters',
    startedAt: 1,
    status: 'started',
    ms: null,
    evidence: null,
    error: null,
    ...change,
  };
}

function evidence(change: Partial<Evidence> = {}): Evidence {
  return {
    id: 'ev_1',
    aws: 'aws_1',
    call: 'call_1',
    action: 'ecs:ListClusters',
    cli: 'aws ecs list-clusters',
    at: 1,
    body: '{}',
    truncated: false,
    redactions: 0,
    ...change,
  };
}

describe('a read', () => {
  it('is on record before anything is asked of AWS, and at its end', async () => {
    const seenAtSend: string[][] = [];
    const house = await rig({
      answer: async (_call, observer) => {
        await observer.awsStarted(aws());
        seenAtSend.push(await auditNames(house.store));
        observer.awsFinished(aws({ status: 'ok', ms: 3, evidence: 'ev_1' }), evidence());
        return okAnswer;
      },
    });
    const result = await house.dispatch.call(request());
    expect(seenAtSend).toEqual([['call.started', 'aws.started']]);
    expect(await house.names()).toEqual(['call.started', 'aws.started', 'aws.finished', 'call.finished']);
    expect((await house.chat()).map((event) => event.type)).toEqual([
      'call.started',
      'aws.started',
      'aws.finished',
      'call.finished',
    ]);
    expect(result).toMatchObject({ status: 'ok', text: 'names: a', evidence: ['ev_1'] });
    expect(await house.store.evidence('ev_1')).toMatchObject({ body: '{}' });
  });

  it('gives the planner text made from the checked output, never the wording of the node', async () => {
    const house = await rig();
    const result = await house.dispatch.call(request());
    expect(JSON.stringify(result)).not.toContain('wording of a node');
    expect(JSON.stringify(result)).not.toContain('ev_forged');
  });

  it('is redacted again on its way to the log and to the planner', async () => {
    const house = await rig({ answer: async () => ({ ...okAnswer, output: { names: ['hunter2'] } }) });
    const result = await house.dispatch.call(request());
    expect(result).toMatchObject({ status: 'ok', output: { names: ['[secret]'] }, text: 'names: [secret]' });
  });

  it('leaves the conversation alone when only the audit log is to hear of it', async () => {
    const house = await rig();
    await house.dispatch.call(request({}, { visibility: 'audit' }));
    expect(await house.chat()).toEqual([]);
    expect(await house.names()).toEqual(['call.started', 'call.finished']);
  });
});

describe('what does not pass', () => {
  it.each([
    ['a tool that does not exist', { call: { tool: 'rm_rf' } }, {}, 'tool-unknown', 'refused'],
    ['input of the wrong shape', { call: { input: { count: 'many' } } }, {}, 'input-invalid', 'refused'],
    [
      'input that is too large',
      { call: { input: { count: 1, pad: 'x'.repeat(limits.call.inputBytes) } } },
      {},
      'input-invalid',
      'refused',
    ],
    [
      'a call that policy denies',
      {},
      { decide: () => ({ ...allow, verdict: 'deny' as const }) },
      'call-denied',
      'refused',
    ],
    ['a read that policy wants approved', {}, { decide: () => approve }, 'call-denied', 'refused'],
    [
      'a decision with errors',
      {},
      { decide: () => ({ ...allow, errors: ['attribute missing'] }) },
      'policy-unavailable',
      'refused',
    ],
    [
      'a policy that throws',
      {},
      {
        decide: () => {
          throw new Error('engine gone');
        },
      },
      'policy-unavailable',
      'refused',
    ],
    ['a call without a node', {}, { online: false }, 'node-offline', 'failed'],
  ])('%s reaches no node and is on record', async (_name, change, options, code, status) => {
    const house = await rig(options);
    const result = await house.dispatch.call(request('call' in change ? change.call : {}));
    expect(result).toMatchObject({ status, error: { code } });
    expect(house.sent).toEqual([]);
    expect(await house.names()).toEqual(['call.refused']);
    expect((await house.chat()).map((event) => event.type)).toEqual(['call.finished']);
  });

  it('input-invalid says which field and why', async () => {
    const house = await rig();
    const result = await house.dispatch.call(request({ input: { count: 11 } }));
    expect(result.status === 'refused' && result.error.message).toMatch(/at count: .*10/);
  });

  it('a tool its node does not serve is refused', async () => {
    const other = { ...readTool, name: 'ecs_list_tasks' } as Tool;
    const house = await rig({ tools: [other] });
    expect(await house.dispatch.call(request({ tool: 'ecs_list_tasks' }))).toMatchObject({
      status: 'refused',
      error: { code: 'tool-unknown' },
    });
    expect(house.sent).toEqual([]);
  });

  it('nothing reaches AWS, and no change its node, while the log cannot be written', async () => {
    let verdict = allow;
    const refusedToNode: unknown[] = [];
    const house = await rig({
      decide: () => verdict,
      answer: async (_call, observer) => {
        for (const id of ['aws_1', 'aws_2'])
          await observer.awsStarted(aws({ id })).catch((error: unknown) => refusedToNode.push(error));
        return okAnswer;
      },
    });
    const commit = () => Promise.reject(fail('audit-unwritable', { detail: 'disk full' }));
    const dispatch = createDispatch({ ...house.ports, store: committing(house.store, commit) });
    expect(await dispatch.call(request())).toMatchObject({
      status: 'failed',
      error: { code: 'audit-unwritable' },
    });
    expect(refusedToNode).toMatchObject([{ code: 'audit-unwritable' }, { code: 'audit-unwritable' }]);
    verdict = approve;
    for (const call of [{ tool: 'rm_rf' }, changeCall])
      expect(await dispatch.call(request(call))).toMatchObject({
        status: 'failed',
        error: { code: 'audit-unwritable' },
      });
    expect(house.sent.map(({ call }) => call.tool)).toEqual([readTool.name]);
    expect(await house.names()).toEqual([]);
  });

  it('what could not be stored with a request is stored with the end of the call', async () => {
    let refusals = 1;
    const house = await rig({
      answer: async (_call, observer) => {
        await expect(observer.awsStarted(aws())).rejects.toMatchObject({ code: 'audit-unwritable' });
        // The disk takes writes again, and still nothing of this call leaves.
        await expect(observer.awsStarted(aws({ id: 'aws_2' }))).rejects.toMatchObject({
          code: 'audit-unwritable',
        });
        return okAnswer;
      },
    });
    const commit: Store['commit'] = (writes, audit) =>
      refusals-- > 0
        ? Promise.reject(fail('audit-unwritable', { detail: 'disk full' }))
        : house.store.commit(writes, audit);
    const dispatch = createDispatch({ ...house.ports, store: committing(house.store, commit) });
    expect(await dispatch.call(request())).toMatchObject({ status: 'failed' });
    expect(await house.names()).toEqual(['call.started', 'call.finished']);
  });

  it('an AWS call is stopped when it cannot be recorded, and the whole call has failed', async () => {
    let commits = 0;
    const house = await rig({
      answer: async (_call, observer) => {
        await expect(observer.awsStarted(aws())).rejects.toMatchObject({ code: 'audit-unwritable' });
        return okAnswer;
      },
    });
    const commit: Store['commit'] = (writes, audit) =>
      commits++ === 0
        ? Promise.reject(fail('audit-unwritable', { detail: 'disk full' }))
        : house.store.commit(writes, audit);
    const dispatch = createDispatch({ ...house.ports, store: committing(house.store, commit) });
    expect(await dispatch.call(request())).toMatchObject({
      status: 'failed',
      error: { code: 'audit-unwritable' },
    });
  });
});

describe('what a node says is not believed', () => {
  const cases: [string, Answer, string][] = [
    [
      'output of the wrong shape',
      async () => ({ ...okAnswer, output: { names: 'a' } }),
      'node-answer-invalid',
    ],
    [
      'output that is too large',
      async () => ({ ...okAnswer, output: { names: ['x'.repeat(limits.call.outputBytes)] } }),
      'result-too-large',
    ],
    ['a proposal for a read', async (call) => prepared(call), 'node-answer-invalid'],
    ['a link that throws', async () => Promise.reject(new Error('boom')), 'node-lost'],
    [
      'an AWS call of another call',
      async (_call, observer) => {
        await observer.awsStarted(aws({ call: 'call_2' })).catch(() => {});
        return okAnswer;
      },
      'node-answer-invalid',
    ],
    [
      'an AWS action the tool does not declare',
      async (_call, observer) => {
        await observer.awsStarted(aws({ action: 'ecs:UpdateService' })).catch(() => {});
        return okAnswer;
      },
      'action-not-declared',
    ],
    [
      'the same AWS call twice',
      async (_call, observer) => {
        await observer.awsStarted(aws());
        await observer.awsStarted(aws()).catch(() => {});
        return okAnswer;
      },
      'node-answer-invalid',
    ],
    ...[
      ['of another action', 'aws ecs list-tasks'],
      ['of no AWS command', 'rm -rf /'],
      ['that only begins like it', 'aws ecs list-clusters-and-more'],
      ['of two lines', 'aws ecs list-clusters\nrm -rf /'],
      ['with hidden characters', 'aws ecs list-clusters \u202e\u200b'],
      ['without end', `aws ecs list-clusters ${'x'.repeat(limits.call.cliChars)}`],
    ].map(([what, cli]): [string, Answer, string] => [
      `an AWS call under a line ${what}`,
      async (_call, observer) => {
        await observer.awsStarted(aws({ cli: cli ?? '' })).catch(() => {});
        return okAnswer;
      },
      'node-answer-invalid',
    ]),
  ];
  it.each(cases)('%s fails the call', async (_name, answer, code) => {
    const house = await rig({ answer });
    expect(await house.dispatch.call(request())).toMatchObject({ status: 'failed', error: { code } });
    expect((await house.names()).at(-1)).toBe('call.finished');
  });

  it('evidence of another call, or larger than allowed, is not stored', async () => {
    for (const wrong of [
      evidence({ call: 'call_9' }),
      evidence({ aws: 'aws_9' }),
      evidence({ body: 'x'.repeat(limits.evidence.bytes + 1) }),
    ]) {
      const house = await rig({
        answer: async (_call, observer) => {
          await observer.awsStarted(aws());
          observer.awsFinished(aws({ status: 'ok', ms: 1 }), wrong);
          return okAnswer;
        },
      });
      expect(await house.dispatch.call(request())).toMatchObject({ status: 'ok', evidence: [] });
      expect(await house.store.evidence('ev_1')).toBeNull();
    }
  });

  it('evidence is kept under the command that was announced, whatever its node calls it', async () => {
    const house = await rig({
      answer: async (_call, observer) => {
        await observer.awsStarted(aws());
        const lie = { action: 'ecs:DeleteService', cli: 'aws ecs delete-service --force' } as const;
        observer.awsFinished(aws({ status: 'ok', ms: 1 }), evidence(lie as Partial<Evidence>));
        return okAnswer;
      },
    });
    await house.dispatch.call(request());
    expect(await house.store.evidence('ev_1')).toMatchObject({
      action: 'ecs:ListClusters',
      cli: 'aws ecs list-clusters',
    });
  });

  it('evidence of an earlier call cannot be overwritten', async () => {
    const house = await rig({
      answer: async (call, observer) => {
        const own = { call: call.call, id: `aws_${call.call}` };
        await observer.awsStarted(aws(own));
        observer.awsFinished(
          aws({ ...own, status: 'ok', ms: 1 }),
          evidence({ aws: own.id, call: own.call, body: JSON.stringify(call.call) }),
        );
        return okAnswer;
      },
    });
    await house.dispatch.call(request());
    expect(await house.dispatch.call(request({ id: 'call_2' }))).toMatchObject({ status: 'failed' });
    expect((await house.store.evidence('ev_1'))?.body).toBe('"call_1"');
  });

  it('the command line shown at the end is the one that was announced', async () => {
    const house = await rig({
      answer: async (_call, observer) => {
        await observer.awsStarted(aws());
        observer.awsFinished(aws({ status: 'ok', ms: 1, cli: 'aws ecs delete-cluster' }), null);
        return okAnswer;
      },
    });
    await house.dispatch.call(request());
    const end = (await house.chat()).find((event) => event.type === 'aws.finished');
    expect(end?.type === 'aws.finished' && end.aws.cli).toBe('aws ecs list-clusters');
  });

  it('refusals of a node pass on as refusals, bounded and redacted', async () => {
    const house = await rig({
      answer: async () => ({
        status: 'refused',
        error: { code: 'budget-exceeded', message: `hunter2 ${'x'.repeat(9_000)}`, next: '' },
      }),
    });
    const result = await house.dispatch.call(request());
    expect(result).toMatchObject({ status: 'refused', error: { code: 'budget-exceeded' } });
    expect(JSON.stringify(result)).not.toContain('hunter2');
    expect(JSON.stringify(result).length).toBeLessThan(6_000);
  });
});

describe('a change', () => {
  it('becomes a stored proposal and waits; its call has not ended', async () => {
    const house = await rig({ decide: () => approve, answer: async (call) => prepared(call) });
    const result = await house.dispatch.call(request(changeCall));
    expect(result).toMatchObject({
      status: 'proposed',
      proposal: { id: 'prop_1', state: 'pending', call: 'call_1' },
    });
    expect((await house.chat()).map((event) => event.type)).toEqual(['call.started', 'proposal.created']);
    expect(await house.names()).toEqual(['call.started', 'proposal.created']);
  });

  it('asks for at least one approval whatever policy says', async () => {
    const house = await rig({ decide: () => allow, answer: async (call) => prepared(call) });
    await house.dispatch.call(request(changeCall));
    expect(house.sent[0]?.call.approvals).toBe(1);
  });

  it('that was prepared before is found again and not prepared twice', async () => {
    const house = await rig({ decide: () => approve, answer: async (call) => prepared(call) });
    await house.dispatch.call(request(changeCall));
    expect(await house.dispatch.call(request(changeCall))).toMatchObject({
      status: 'proposed',
      proposal: { id: 'prop_1' },
    });
    expect(house.sent).toHaveLength(1);
  });

  it('that came back as done is refused: nothing may run without approval', async () => {
    const house = await rig({ decide: () => approve });
    expect(await house.dispatch.call(request(changeCall))).toMatchObject({
      status: 'failed',
      error: { code: 'node-answer-invalid' },
    });
  });

  const lies: [string, (document: ProposalDocument) => Partial<ProposalDocument>][] = [
    ['another tool', () => ({ tool: 'ecs_update_service' })],
    ['other input', () => ({ args: { cluster: 'c', task: 'other' } })],
    [
      'an action the tool does not declare',
      (document) => ({ call: { ...document.call, action: 'ecs:UpdateService' } }),
    ],
    [
      'its request under the command line of another',
      (document) => ({ call: { ...document.call, cli: 'aws ecs list-tasks --cluster c' } }),
    ],
    [
      'an undoing under a line that nobody can read',
      (document) => ({
        display: {
          ...document.display,
          inverse: { call: { ...document.call, cli: 'aws ecs stop-task \u202e--cluster c' } },
        },
      }),
    ],
    ['another conversation', () => ({ conversation: 'conv_2' })],
    ['another call', () => ({ callId: 'call_2' })],
    ['another requester', () => ({ requester: { person: 'person_2', agent: 'ecs-engineer' } })],
    ['another account', () => ({ account: '999999999999' })],
    ['another node', (document) => ({ aud: { ...document.aud, node: 'node_2' } })],
    ['another predecessor', () => ({ supersedes: 'prop_0' })],
    ['a longer life', (document) => ({ exp: document.iat + limits.proposal.lifeMs + 1 })],
    ['a lower risk than its tool', () => ({ risk: 'destroy' })],
  ];
  it.each(lies)('about %s is not accepted', async (_name, lie) => {
    const house = await rig({ decide: () => approve, answer: async (call) => prepared(call, lie) });
    expect(await house.dispatch.call(request(changeCall))).toMatchObject({
      status: 'failed',
      error: { code: 'node-answer-invalid' },
    });
    expect(await house.store.proposal('prop_1')).toBeNull();
  });

  it('with fewer approvals or a weaker level than policy asks is not accepted', async () => {
    for (const decision of [
      { ...approve, approvals: 2 },
      { ...approve, level: 'passkey' as const },
    ]) {
      const house = await rig({ decide: () => decision, answer: async (call) => prepared(call) });
      expect(await house.dispatch.call(request(changeCall))).toMatchObject({ status: 'failed' });
      expect(await house.store.proposal('prop_1')).toBeNull();
    }
  });

  it('signed by another key than the node enrolled with is not accepted', async () => {
    const stranger = generateSigningKey();
    const house = await rig({
      decide: () => approve,
      answer: async (call) =>
        prepared(call, (document) => ({ aud: { ...document.aud, nodeKey: stranger.publicKey } }), stranger),
    });
    expect(await house.dispatch.call(request(changeCall))).toMatchObject({ status: 'failed' });
  });

  it('whose bytes were altered after signing is not accepted', async () => {
    const house = await rig({
      decide: () => approve,
      answer: async (call) => {
        const good = prepared(call);
        if (good.status !== 'prepared') throw new Error('prepared');
        const bytes = Buffer.from(
          Buffer.from(good.signed.bytes, 'base64url').toString().replace('"t"', '"u"'),
        ).toString('base64url');
        return { ...good, signed: { ...good.signed, bytes } };
      },
    });
    expect(await house.dispatch.call(request(changeCall))).toMatchObject({ status: 'failed' });
  });
});

function prepared(
  call: NodeCall,
  lie: (document: ProposalDocument) => Partial<ProposalDocument> = () => ({}),
  key = nodeKey,
): NodeCallResult {
  const iat = 1_800_000_000_000;
  const document: ProposalDocument = {
    v: 1,
    typ: 'approve',
    proposal: 'prop_1',
    aud: { node: nodeKey.thumbprint, nodeKey: nodeKey.publicKey, bootEpoch: 'boot_1' },
    account: inventory.account,
    region: inventory.region,
    executionRole: 'arn:aws:iam::123456789012:role/node',
    endpoint: null,
    tool: call.tool,
    toolSchemaSha256: 'b'.repeat(64),
    nodeBuild: 'test',
    args: { ...call.input },
    call: {
      action: 'ecs:StopTask',
      input: { cluster: 'c', task: 't' },
      cli: 'aws ecs stop-task --cluster c --task t',
    },
    targets: ['t'],
    pre: { state: null, sha256: 'c'.repeat(64) },
    idempotency: 'none',
    risk: 'change',
    quorum: { approvals: 1, exclude: [] },
    assuranceMin: 'click',
    conversation: call.origin.conversation,
    callId: call.call,
    requester: { person: call.origin.person, agent: call.origin.agent },
    supersedes: call.supersedes,
    policySha256: 'a'.repeat(64),
    nonce: 'bm9uY2U',
    iat,
    exp: iat + limits.proposal.lifeMs,
    display: {
      title: 'Stop task t',
      diff: { caption: '', rows: [] },
      blastRadius: { summary: '', items: [] },
      opens: [],
      inverse: { none: 'A stopped task does not start again.' },
      success: { kind: 'none', because: 'nothing to watch' },
      warnings: [],
    },
  };
  const { signed } = signProposal({ ...document, ...lie(document) }, key);
  return { status: 'prepared', proposal: 'prop_1', signed };
}
