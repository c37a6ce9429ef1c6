// What ECS, load balancers, Auto Scaling and their APIs say about services, hosts, deployments and definitions.

import type { Signal } from '../signal.ts';

export const orchestrationSignals = {
  noFreeAddress: [
    'the subnet has no free address',
    /insufficient ?free ?address|enough free (?:private )?(?:ip )?address|free (?:private )?(?:ip )?addresses|insufficient (?:private )?ip|no (?:free|available|more) (?:private )?(?:ipv4 |ip )?address|addresses (?:are )?(?:exhausted|available|left)|out of (?:private )?ip|insufficientcidrblocks|ip address(?:es)? exhaust|run out of (?:private )?(?:ip )?addresses|subnet(?:s)? .{0,50}(?:exhaust|is full|are full)|enough (?:available )?ip/,
  ],
  eniTrouble: [
    'the interface was not made or attached',
    /resource:eni|unused device index|attachment ?limit|networkinterfacelimit|interface (?:provision|attach|creat|limit)|time-?d? ?out .{0,30}(?:network ?interface|eni\b)|(?:attach|create|creating|provision|allocate|setup|set up)\w{0,4} (?:the |an? )?(?:network ?interface|eni\b|task eni|branch)|eni (?:\w{1,12} )?(?:limit|attach|provision|not|fail|allocation|never|could)|too many (?:network )?interfaces|cni (?:setup|plugin)|trunk|network namespace|(?:maximum|limit|number) (?:\w{1,12} ){0,3}(?:network ?interfaces|enis)|interfaces? per instance/,
  ],
  hostLacks: [
    'no host has enough CPU, memory or GPU left',
    /insufficient (?:cpu|memory|gpu|resources|ram)\b(?! to continue)|enough (?:cpu|memory|gpu|resources|ram)|resource:(?:cpu|memory|gpu)|reasons?["']?: ?\[?["']?(?:cpu|memory|gpu)\b|(?:cpu|memory|gpu)(?: units)? available|(?:cpu|memory) reservation|lack\w{0,3} (?:cpu|memory|resources)|insufficient_(?:cpu|memory)/,
  ],
  noHostFits: [
    'no host met the requirements',
    /met all of its requirements|resource requirements (?:are|were)? ?not|no container[- ]?instances? (?:met|match|can|could|available|with)/,
  ],
  resourcesFree: [
    'memory and CPU are free nevertheless',
    /(?:although|while|but|though|despite|even).{0,30}(?:memory|cpu).{0,30}(?:free|available|enough|idle|plenty)|plenty of (?:cpu|memory)/,
  ],
  portTaken: [
    'another task has the host port',
    /using a port|port required|resource:ports|ports? (?:conflict|already|collision|is taken)|\bhost ?ports?\b.{0,60}(?:conflict|in use|taken|same|fixed|static|collid|\bused|clash|already|100)|\bports\b"?\]|static host port/,
  ],
  noHosts: [
    'the cluster has no hosts',
    /no container instances? (?:were|was|are|is)? ?(?:found|registered|available|running|in)|no (?:ec2 )?instances? (?:in|registered)|empty cluster|zero (?:container )?instances|0 (?:container )?instances|registered container instances: 0|no hosts/,
  ],
  providerNamed: ['a capacity provider is named', /capacity ?provider|managed scaling/],
  ec2Capacity: [
    'EC2 could not give instances',
    /insufficientinstancecapacity|insufficient ?capacity|sufficient \S{1,30} capacity|instance ?limit ?exceeded|vcpu ?limit ?exceeded|maxspotinstancecount|could not launch (?:on-demand|spot|ec2|instances?)|launching (?:a new )?ec2 instance.{0,60}(?:fail|status)|launching ec2 instance failed|unfulfillable|no spot capacity|spot (?:request )?(?:quota|capacity|limit)|requested (?:more )?(?:vcpu|instance type)|instance type .{0,60}not (?:supported|offered|available)|max(?:imum)? ?(?:group )?size|price[- ]?too[- ]?low|invalidamiid|launch (?:template|configuration) .{0,40}(?:not|invalid|fail)|nothing launches|no instances? (?:\w{1,12} )?launch|instances? (?:are )?not (?:being )?(?:launched|scaled)|scale[- ]?out (?:never|does not|doesn't|not)|capacityproviderreservation|failed to (?:scale|launch)(?! a task)|vcpu capacity/,
  ],
  agentGone: [
    'the ECS agent or Docker on the host does not answer',
    /["'[:(, ]agent["'](?:\]|,|\.|$| )|reasons?["']?:? ?\[?["']?agent\b|(?:not|n't) have the agent connected|\b(?:from|to|with) (?:acs|tcs)\b|\b(?:acs|tcs)(?: client|:)|acs connection|:51678\b|agent exited|ecs-agent (?:\w{1,12} )?(?:exited|died|stopped|crashed)|agent (?:\w{1,12} )?(?:disconnect|not connected|is not|isn't|offline|unreachable|lost|unable|down|cannot|can't|stopped)|agent ?connected["']?[: =]{1,3}false|disconnected agent|docker daemon|docker\.sock|daemon running|dockerd|poll endpoint|telemetry endpoint|container instance .{0,40}(?:disconnect|not connected|inactive)|docker endpoint|ecs-init|acs (?:connection|websocket|endpoint)/,
  ],
  daemonDown: [
    'the Docker daemon refuses',
    /connect to the docker daemon|docker daemon (?:refuses|is not|not)|docker\.sock|daemon running|dockerd|docker (?:is )?(?:not running|unresponsive|hung|hangs|not responding)|docker ps hangs/,
  ],
  attribute: [
    'a host lacks an attribute',
    /miss(?:es|ing)? (?:an? |the )?(?:required )?attributes?\b|attributes? required|required attribute|reasons?["']?[: [(]{1,4}["']?attribute|["'[: ]attribute["'\],.]|lacks? (?:the |an )?attribute|ecs\.capability|com\.amazonaws\.ecs\.capability/,
  ],
  constraint: [
    'a placement constraint is not met',
    /member ?of|distinct ?instance|placement constraint|constraint (?:is )?(?:unsatisfied|not|unmet|violat)|constraints? (?:cannot|could|can't)|placement (?:expression|strategy)/,
  ],
  fargateFull: [
    'Fargate has no capacity there',
    /capacity is (?:currently )?unavailable|capacity (?:is )?(?:not|un)available|capacity unavailable|insufficient fargate|fargate (?:spot )?(?:capacity|is (?:currently )?(?:not|un))|no fargate capacity|resource:fargate|reason: internal error|fargate .{0,60}not (?:supported|available) in|(?:zone|az|us-[a-z]{4,9}-\d[a-f]).{0,60}(?:not support|does not support) .{0,10}(?:aws )?fargate|does not have (?:enough )?fargate/,
  ],
  fargate: ['Fargate is named', /fargate/],
  quota: [
    'a quota is reached',
    /reached (?:the|your|a) .{0,40}(?:limit|quota)|(?:above|over|beyond) your (?:\w{1,12} )?(?:limit|quota)|limit on the number|limit of (?:\w{1,12} )?(?:vcpus?|tasks?)|exceeded (?:the|your) .{0,40}(?:limit|quota)|service ?quotas?|resource count .{0,30}exceeded|maximum number of (?:services|tasks|clusters)|limitexceeded|desired ?count exceeds|exceeds? (?:the |your )?(?:\w{1,12} )?quota|quota (?:exceeded|reached)|concurrent(?:ly)?\b.{0,20}(?:limit|tasks)|run concurrently|vcpu limit|too many concurrent tasks|limit for (?:fargate|on-demand|spot)/,
  ],
  tasksOrVcpus: ['tasks or vCPUs are counted', /\btasks?\b|vcpus?|requested (?:cpu|memory) configuration/],
  throttled: [
    'AWS slows the calls down',
    /being throttled|throttling|requestlimitexceeded|rate exceeded|toomanyrequestsexception|throttled/,
  ],
  interrupted: [
    'the host or the spot capacity went away',
    /spot (?:task|instance|capacity|container)?.{0,20}(?:interrupt|reclaim)|spotinterruption|spot interruption|terminationnotice|host ec2|host .{0,60}(?:stopped|terminated|terminating)|(?:stopped|terminating|shutting)\/terminated|task retire|retire(?:d|ment)|maintenance (?:on|of) the underlying|underlying (?:host|infrastructure|hardware)|scheduled (?:for )?(?:maintenance|retirement)|patching|instance .{0,40}(?:is being )?(?:terminated|reclaimed|drained|deregistered|interrupted)|rebalance recommendation|capacity rebalanc|degraded (?:host|hardware)|infrastructure (?:failure|maintenance|update)/,
  ],
  scalingStopped: [
    'a scaling activity stopped the task',
    /scaling activity initiated|servicescheduler ?initiated|stopped by (?:the )?(?:service )?schedul|activity initiated by/,
  ],
  userStopped: [
    'somebody stopped the task',
    /task stopped by|userinitiated|stopped by (?:a )?user|stopped manually|stopped via/,
  ],
  breaker: [
    'the deployment circuit breaker ended the rollout',
    /deployment circuit ?-?breaker|circuit ?-?breaker .{0,40}(?:trigger|trip|roll|tasks|deploy)|rollout ?state|rolling back|rolled back|deployment .{0,60}(?:failed|fail\b|rollback|roll back)|tasks failed to start|alarm(?:s)? (?:detected|triggered).{0,40}deploy|deployment alarm|no rollback candidate|minimum ?failure/,
  ],
  bounds: [
    'the bounds of the deployment leave no room',
    /minimum ?healthy ?percent|maximum ?percent|deployment configuration|min(?:imum)? healthy|stop or start tasks during|deploymentconfiguration|healthy percent/,
  ],
  protection: [
    'tasks are protected or deployments pile up',
    /scale-?in protect|protected from scale-?in|task protection|protected tasks?|(?:maximum|max|limit|too many|number|more than|5) (?:[\w-]{1,14} ){0,4}deployments?\b|deployments? (?:limit|quota)/,
  ],
  waiter: [
    'a command gave up waiting',
    /max(?:imum)? ?(?:wait )?attempts|waiter|services-?stable|wait time|did not stabili[sz]e|failed to stabili[sz]e|not stabili[sz]|exceeded attempts|servicesstable|notstabilized|waiting for (?:ecs )?service|waiting for the replacement|deployment timed out|is not in the state \w{1,30}|deployment (?:is )?(?:stuck|in[_ ]progress|hangs|never)/,
  ],
  controller: [
    'the service is deployed by another controller',
    /code_?deploy\b|deployment[_ ]?controller|external (?:deployment )?(?:controller|type)|task ?sets?\b|controller of type|taskset/,
  ],
  notAllowed: [
    'that is not allowed here',
    /unable to|not (?:allowed|supported|permitted|valid)|cannot|can't|must (?:be|use)|use (?:aws )?codedeploy|unsupported|only|invalid|does not support/,
  ],
  lbAttachment: [
    'target group, listener and container do not fit',
    /associated load ?balancer|load ?balancer .{0,80}does not exist|target ?group .{0,160}(?:does not exist|not found|not (?:associated|configured|valid|attached|in use)|invalid|deleted|no listener|unused|without)|targetgroupnotfound|unable to find (?:the )?target ?group|loadbalancernotfound|container ?port (?:\d{1,5} )?.{0,30}(?:defined|not|mapped|expose)|(?:container|port) .{0,60}(?:did not have|does not have|not (?:defined|exposed|mapped)|doesn't)|container \S{1,60} does not exist in (?:the )?task|does not exist in the task definition|register targets?|not in the vpc|invalidtarget|not (?:configured to|receiv\w{1,4}) .{0,40}traffic|target\.notinuse|target\.invalid|not enabled for the load balancer|no listeners?|listener .{0,60}(?:not|does|no|missing|without)|availability zone .{0,40}not enabled|load ?balancers? (?:is|are|can)|toomanytargets|vpc of the (?:target|load)/,
  ],
  targetType: [
    'network mode and network configuration contradict each other',
    /target ?type|incompatible with the (?:awsvpc|bridge|host)|network ?configuration|network ?mode|\bawsvpc\b|assign ?public ?ip|bridge (?:mode|network)|host network mode/,
  ],
  networkModeSays: [
    'a setting does not fit the network mode',
    /not valid for the (?:given )?network ?mode|(?:must|required).{0,60}network ?mode|network ?configuration (?:must|is|was|not|cannot|required)|incompatible with (?:the )?(?:\w{1,10} )?network|target ?type .{0,100}(?:incompatible|not|does|must|instance|ip\b)|only supports? network ?mode|(?:not supported|unsupported|not allowed|invalid|incompatible|cannot).{0,80}(?:network ?mode|awsvpc|assign ?public ?ip)|(?:network ?mode|assign ?public ?ip).{0,80}(?:not supported|unsupported|not allowed|invalid|incompatible|cannot|mismatch|requires)/,
  ],
  definition: [
    'the task definition was not accepted',
    /no fargate configuration|fargate (?:only|requires?|compatible|does|task definitions?)|task ?definition (?:does|is not (?:valid|compatible)|invalid|contains|must|requires|failed|cannot)|registertaskdefinition|(?:register(?:ing)?|creating) (?:the |an? |new |ecs )*task ?definition|container ?definitions?\b|resource requirements .{0,40}not valid|'?(?:memory|cpu|memoryreservation)'? (?:setting|value|parameter).{0,60}(?:container|task|greater|invalid|required|must)|(?:cpu|memory)['"]? (?:must|is (?:not|required|greater|invalid)|should)|invalid (?:value for )?['"]?(?:cpu|memory|container|setting|request provided|volume|mount|environment|image|port|log|family|essential|dependson|ulimit|health)|platform ?(?:task ?definition ?incompat|unknown|version)|capabilit(?:y|ies) (?:are|is) not supported|not supported (?:on|by|for|with) (?:\w{1,12} )?(?:fargate|windows|awsvpc|platform|launch)|requires ?compatib|launch ?type|at least one (?:essential|container)|(?:no|one|an|must be) essential|host ?port.{0,60}(?:must|match|should|same|zero)|links? (?:is|are) not supported|privileged|tmpfs|ephemeral ?storage|duplicate (?:mount|container|volume|name|port)|unknown volume|options?:? ?(?:are )?required|required options|log driver .{0,60}(?:require|not supported|invalid|unsupported)|container\.\w{2,30}|(?:exceeds?|greater than|less than|lower than|at least|at most) .{0,60}(?:memory|cpu|mib|limit|length|size)|parameter validation failed|serializationexception|unknown (?:field|parameter in)|null or empty|cyclic|\bcycle (?:in|detected|between)|circular|execution ?role ?(?:arn)?.{0,60}(?:required|must|missing|support)|firelensconfiguration/,
  ],
  executionRoleNeeded: [
    'an execution role is required',
    /(?:require|need|must|specify|have).{0,60}execution ?role|execution ?role.{0,60}(?:required|missing|must|need)/,
  ],
  apiRejected: [
    'the API rejected the call',
    /invalid ?parameter ?exception|client ?exception|invalidrequest|validationexception|badrequest|parameter validation|an error occurred \(|status ?code: ?400|clientexception|servererror|unsupportedfeature|platform\w{0,30}exception|(?<!file|class|module|path|directory)notfoundexception|notactiveexception/,
  ],
  ecsCall: [
    'a call of the ECS API was made',
    /when calling the (?:run|start|stop|describe|list|create|update|delete|register|deregister|put)(?:tasks?|services?|clusters?|container|capacity)\w{0,30} operation|service: amazonecs|operation error ecs:/,
  ],
  stale: [
    'something named is inactive, missing or in another cluster',
    /is inactive|was inactive|\binactive\b|was not active|not active\b|servicenotfound|servicenotactive|clusternotfound|cluster (?:\S{1,60} )?(?:was )?not found|task ?definition (?:\S{1,80} )?(?:was )?not found|task (?:\S{1,80} )?(?:was )?not found|service (?:\S{1,60} )?(?:was )?not found|unable to describe task ?definition|unable to find (?:the )?(?:cluster|service|task)|identifier is for|your cluster is|invalid (?:identifier|revision|arn|cluster|subnet|security group)|referenced (?:task|cluster|service)|reason["']?[: =]{1,3}["']?missing|"missing"|invalidsubnet|invalidgroup|subnet .{0,60}does not exist|security ?group .{0,60}does not exist|does not belong to|belong to (?:the same|different)|targetnotfound|unknown (?:cluster|service|task)|wrong (?:cluster|region)|couldn't find (?:the )?(?:cluster|service|task)|taskid length|no such (?:cluster|service|task)|task ?definition .{0,80}does not exist|deregistered (?:task|revision|definition)|(?:definition|revision|instance) .{0,30}deregistered/,
  ],
  lifecycle: [
    'an earlier service of that name is in the way',
    /(?:not|n't) (?:be )?idempotent|idempotent .{0,40}(?:inconsistent|mismatch|different)|idempoten\w{1,3}(?:parametermismatch| token)|still draining|is draining|(?:in )?draining .{0,40}(?:again|same name|be created)|service already exists|already exists|cannot be (?:stopped|deleted) while|scaled above 0|contains (?:active )?(?:services|tasks|container instances)|alreadyexists|resource ?in ?use|primary deployment|being deleted|clustercontains/,
  ],
  scalingFight: [
    'the desired count moves to and fro',
    /scales? .{0,50}back (?:to|down|up)|desired ?count (?:is |was |gets |keeps |being |always |again ){0,3}(?:reset|(?:put |set |scaled |going )?back|chang|revert|overwrit|drift|flap|fought|ignored|jump|mov)|(?:reset|revert|overwrit|overrid|chang)\w{0,4} .{0,40}desired ?count|(?:count|scal\w{0,4}) .{0,40}flapp|flapp\w{0,4} .{0,40}(?:count|scal)|scale-?in.{0,60}(?:deployment|immediately|again|fight)|(?:desired|task) ?count .{0,20}(?:flips|toggles|alternates|bounces)|scal(?:ed|es|ing) (?:in|down).{0,60}(?:deploy|terraform|cloudformation|pipeline|ci\b)|terraform .{0,60}desired|auto ?scaling .{0,40}(?:fight|conflict|overrid|revert|resets?)|oscillat|to and fro|up and down/,
  ],
  targetTimeout: [
    'the load balancer got no answer to its check',
    /request(?:s)? timed out|target\.timeout|health checks? (?:time|request time)/,
  ],
  targetCodes: [
    'the check got an answer that was not expected',
    /these codes|responsecodemismatch|(?:http )?(?:code|codes|status|returned|response|got|with)s?:?[ :=[("']{1,4}(?:30[1278]|40[0134567]|421|426)\b|(?:returns?|returned|responds?|with|got|gives) (?:a |an )?(?:http )?(?:30[1278]|40[01345])|matcher|success codes?|health ?check ?path/,
  ],
  targetCodes5: [
    'the application answered the check with an error',
    /(?:codes|code|status|returned|response|with):?[ :=[("']{1,4}50[0234]\b/,
  ],
  checkSettings: [
    'the settings of the check are named',
    /health ?check.{0,40}(?:path|matcher|protocol|interval|threshold|misconfig|wrong|setting|timeout (?:is|of|value)|redirect)|(?:http|tcp|grpc) (?:vs|instead)|wrong (?:path|protocol|health)|malformed http|ssl.{0,20}(?:mismatch|handshake) .{0,40}health|user-agent.{0,30}elb-healthchecker/,
  ],
  checkPort: [
    'the port of the check is named',
    /health ?check ?port|(?:check|traffic) port (?:was|is|overr|chang)|port (?:was )?overridden|override port/,
  ],
  elbChecker: ['the request is a check of the load balancer', /elb-healthchecker/],
  checkerRefused: [
    'the check was answered with another code than the expected one',
    /elb-healthchecker.{0,120}["' ](?:30[1278]|40[0134567])\b|["' ](?:30[1278]|40[0134567])\b.{0,60}elb-healthchecker/,
  ],
  hostRefused: [
    'the application refuses the name it was asked by',
    /disallowedhost|allowed_?hosts|invalid http_host|invalid host header|blocked host|host not allowed/,
  ],
  zoneDisabled: [
    'the zone of the target is not enabled for the load balancer',
    /availability zone .{0,30}not enabled/,
  ],
  failedTarget: [
    'the check failed without a stated reason',
    /elb health ?check|health checks failed|failedhealthchecks|is unhealthy in|unhealthy (?:target|host)/,
  ],
  drain: [
    'targets are drained',
    /drain|deregistration ?(?:delay|in)|deregistrationinprogress|target deregistration/,
  ],
  replaced: [
    'hosts or tasks are being replaced',
    /(?:replac|recycl|rotat|rolling|terminat)\w{0,4} .{0,30}(?:instances?|tasks?|hosts?|deploy)|during (?:every |each |a |the )?(?:deploy|rollout|scale|release)|(?:on|at|with|after) (?:every|each) (?:deploy|release|scale)|when(?:ever)? .{0,60}(?:deploy|replac|stop|scal|terminat)/,
  ],
  sometimes: [
    'it happens now and then',
    /sometimes|occasional|intermittent|sporadic|randomly|now and then|from time to time/,
  ],
  efsDenied: [
    'the file system refuses the mount or the path',
    /access denied by server|mounting .{0,200}failed, reason|reason given by server|clientmount|clientwrite|clientroot|file system policy|access ?point|(?:posix|uid|gid|chown|owner|root ?directory|rootdirectory)|no such file or directory|operation not permitted|permission denied|accessdenied|access denied|tls .{0,20}(?:required|requirement)|not authorized|re-?used|another stack|different (?:owner|user)/,
  ],
  efsPath: [
    'the file system could not be reached',
    /failed to resolve|mount target|connection (?:timed|reset|refused)|timed? ?out|no route|:2049|code: 32\b|unreachable|locate an available port|stunnel|nfs4?: (?:connection|rpc)|unmounted|not responding|security group/,
  ],
  runtimeFault: [
    'the container runtime of the host failed',
    /docker ?timeout|could not transition|dockerstate|timed out after waiting|cannot ?(?:stop|inspect|kill|list|describe|remove|create ?volume) ?\w{0,20}(?:error|container)|nvidia|running hook|hook #|\bcuda\b|gpu driver|prestart hook|cgroups?\b.{0,60}(?:fail|error|not|invalid|no such)|ttrpc|transport is closing|code = (?:unavailable|unknown|deadline|internal)|containerd\.sock|containerd (?:is )?not|(?<!request )context cancell?ed|devicemapper|device mapper|overlay2?.{0,60}(?:fail|error|invalid)|failed to (?:mount|create|set up|setup|start|initialize) (?:the )?(?:overlay|rootfs|shim|sandbox|container networking|endpoint|cgroup|bridge)|iptables|resource temporarily unavailable|can't set cgroup|shim (?:task|disconnected)|(?:docker|containerd|agent) .{0,40}(?:overload|hang|hung|stuck|deadlock|panic)|hcs::|hcsshim|failed to create shim|failed to start shim|io(?:ps)? (?:burst|credit)|burst ?balance|seccomp|apparmor|capset|unable to apply|input\/output error|container name \S{1,200} is already in use/,
  ],
  execUnavailable: [
    'ECS Exec is not ready in that container',
    /targetnotconnected|execute[- ]?command .{0,160}(?:fail|not enabled|wasn't|isn't|was not|internal error|not running|unable)|(?:enable)?execute-?command ?(?:agent)?.{0,60}(?:false|not|stopped|pending)|session-?manager-?plugin|ssmmessages|(?:ecs exec|execute command) (?:agent|is not|isn't|was not|not enabled|does|fail|session|cannot)|execute-?command-?agent/,
  ],
  progress: [
    'this is ordinary progress',
    /(?<!(?:unable to|not|never|n't) (?:reach|reached) (?:a )?)steady state|deployment (?:ecs-svc\/\d{1,30} )?completed|rollout ?state["']?[: =]{1,3}["']?completed|registered \d{1,4} targets?|has started \d{1,4} tasks?|has stopped \d{1,4} running tasks?|deregistered \d{1,4} targets?|(?:has )?begun draining|successfully set desired count|change successfully fulfilled|all (?:tasks|targets) (?:are )?healthy|target is healthy|successfully (?:deployed|registered|started|updated)|health ?status["']?[: =]{1,3}["']?healthy\b|(?:is|are|service) (?:up and running|healthy)|now (?:stable|healthy)|last ?status["']?[: =]{1,3}["']?running/,
  ],
  efsRefuses: [
    'the file system answered and refused',
    /access denied by server|failed, reason given by server|clientmount|clientwrite|clientrootaccess|elasticfilesystem:\w|(?:efs|nfs4?|access ?point).{0,120}(?:access ?denied|permission denied|not authorized|operation not permitted)|access ?point .{0,60}(?:not found|does not exist|invalid|deleted)/,
  ],
  invocationFails: [
    'it failed or never ran',
    /fail|never|not (?:start|run|invok|launch|trigger)|denied|error|unable|dead[- ]letter|dropped|does ?n/,
  ],
  ingressWords: [
    'the way from the load balancer to the task is in question',
    /(?:inbound|ingress) (?:rule|traffic|access|from)|security group .{0,80}(?:load ?balancer|alb|nlb|elb|health)|(?:load ?balancer|alb|nlb|elb) .{0,60}(?:can(?:'|no)t|cannot|could not|unable|not|never) .{0,30}(?:reach|connect|talk)/,
  ],
  platformRefused: [
    'the platform refuses the definition',
    /platform\w{0,30}(?:incompat\w{0,20}|unknown)exception|requested capabilities (?:are|is) not supported|capabilities are not supported|no fargate configuration exists/,
  ],
} as const satisfies Record<string, Signal>;
