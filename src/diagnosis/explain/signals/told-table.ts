// How people tell in a sentence what they saw, where no machine wrote an error: a thing and what is wrong with it, in either order.
// Weaker than the words of AWS, Docker or a program, so the scores that ask for these never decide alone.

import { either, type Signal } from '../signal.ts';

const FAILS =
  "fail|never|unable|can(?:'|no)t\\b|could ?n[o']t|does ?n[o']t|do not|is ?n[o']t|not work|stuck|hang|error|timeout|times? out|timed out|refus|denied|block|missing|wrong|broken|stopp(?:ed|ing) working|no longer|forever|keeps?\\b|crash|kill|unhealthy";
const NOT_THERE =
  "missing|\\bno\\b|not (?:found|created|there|exist)|(?:does|did|do) ?n[o']t exist|deleted|removed|lacks?\\b|without|forgot|never created|was not created|no such|gone\\b";
const HOSTS =
  '(?:ec2|container|ecs) ?(?:windows |linux )?instances?|\\binstances?\\b|\\bhosts?\\b|\\bnodes?\\b';
const TASKS = '\\btasks?\\b|containers?\\b|services?\\b';

export const toldSignals = {
  // The way out and in.
  natTold: [
    'the way to the internet is in question',
    either(
      '\\bnat\\b|fck-nat|\\bigw\\b|internet gateway|default route|route tables?\\b|0\\.0\\.0\\.0\\/0',
      `${FAILS}|${NOT_THERE}|pending`,
    ),
  ],
  outsideTold: [
    'nothing outside can be reached',
    either(
      '(?:external|outside|public) (?:\\w{1,12} ){0,2}(?:domains?|ips?|services?|apis?|urls?|hosts?|world|internet|network)|the internet\\b|internet access',
      FAILS,
    ),
  ],
  publicIpTold: [
    'a public address is in question',
    /assign[ _-]?public[ _-]?ip|auto-?assign|public ip(?:v4)?(?: address)?\b|elastic ip/,
  ],
  egressTold: [
    'outbound traffic is restricted',
    either(
      'egress\\b|outbound|outgoing (?:traffic|rules?|connections?)',
      `${FAILS}|restrict|limit\\w*|lock\\w* down|not allow|${NOT_THERE}|rules?\\b`,
    ),
  ],
  endpointTold: [
    'a VPC endpoint is missing or in question',
    either(
      '(?:vpc|interface|gateway|privatelink|ecr(?:\\.\\w{3})?|s3|logs|cloudwatch(?: logs)?|secrets ?manager|ssm|sts|ssmmessages|ecs) endpoints?\\b',
      `${FAILS}|${NOT_THERE}|need\\w*|require\\w*|add(?:ed|ing)?\\b|polic(?:y|ies)`,
    ),
  ],
  isolatedTold: [
    'the subnet has no internet access',
    /isolated (?:subnets?|vpc)|(?:without|no|lacks?) (?:any )?(?:internet|outbound)(?: access| connectivity)?\b|air-?gapped|fully private/,
  ],
  layersTold: [
    'the layers of an image do not arrive',
    either('\\blayers?\\b|prefix list|s3 gateway', `${FAILS}|download`, 50),
  ],
  discoveryTold: [
    'names inside the VPC are in question',
    either(
      'service[ -]discovery|cloud ?map|private dns|dns (?:namespace|hostnames?|resolution|support|name)|namespaces?\\b|hosted zone|route ?53',
      `${FAILS}|time-?out|not? (?:find|resolv\\w*)|two |duplicate|disabled`,
    ),
  ],
  addressesTold: [
    'the addresses of the subnet are used up',
    either(
      '\\bsubnets?\\b|\\/2[4-8]\\b|\\bcidr\\b|(?:private |task )?(?:ip )?addresses',
      'exhaust|r[au]n(?:ning)? out|used up|\\bno (?:more )?(?:free|room|addresses|ips?)|not enough|no more|too small|is full|are full|depleted',
    ),
  ],
  rulesMissing: [
    'a security group lacks a rule',
    either(
      'security ?-?groups?\\b',
      "no (?:\\w{1,12} )?rules?|without (?:\\w{1,12} )?rules?|does ?n[o']t allow|not allow|not open|lacks?|missing|is empty|blocks?\\b|denied",
    ),
  ],
  interfacesTold: [
    'a host takes fewer tasks than its network interfaces allow',
    /(?:only|more than|beyond|max\w{0,5}|limit\w{0,3}(?: to| of)?) .{0,30}tasks? .{0,12}(?:per|on (?:each|an?|every|the)|each) .{0,12}(?:instance|host|node)|tasks per (?:instance|host)|beyond the (?:second|third|fourth|\d{1,2}\w{2}) .{0,20}(?:instance|host)|eni (?:limit|trunk|attach|density)|trunk(?:ing)?\b/,
  ],
  // Identities.
  firstInAccount: [
    'it is the first of its kind in the account',
    either(
      '\\b(?:very )?first (?:\\w{1,8} )?(?:cluster|service|task|ecs)|new (?:aws )?account',
      `${FAILS}|second (?:time|try|attempt|deployment|run)`,
    ),
  ],
  taskRoleTold: [
    'the task role is in question',
    either('task ?[_-]?role', `${FAILS}|access|permission|ignored|not used|credentials`),
  ],
  permissionTold: [
    'a permission was not given',
    either(
      'permissions?\\b|\\bpolicy\\b|\\baccess\\b|\\biam\\b',
      'without|not (?:updat\\w*|add\\w*|grant\\w*|giv\\w*|includ\\w*|enough|sufficient)|missing|forgot\\w*|lacks?\\b|lost\\b|too narrow|insufficient|not have',
    ),
  ],
  hostIdentity: [
    'the container acts as its host',
    /assumed-role\/[\w+=,.@-]{1,64}\/i-[0-9a-f]{8,17}\b|(?:instance|host|node|ec2)(?:'s)? (?:iam )?(?:role|profile|credentials?) .{0,30}(?:instead|rather)|credentials of the (?:\w{1,10} )?(?:host|instance|node)|(?:pick|use|get|fall|return)\w{0,4} .{0,40}(?:the (?:instance|host|ec2)(?:'s)? (?:role|profile|credentials?))/,
  ],
  credentialsRequest: [
    'the credentials endpoint did not know the task',
    /credentials ?v\d ?request|invalididinrequest|credentials (?:id )?not found|id not found/,
  ],
  // Images.
  imageGone: [
    'the image was cleaned away or overwritten',
    either(
      '(?:untagged|old(?:er)?|previous|pinned|base) images?|image (?:hash|digest|sha\\w*|tag|version)|\\blatest\\b tag|digests?\\b',
      'lifecycle|delet\\w+|expir\\w+|overwritt\\w+|remov\\w+|clean\\w* up|purg\\w+|garbage|no longer (?:exist|there)|re-?tagg?\\w+',
    ),
  ],
  imageTold: [
    'an image is not where it is looked for',
    either(
      '\\bimages?\\b|\\brepository\\b|\\btag\\b',
      "not (?:available|exist|pushed|in the|built)\\w*|(?:does|did) ?n[o']t exist|cannot find|not (?:being )?able to find|not found|wrong (?:image|tag|name)|normaliz\\w+ image|invalid reference|no image",
      40,
    ),
  ],
  privateImage: [
    'the image is private',
    /private (?:docker ?hub |ghcr |gitlab |docker )?(?:repo\w*|registr\w+|images?)|(?:repo\w*|registry|image|package) .{0,20}(?:to|is|was|are|be|made) (?:private|public)|(?:to|is|was|make|made) (?:the |it )?(?:\w{1,12} )?public,? .{0,40}(?:get|pull|work)|ecs_engine_auth|authentication is required/,
  ],
  registryDenied: [
    'the registry refused',
    /requested access to the resource is denied|unauthorized: authentication required|pull access denied|no basic auth credentials|denied: (?:requested|user|your)/,
  ],
  otherPlatform: [
    'image and host are of different platforms',
    either(
      '\\barm(?:64)?\\b|graviton|aarch64|\\bamd64\\b|x86[_-]64|apple silicon|\\bm[1-4] (?:mac|chip|pro|max|laptop)|ltsc ?\\d{4}|windows server \\d{4}|\\barm (?:machines?|macs?|laptops?)',
      `${FAILS}|built|build|only|instead|mismatch|creat\\w+|triggered`,
    ),
  ],
  secretTold: [
    'a reference to a secret is wrong',
    either(
      'secrets?\\b|parameter store|ssm param\\w*|value_?from|json ?-?key',
      "not (?:found|exist\\w*|there)|(?:does|did|do) ?n[o']t exist|no such|wrong|deleted|invalid|not-exist|another region|\\[ng\\]|typo|suffix|could not find",
    ),
  ],
  logGroupTold: ['a log group is not there', either('log ?-?groups?\\b', NOT_THERE)],
  logsLost: [
    'logs do not arrive or their router fails',
    either(
      'fluent-?(?:bit|d)|fire ?lens|log[ _-]?(?:router|driver|agent|sidecar|shipper)|awslogs|splunk|logstash',
      `${FAILS}|does not receive|not receive|lost|drops?\\b|exit\\w*|restart\\w*|backpressure|abort\\w*`,
    ),
  ],
  configFileErrors: [
    'a configuration file was not accepted',
    /config(?:uration)? file .{0,40}(?:errors?|invalid|not found|abort)|errors? in (?:the )?config/,
  ],
  definitionTold: [
    'a task definition was not accepted',
    either(
      'task ?-?def(?:inition)?s?\\b|container ?-?def(?:inition)?s?\\b|containers? (?:list|name|count)|too many containers',
      `reject\\w*|invalid|not accept\\w*|cannot be|should not|must (?:be|not|have)|unsupported|too many|validation`,
    ),
  ],
  // Programs.
  commandTold: [
    'the command to run is in question',
    either(
      'entry ?point|\\bcmd\\b|\\bcommand\\b|start(?:up)? script|shell script',
      'overrid\\w*|empty|nothing|not executable|line endings?|crlf|chmod|execute (?:bit|permission)|not (?:found|start)|missing|shebang|quot(?:es|ing)',
      80,
    ),
  ],
  finishedTold: [
    'the work was done',
    either(
      TASKS,
      'finish\\w* (?:its|the|all) (?:work|job)|complet\\w+ (?:its|the) (?:work|job)|exits? (?:immediately|right away|at once|cleanly|normally)|nothing (?:left )?to do|ran to (?:the end|completion)|exit code 0',
    ),
  ],
  endsOnPurpose: [
    'the program ends when its part is done',
    either(
      'containers?\\b|\\bimage\\b|\\bscript\\b|process|\\bworker\\b|\\bjob\\b',
      'exits? (?:once|after|as soon|when)|ends? (?:once|after|as soon|when)|one-?off|run-once',
      40,
    ),
  ],
  memoryTold: [
    'memory runs out',
    either(
      '\\bmemory\\b|\\bram\\b|\\bheap\\b',
      'limit|kill\\w*|exhaust\\w*|leak\\w*|spik\\w*|ran out|run(?:s|ning)? out|100 ?%|grow\\w*|not enough|more than',
    ),
  ],
  segment: ['the process crashed', /segment fault|segfault\w*|seg ?fault/],
  dependencyTold: [
    'one container of the task waits for another',
    /(?:success|complete|healthy|start) condition|condition (?:of )?["']?(?:success|complete|healthy)\b|container [ab]\b .{0,80}container [ab]\b|(?:previous|other|first|init|main|sidecar|migration) container .{0,60}(?:never|healthy|ready|exits?|finish\w*|complet\w*|fail\w*|before)|depends? on|before the (?:app|main|other) container/,
  ],
  // Health.
  checkAnswered: [
    'the health check got an answer it does not accept',
    either(
      'health ?-?check\\w*|elb-healthchecker|\\bunhealthy\\b|load ?balanc\\w+|target ?groups?',
      '\\b(?:30[1278]|40[0134567]|42[169])s?\\b|redirect\\w*|allowed_?hosts|host header|wrong (?:path|port|protocol)|(?:path|matcher|success codes?) (?:is|was) (?:wrong|not)|default (?:path|route)',
      90,
    ),
  ],
  ingressTold: [
    'the way from the load balancer to the task is in question',
    either(
      'security groups?\\b|ingress|inbound|firewall',
      'load ?balancer|\\balb\\b|\\bnlb\\b|\\belb\\b|health ?-?checks?|target ?groups?|\\btargets?\\b',
    ),
  ],
  startsSlowly: [
    'the application is slower than its checks',
    either(
      'slow\\w*|takes? .{0,12}(?:\\d|long|minutes?|a while)|start-?up time|boot\\w* time|warm\\w*[ -]?up|\\binitiali[sz]\\w+|time to (?:come up|start|boot)|startperiod|start period|grace ?-?_?period',
      'kill\\w*|stopp\\w*|unhealthy|health|grace|before\\b|restart\\w*|deregist\\w*|threshold|less than',
      80,
    ),
  ],
  listensTold: [
    'it listens on the wrong address',
    either(
      '\\bbinds?\\b|\\bbound\\b|\\blisten\\w*\\b|\\bhostname\\b',
      '127\\.0\\.0\\.1|\\blocalhost\\b|loopback|wrong (?:interface|address)|internal (?:container )?ip|ip-\\d{1,3}-\\d|(?:instead of|not|rather than) (?:on |to )?(?:0\\.0\\.0\\.0|all interfaces)|private (?:ip|address)',
    ),
  ],
  ownAddress: [
    'it listens on the address of its interface only',
    /local: http:\/\/ip-\d|http:\/\/ip-\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3}\.[\w.-]{1,60}:\d|with the ip of the container|ip of the container it works/,
  ],
  probeTold: [
    'the probe of a container is in question',
    either(
      'health ?-?checks?\\b|\\bprobe\\w*|\\bhealthy\\b|\\bunhealthy\\b',
      '\\bcurl\\b|\\bwget\\b|ipv[46]|::1|never (?:marked|becomes?|turns?|passes|passed)|health: starting|although|even though|serves? traffic|cmd-shell|not (?:listening )?on localhost',
      80,
    ),
  ],
  requestsLost: [
    'requests are lost when tasks stop',
    either(
      '\\b50[234]s?\\b|\\b5xx\\b|dropped|in-?flight|connections?\\b|requests?\\b|calls\\b',
      'drain\\w*|deregister\\w*|stop-?task|sigterm|sigkill|shut(?:ting)? ?down|when(?:ever)? .{0,30}(?:stop|deploy|replac|scal)\\w*|during (?:\\w{1,10} )?(?:deploy\\w*|rollout|release)|stop ?timeout|(?:on|at|after) (?:each|every) deploy\\w*',
      90,
    ),
  ],
  healthyLater: [
    'the checks pass after some tries',
    either(
      'health ?-?checks?|unhealthy|\\btargets?\\b',
      'eventually|after (?:several|some|a few|repeating|\\d+)|several (?:times|tries)|at first|only (?:after|later)|in the end|then succeeds|the health check succeeds',
      80,
    ),
  ],
  loops: [
    'it goes on and on',
    /\bloops?\b|flapp\w*|again and again|over and over|every (?:few )?(?:minutes?|seconds?)|cycl\w+/,
  ],
  checkLoop: [
    'targets are registered and taken out again',
    either('registered targets?|targets? (?:is |are )?registered', 'deregister\\w*|draining', 80),
  ],
  signalNotPassed: [
    'the signal to stop does not reach the program',
    either(
      'sigterm|\\bsignals?\\b|sigkill',
      "not (?:pass|propagat|forward|handl|reach|receiv|trap)\\w*|n't (?:pass|propagat|forward|handl|reach|trap)\\w*|ignor\\w*|after \\d{2,3} ?s|pid 1|exec form",
    ),
  ],
  waitsTooShort: [
    'a command waits less long than the stop takes',
    either(
      'drain\\w*|deregist\\w+|old tasks?',
      'waits?\\b|wait command|too long|slow\\w*|faster|timeout|do not stop|does not stop|never stop',
    ),
  ],
  signal9: ['a process of the container was killed', /got signal 9|signal 9\b|signal: killed|\boom[- ]?kill/],
  // Placement.
  cannotStartOften: [
    'tasks of the service do not start',
    /unable to consistently start tasks|tasks? (?:keep|kept) (?:getting )?(?:stopped|stopping|restarting|failing|dying)|never reach(?:es)? running/,
  ],
  tightHost: [
    'the host has no room for another task',
    either(
      '(?:reduce|lower|shrink|cut)\\w* (?:the )?(?:memory|cpu)|not enough (?:memory|cpu|room|space|resources)|no room|enough (?:memory|cpu)|fit\\b|cpu (?:units|shares)|\\d{3,6} ?(?:m|mb|mib|g|gb|gib)\\b',
      'instance|\\bhost\\b|running task|place\\w*|deploy\\w*|both tasks|second task|asks? for|needs?\\b|requires?\\b',
    ),
  ],
  notPlaced: [
    'tasks are not placed on hosts',
    either(
      TASKS,
      "(?:never|not|n't) (?:get |be |being |is )?(?:placed|scheduled)|unable to place|cannot be placed",
    ),
  ],
  capabilityTold: [
    'a capability of the host is asked for',
    /awslogs|\battributes?\b|ecs_enable|ecs_available|\bgpus?\b|\befs\b|plugin|volume driver|task-?iam-?role|task-eni|capabilit/,
  ],
  portsTold: [
    'host ports collide',
    either(
      'host[ _-]?ports?|(?:static|fixed|same) (?:host )?ports?|port mappings?',
      'conflict\\w*|in use|taken|already|collid\\w*|same (?:host|instance)|only one|two tasks|second|\\b100\\b|\\d{3} ',
    ),
  ],
  notJoined: [
    'instances run but are not in the cluster',
    either(
      HOSTS,
      "(?:not|never|n't|fail\\w*|no) (?:\\w{1,10} ){0,3}(?:add(?:ed|ing)?|join\\w*|register\\w*|appear\\w*|show\\w*|attach\\w*|visible)(?: \\w{1,10}){0,4}",
    ),
  ],
  clusterSetting: [
    'the instance may not know its cluster',
    either(
      'ecs\\.config|ecs_cluster|user ?data|default cluster|registered container instances',
      `${FAILS}|not (?:get|set|run)|\\b0\\b`,
    ),
  ],
  groupStill: [
    'capacity does not grow with what is asked for',
    either(
      'capacity ?-?provider\\w*|auto ?-?scaling group|\\basg\\b|managed scaling|cluster auto ?scaling|auto ?-?scaling (?:interface|activit\\w+)|\\brunnable\\b',
      `${FAILS}|nothing (?:happens|launches)|not (?:placed|scal\\w+|launch\\w*|start\\w*)|no effect|stays? at|erratic\\w*|terminated|launch\\w* fails|zero|provisioning|stuck|spot instances available|forever`,
      90,
    ),
  ],
  launchFails: [
    'instances cannot be launched',
    either(
      'launch\\w*|start\\w*',
      'license|subscri\\w+|ami\\b|instance (?:type )?(?:limit|quota)|vcpu limit|pending verification',
      60,
    ),
  ],
  agentTold: [
    'the agent or Docker on a host does not answer',
    either(
      'ecs[ -]?agents?|\\bagents?\\b|docker(?: daemon| ps| info)?\\b|(?:start|stop|restart) (?:and \\w{4,7} )?ecs\\b',
      'disconnect\\w*|hang\\w*|hung|crash\\w*|not respond\\w*|stops? responding|unresponsive|refus\\w*|turns? (?:to )?false|unavailable|restart (?:the|it)|until i restart|from acs|no data in the queue',
    ),
  ],
  quotaTold: [
    'a limit of the account is reached',
    either(
      '\\b(?:hit|reach|exceed|over|run into)\\w*',
      '(?:default |account |service |concurrent )?(?:limits?|quotas?)\\b',
      40,
    ),
  ],
  interruptedTold: [
    'a host went away',
    either(
      `spot|${HOSTS}|fargate task|underlying`,
      'interrupt\\w*|terminat\\w+|reclaim\\w*|retire\\w*|evict\\w*|maintenance|rebalanc\\w*|preempt\\w*',
      50,
    ),
  ],
  // Deployments.
  rolloutTold: [
    'a rollout does not come to its end',
    either(
      'deploy\\w*|roll-?outs?|roll(?:ed)? ?-?backs?|circuit ?-?breaker|update-service|new revision',
      `stuck|never (?:finish|complet|end)\\w*|time-?out|hangs?|in[_ ]progress|not (?:stop|finish|complet|roll|detect)\\w*|does ?n[o']t (?:work|finish|complete|stop|roll)|although|reports? success|percent|forever|fail\\w*`,
    ),
  ],
  otherController: [
    'another controller deploys the service',
    either(
      'code ?_?deploy|blue ?\\/? ?-?green|external (?:deployment )?controller|task ?sets?\\b',
      `${FAILS}|not (?:allowed|work|supported|possible)|cannot`,
    ),
  ],
  attachmentTold: [
    'target group, listener and container do not fit',
    either(
      'target ?-?groups?|listeners?|container ?-?port|host port mapping|port mapping',
      `${NOT_THERE}|not (?:attached|associated|registered|have)|is required|wrong|mismatch|(?:does|did) ?n[o']t (?:have|match|exist)`,
    ),
  ],
  iacArgument: [
    'a deployment tool misses or refuses an argument',
    /missing required argument|unsupported argument|argument .{1,80} (?:is required|is not expected)|can have at (?:most|least) \d{1,4} items|schema validation|failed to satisfy constraint|unrecognized property|extraneous key|property validation|model validation failed/,
  ],
  modesTold: [
    'two network modes where one is asked for',
    either('\\bawsvpc\\b', '\\b(?:bridge|host) (?:mode|network)|network ?-?mode \\W?(?:bridge|host|none)\\b'),
  ],
  registryInsecure: [
    'the registry and the host do not agree on TLS',
    /http response to https client|insecure[ -]registr|registry is (?:insecure|not secure)|registr\w{1,8} .{0,60}(?:self.signed|unknown authority)/,
  ],
  modeTold: [
    'network mode and target or network configuration do not fit',
    either(
      '\\bawsvpc\\b|bridge (?:mode|network)|host (?:network )?mode|network ?-?(?:ing )?mode',
      'target ?-?(?:group|type)|instance targets?|ip targets?|network ?_?config\\w*|subnets? (?:must|required)|assign ?public',
    ),
  ],
  referenceTold: [
    'what is named is inactive, missing or elsewhere',
    either(
      '\\bcluster\\b|task ?-?definition|\\bservice\\b|arn:aws:ecs:\\S{1,200}|\\btask\\b',
      "is missing\\b|\\binactive\\b|unknown\\b|not found\\b|wrong (?:region|account|name|cluster)|deregistered|typo|cannot be empty|(?:does|did) ?n[o']t exist|can ?not be (?:empty|blank|null)|no active",
      30,
    ),
  ],
  arnMissing: ['what an ARN names is not there', /arn:aws[\w-]{0,8}:ecs:\S{1,200} is missing\b/],
  providerUnknown: [
    'a capacity provider is not part of the cluster',
    /capacity ?providers? .{0,60}(?:not (?:added|associated|found|in|part|enabled)|does not exist)|not (?:added|associated|enabled) .{0,20}capacity ?provider/,
  ],
  nameReused: [
    'a service is made again while the old one is there',
    either(
      '\\bservices?\\b|\\bcluster\\b',
      'same name|re-?creat\\w+|still draining|draining ecs|already exists|idempotent|cannot be (?:deleted|created)|destroy\\w*|contains? (?:active )?(?:tasks|services)|before a new',
    ),
  ],
  countMoved: [
    'the desired count is set back',
    either(
      'desired[ _-]?(?:task[ _-]?)?(?:counts?|capacity|number|tasks)|running (?:count|capacity|tasks)|number of (?:running )?tasks',
      '\\bback (?:to|down)|reset\\w*|overrid\\w*|overwr\\w*|clobber\\w*|\\d ?-> ?\\d|wrong\\w*|not preserv\\w*|ignor\\w*|reappl\\w*|sets? the|from \\d{1,4} to \\d|reduc\\w+|kill\\w*',
      80,
    ),
  ],
  // Disks, file systems, runtimes.
  diskTold: [
    'a disk is full',
    either(
      '\\bdisks?\\b|\\bdevice\\b|\\bvolumes?\\b|storage|\\/var\\/lib\\/docker|filesystem',
      'is full|fills?\\b|filled|out of (?:disk )?space|lack of|no (?:more )?space|too (?:small|low)|100 ?%|not enough|not sufficient|exceed\\w*|larger than|\\bspace\\b',
      40,
    ),
  ],
  efsTold: [
    'an EFS file system is in question',
    either('\\befs\\b|elastic file system', `${FAILS}|permission|read|write|resolve|mount`),
  ],
  rootfsMount: [
    'something could not be mounted into the container',
    /rootfs_linux|to rootfs|mount(?:ing)? .{0,80}(?:rootfs|not a directory)/,
  ],
  runtimeTold: [
    'the container runtime of the host failed',
    either(
      '\\bdocker\\b|containerd|\\brunc\\b|\\bcgroups?\\b|cgroup ?error|graph ?driver|overlay|\\bagent\\b|device nodes|mknod|cgroup config',
      'could not (?:create|transition|stop|start)|(?:was |is )?not able|fails? to|failed to|error (?:starting|creating|initiali[sz]ing)|busy|platform resources|errno \\d{2,3}|timed out|error setting|unable to freeze',
    ),
  ],
  execTold: [
    'ECS Exec is not ready in the container',
    /managed ?agents?\b|execute ?command ?agent|targets? not connect|is not connected|start-?session|startsession operation|(?:ecs|aws) exec\b|exec into/,
  ],
  scheduleTold: [
    'a schedule is to start a task',
    either(
      'scheduled?[ _-]?(?:fargate|ecs|ec2)?[ _-]?(?:task|job|run)s?|schedule expression|\\bcron\\b|event ?bridge|events? (?:rule|role)|cloudwatch rule',
      `${FAILS}|permission|not (?:start|run|fire|trigger)\\w*|no task`,
    ),
  ],
  proxyTold: [
    'the Service Connect proxy is in question',
    either(
      'service[ -]?connect|\\benvoy\\b|appnet|app ?mesh|ecs connect',
      `${FAILS}|pending|drain\\w*|intermittent|add \\d{1,3} cluster`,
    ),
  ],
} as const satisfies Record<string, Signal>;
