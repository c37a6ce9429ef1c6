// What a listener or a rule does with a request, in a few words. Secrets of sign-in actions are left out.

import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { lastPart } from '../arn.ts';

/** `forward to api`, `redirect 301`, `answer 404`, `authenticate-oidc`. */
export function actionText(action: Action): string {
  if (action.Type === 'forward') {
    const arns = [
      action.TargetGroupArn ?? '',
      ...(action.ForwardConfig?.TargetGroups ?? []).map((group) => group.TargetGroupArn ?? ''),
    ];
    const names = [...new Set(arns.filter((arn) => arn !== ''))].map(nameOf);
    return `forward to ${names.join(', ') || 'nothing'}`;
  }
  if (action.Type === 'redirect') return `redirect ${action.RedirectConfig?.StatusCode ?? ''}`.trim();
  if (action.Type === 'fixed-response')
    return `answer ${action.FixedResponseConfig?.StatusCode ?? ''}`.trim();
  return action.Type ?? 'unknown';
}

/** The group's name, which stands before its id in the ARN. */
function nameOf(arn: string): string {
  return arn.split('/').at(-2) ?? lastPart(arn);
}
