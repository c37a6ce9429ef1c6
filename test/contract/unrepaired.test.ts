// What a change of a service leaves as it is: said of causes that are proven and that it does not repair, and of no others.

import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/contract/finding.ts';
import { doesFix, leftUnrepaired } from '../../src/contract/unrepaired.ts';

const place = { cluster: 'c', service: 's' };
const change = (args: object) => ({ tool: 'ecs_update_service', args: { ...place, ...args }, desired: 4 });
const finding = (more: Partial<Finding> = {}): Finding => ({
  class: 'task-sg-egress-blocked',
  verdict: 'proven',
  title: 'No way out.',
  explanation: '',
  evidence: [],
  culprits: ['sg-1'],
  ruledOut: [],
  cannotVerify: [],
  fixes: [{ tool: 'ec2_authorize_security_group_egress', input: { group_id: 'sg-1' }, why: '' }],
  paths: [],
  ...more,
});

describe('a proven cause', () => {
  it('stays when another revision meets it as well', () => {
    expect(leftUnrepaired(change({ task_definition: 's:3' }), finding())).toContain('No way out.');
    const denied = finding({ class: 'exec-role-secret-denied', fixes: [] });
    expect(leftUnrepaired(change({ task_definition: 's:3' }), denied)).toContain('No way out.');
  });

  it('may be gone with the revision that holds it', () => {
    for (const name of ['image-not-found', 'app-config-error', 'oom-killed'] as const)
      expect(leftUnrepaired(change({ task_definition: 's:3' }), finding({ class: name }))).toBeNull();
  });

  it('stays under more tasks and a restart, and fewer tasks may repair it', () => {
    const quota = finding({ class: 'fargate-quota', fixes: [] });
    const memory = finding({ class: 'oom-killed', fixes: [] });
    expect(leftUnrepaired(change({ desired_count: 50 }), memory)).toContain('is not expected to hold');
    expect(leftUnrepaired(change({ force_new_deployment: true }), memory)).not.toBeNull();
    expect(leftUnrepaired(change({ force_new_deployment: true }), memory)).not.toContain('cannot start');
    expect(leftUnrepaired(change({ force_new_deployment: true }), quota)).toContain(
      'new tasks cannot start at present',
    );
    expect(leftUnrepaired(change({ desired_count: 50 }), quota)).not.toBeNull();
    expect(leftUnrepaired(change({ desired_count: 2 }), memory)).toBeNull();
  });

  it('is repaired by the change that is one of its fixes, whatever else the node fills in', () => {
    const back = { tool: 'ecs_update_service', input: { ...place, task_definition: 's:3' }, why: '' };
    const fixed = finding({ fixes: [back] });
    expect(leftUnrepaired(change({ task_definition: 's:3', more: 1 }), fixed)).toBeNull();
    expect(leftUnrepaired(change({ task_definition: 's:2' }), fixed)).not.toBeNull();
  });

  it('is said of nothing that is not proven, and of no other tool', () => {
    expect(leftUnrepaired(change({ task_definition: 's:3' }), finding({ verdict: 'likely' }))).toBeNull();
    expect(leftUnrepaired({ ...change({}), tool: 'ecs_stop_task' }, finding())).toBeNull();
  });
});

it('compares what a fix asks for by value, not by the order of its fields', () => {
  const fix = { tool: 't', input: { peer: { a: 1, b: [2, { c: 3, d: 4 }] }, description: 'words' } };
  expect(doesFix({ tool: 't', args: { peer: { b: [2, { d: 4, c: 3 }], a: 1 } } }, fix)).toBe(true);
  expect(doesFix({ tool: 't', args: { peer: { a: 1, b: [2] } } }, fix)).toBe(false);
});
