import { describe, expect, it } from 'vitest';
import { causeCases } from './support/cases.ts';
import { look } from './support/look.ts';

describe.each(causeCases)('$class', (one) => {
  it('is named first for what it is', async () => {
    const [finding] = (await look(one.ill)).findings;
    expect(finding).toMatchObject({ class: one.class, verdict: one.verdict });
    expect(finding?.evidence.length).toBeGreaterThan(0);
    if (one.fix !== undefined)
      expect(finding?.fixes[0]).toMatchObject({
        tool: one.fix,
        ...(one.unverifiable === true ? {} : { counterfactual: { flips: true } }),
      });
  });

  it('is not taken for what only looks like it', async () => {
    const { findings } = await look(one.decoy);
    const sure = findings.filter(({ verdict }) => verdict === 'proven' || verdict === 'likely');
    expect(sure.map((finding) => finding.class)).not.toContain(one.class);
  });

  it.runIf(one.denied !== undefined)('is not proven when the deciding read is refused', async () => {
    const { findings } = await look(one.ill, one.denied);
    expect(findings.filter(({ verdict }) => verdict === 'proven').map((finding) => finding.class)).toEqual(
      [],
    );
    const missing = findings.flatMap(({ cannotVerify }) => cannotVerify.map((gap) => gap.missingAction));
    expect(missing.some((action) => one.denied?.includes(action))).toBe(true);
  });
});
