// An answer that cannot be what its tool declares, because something that was read has another type than AWS gives it.

import { expect, it } from 'vitest';
import { answerOf } from '../../src/cli/offline/diagnoses.ts';
import type { Investigation } from '../../src/cli/offline/investigation.ts';
import { createRedactor } from '../../src/kernel/redact.ts';
import { diagnoseService } from '../../tools/diagnose/diagnose-service.ts';

it('ends a diagnosis with one sentence that names the place, not with the error of the library', async () => {
  const tool = {
    ...diagnoseService,
    // What no type allows is the point of the test.
    run: async () => ({ service: { name: 4 } }) as unknown as Awaited<ReturnType<typeof diagnoseService.run>>,
    text: () => '',
  };
  // An answer is made of nothing else of an investigation.
  const investigation = {
    redact: createRedactor({ key: Buffer.alloc(32, 1) }),
    ask: (_: unknown, read: () => Promise<unknown>) => read(),
  } as unknown as Investigation;
  await expect(answerOf(investigation, tool, { service: 'web' })).rejects.toMatchObject({
    code: 'answer-invalid',
    exit: 5,
    message: expect.stringMatching(/^The answer of \S+ is not as declared at \S+: [^\n[{]+\.$/),
  });
});
