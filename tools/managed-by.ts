// Who else manages a resource, by its tags: a change made here is undone by their next run, which people should know first.

/** Warnings for the tags of a resource; `noun` is such as "security group". Empty when nothing suggests another manager. */
export function managerWarnings(noun: string, tags: Readonly<Record<string, string>>): string[] {
  const stack = tags['aws:cloudformation:stack-name'];
  if (stack !== undefined) {
    return [
      `The ${noun} is managed by the CloudFormation stack ${stack}; its next update may undo this change.`,
    ];
  }
  for (const [key, value] of Object.entries(tags)) {
    const isManagerKey = /^(?:managed[-_: ]?by|created[-_: ]?by|provisioner|iac)$/i.test(key);
    const tool = /\b(terraform|opentofu|pulumi|cdk|cloudformation|copilot|ansible|crossplane)\b/i.exec(
      value,
    )?.[1];
    if (isManagerKey && tool !== undefined) {
      return [
        `The ${noun} is managed by ${tool.toLowerCase()}; the next apply removes this change unless it is added there too.`,
      ];
    }
    if (/^terraform$/i.test(key) && /^(?:true|yes|1)$/i.test(value)) {
      return [
        `The ${noun} is managed by terraform; the next apply removes this change unless it is added there too.`,
      ];
    }
  }
  return [];
}
