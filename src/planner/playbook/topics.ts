// "Is it the network?": the kinds of causes people suspect, in their words, and the classes of finding each stands for.

import { type CauseClass, causeClasses } from '../../contract/finding.ts';
import { causeGuide } from '../../diagnosis/guide/cause-guide.ts';

export interface Topic {
  readonly name: string;
  /** How the name stands in a sentence: "the network", "a permission". */
  readonly called: string;
  readonly words: string;
  readonly classes: ReadonlySet<CauseClass>;
}

/** The classes of whole groups of the guide, and single ones beside them. */
function classesOf(groups: readonly string[], more: readonly CauseClass[] = []): ReadonlySet<CauseClass> {
  const inGroups = causeClasses.filter(
    (one) => one !== 'healthy' && one !== 'unknown' && groups.includes(causeGuide[one].group),
  );
  return new Set([...inGroups, ...more]);
}

const topics: readonly Topic[] = [
  {
    name: 'network',
    called: 'the network',
    words:
      'network(?:ing)?|firewalls?|security[ -]groups?|sgs?|vpc|subnets?|routes?|routing|nat(?: gateways?)?|n?acls?|connectivity|connections?',
    classes: classesOf(['Network'], ['efs-unreachable', 'lb-sg-ingress-missing']),
  },
  { name: 'dns', called: 'DNS', words: 'dns|name resolution', classes: classesOf([], ['vpc-dns-misconfig']) },
  {
    name: 'database',
    called: 'the database',
    words: 'databases?|db|rds|aurora|postgres(?:ql)?|mysql',
    classes: classesOf([], ['dependency-unreachable']),
  },
  {
    name: 'permission',
    called: 'a permission',
    words: 'permissions?|iam(?: roles?)?|roles?|polic(?:y|ies)|access(?: rights?)?|credentials?',
    classes: classesOf(['IAM'], ['efs-access-denied', 'private-registry-auth', 'ecs-exec-unavailable']),
  },
  {
    name: 'secret',
    called: 'a secret',
    words: 'secrets?|passwords?|parameter store|ssm',
    classes: classesOf([], ['exec-role-secret-denied', 'secret-reference-invalid']),
  },
  {
    name: 'image',
    called: 'the image',
    words: '(?:docker |container )?images?(?: tags?)?|registry|ecr|docker hub',
    classes: classesOf(['Image'], ['exec-role-ecr-denied']),
  },
  {
    name: 'memory',
    called: 'memory',
    words: 'memory(?: leaks?)?|oom|ram|heap',
    classes: classesOf([], ['oom-killed']),
  },
  {
    name: 'storage',
    called: 'storage',
    words: 'disks?|storage|file ?systems?|efs|volumes?',
    classes: classesOf(['Storage'], ['disk-full', 'efs-unreachable', 'efs-access-denied']),
  },
  {
    name: 'health check',
    called: 'a health check',
    words: 'health[ -]?checks?|load[ -]?balancers?|albs?|nlbs?|lbs?|target groups?',
    classes: classesOf(['Health'], ['lb-sg-ingress-missing', 'lb-attachment-invalid']),
  },
  {
    name: 'capacity',
    called: 'capacity',
    words: 'capacity|quotas?|(?:too few |our )?hosts?|placement|limits?',
    classes: classesOf(['Placement']),
  },
  {
    name: 'program',
    called: 'the program',
    words:
      'code|app(?:lication)?|program|software|bugs?|config(?:uration)?|env(?:ironment)?(?: variables?)?|start ?command',
    classes: classesOf(
      ['Container'],
      [
        'app-config-error',
        'entrypoint-invalid',
        'app-bind-address',
        'oom-killed',
        'native-crash',
        'app-clean-exit',
      ],
    ),
  },
  {
    name: 'AWS',
    called: 'AWS itself',
    words: 'aws|amazon',
    classes: classesOf([], ['infrastructure-interruption', 'api-throttling', 'fargate-capacity-unavailable']),
  },
];

