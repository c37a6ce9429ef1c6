// Environment files: read from S3 as the execution role when the task starts. Which objects a bucket holds is in no
// snapshot, so every object is taken to be there.

import { callApi } from '../../physics/aws-api.ts';
import {
  containersOf,
  executionCaller,
  NO_ANSWER_MS,
  preparationFailed,
  REFUSED_MS,
  requestId,
  type StartStep,
} from './start-attempt.ts';

export const readEnvironmentFiles: StartStep = (attempt) => {
  const { region, state } = attempt.world.account;
  const arns = containersOf(attempt).flatMap((container) =>
    (container.environmentFiles ?? []).map((file) => file.value ?? ''),
  );
  for (const arn of arns) {
    const bucket = arn.split(':::')[1]?.split('/')[0] ?? '';
    const answer = callApi(state, executionCaller(attempt), {
      host: `${bucket}.s3.${region}.amazonaws.com`,
      action: 's3:GetObject',
      resource: arn,
    });
    if (answer.kind === 'done') continue;
    const words = 'failed to download env files: file download command: non empty error stream:';
    return answer.kind === 'denied'
      ? preparationFailed(
          `${words} AccessDenied: Access Denied status code: 403, request id: ${requestId(attempt)}`,
          REFUSED_MS,
        )
      : preparationFailed(
          `${words} RequestCanceled: request context canceled caused by: context deadline exceeded`,
          NO_ANSWER_MS,
        );
  }
  return undefined;
};
