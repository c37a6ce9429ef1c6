// A container health check that never reaches the program: its log shows the balancer's requests and none of the check's.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { allFail, theDefinition } from '../support/account-builder.ts';
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