const FILLER =
  '(?:(?:be|been|a|an|the|our|my|your|its|some|any|just|really|maybe|possibly|probably|perhaps|still|not|due|to|because|of|caused|by|related|with|down|something|anything|wrong|kind|sort|then|again|actually|only|all|always|like|do|missing|bad|broken|running|out|too|much|little|enough|low|full|more|using)\\s+)*';
const TROUBLE = '(?:problems?|issues?|troubles?|faults?|errors?|failures?|thing|outages?)';
const GUILTY =
  '(?:the |a |our |to |at |what |be |really |actually |still |being |here )*(?:problem|cause|reason|issue|culprit|blame|fault|guilty|responsible|root cause|wrong|broken|buggy|full|exhausted|used up|too small|having|causing|acting)';

/** What a service leans on and is not itself. */
const OUTSIDE: ReadonlySet<string> = new Set(['network', 'dns', 'database', 'AWS']);

/** The forms of a suspicion around the words of a topic. */
function forms({ name, words }: Topic): readonly RegExp[] {
  const topic = `(?:${words})`;
  const end = `(?:\\s+${TROUBLE})?(?:\\s+(?:again|then|maybe|perhaps|here|or what|or not|instead|by any chance|after all|with .{1,60}|in .{1,60}|of .{1,60}|that .{1,60}|or .{1,40}))*[?!. ]*$`;
  return [
    `^(?:so |and |or )?(?:is|isn't|was|wasn't|could|couldn't|can|might|may|would|must|has|does|do you think|you think|i think|i guess|maybe|perhaps)\\s+(?:it'?s?|this|that|that's|the (?:problem|cause|issue|reason|trouble|culprit|failure|error))\\s+(?:have\\s+)?${FILLER}${topic}${end}`,
    `^(?:so |and |or )?(?:is|isn't|are|was|could|might|may|can)\\s+(?:the |our |my |it |a )?${topic}\\s+${GUILTY}\\b`,
    `^(?:do we have|is there|are there|have we got|any|do you see|do you suspect|could there be)\\s+${FILLER}${topic}\\s+${TROUBLE}\\b`,
    `^(?:is it |it's |its )?(?:a |the )?${topic}(?:[- ]related)?\\s*${TROUBLE}?(?:\\s+(?:maybe|perhaps|again|right|then|or what))?\\s*\\?+$`,
    `^(?:not enough|too little|no more|out of|low on)\\s+${topic}\\s*\\?*$`,
    `\\b(?:sounds|looks|seems|smells|feels)\\s+(?:a bit |very )?like\\s+${FILLER}${topic}\\b`,
    `\\b(?:because of|due to|caused by|down to|blame)\\s+${FILLER}${topic}${end}`,
    `^(?:so |and )?(?:could|can|might|may) (?:it|this|that) be (?:that )?(?:the |our |my |a )?${topic}\\s+(?:is|are|was|has|have|does|did)\\b.{0,60}$`,
    // "Is the app down?" asks about the service itself.
    ...(OUTSIDE.has(name)
      ? [
          `^(?:so |and |or )?(?:is|are|was) (?:the |our |my )?${topic} (?:down|offline|dead|gone|unreachable|unavailable)\\b`,
        ]
      : []),
    `\\b(?:anything|something|it) to do with ${FILLER}${topic}\\b`,
  ].map((form) => new RegExp(form));
}

const suspicions: readonly (readonly [Topic, readonly RegExp[]])[] = topics.map((topic) => [
  topic,
  forms(topic),
]);

/** The kind of cause a message asks about ("is it the network?", "a permission problem?"); null when it asks about none. */
export function topicAsked(text: string): Topic | null {
  if (
    !/\?\s*$|^(?:is|isn't|are|was|could|can|might|may|would|do|does|any|has|have|maybe|perhaps|i think|i guess|blame|sounds|looks|seems|smells|feels|it (?:sounds|looks|seems)|not enough|too little|out of|low on)\b/.test(
      text,
    )
  )
    return null;
  return suspicions.find(([, all]) => all.some((form) => form.test(text)))?.[0] ?? null;
}
