// Starts that AWS throttled: whoever used the rate up is named when CloudTrail shows it, and nobody else is.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { allFail } from '../support/account-builder.ts';
import { iso } from './support/cause-case.ts';
import { look } from './support/look.ts';

const REASON =
  "Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-0a': RequestLimitExceeded";

/** Requests for interfaces, `perCaller` of each caller, two a second; every second one refused when `refused`. */
function asked(
  s: Snapshot,
  callers: readonly string[],
  { perCaller, refused }: { perCaller: number; refused: boolean },
) {
  for (const [index, Username] of callers.entries())
    for (let n = 0; n < perCaller; n++)
      s.cloudtrail.events.push({
        EventId: `${index}-${n}`,
        EventName: 'CreateNetworkInterface',
        EventSource: 'ec2.amazonaws.com',
        EventTime: iso(10 + n / 2),
        Username,
        Resources: [],
        CloudTrailEvent: refused && n % 2 === 0 ? { errorCode: 'Client.RequestLimitExceeded' } : {},
      });
}

const throttled = (s: Snapshot) =>
  void allFail(s, { stop: { stopCode: 'TaskFailedToStart', stoppedReason: REASON } });

describe('starts that were throttled', () => {
  it('are laid to the caller that most of the newest requests are of, when it is refused as well', async () => {
    const [finding] = (
      await look((s) => {
        throttled(s);
        asked(s, ['eni-allocator'], { perCaller: 40, refused: true });
        asked(s, ['autoscaling'], { perCaller: 2, refused: false });
      })
    ).findings;
    expect(finding).toMatchObject({
      class: 'api-throttling',
      verdict: 'proven',
      culprits: ['eni-allocator'],
    });
    expect(finding?.explanation).toContain('40 of the newest 42 CreateNetworkInterface requests');
  });

  it.each<[string, (s: Snapshot) => void]>([
    ['few requests', (s) => asked(s, ['eni-allocator'], { perCaller: 6, refused: true })],
    ['many callers', (s) => asked(s, ['a', 'b', 'c', 'd'], { perCaller: 12, refused: true })],
    ['no refusal of its own', (s) => asked(s, ['eni-allocator'], { perCaller: 40, refused: false })],
  ])('are proven to be nobody’s with %s', async (_, change) => {
    const [finding] = (
      await look((s) => {
        throttled(s);
        change(s);
      })
    ).findings;
    expect(finding).toMatchObject({ class: 'api-throttling', verdict: 'likely' });
  });

  it('ask CloudTrail for nothing when the start failed for want of addresses', async () => {
    const output = await look((s) => {
      allFail(s, {
        stop: {
          stopCode: 'TaskFailedToStart',
          stoppedReason: REASON.replace('RequestLimitExceeded', 'InsufficientFreeAddressesInSubnet'),
        },
      });
      asked(s, ['eni-allocator'], { perCaller: 40, refused: true });
    });
    expect(output.findings.map((finding) => finding.class)).not.toContain('api-throttling');
  });
});
