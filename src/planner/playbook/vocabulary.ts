// The words the playbook knows. A word belongs to concepts; small typing errors still count.
// Everything that is not known may be the name of a service, so everyday words are listed too.

import { distance } from './names.ts';
import { portWords } from './ports.ts';
import { SPELT } from './spelt.ts';

const concepts = {
  status:
    'status state health healthy ok okay fine alive condition situation steady stable sick doing up info summary',
  why: 'why wrong broken failing fails fail failure cause reason diagnose diagnosis investigate analyse analyze unhealthy down stuck crash crashing crashes crashed crashlooping problem problems issue issues debug troubleshoot happening happened hang hangs hanging flapping dying dies died degraded explain error incident outage not-starting sick restarting',
  logs: 'log logs logging output stdout stderr logfile logline loglines stacktrace trace',
  network:
    'network networking security-group security-groups securitygroup sg sgs firewall reach reaches reachable reachability connect connects connectivity connection route routes routing traffic port ports egress ingress outbound inbound outgoing incoming acl nacl path vpc subnet',
  rule: 'rule rules egress ingress outbound inbound outgoing incoming traffic port ports access security-group security-groups securitygroup sg sgs firewall connection connections',
  ingress: 'ingress inbound incoming',
  egress: 'egress outbound outgoing',
  database: 'database databases db rds aurora postgres postgresql mysql mariadb',
  add: 'add allow open authorize authorise permit grant create enable insert unblock whitelist allowlist let',
  remove: 'remove revoke delete close drop block deny disallow unauthorize',
  fix: 'fix repair solve resolve heal apply remedy mitigate correct',
  scale: 'scale upscale downscale resize scaling autoscale',
  amount: 'increase decrease raise lower bump reduce grow shrink double set change run make want need',
  count: 'count tasks task replicas replica instances instance copies capacity desired containers',
  restart: 'restart redeploy redeployment bounce recycle reboot relaunch respawn force-new-deployment rerun',
  force: 'force trigger start kick',
  rollback: 'rollback revert roll-back',
  previous: 'previous prior earlier last old older before former',
  undo: 'undo',
  stop: 'stop kill terminate end',
  task: 'task tasks container containers replica replicas pod pods',
  stopped: 'stopped failed dead exited killed failing crashed',
  deployment:
    'deployment deployments deploy deploys deployed rollout rollouts release releases released revision revisions version versions rolling',
  compare: 'compare comparison difference differences differ differs diff versus vs',
  cost: 'cost costs costly price prices pricing expensive cheap cheaper spend spending bill billing-cost oversized overprovisioned over-provisioned undersized underprovisioned rightsize right-size rightsizing right-sizing savings',
  changes: 'changed changes modified history recently',
  clusters: 'clusters',
  cluster: 'cluster',
  services: 'services apps applications',
  service: 'service app application',
  list: 'list which all every what enumerate',
  all: 'everything anything all overview every',
  whoami: 'whoami identity',
  account: 'account region credentials role permissions',
  help: 'help commands capabilities usage',
  thanks: 'thanks thank thx cheers ty great perfect awesome nice cool',
  hello: 'hello hi hey hallo greetings morning evening',
  ask: 'show give tell check please list status display describe security',
  yes: 'yes yep yeah yup ya sure ok okay please proceed ahead confirm confirmed absolutely definitely correct right agreed affirmative ack y aye',
  no: 'no nope nah cancel nevermind negative abort n',
  watch: 'worked work recovered recover recovery solved helped fixed better done',
} as const satisfies Record<string, string>;

export type Concept = keyof typeof concepts;

