// What a failed read leaves behind, and what ends the whole investigation instead.

import { describe, expect, it } from 'vitest';
import { AwsCallError } from '../../../src/contract/aws.ts';
import { gapOf } from '../../../tools/diagnose/reading.ts';

const failure = (code: string, kind: 'stopped' | 'denied' | 'throttled') =>
  new AwsCallError({ kind, action: 'kms:DescribeKey', code, message: '' });

describe('a read that failed', () => {
  it('is a gap when AWS refused it or did not answer', () => {
    expect(gapOf(failure('AccessDenied', 'denied'), 'key 1', 'kms:DescribeKey')).toEqual({
      what: 'key 1',
      missingAction: 'kms:DescribeKey',
      kind: 'denied',
    });
    expect(gapOf(failure('Throttling', 'throttled'), 'key 1', 'kms:DescribeKey').what).toContain('throttled');
  });

  it('is a gap when it named another account, which is not asked', () => {
    expect(gapOf(failure('input-invalid', 'stopped'), 'key 1', 'kms:DescribeKey').what).toBe(
      'key 1, which is not of this account',
    );
  });

  it('ends the investigation when it was stopped on our own side', () => {
    expect(() => gapOf(failure('budget-exceeded', 'stopped'), 'key 1', 'kms:DescribeKey')).toThrow();
    expect(() => gapOf(new TypeError('a defect'), 'key 1', 'kms:DescribeKey')).toThrow('a defect');
  });
});
