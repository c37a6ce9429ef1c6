// What the API says of a message it does not take.

import { expect, it } from 'vitest';
import { messageRequest } from '../../src/contract/api.ts';

it.each([
  ['x'.repeat(9_000), 'the message is 9000 characters long; at most 8000 are taken'],
  [' ', 'the message is empty'],
  ['x'.repeat(8_000), undefined],
])('is told in plain words what is wrong with a message', (text, says) => {
  expect(messageRequest.safeParse({ text }).error?.issues[0]?.message).toBe(says);
});
