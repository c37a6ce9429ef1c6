// Questions that ask for no new subject: about the answer before, the change that waits, or the conversation itself. Each kind is a row of
// fixed forms, because their words alone ("down", "safe", "run") also stand in orders and in questions about the account.

import { distance } from './names.ts';
import { topicAsked } from './topics.ts';
import { correctedWord, isKnownWord } from './vocabulary.ts';

export type AsideKind =
  | 'blame'
  | 'down'
  | 'since'
  | 'summary'
  | 'proof'
  | 'preview'
  | 'decided'
  | 'ran'
  | 'approve'
  | 'todo'
  | 'statement'
  | 'options'
  | 'eta'
  | 'past'
  | 'help'
  | 'thanks';

const IT =
  '(?:it|this|that|these|those|them|you|(?:the|this|that|your|my) (?:[a-z]+ )?(?:change|fix|proposal|rule|scaling|rollback|restart|plan|repair)|(?:approving|doing|running|applying) (?:it|this|that))';
const WE =
  '(?:we|i|it|they|this|that|things?|everything|anything|(?:the |our |my )?(?:site|website|service|app|application|system|shop|api|production|prod|platform|customers?|users?)|any (?:customers?|users?))';

const rows: readonly (readonly [AsideKind, readonly RegExp[]])[] = [
  [
    'down',
    [
      // Whoever is told the contrary wants another look, not the same proof again.
      /^(?:are you|you) (?:really |absolutely |very |so )*(?:sure|certain|serious)\b.*\b(?:down|broken|slow|says?|said|tells?|told|complain\w*|still|not work\w*|doesn'?t|does not|can'?t|cannot|fail\w*|error\w*)\b/,
      /\b(?:boss|manager|colleague|team|support|customers?|users?|clients?|people|everyone|everybody|somebody|someone|monitoring|pingdom|pagerduty|grafana)(?: (?:still|just|now|all|here))* (?:says?|said|tells?|claims?|reports?|insists?|complains?|complaining)\b.*\b(?:down|broken|offline|unavailable|not work\w*|doesn'?t work|can'?t|cannot|fail\w*|errors?)\b/,
    ],
  ],
  [
    'down',
    [
      // Whether it can wait hangs on how bad it is.
      /^(?:and |so )?(?:can|could|may|should) (?:it|this|that|we|i) (?:safely |really |still |just )*wait\b|\b(?:if|when) (?:i|we|you) (?:do|did|change) nothing\b|\bwhat if (?:i|we) (?:wait|leave it|do nothing)\b|\b(?:safe|ok|okay|fine|possible) to (?:wait|leave (?:it|this|that)|sleep|go to bed)\b/,
    ],
  ],
  [
    'help',
    [
      /^(?:good (?:morning|evening|afternoon|day)|hello|hi|hey|hallo|hola|howdy|greetings|moin|servus|guten (?:tag|morgen|abend)|buenos d[ií]as|buenas|bonjour|salut|ciao|ol[aá]|yo|sup)(?: (?:there|all|team|lockkeeper|everyone|everybody|folks|again|you))*[\s!.,?]*$/,
      /^(?:how are you|how do you do|who are you|what are you|are you (?:a|an) (?:bot|robot|human|ai|model|person)|what(?:'s| is) (?:this|lockkeeper)|what can (?:i|we) (?:ask|say)|what can you)\b/,
    ],
  ],
  [
    'thanks',
    [
      /^(?:many |ok |okay |great |perfect |cool )?(?:thanks?|thank you|thx|ty|cheers|danke|vielen dank|merci|gracias|muchas gracias|grazie|obrigad[oa]|dank je|tack)\b(?: (?:a lot|so much|very much|again|you|lockkeeper|for .{1,40}|sch[oö]n|beaucoup|mil))*[\s!.,]*$/,
      /^(?:good|great|nice|awesome|excellent|amazing) (?:job|work|stuff|catch|one)[\s!.]*$|^(?:well done|you rock|that helped|that was helpful|bye|good ?bye|see you|good night)\b/,
    ],
  ],
  [
    'approve',
    [
      /\b(?:ignore|forget|bypass|override|skip|disregard|break)\b.{0,60}\b(?:approv\w*|rules?|instructions?)\b.{0,40}\b(?:approve|run|apply|do|execute)\b|\bapprove\b.{0,40}\b(?:yourself|for me|on your own|without me)\b/,
      /^(?:(?:please|just|now|then|go on|go ahead and|ok|okay)[ ,]+)*approve\b/,
      /^(?:let it (?:through|pass|run)|green ?light(?: it)?|lgtm|permission granted|you have my (?:ok|okay|approval|permission|blessing))[\s!.]*$/,
      /\bhow (?:do|can|should) (?:i|we) (?:say (?:yes|no)|give (?:my|the) (?:ok|approval)|agree)\b/,
      /^(?:please )?(?:approved?|accept|sign off(?: on)?)\b(?: (?:it|this|that|them|both|all|everything|(?:the|this|that) (?:change|proposal|fix|request|rule)))?(?: (?:now|please|for me))*[\s.!?]*$/,
      /\bhow (?:do|can|should|would|could) (?:i|we|one|you) (?:approve|deny|reject|accept|confirm|decline|sign)\b/,
      /\b(?:where|who) (?:do|can|may|must|should|has to|needs to|is allowed to) (?:i |we )?(?:approve|deny|confirm|sign)\b/,
      /^(?:i|we|i hereby|consider (?:it|this|that)) (?:approved?|accept)\b/,
      /\b(?:is|was|has been) (?:already )?approved by\b|^(?:system|admin|root|operator)\b.*\bapproved?\b/,
    ],
  ],
  [
    'decided',
    [
      /^who (?:gave|has given) (?:the |their |his |her )?(?:permission|approval|consent|ok|okay|go|go-ahead)\b|^who (?:pressed|clicked|hit)\b/,
      /^did \S+(?: \S+)? (?:approve|deny|confirm|reject|sign|decide)\b/,
      /\bwho (?:has |had |have )?(?:approved?|denied|allowed|authori[sz]ed|confirmed|rejected|accepted|signed|decided|ok(?:'|a)?y?e?d|said yes|gave (?:the|an) (?:ok|okay|approval|go))\b/,
      /^(?:was|is|has|have|had|did) (?:it|this|that|they|the [a-z ]{2,20}|any(?:one|body)|some(?:one|body)|any of (?:it|them)) (?:already |yet |ever )?(?:been |get |got )?(?:approved?|denied|decided|confirmed|rejected)\b/,
      /^when (?:was|were|did) .{2,30}\b(?:approved?|denied|decided|confirmed|rejected)\b/,
      /\b(?:whose|which person'?s?) (?:approval|decision)\b/,
    ],
  ],
  [
    'preview',
    [
      /\b(?:if|when|once|after) (?:i|we|you) (?:approve|accept|do (?:it|this|that)|run (?:it|this|that)|apply)\b/,
      /^(?:can|could|will|would) (?:i|we|you|one) (?:still |later |always )*(?:undo|revert|reverse|roll|take)\b.{0,30}\b(?:later|afterwards|again|if|should)\b/,
      new RegExp(
        `^what (?:exactly |else |precisely )?(?:would|will|does|do|is|are|might|could) ${IT} (?:going to |gonna |about to )?(?:really |actually |exactly )?(?:change|do|alter|affect|touch|modify|open|break|mean|impact|run|execute|send)(?: (?:exactly|then|now|here))*[?.! ]*$`,
      ),
      new RegExp(
        `^(?:is|are|was|would|will|isn't) ${IT} (?:be |going to be |really |actually |completely |even |that )*(?:safe|risky|dangerous|harmful|harmless|reversible|destructive|disruptive|a risk|wise|a good idea|a bad idea)\\b`,
      ),
      new RegExp(
        `^(?:would|will|could|can|does|might) ${IT} (?:cause|break|hurt|harm|affect|interrupt|kill|risk|take (?:us|it|anything) down|be (?:undone|reversed|reverted|rolled back))\\b`,
      ),
      /^(?:what|which|any|are there(?: any)?|is there(?: any| a)?) (?:are |is |about )?(?:the |any )?(?:risks?|side ?effects?|down ?sides?|dangers?|blast ?radius|consequences|impact of (?:it|this|that|the (?:change|fix)))\b/,
      /\bwhat (?:could|can|might) (?:possibly )?go wrong\b|\bwhat (?:will |would )?happens? if (?:i|we) (?:approve|do|run|apply|accept|confirm|go ahead|say yes)\b/,
      /\b(?:who|what) else (?:is|would be|will be|gets|does (?:it|this|that)) (?:affected|touched|hit|affect|touch|use)\b/,
      /^should (?:i|we) (?:approve|do|accept|confirm|run|apply)\b/,
      /^(?:can|could|may|should|is it safe to|would it be safe to) (?:i |we )?(?:safely )?(?:roll ?back|restart|redeploy|revert)\b.{0,40}\b(?:safe(?:ly)?|now|without (?:risk|downtime))\b/,
      /^(?:show|give|tell|print|repeat)(?: me| us)? (?:again )?(?:the |that |this |your )?(?:waiting |pending |proposed |exact |full )*(?:proposals?|change|diff|command|plan)(?: again| in detail| please)*[.?! ]*$/,
      /^what(?:'s| is| are|s) (?:the |that |this |your )?(?:exact |waiting |pending |proposed )*(?:proposals?|change|diff|plan|command)(?: exactly| again)?[?. ]*$/,
      /^(?:what|which) (?:exact )?(?:command|call|request) (?:would|will|do) you\b/,
      /\bis there (?:a|any) way back\b|\bhow (?:do|can|would|could) (?:i|we|you) (?:undo|reverse|revert) (?:it|this|that)\b/,
    ],
  ],
  [
    'ran',
    [
      // "How can I know that you didn't change anything else?"
      /\b(?:how (?:can|do|could|would|will) (?:i|we) (?:know|be sure|verify|check|tell|trust|see|prove)|(?:prove|can i be sure|can you prove|are you sure|show me))\b.*\byou\b.*\b(?:didn'?t|did not|haven'?t|have not|don'?t|do not|never|nothing|only|no more)\b/,
      /^(?:did|have) you (?:just |already |actually |really |even )*(?:restart|scal|deploy|fix|chang|touch|delet|stop|d[io]|done|read|run|break|broke|roll|updat|modif)\w*\b/,
      /\bwhat (?:all |exactly )?(?:did|have|has|do) (?:you|lockkeeper|it|the (?:agent|node|tool)) (?:just |actually |already |really )*(?:run|ran|do|done|did|execute[ds]?|call(?:ed)?|read|check(?:ed)?|look(?:ed)? at|change[d]?|touch(?:ed)?|query|queried)\b/,
      /^(?:did|have|has) (?:you|lockkeeper|it|anything) (?:just |actually |already |really )*(?:run|ran|do|done|execute[ds]?|call(?:ed)?|change[d]?|touch(?:ed)?|modif(?:y|ied)|break|broken)\b(?: (?:anything|something|any \w+|it|that|this))?(?: (?:yet|already|now|so far))?[?. ]*$/,
      /\b(?:which|what) (?:aws )?(?:commands?|calls?|requests?|tools?|apis?) (?:did|have|were|was|has|are) (?:you|run|ran|made|used|executed|been|it)\b/,
      /^(?:show|list|give|print)(?: me| us)? (?:all |the |your )*(?:commands|calls|requests|aws (?:commands|calls|requests))(?: (?:you|that) .*)?[?. ]*$/,
    ],
  ],
  [
    'todo',
    [
      /^(?:so|and|and then|well)[\s?!.]*$/,
      /^(?:please |can you |could you )?(?:stop|prevent|keep) .{1,60} from (?:\w+ing (?:it|that|this|these|those|them|my|our|the)|crashing|failing|dying|restarting|happening)\b/,
      /^(?:any|do you have (?:any )?) ?(?:suggestions?|ideas?|advice|recommendations?)\b/,
      /^(?:and |so )?what (?:do|should|can|must|shall) (?:i|we|one) (?:have to |need to |now |actually )*(?:do|fix|change|repair)\b(?: (?:now|next|then|about (?:it|this|that)|to (?:fix|repair|solve) (?:it|this|that)|here))*[?. !]*$/,
      /^(?:and |so )?what (?:do|would|should|can) you (?:suggest|advise|recommend|propose)\b/,
      /^(?:what(?:'s| is) (?:the|our|my|your) (?:next steps?|solution|remedy|cure|advice|recommendation)|what next|what now|now what|how (?:do|can|should|would) (?:i|we|you) (?:fix|repair|solve|resolve|mend) (?:it|this|that))\b/,
    ],
  ],
  [
    'statement',
    [
      // "Which permission is missing?", "the IAM policy for this", "what do I add to the role?"
      /^(?!.*\b(?:scaling|lifecycle|endpoint|routing) polic)(?!.*\bsimulat)(?:.{0,60}\b)?(?:iam|permissions?|inline|role|json|managed) (?:policy|policies|statements?|json|document|snippet|block)\b/,
      /^(?:policy|statement|permissions?)(?: (?:json|document|please|for (?:this|that|it)))+[\s.!?]*$/,
      /^(?:please |can you |could you )*(?:give|show|write|print|draft|generate|make|send|get|need|i need|what(?:'s| is)|what would)(?: me| us)? (?:the |a |an |exact |missing |right |needed |required |minimal )*(?:policy|statement|permissions?)\b(?! (?:of|attached|that (?:scales|is attached)))/,
      /^(?:which|what) (?:\w+ )?(?:permissions?|iam actions?|actions?|statements?|polic(?:y|ies)) (?:is|are|do|does|did|would|should|must|has|have|am)\b.{0,40}\b(?:missing|lack\w*|denied|need\w*|required|add\w*|allow\w*|grant\w*|give)\b/,
      /^(?:and )?what (?:do|should|must|would) (?:i|we) (?:have to )?(?:add|attach|put|write|grant|allow|give) (?:to|in|into|on) (?:the |its |that )?(?:[\w-]+ )?(?:role|policy|iam)\b/,
      /^(?:how (?:do|can|should|would) (?:i|we) )?(?:grant|permit) (?:it|that|this|them)\b/,
      /^(?:how (?:do|can|should|would) (?:i|we) )?(?:grant|give|allow|add|attach)\b.{0,40}\b(?:permissions?|access|polic(?:y|ies)|iam|to (?:the |its )?(?:[\w-]+ )?role)\b(?!.*\b(?:traffic|port|inbound|outbound|security group|rule)\b)/,
    ],
  ],
  [
    'options',
    [
      /^(?:and |so |but )?(?:which|what)(?: (?:of (?:the|these|those|them)(?: two| both| three)?|one|option|fix|change|proposal|way|solution|approach|two|would you say))* (?:is|are|do|would|should|seems?|looks?|has|carries|sounds)\b.{0,30}\b(?:better|best|safer|safest|wiser|smarter|smaller|smallest|preferred|prefer|preferable|recommend\w*|advise|choose|pick|take|go (?:with|for)|quicker|quickest|faster|fastest|less risk\w*|least risk\w*|riskier|cheaper|first|approve|accept)\b(?!.*\b(?:service|cluster|task|revision|image)s?\b)/,
      /^(?:and |so )?which (?:one|option|fix|change|proposal|way)s?(?: of (?:the|these|them)(?: two)?)?(?: then| now)?[?. ]*$/,
      /^(?:compare|weigh|what(?:'s| is) the difference between|what distinguishes|how do) (?:(?:the |these |those |both |my |all )*(?:two|both|three|options?|proposals?|changes|fixes|ways|alternatives|solutions)|them|these|those)\b(?: (?:options?|proposals?|changes|fixes|compare|differ|with each other|to each other|please))*[?. ]*$/,
      /^(?:the |what are the )?(?:pros and cons|trade-?offs?|advantages)\b/,
      /^(?:what|which|any|are there(?: any)?|do i have(?: any)?|is there(?: an?| any)?)(?: are)?(?: my| the| our| other| more| another| an?| any)* (?:options?|alternatives?|choices|other ways?|another way)\b/,
      /^(?:is there|are there|do we have|any) (?:a |an |any )*(?:work-?arounds?|quick fix(?:es)?|way around|short-?cuts?)\b/,
      /^(?:what|how) else (?:can|could|should) (?:i|we|you) (?:do|try|fix (?:it|this|that))\b/,
    ],
  ],
  [
    'past',
    [
      /^(?:so |and |ok(?:ay)?,? )*what (?:was|were|had been) (?:it|that|wrong|broken|(?:really |actually )?going on|the (?:root )?(?:problem|cause|issue|reason|matter|trouble|fault|bug))\b[\w ]{0,30}[?.! ]*$/,
      /^(?:so |and )?what (?:caused|did cause|broke) (?:it|that|this|the (?:outage|incident|problem))\b[\w ]{0,20}[?.! ]*$/,
      /^what did (?:you|we|it|the (?:change|fix|rule)) (?:fix|repair|solve|cure)\b[\w ]{0,20}[?.! ]*$/,
    ],
  ],
  [
    'eta',
    [
      /\bhow (?:long|much (?:time|longer)|soon)\b.*\b(?:will|would|does|do|until|take[sn]?|to (?:fix|recover|finish|deploy|restart|roll)|should|left)\b/,
      /^(?:and )?when (?:will|is|are|does|do) (?:it|this|that|we|they|things|the (?:fix|service|change|rollout|deployment)) (?:be |going to be |get |come |back |finish)*(?:fixed|done|back|finished|ready|over|recovered|healthy|up|complete|live)?\b[\w ]{0,20}\?*$/,
      /^(?:what(?:'s| is) the )?eta\b/,
    ],
  ],
  [
    'since',
    [
      /\bhow long\b(?!.*\b(?:will|would|does|do|until|to (?:fix|recover|take)|should|can)\b)|^since when\b|\bsince when (?:is|has|are|have|was)\b/,
      /^(?:at )?(?:when|what time) (?:exactly )?(?:did|has|have) (?!.*\b(?:last|deploy\w*|chang\w*|approved?|restart\w*|scal\w*)\b)[\w' -]{2,40}\b(?:start|started|begin|begun|began|break|broke|broken|fail|failed|happen|happened|go|gone|occur|stop|die)\b/,
    ],
  ],
  [
    'proof',
    [
      /^why (?:do|would|did) you (?:think|say|believe|conclude|suspect)\b|^what evidence\b|^(?:show|tell|give)(?: me| us)? more\b|^(?:more )?details?\b[\s\w]{0,12}[.!?]*$/,
      /^(?:and )?how (?:do|can|would|could|did) you (?:know|tell|be (?:so )?(?:sure|certain)|prove|conclude)\b/,
      /^(?:are you|how) (?:really |absolutely |so )*(?:sure|certain|confident)\b/,
      /^(?:prove (?:it|that|this)|what(?:'s| is) (?:the|your) (?:evidence|proof)|(?:show|give)(?: me| us)? (?:the|your|some)? ?(?:evidence|proof)|what makes you (?:say|think|so sure)|(?:what|which) else (?:did you|have you|was) rule[d]? out|what did you rule out|says who|based on what)\b/,
    ],
  ],
  [
    'summary',
    [
      /\b(?:in (?:plain|simple|layman'?s?|human) (?:english|words|terms|language)|dumb (?:it|this|that) down|(?:give me |what(?:'s| is) )?the (?:gist|bottom line|essence|short version)|(?:one|two|three|a few|a couple of) (?:lines|sentences)|(?:say|repeat|explain) (?:it|that|this) again|repeat (?:it|that))\b/,
      /\b(?:explain|describe|summari[sz]e|phrase|word|put|say|tell|write|give|break)\b.*\b(?:boss(?:es)?|managers?|management|executives?|ceo|cto|director|customers?|stakeholders?|non-?tech\w*|lay(?:man|person|people)|simple|simply|plain|plainly|briefly|in short|short(?:er)?|(?:a |one |two )sentences?|five|kids?|child|grandm\w*|mother|mum|mom|beginner|human|down for me|newcomer)\b/,
      /^(?:(?:a|an|one|the|short|brief|quick|little|executive|final|please)\s+)+(?:summary|recap|tl;?dr|wrap-?up|status update|report)\b|\bfor (?:the |a |my |our )?(?:post-?mortem|incident report|retro(?:spective)?|ticket|status page|handover|hand-over)\b/,
      /^(?:tl;?dr|eli5|summary|summari[sz]e|recap|sum(?: it| this| that)? up|in short|in a nutshell|(?:a |the )?short version|in (?:plain|simple) (?:english|words|terms)|in (?:one|a) sentence)\b/,
      /\b(?:give me|write|i need|send me) (?:a |an |the )?(?:short |brief |quick )?(?:summary|recap|tl;?dr|status update|management summary|incident summary)\b/,
      /\bwhat (?:do|should|can|shall|must) (?:i|we) (?:tell|say to|report to|write to)\b/,
    ],
  ],
  [
    'down',
    [
      /^(?:do|did|does|are|is|was|will) (?:we|there|it) (?:have|having|be|get|getting|any|some|a)\b.{0,20}\b(?:downtime|outages?|an incident)\b/,
      /^(?:who|what|which (?:customers?|users?)) (?:is|are|was|gets?|got) (?:the )?(?:now |currently |being )*(?:affected|impacted|hit|(?:customer|user|business) impact)\b/,
      /^(?:is|are) (?:it|they|this|(?:the |our |my )?(?:site|website|service|app|application|system|shop|api)|everything|things) (?:still |really |actually |even |all |currently )*(?:working|usable|accessible|operational|functional)(?: (?:again|now|right now|or not))*[?!. ]*$/,
      new RegExp(
        `^(?:are|is|am|aren't|isn't) ${WE} (?:still |all |completely |totally |fully |really |actually |even |already |currently |now )*(?:down|offline|dead|up|online|available|unavailable|reachable from outside|live|serving)(?: (?:right )?now| again| at the moment| or not| or what| there)*[?!. ]*$`,
      ),
      /^(?:is|are) (?!.*\b(?:scal\w*|going|coming|rolling|counting|speed\w*|why)\b)\S.{1,80}? (?:still |completely |totally |really |currently |now )*(?:down|offline|unavailable|up and running)(?: (?:right )?now| again| at the moment| or not| in [\w-]{2,60})*[?!. ]*$/,
      /^(?:is|are|was) (?:there|we (?:in|having)|this|it) (?:an? |any )?(?:full |major |real |big )?(?:outage|incident|downtime)\b/,
      /\b(?:is|are|was|were|will) (?:any(?:one|body)|(?:our |the |any |my )?(?:customers?|users?|clients?|people)) (?:be |being |getting |now |currently |still )*(?:affected|impacted|hit|hurt|seeing|noticing|locked out|getting errors)\b/,
      /\b(?:do|does|can|could|will|would) (?:any(?:one|body)|(?:our |the |any |my )?(?:customers?|users?|clients?|people)) (?:still |even |already |actually )*(?:see|notice|feel|use|reach|get|suffer|work|buy|log in)\b/,
      /^how (?:bad|serious|severe|critical|urgent) (?:is|are)\b|^(?:is|are) (?:it|this|that|things) (?:really |very |that |so )*(?:bad|serious|severe|critical|urgent|an emergency)\b|^what(?:'s| is) the (?:impact|damage|severity)\b/,
    ],
  ],
];

/** Longer messages are no such short question. */
const CHARS_MAX = 300;

/** The kind of aside a message is, in lower case and without its polite beginning; null for anything else. */
export function asideOf(text: string): AsideKind | null {
  if (text.length > CHARS_MAX) return null;
  if (topicAsked(text) !== null) return 'blame';
  return rows.find(([, forms]) => forms.some((form) => form.test(text)))?.[0] ?? null;
}

/** A message with its mistyped words as the vocabulary and these forms spell them; names stay as they are. */
export function spelled(text: string): string {
  return text.replace(/(?<![\w'-])[a-z]{4,}(?![\w'-])/g, (word) =>
    isKnownWord(word) || ASIDE_WORDS.has(word) || word.length < MISTYPED_LETTERS_MIN
      ? correctedWord(word)
      : ([...ASIDE_WORDS].find((one) => one[0] === word[0] && distance(one, word) === 1) ?? word),
  );
}

/** Shorter words are too close to each other. */
const MISTYPED_LETTERS_MIN = 6;

/** Words of these forms that are no names beside them, though the vocabulary does not know them. */
export const ASIDE_WORDS: ReadonlySet<string> = new Set(
  `boss bosses manager managers management executive executives ceo cto director customer customers stakeholder stakeholders layman
  tldr tl eli5 dr summary summarise summarize recap nutshell plain plainly briefly english sentence sentences kid kids child grandma grandmother
  mother mum mom beginner human newcomer terms version nontechnical non-technical nontech site website shop system client
  clients outage downtime incident affected impacted hurt noticing notice bad serious severe critical emergency impact damage severity risk
  risks side effects effect side-effects downside downsides danger dangers blast radius blast-radius consequences harm reversible harmless harmful
  destructive disruptive wise idea approve approved approving approval approvals denied deny reject rejected accept accepted confirm authorized
  authorised signed sign decided okayed oked oks evidence proof prove certain confident conclude executed execute commands command calls apis
  api tools tool requests request plan diff oom iam ecr ram heap disk disks cause culprit blame guilty fault due related network-related
  sleep bed tomorrow leave
  option options alternative alternatives choice choices better best safer safest wiser smarter two three both pros cons trade-off tradeoff tradeoffs
  policy policies statement statements permission permissions json document snippet inline managed attach grant role action actions minimal missing needed
  short postmortem post-mortem retro retrospective handover ticket report yourself ignore rules instructions bypass override
  colleague team support somebody someone monitoring insists claims complains
  feel suffer buy log explain describe phrase word admin operator system root someone's offline online unavailable dumb update short gist repeat button pressed bottom essence prevent`.split(
    /\s+/,
  ),
);