/** Words without a concept of their own that are still no names. */
const EVERYDAY = `blocked blocking message messages web security dem database's a about above active after again against ago also am an and another any anybody anyone anyway are aren't as
ask at aws back bad be because been being below between both bring but by call called can can't cannot check checks checked checking
check-up come coming could couldn't currently day days did didn't different do does doesn't doing don't done due during each ecs either else
environment env even ever exactly fargate few find first five for four found from further get gets getting gimme give gives go goes going gone
good got had happens has have having he health-check healthcheck here hers him his hour hours how i i'd i'll i'm if in into is isn't it it's
its itself just keep keeps kind know later latest least left less let's like little long look looking looks lot lots make makes many may maybe me mean
means memory might minute minutes mine more most much must my name named need needs never new newest next night no not nothing now number of off often on
once one ones only open or other others our out over own pending people per please possible probably put question quick quickly quite
rather really refuse regarding required right run running s said same saw say says second seconds see seem seems seen send server servers shall she
should shouldn't show showing shows side since six so some somebody something soon sort still such sure switch take taken tell than that
that's the their them themselves then there there's these they thing things think third this those three through time times to today together
tomorrow tonight too took towards tried try trying turn two under until up upon us use used user users using value verify very via view
wait waiting want wants was wasn't way we we'd we're week well went were weren't what what's whats when whenever where where's whether which
while who who's whole whom whose will with within without won't would wouldn't write yesterday yet you you'd you're your yours zero
currently please pls plz kindly thing happen right sec moment screen page data base part target group groups load balancer
balancers lb alb nlb nat gateway table tables host address ip cidr range protocol tcp udp internet outside outward inside id ids arn default
properly correctly working works functioning normal normally nominal event events metric metrics cpu usage using image images tag tags secret secrets
limit timeout timeouts timing slow slowly fast faster hour last past recent recently ever since test tests whether details detail
full more info information report display fetch pull grab print dump read tail get getting given want everything nothing someone anyone none
ours were lately around exist exists existing available detect determine possible impossible access outbound additional extra plus minus
also only start started starts starting begin began became become becomes mostly able unable shall needed wanted wish love
hmm um uh well so actually basically honestly simply then though although however despite except instead yourself myself
cluster clusters cluster's service's task's bit lets im ive id whats wheres hows dont doesnt isnt cant wont arent hasnt havent didnt
wat wut huh lol omg wtf meh blah haha asdf asdfg qwer qwerty bla
world public publicly everybody anywhere everywhere icmp terminate destroy erase wipe
prepare prepares prepared propose proposed proposes proposal suggest suggested roll
tho teh thru safe safely unsafe risky dangerous finish finishes finishing finished complete completes completing ship ships
shipping shipped ignore ignores ignoring obey urgent urgently argh ugh ffs
line lines code codes infra infrastructure workaround affected impacted tomorrow sleep asleep leave
pause paused pausing suspend suspended suspending resume resumed unpause unsuspend unsuspended freeze frozen unfreeze continue disable disabled halt
autoscaling auto-scaling autoscaler scaler scale-in scale-out automatic automatically
crazy weird strange mind forget oh damn short brief postmortem post-mortem swinging thrashing oscillating oscillates swings fights fighting
responding respond response answer answering replying serving served serve live working`;

interface Known {
  readonly byWord: ReadonlyMap<string, readonly Concept[]>;
  readonly everyday: ReadonlySet<string>;
}

const known: Known = readVocabulary();

/** Concepts of one lower-case word. A word of five letters or more may be one typing error away. */
export function conceptsOf(word: string): readonly Concept[] {
  const exact = known.byWord.get(word);
  if (exact !== undefined) return exact;
  if (known.everyday.has(word)) return [];
  const near = nearWord(word);
  return near === undefined ? [] : (known.byWord.get(near) ?? []);
}

/** False when a word can only be a name: it is no known word and not a typing error of one. */
export function isKnownWord(word: string): boolean {
  return known.byWord.has(word) || known.everyday.has(word) || nearWord(word) !== undefined;
}

/** The word of the vocabulary that a mistyped one stands for; any other word as it is. */
export function correctedWord(word: string): string {
  return known.byWord.has(word) || known.everyday.has(word) ? word : (nearWord(word) ?? word);
}

const TYPO_LETTERS_MIN = 4;
const TWO_TYPOS_LETTERS_MIN = 9;

/** The known word one typing error away; two for long words. Short words are too close to each other. */
function nearWord(word: string): string | undefined {
  if (word.length < TYPO_LETTERS_MIN || /[^a-z']/.test(word)) return undefined;
  const allowed = word.length >= TWO_TYPOS_LETTERS_MIN ? 2 : 1;
  for (const candidate of known.byWord.keys()) {
    if (candidate.length < TYPO_LETTERS_MIN || Math.abs(candidate.length - word.length) > allowed) continue;
    // The first letter is rarely mistyped, and holding it fixed keeps names such as "billing" apart from words.
    const swapped = candidate[0] === word[1] && candidate[1] === word[0];
    if (candidate[0] !== word[0] && !swapped) continue;
    if (distance(word, candidate) <= allowed) return candidate;
  }
  return undefined;
}

function readVocabulary(): Known {
  const byWord = new Map<string, Concept[]>();
  for (const [concept, words] of Object.entries(concepts)) {
    for (const word of words.split(' ')) {
      // The keys of `concepts` are the concepts; Object.entries widens them to strings.
      byWord.set(word, [...(byWord.get(word) ?? []), concept as Concept]);
    }
  }
  return { byWord, everyday: new Set([...EVERYDAY.split(/\s+/), ...SPELT, ...portWords]) };
}
