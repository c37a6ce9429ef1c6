// The simulator's own reading of IAM policies: who wins, what a pattern covers, and what a condition needs.

import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../../src/simulator/physics/pattern.ts';
import { type Access, accessUnder } from '../../src/simulator/physics/permission.ts';

const SECRET = 'arn:aws:secretsmanager:eu-central-1:210987654321:secret:prod/db-AbCdEf';

function decide(
  statements: object | object[],
  ask: { action?: string; resource?: string; context?: Record<string, string[]> } = {},
): Access {
  return accessUnder([{ name: 'p', document: { Version: '2012-10-17', Statement: statements } }], {
    action: ask.action ?? 'secretsmanager:GetSecretValue',
    resource: ask.resource ?? SECRET,
    context: new Map(Object.entries(ask.context ?? {})),
  });
}

const allow = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' };

describe('statements', () => {
  it('allows what is allowed, denies what is denied, and says no to the rest', () => {
    expect(decide(allow)).toEqual({ decision: 'allowed', by: ['p'], missingContext: [] });
    expect(decide([allow, { ...allow, Effect: 'Deny' }]).decision).toBe('explicitDeny');
    expect(decide([]).decision).toBe('implicitDeny');
    expect(decide(allow, { action: 'secretsmanager:PutSecretValue' }).decision).toBe('implicitDeny');
  });
  it('takes actions without regard to case and resources with it', () => {
    expect(decide({ ...allow, Action: 'SecretsManager:getsecret*' }).decision).toBe('allowed');
    expect(decide({ ...allow, Resource: SECRET.replace('prod', 'PROD') }).decision).toBe('implicitDeny');
    expect(decide({ ...allow, Resource: SECRET.replace('AbCdEf', '??????') }).decision).toBe('allowed');
    expect(decide({ ...allow, Resource: SECRET.replace('AbCdEf', '?????') }).decision).toBe('implicitDeny');
  });
  it('turns NotAction and NotResource around', () => {
    const { Action: _action, ...other } = allow;
    expect(decide({ ...other, NotAction: 'iam:*' }).decision).toBe('allowed');
    expect(decide({ ...other, NotAction: 'secretsmanager:*' }).decision).toBe('implicitDeny');
    const { Resource: _resource, ...anywhere } = allow;
    expect(decide({ ...anywhere, NotResource: '*:secret:prod/*' }).decision).toBe('implicitDeny');
    expect(decide({ ...anywhere, NotResource: '*:secret:test/*' }).decision).toBe('allowed');
  });
});

describe('conditions', () => {
  const when = (Condition: object) => ({ ...allow, Condition });
  it('holds only with the value, and names the key that is missing', () => {
    const vpc = when({ StringEquals: { 'aws:SourceVpc': ['vpc-1', 'vpc-2'] } });
    expect(decide(vpc, { context: { 'aws:sourcevpc': ['vpc-2'] } }).decision).toBe('allowed');
    expect(decide(vpc, { context: { 'aws:sourcevpc': ['vpc-3'] } }).decision).toBe('implicitDeny');
    expect(decide(vpc)).toMatchObject({ decision: 'implicitDeny', missingContext: ['aws:SourceVpc'] });
  });
  it('lets negated operators and IfExists hold without a value', () => {
    expect(decide(when({ StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } })).decision).toBe('allowed');
    expect(decide(when({ StringEqualsIfExists: { 'aws:SourceVpc': 'vpc-1' } })).decision).toBe('allowed');
    expect(decide(when({ Null: { 'aws:SourceVpc': 'true' } })).decision).toBe('allowed');
    expect(decide(when({ Null: { 'aws:SourceVpc': 'false' } })).decision).toBe('implicitDeny');
  });
  it('compares addresses, numbers, dates, ARNs and truth', () => {
    const holds = (operator: string, wanted: string, own: string) =>
      decide(when({ [operator]: { key: wanted } }), { context: { key: [own] } }).decision === 'allowed';
    expect(holds('IpAddress', '10.0.0.0/8', '10.9.9.9')).toBe(true);
    expect(holds('IpAddress', '10.0.0.1', '10.0.0.2')).toBe(false);
    expect(holds('NotIpAddress', '10.0.0.0/8', '10.9.9.9')).toBe(false);
    expect(holds('NumericLessThanEquals', '3', '3')).toBe(true);
    expect(holds('NumericGreaterThan', '3', '3')).toBe(false);
    expect(holds('DateLessThan', '2026-01-01T00:00:00Z', '2025-12-31T23:59:59Z')).toBe(true);
    expect(holds('ArnLike', 'arn:aws:ecs:*:*:cluster/prod', 'arn:aws:ecs:eu-central-1:1:cluster/prod')).toBe(
      true,
    );
    expect(holds('ArnLike', 'arn:aws:*:cluster/prod', 'arn:aws:ecs:eu-central-1:1:cluster/prod')).toBe(false);
    expect(holds('Bool', 'true', 'TRUE')).toBe(true);
    expect(holds('StringLike', 'a*z', 'abcz')).toBe(true);
    expect(holds('Invented', 'a', 'a')).toBe(false);
  });
  it('asks for all or any of several values', () => {
    const any = when({ 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['team'] } });
    const all = when({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] } });
    const context = { 'aws:tagkeys': ['team', 'cost'] };
    expect([decide(any, { context }).decision, decide(all, { context }).decision]).toEqual([
      'allowed',
      'implicitDeny',
    ]);
    expect([decide(any).decision, decide(all).decision]).toEqual(['implicitDeny', 'allowed']);
  });
  it('fills in variables from the context', () => {
    const own = { ...allow, Resource: '*:secret:${aws:PrincipalTag/team}/*' };
    expect(decide(own, { context: { 'aws:principaltag/team': ['prod'] } }).decision).toBe('allowed');
    expect(decide(own, { context: { 'aws:principaltag/team': ['test'] } }).decision).toBe('implicitDeny');
    expect(decide(own).decision).toBe('implicitDeny');
  });
});

describe('patterns', () => {
  it('takes text literally but for stars and question marks', () => {
    expect(matchesPattern('a.c', 'abc')).toBe(false);
    expect(matchesPattern('*', '')).toBe(true);
    expect(matchesPattern('a*b*c', 'a-b-b-c')).toBe(true);
    expect(matchesPattern('a*b?', 'ab')).toBe(false);
  });
  it('needs no exponential time for a hostile pattern', () => {
    expect(matchesPattern(`${'*a'.repeat(1000)}b`, 'a'.repeat(5000))).toBe(false);
  });
});
