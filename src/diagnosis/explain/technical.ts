// Whether a text speaks of computers at all. Everyday sentences hold words of ECS too ("the service was slow", "the disk of the sun is full"):
// what such a sentence seems to say is no finding.

import type { PlainText } from './plain-text.ts';
import type { SignalName } from './signals/all-signals.ts';

/** Words that are hardly said of anything but containers, AWS, networks and programs: one is enough. */
const STRONG =
  /\b(?:ecs|fargate|aws|amazon|ec2|ecr|efs|s3|iam|vpc|rds|alb|nlb|elb|elb-healthchecker|asg|nat|eni|nacl|dns|tcp|udp|tls|ssl|https?|api|sdk|cli|arn|cpu|ram|gpu|oom|jvm|json|yaml|ipv[46]|endpoints?|docker\w*|containerd|runc|kubernetes|lambda|terraform|cloudformation|cdk|copilot|codedeploy|cloudwatch|cloudtrail|eventbridge|route53|secretsmanager|ssm|kms|envoy\w*|nginx|tomcat|gunicorn|uvicorn|npm|rails|django|redis|postgres\w*|mysql|mongo\w*|kafka|rabbitmq|elastic(?:ache|search)|databases?|subnets?|cidr|autoscal\w*|auto[ -]scal\w*|load ?balanc\w*|target ?groups?|task ?definitions?|security groups?|capacity ?providers?|service[ -](?:connect|discovery|linked)|route ?tables?|internet gateway|log ?(?:groups?|streams?|drivers?|router)|awslogs|fire ?lens|fluent\w*|awsvpc|spot (?:instances?|capacity|tasks?)|deploy\w*|rollouts?|rollback|circuit ?breaker|desired[ _-]?count|entrypoint|dockerfile|curl|wget|localhost|segfault\w*|segment(?:ation)? fault|sig(?:term|kill|segv|abrt)|stack ?trace|traceback|ephemeral|throttl\w*|environment variables?|env vars?|stdout|stderr|jwt|userdata|virtual memory|execute[ -]command|exec format|requested access to the resource|out of (?:disk )?space)\b/;

/** Words of the trade that everybody uses: two are needed. */
const WEAK =
  /\b(?:services?|tasks?|containers?|hosts?|nodes?|ports?|files?|process|memory|disks?|images?|capacity|scal\w+|commands?|scripts?|targets?|roles?|secrets?|logs?|buf|servers?|connections?|instances?|clusters?|agents?|java|python|spring|credentials|quota|timeouts?|health|probes?|listen\w*|mount\w*|volumes?|platforms?|operating system|placeholder|requests?|health ?checks?|worker|signal \d|queue|metadata|registry)\b/g;
const WEAK_MIN = 2;

/** What machines write: error names, codes, settings, addresses, paths, levels, events of a service. */
const FORMS =
  /\w(?:error|exception|fault)\b|\b(?:error|err|fatal|warn|warning|panic|exception)\b ?[:\]=(\d]|\[ ?(?:error|warn|fatal|emerg|crit)|\b(?:exit(?:ed)?|status|return|error|stop)[ _-]?(?:with )?(?:code|reason)s?["']?[ :=(]{1,3}\d|errno|\w=["'\w]|"\w{2,40}" ?:|\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|:\d{2,5}\b|::|\/\w{2,40}\/\w|\w\.(?:go|py|js|ts|java|rb|rs|c|sh|yml|yaml|json|conf|env)\b|\(service |arn:|0x[0-9a-f]{4}|no such file|permission denied|no space left|not authorized|\$\{|out of memory/;
const CONSTANT =
  /\b[A-Z][A-Z0-9]{1,40}(?:_[A-Z0-9]{1,40})+\b|\bE[A-Z]{4,12}\b|\b[a-z]{2,30}[A-Z][a-z]{2,30}|\b[A-Z][a-z]{2,30}[A-Z][a-z]{2,30}/;
/** Signals that everyday sentences give too; any other is said by machines alone. */
export const everyday: ReadonlySet<SignalName> = new Set([
  'envMissing',
  'configWords',
  'slow',
  'cleanEnd',
  'quota',
  'migration',
  'failing',
  'anyError',
  'exit0',
  'exit1',
  'exit137',
  'exit143',
  'drain',
  'replaced',
  'sometimes',
  'interrupted',
  'lifecycle',
  'scalingFight',
  'protection',
  'waiter',
  'stale',
  'missing',
  'denied',
  'silence',
  'closed',
  'cannotReach',
  'unauthenticated',
  'rateLimited',
  'httpTrouble',
  'progress',
  'secret',
  'secretWord',
  'starting',
]);

/** The beginning of a text says what it is about. */
const READ_CHARS = 4 * 1024;

/** True when a word of the trade, two that are common elsewhere too, or a form that only machines write is in the text. */
export function isTechnical(text: PlainText): boolean {
  const lower = text.lower.slice(0, READ_CHARS);
  if (STRONG.test(lower) || FORMS.test(lower) || CONSTANT.test(text.shown.slice(0, READ_CHARS))) return true;
  return (lower.match(WEAK)?.length ?? 0) >= WEAK_MIN;
}
