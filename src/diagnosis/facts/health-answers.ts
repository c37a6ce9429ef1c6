// What tasks answer when somebody asks for their health: codes in the load balancer's own reports, lines of access logs, and the
// container health check that passes. It shows which check would pass, without trying one.

import type * as Elb from '@aws-sdk/client-elastic-load-balancing-v2';
import type { EvidenceRef } from '../../contract/finding.ts';
import type { EvidenceBundle } from '../evidence.ts';

export interface HealthAnswer {
  readonly path: string;
  readonly code: number;
  readonly at: EvidenceRef;
}

/** `"GET /healthz HTTP/1.1" 200`, `GET /healthz 200`, `GET /healthz -> 200 in 3ms`, `path=/healthz status=200`. */
const ACCESS =
  /\b(?:GET|HEAD)\s+(\/[A-Za-z0-9/_.~-]{0,200})(?:\?\S{0,200})?(?:\s+HTTP\/[\d.]+)?"?\s+(?:->\s*)?(?:status[=: ]\s*)?(\d{3})\b/;
const KEYS =
  /\bpath["']?[=:]\s*["']?(\/[A-Za-z0-9/_.~-]{0,200})["']?.{0,80}?\bstatus(?:_?code)?["']?[=:]\s*(\d{3})\b/i;
/** Paths that exist to be asked for health. */
const HEALTH =
  /\/(?:[\w-]*health[\w-]*|ready|readyz|readiness|live|livez|liveness|ping|status|up|heartbeat)\/?$/i;
/** The path in a container health check such as `curl -f http://localhost:8080/healthz || exit 1`. */
const CHECKED = /https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)(?::\d+)?(\/[A-Za-z0-9/_.~-]*)/;
const OK = 200;

/** Answers of the tasks to requests for their health, newest last; a passing container check counts as 200. */
export function healthAnswers(bundle: EvidenceBundle): HealthAnswer[] {
  const logged = bundle.logs.flatMap((log) =>
    log.lines.flatMap((line) => {
      const match = ACCESS.exec(line.text) ?? KEYS.exec(line.text);
      const path = match?.[1] ?? '';
      return match === null || !HEALTH.test(path)
        ? []
        : [{ path, code: Number(match[2]), at: { id: log.evidence, path: line.path } }];
    }),
  );
  return [...logged, ...passingChecks(bundle)];
}

export interface SlowAnswer {
  readonly tookMs: number;
  readonly at: EvidenceRef;
}

/** `3412ms`, `3.4 s`, `in 3.412s`: how long an answer took, with its unit. */
const TOOK = /\b(\d{1,7}(?:\.\d{1,6})?) ?(ms|s|sec|seconds)\b/i;

/** Good answers to the check of this group that came later than it waits; none when its log gives no times. */
export function lateAnswers(bundle: EvidenceBundle, group: Elb.TargetGroup): SlowAnswer[] {
  const waitsMs = (group.HealthCheckTimeoutSeconds ?? 0) * 1_000;
  if (waitsMs <= 0) return [];
  return bundle.logs.flatMap((log) =>
    log.lines.flatMap(({ text, path }) => {
      const match = ACCESS.exec(text) ?? KEYS.exec(text);
      if (match === null || match[1] !== (group.HealthCheckPath ?? '/')) return [];
      if (!takes(group.Matcher?.HttpCode ?? '200', Number(match[2]))) return [];
      const [, amount, unit = ''] = TOOK.exec(text.slice(match.index + match[0].length)) ?? [];
      const tookMs = Number(amount) * (unit.toLowerCase() === 'ms' ? 1 : 1_000);
      return tookMs >= waitsMs ? [{ tookMs, at: { id: log.evidence, path } }] : [];
    }),
  );
}

/** The paths of container checks that pass in a task that runs now. */
function passingChecks(bundle: EvidenceBundle): HealthAnswer[] {
  return bundle.tasks.items.flatMap((task) =>
    (task.value.containers ?? []).flatMap((container) => {
      if (container.healthStatus !== 'HEALTHY') return [];
      const definition = bundle.taskDefinitions.items.find(
        ({ value }) => value.taskDefinitionArn === task.value.taskDefinitionArn,
      );
      const check = definition?.value.containerDefinitions?.find(({ name }) => name === container.name);
      const path = CHECKED.exec((check?.healthCheck?.command ?? []).join(' '))?.[1];
      return path === undefined || path === '' ? [] : [{ path, code: OK, at: task.at }];
    }),
  );
}

/** Whether a check with this path and these codes would pass: every known answer is one it takes, and there is one. */
export function answersAccepted(bundle: EvidenceBundle, group: Elb.TargetGroup, samePath: boolean): boolean {
  const codes = samePath
    ? reportedCodes(bundle, group.TargetGroupArn ?? '')
    : healthAnswers(bundle)
        .filter(({ path }) => path === group.HealthCheckPath)
        .map(({ code }) => code);
  return codes.length > 0 && codes.every((code) => takes(group.Matcher?.HttpCode ?? '200', code));
}

/** Whether a matcher such as `200-299,301` takes a code. */
export function takes(matcher: string, code: number): boolean {
  return matcher.split(',').some((part) => {
    const [from = Number.NaN, to = from] = part.split('-').map(Number);
    return from <= code && code <= to;
  });
}

function reportedCodes(bundle: EvidenceBundle, arn: string): number[] {
  return bundle.targetHealth.items
    .filter(({ value }) => value.targetGroupArn === arn)
    .flatMap(({ value }) => value.targets)
    .flatMap(
      ({ TargetHealth: health }) =>
        /codes?:? ?\[([\d, ]{3,60})\]/i.exec(health?.Description ?? '')?.[1] ?? [],
    )
    .flatMap((list) => list.split(',').map((one) => Number(one.trim())));
}
