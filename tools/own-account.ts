// A guard around every tool: whatever a call is about lies in the account and region its node serves. It reads the target
// that policy is asked about, so a tool that forgets to look cannot be talked into naming resources of somebody else.

import type { Aws } from '../src/contract/aws.ts';
import { isChangeTool, type Target, type Tool } from '../src/contract/tool.ts';
import { requireOwn } from './arn.ts';

/** The same tool, refusing with `input-invalid` a target that is an ARN of another account or region, before anything is sent. */
export function withinOwnAccount(tool: Tool): Tool {
  if (isChangeTool(tool)) {
    return {
      ...tool,
      observe: async (input, aws, context) => {
        requireOwnTarget(tool.target(input), aws);
        return tool.observe(input, aws, context);
      },
    };
  }
  return {
    ...tool,
    run: async (input, aws, context) => {
      requireOwnTarget(tool.target(input), aws);
      return tool.run(input, aws, context);
    },
  };
}

function requireOwnTarget({ cluster, service, resources }: Target, aws: Aws): void {
  requireOwn(aws, [cluster, service, ...resources]);
}
