// Trouble on purpose, per action: latency, throttling, denial and requests that are never answered.
// An action is `service:Operation`, `service:*` or `*`; the most specific rule counts.

import { AwsFault } from './aws-fault.ts';
import type { AwsServiceWire } from './aws-services.ts';

export interface Injection {
  /** Answers `action` only after `delayMs` of the simulator's real clock. */
  latency(action: string, delayMs: number): void;
  /** Answers `action` with the service's throttling error, `times` times (without it: always). */
  throttle(action: string, times?: number): void;
  /** Answers `action` as AWS does when no policy allows it. */
  deny(action: string): void;
  /** Answers `action` with this error. */
  fail(action: string, code: string, message: string): void;
  /** Never answers `action`. */
  timeOut(action: string): void;
  /** Removes every injected trouble. */
  clear(): void;
}

export interface InjectedTrouble {
  readonly delayMs: number;
  readonly throttled: boolean;
  readonly denied: boolean;
  readonly silent: boolean;
  readonly fault: AwsFault | undefined;
}

export interface InjectionTable extends Injection {
  /** What happens to one request for `service` and `operation`; counts down a limited throttle. */
  take(service: string, operation: string): InjectedTrouble;
}

export function createInjection(): InjectionTable {
  const delays = new Map<string, number>();
  const throttles = new Map<string, number>();
  const denials = new Set<string>();
  const silences = new Set<string>();
  const faults = new Map<string, AwsFault>();
  return {
    latency: (action, delayMs) => void delays.set(action, delayMs),
    throttle: (action, times = Number.POSITIVE_INFINITY) => void throttles.set(action, times),
    deny: (action) => void denials.add(action),
    fail: (action, code, message) => void faults.set(action, new AwsFault(code, message)),
    timeOut: (action) => void silences.add(action),
    clear: () => {
      for (const table of [delays, throttles, denials, silences, faults]) table.clear();
    },
    take: (service, operation) => {
      const names = [`${service}:${operation}`, `${service}:*`, '*'];
      const throttle = names.find((name) => (throttles.get(name) ?? 0) > 0);
      if (throttle !== undefined) throttles.set(throttle, (throttles.get(throttle) ?? 0) - 1);
      return {
        delayMs: names.map((name) => delays.get(name)).find((delay) => delay !== undefined) ?? 0,
        throttled: throttle !== undefined,
        denied: names.some((name) => denials.has(name)),
        silent: names.some((name) => silences.has(name)),
        fault: names.map((name) => faults.get(name)).find((fault) => fault !== undefined),
      };
    },
  };
}

/** The throttling error in each service's own words. */
export function throttlingFault(service: AwsServiceWire): AwsFault {
  if (service.protocol === 'ec2')
    return new AwsFault('RequestLimitExceeded', 'Request limit exceeded.', { status: 503 });
  if (service.protocol === 'rest-json')
    return new AwsFault('ThrottlingException', 'Rate exceeded', { status: 429 });
  return new AwsFault(service.protocol === 'query' ? 'Throttling' : 'ThrottlingException', 'Rate exceeded');
}

/** The refusal of an action that no policy allows, in each service's own words. */
export function denialFault(
  service: AwsServiceWire,
  denial: { principal: string; operation: string; resource: string },
): AwsFault {
  const action = `${service.prefix}:${denial.operation}`;
  const text =
    `User: ${denial.principal} is not authorized to perform: ${action} on resource: ${denial.resource} ` +
    `because no identity-based policy allows the ${action} action`;
  if (service.protocol === 'ec2') {
    return new AwsFault(
      'UnauthorizedOperation',
      `You are not authorized to perform this operation. ${text}`,
      { status: 403 },
    );
  }
  if (service.protocol === 'query') return new AwsFault('AccessDenied', text, { status: 403 });
  return new AwsFault('AccessDeniedException', text, {
    status: service.protocol === 'rest-json' ? 403 : 400,
  });
}
