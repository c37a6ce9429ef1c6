import { describe, expect, it } from 'vitest';
import { scenarios } from '../../src/simulator/scenario-list.ts';
import { scenarioAccount } from '../../src/simulator/scenarios.ts';

const NOW_MS = Date.parse('2026-11-20T10:00:00Z');

describe.each(scenarios.map(({ name }) => name))('the scenario %s', (name) => {
  it('is an account as of now, with a question about a service that is in it', () => {
    const account = scenarioAccount(name, NOW_MS);
    expect(account?.snapshot.takenAt).toBe('2026-11-20T10:00:00.000Z');
    const names = account?.snapshot.ecs.services.map((service) => service.serviceName) ?? [];
    expect(names.some((service) => account?.questions[0].includes(service))).toBe(true);
  });
});

it('a name that is none gives nothing', () => {
  expect(scenarioAccount('../etc', NOW_MS)).toBeUndefined();
});
