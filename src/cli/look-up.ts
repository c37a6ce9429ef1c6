// What to look at, as a person can do it: the commands of the AWS CLI and of this program instead of the names of API actions and tools.

/** The AWS CLI names some services otherwise than IAM does. https://docs.aws.amazon.com/cli/latest/reference/ */
const CLI_NAMES: Readonly<Record<string, string>> = { servicequotas: 'service-quotas' };

/** An API action that stands for a read: first in an entry, or after a word that joins two of them. */
const READ =
  /(^|; |\band |\bagainst )([a-z0-9-]{2,30}):((?:Describe|List|Get|Lookup|Simulate|BatchGet)\w{1,60})/g;
const TOOL = /\btool (\w{1,60})/g;
/** Tools of the planner that a command of this program does as well. */
const COMMANDS: Readonly<Record<string, string>> = {
  diagnose_service: 'lockkeeper diagnose --cluster CLUSTER --service SERVICE',
  check_network_path: 'lockkeeper diagnose --cluster CLUSTER --service SERVICE (it walks the path)',
  task_logs: 'lockkeeper ask "show the last log lines of SERVICE"',
};

/** `ecs:DescribeTasks containers[] reason` as `aws ecs describe-tasks → containers[] reason`; other words stay. */
export function lookUp(entry: string): string {
  return entry
    .replace(READ, (_, before: string, service: string, action: string) => {
      return `${before}aws ${CLI_NAMES[service] ?? service} ${kebab(action)} →`;
    })
    .replace(TOOL, (whole, name: string) => COMMANDS[name] ?? whole)
    .replace(/ →(?=$|[:;,])/g, '');
}

function kebab(action: string): string {
  return action.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
}
