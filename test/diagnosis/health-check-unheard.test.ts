// A container health check that never reaches the program: its log shows the balancer's requests and none of the check's.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { addTasks, allFail, rollOut, theDefinition } from '../support/account-builder.ts';
import { balanced } from './support/balanced-account.ts';
import { look } from './support/look.ts';

const LISTENING = 'listening on 0.0.0.0:8080';
const ASKED = ['GET /health 200 2ms', 'GET /orders 200 9ms', 'GET /health 200 1ms', 'GET /health 200 2ms'];

/** The balancer asks /health, the container's own check /live. */
function checkFails(s: Snapshot, log: readonly string[]): void {
  balanced(s, { State: 'healthy' });
  const [container] = theDefinition(s).containerDefinitions ?? [];
  if (container !== undefined)
    container.healthCheck = { command: ['CMD-SHELL', 'curl -f http://localhost:8080/live || exit 1'] };
  allFail(s, {
    stop: { stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Task failed container health checks' },
    container: { exitCode: 143, healthStatus: 'UNHEALTHY' },
    log,
  });
  s.elbv2.TargetHealth = {};
}

const classOf = async (log: readonly string[], denied: readonly string[] = []) => {
  const [finding] = (await look((s) => checkFails(s, log), denied)).findings;
  return [finding?.class, finding?.verdict];
};

describe('a container health check that fails', () => {
  it('is likely invalid when the program answers the balancer and never sees the check', async () => {
    expect(await classOf([LISTENING, ...ASKED])).toEqual(['container-healthcheck-invalid', 'likely']);
  });

  it('is not when its requests arrive', async () => {
    expect(await classOf([LISTENING, ...ASKED, 'GET /live 503 1ms'])).toEqual(['unknown', 'unknown']);
  });

  it('is not when the program logs no request for its health at all', async () => {
    const log = [LISTENING, 'GET /orders 200 9ms', 'GET /orders 200 8ms', 'GET /orders 200 7ms'];
    expect(await classOf(log)).toEqual(['unknown', 'unknown']);
  });

  it('is not when the log may not be read', async () => {
    expect(await classOf([LISTENING, ...ASKED], ['logs:GetLogEvents'])).toEqual(['unknown', 'unknown']);
  });
});

/** Revision 8 has another image; the former revision, which runs, has the same check and logs what asks it. */
function newImage(
  s: Snapshot,
  how: { log?: readonly string[]; working?: readonly string[]; image?: string } = {},
): void {
  const {
    log = [LISTENING, 'connected to the database', 'ready'],
    working = [LISTENING, 'GET /live 200 1ms', 'GET /live 200 2ms', 'GET /live 200 1ms'],
    image = 'api:8-slim',
  } = how;
  rollOut(s);
  for (const [index, definition] of s.ecs.taskDefinitions.entries())
    for (const container of definition.containerDefinitions ?? []) {
      container.image = index === 0 ? 'api:7' : image;
      container.healthCheck = {
        command: ['CMD-SHELL', 'curl -f http://localhost:8080/live || exit 1'],
        interval: 10,
      };
    }
  allFail(s, {
    revision: 8,
    stop: { stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Task failed container health checks' },
    container: { exitCode: 143, healthStatus: 'UNHEALTHY' },
    log,
  });
  addTasks(s, { count: 1, log: working });
}

describe('a check that fails since the image changed', () => {
  const verdictOf = async (how: Parameters<typeof newImage>[1], denied: readonly string[] = []) => {
    const [finding] = (await look((s) => newImage(s, how), denied)).findings;
    return [finding?.class, finding?.verdict];
  };

  it('is likely invalid when the new program is up, calm and never asked, and the former logs each request', async () => {
    const [finding] = (await look((s) => newImage(s))).findings;
    expect(finding).toMatchObject({
      class: 'container-healthcheck-invalid',
      verdict: 'likely',
      fixes: [{ tool: 'ecs_update_service', input: { task_definition: 'api:7' } }],
    });
    expect(finding?.explanation).toContain('logged 3 requests for /live');
  });

  it('is not when the requests arrive, or the program complains', async () => {
    expect(await verdictOf({ log: [LISTENING, 'GET /live 500 1ms'] })).toEqual(['unknown', 'unknown']);
    expect(await verdictOf({ log: [LISTENING, 'WARN cache is cold'] })).toEqual(['unknown', 'unknown']);
  });

  it('is not when the former program logs no such request either, or both have one image', async () => {
    expect(await verdictOf({ working: [LISTENING, 'ready'] })).toEqual(['unknown', 'unknown']);
    expect(await verdictOf({ image: 'api:7' })).toEqual(['unknown', 'unknown']);
  });

  it('is not when the logs may not be read', async () => {
    expect(await verdictOf({}, ['logs:GetLogEvents'])).toEqual(['unknown', 'unknown']);
  });
});
