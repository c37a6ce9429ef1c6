// What cannot be done from here at all: orders about databases, load balancers, buckets and other things that are no service or task, other
// programs, values of secrets, and small talk. Told as such, because near words would make it an order about the service under discussion.

interface Beyond {
  /** One sentence that says what is not possible, and what is. */
  readonly says: string;
  readonly forms: readonly RegExp[];
}

const ORDER =
  '(?:restart|reboot|bounce|stop|start|terminate|delete|remove|drop|kill|destroy|wipe|flush|empty|shut ?down|turn (?:off|on)|fail ?over|scale|resize|upgrade|patch|restore|back ?up|recreate|create|truncate|reset)';
const BEFORE =
  "(?:the |our |my |this |that |its |all |whole |entire |prod(?:uction)? |staging )*(?:[\\w-]+'s )?";
const AFTER =
  '(?: to -?\\d+)?(?: (?:please|pls|plz|now|again|asap|first|then|for me|right away|quickly|too|it is on))*[\\s.!?]*$';

function orderAbout(things: string): RegExp {
  return new RegExp(`^${ORDER} (?:down |up )?${BEFORE}(?:${things})${AFTER}`);
}

const rows: readonly Beyond[] = [
  {
    says: 'Databases and caches cannot be restarted, stopped or changed from here: they are no ECS services, so this is for RDS or ElastiCache. What can be restarted is a service of ECS, such as: "Restart checkout."',
    forms: [
      orderAbout(
        '(?:[a-z]\\w* )?(?:rds |aurora |postgres(?:ql)? |mysql |redis |elasticache |dynamodb |mongo(?:db)? )?(?:databases?|db|dbs|rds|aurora|postgres(?:ql)?|mysql|mariadb|redis|valkey|elasticache|memcached|mongo(?:db)?|dynamodb|caches?)(?: (?:instances?|clusters?|servers?|hosts?|nodes?|tables?))?',
      ),
    ],
  },
  {
    says: 'Load balancers and their listeners cannot be changed from here. What can be changed is a service of ECS and its tasks, such as: "Restart checkout."',
    forms: [orderAbout('(?:(?:application |network )?load ?balancers?|albs?|nlbs?|elbs?|listeners?)')],
  },
  {
    says: 'Only services, tasks and the rules around them can be changed from here; storage, queues, functions, networks, accounts and users cannot. What can be done is told by: "help".',
    forms: [
      orderAbout(
        '(?:s3 )?(?:buckets?|queues?|sqs|sns|topics?|lambdas?|functions?|vpcs?|subnets?|(?:nat |internet )?gateways?|(?:iam )?(?:users?|roles?)|secrets?|volumes?|snapshots?|hosted zones?|dns|(?:aws )?accounts?|(?:ec2|rds) instances?|stacks?|cloudformation|terraform|repositor(?:y|ies)|certificates?)',
      ),
    ],
  },
  {
    says: 'Commands of other programs are not run from here: ask in words what you want to know, such as "Why is checkout failing?" or "List the clusters."',
    forms: [
      /^(?:\$ ?)?(?:sudo )?(?:aws (?:s3|s3api|ec2|ecs|ecr|rds|iam|sts|logs|elbv2?|lambda|sqs|sns|dynamodb|cloudwatch|cloudformation|ssm|secretsmanager|route53|eks|configure)\b|kubectl\b|docker (?:ps|logs|exec|restart|run|stop|pull|compose|inspect|images)\b|terraform (?:apply|plan|destroy|init)\b|helm (?:install|upgrade|list)\b|ssh |curl |ls(?: -\w+)?$|psql\b|rm -)/,
    ],
  },
  {
    says: 'Passwords, keys and values of secrets are never read or shown here; whether a task may read its secret the diagnosis of its service tells.',
    forms: [
      /^(?!.*\b(?:why|denied|missing|permission|fail\w*|reach|read by)\b).*\b(?:what(?:'s| is| are)|show|give|tell|send|print|get|reveal|read|need)\b.{0,30}\b(?:passwords?|passwd|api[ -]?keys?|access[ -]?keys?|secret (?:values?|keys?)|(?:value|content) of (?:the |a |that )?secrets?|credentials? (?:of|for) (?:the )?(?:db|database|rds))\b/,
      /^(?:the )?(?:db |database |root |admin )?passwords?[\s?!.]*$/,
    ],
  },
  {
    says: 'That is beyond what is known here: only what ECS and the things around it tell of your services. Ask for example: "What is wrong in all clusters?"',
    forms: [
      /\b(?:weather|joke|poem|recipe|horoscope|lottery|football|soccer|movie|stock price|bitcoin)\b/,
      /^(?:what(?:'s| is) the (?:time|date)|what (?:time|day) is it|tell me (?:a story|something funny)|sing\b)/,
    ],
  },
];

/** The sentence that says why a message, in lower case and without its polite beginning, asks for what is not possible here; null for any other. */
export function beyondReach(text: string): string | null {
  return rows.find(({ forms }) => forms.some((form) => form.test(text)))?.says ?? null;
}
