// Whether an answer came back, and which. An answer, even a refusal, means that the network worked; silence means that it did not.

import type { Signal } from '../signal.ts';

export const answerSignals = {
  denied: [
    'permission was refused',
    /access ?denied|accessdenied|not authorized to|unauthorizedoperation|authorizationerror|authfailure|403 forbidden|\b(?:status code|statuscode|status|http|error|code|api error)["']?[ :=(]{1,3}403\b|access (?:to \w{1,20} )?is (?:not allowed|denied)|identity-based policy|resource-based policy|explicit deny|requested access to the resource is denied|: denied\b|insufficient permissions?|permissions? to (?:pull|read|access|perform)|lacks? (?:the )?permission|missing permission|not permitted to|forbidden\b/,
  ],
  awsDenied: [
    'AWS named the refused action',
    /is not authorized to perform:? ?[a-z0-9-]{2,30}:\w|accessdeniedexception|no (?:identity|resource|session|permissions?)[\w-]{0,10}[- ](?:based )?(?:policy|boundary)|explicit deny/,
  ],
  ecrAction: [
    'an ECR action is named',
    /ecr(?:-public)?:\w{3,40}|getauthorizationtoken|batchgetimage|getdownloadurlforlayer|batchchecklayer/,
  ],
  secretAction: [
    'a secret, parameter or key action is named',
    /secretsmanager:\w{3,40}|ssm:get\w{3,30}|kms:decrypt|getsecretvalue|ssm:describeparameters/,
  ],
  logsAction: [
    'a log action is named',
    /logs:(?:create|put|describe)\w{3,30}|createlog(?:stream|group)|putlogevents/,
  ],
  kms: ['the key is at fault', /\bkms\b|ciphertext|master key|decrypt/],
  callerAction: [
    'the caller of the ECS API was refused',
    /perform:? ?(?:ecs|elasticloadbalancing|cloudformation|application-autoscaling|codedeploy|iam:createservicelinkedrole|ec2):\w/,
  ],
  passRole: [
    'the role may not be passed on',
    /pass-?role|pass (?:the )?(?:\w{1,20} )?role|passing (?:the )?role/,
  ],
  assumeRole: [
    'a role could not be assumed',
    /(?:assum\w{1,4}|assumption of) (?:the |an? |iam |your |this |task |execution |infrastructure |service[- ]linked |given |provided |specified )*role|assumerole|trust (?:relationship|policy)|role .{0,90}(?:be assumed|cannot be assumed|invalid or cannot)|service[- ]linked role|awsserviceroleforecs/,
  ],
  ecsAssumes: [
    'ECS itself assumes the role',
    /ecs (?:was|is) (?:unable|not able)|ecs (?:cannot|can't|could not|failed to) assume|ecs-tasks\.amazonaws|ecs\.amazonaws|service[- ]linked|awsserviceroleforecs|failed to launch a task|that was provided for this task|verify that the (?:role|ecs)|infrastructure role|proper trust|role configured for|is the role being passed/,
  ],
  missing: [
    'what was asked for does not exist',
    /resource ?not ?found|not ?found\b|(?:can't|cannot) find(?! or reach)|could not find|couldn't find|does ?n[o']t exist|doesn't exist|do not exist|no such (?:key|bucket|secret|parameter|image|repository)|nosuch(?:key|bucket)|\b404\b|unknown parameter|parameternotfound|invalid(?: ssm)? parameters?[: ]{1,2}\[|manifest unknown|name unknown|repositorynotfound|imagenotfound|marked for deletion|scheduled for deletion|has been deleted|is missing\b/,
  ],
  ssmInvalid: [
    'a parameter name is not known',
    /invalid(?: ssm)? parameters?\b|parameternotfound|parameterversionnotfound|unexpected arn format|invalid (?:arn|name|parameter name|secret (?:name|arn|reference))|malformed arn|region does not match|must be a valid name|validationexception/,
  ],
  json: [
    'the value is not the JSON that was expected',
    /invalid character|unexpected end of json|json ?key|not (?:contain|valid|a valid|parse\w{0,3}(?: as)?|have)(?: the)? json|unmarshal|parse (?:the )?(?:secret|json)|specific key|malformed json|key \S{1,80} (?:is )?(?:not (?:found|present)|missing) in (?:the )?secret/,
  ],
  unauthenticated: [
    'credentials for the registry were missing or wrong',
    /\b401\b|unauthori[sz]ed(?!operation)|authentication (?:is )?required|no basic auth|anonymous token|incorrect username|credentials (?:were|are) (?:not|in)|repository ?credentials|login (?:attempt|failed|required)|may require '?docker login|insufficient_scope|bad username or password|authorization token has expired|requested access to the resource is denied|authorization failed|private (?:registry|image|repository)/,
  ],
  rateLimited: [
    'requests came too fast',
    /\b429\b|too ?many ?requests|rate (?:limit )?exceeded|rate ?limit|throttl|request ?limit ?exceeded|slow ?down\b|too many concurrent (?:attempts|requests|updates|calls)|limitexceeded.{0,40}rate|provisionedthroughput/,
  ],
  silence: [
    'no answer came back',
    /deadline ?exceeded|request ?cancell?ed|i\/o timeout|client\.timeout|awaiting headers|send request failed|signal: killed|(?<!\b0 )tim(?:ed|e-?d?) ?-?out\b(?! ?[=:] ?\d| (?:for .{0,30} )?(?:is |was )?(?:configured|set)\b| is \d| \d{1,6} ?m?s\b(?! exceeded))|(?<!\b0 )time-?outs\b|no route to host|network is unreachable|etimedout|ehostunreach|enetunreach|not properly respond|failed to respond|tls handshake|connection issue|operation was cancell?ed|unreachable\b|connecttimeout|connectionerror|stuck connecting|never (?:answers?|answered|responds?|responded)|no response|host is down|os error 110|errno 110|err=110|10060/,
  ],
  cannotReach: [
    'something could not be reached',
    /(?:fail(?:s|ed|ure|ing)?|unable|can(?:'|no)t|could ?n[o']t|not able|couldn't|error|not possible) ?(?:to ?)?(?:be )?(?:reach|connect|talk|communicat|contact|establish|open(?:ing)? (?:a )?connection|dial)|connection (?:failed|failure|error|lost|to .{1,80} failed)|(?:not|isn't|un)[ -]?reachable|(?:not|n't) (?:found or was not )?accessible|network-related|communications? link failure|connect(?:ion)? (?:attempt )?failed|connection timed|none of .{0,30}(?:nodes?|brokers?|hosts?|servers?|replicas?) (?:is|are) (?:available|reachable)|no (?:available|reachable|live) (?:nodes?|brokers?|hosts?|servers?)|server selection/,
  ],
  dns: [
    'a name could not be resolved',
    /no such host|lookup [\w.-]{1,200}(?: on [\d.:]{3,40})?: |host not found|server misbehaving|name or service not known|name resolution|\benotfound|eai_again|getaddrinfo|resolve (?:host|hostname|dns|the host|name|address|endpoint|domain|"?https?:)|unknown ?host|nxdomain|translate host name|nodename nor servname|name does not resolve|no address associated|dns (?:lookup|resolution|failure|error|name|query|server|probe)|enable ?dns ?(?:support|hostnames)|no such host is known|servfail|find each other by name|by (?:dns )?name|cannot be resolved|could not be resolved|cloud ?map|hosted zone/,
  ],
  dnsSilent: [
    'the DNS server did not answer',
    /lookup [\w.-]{1,200} on [\d.:]{3,40}: (?:read|dial|write|i\/o)|read udp .{1,60}(?:timeout|refused)|eai_again|:53: (?:i\/o|read)/,
  ],
  closed: [
    'the other side closed or refused the connection',
    /connection (?:was |to \S{1,80} )?(?:refused|reset|aborted|closed)|econnrefused|econnreset|connectexception|actively refused|reset by peer|errno 111|os error 111|10061|connect call failed|server closed the connection|broken pipe|epipe|socket hang up|unexpected eof|\beof\b/,
  ],
  endpoint: [
    'a VPC endpoint is named',
    /(?:interface|vpc|gateway|private(?:link)?) endpoint|private ?link|\bvpce\b|endpoint policy/,
  ],
  s3: ['Amazon S3 is named', /\bs3\b|starport-layer|prefix list/],
  https: [
    'the destination is an HTTPS endpoint of AWS or the internet',
    /:443\b|https:\/\/|amazonaws\.com|api\.\w{2,30}\.(?:com|io|net)|endpoint url/,
  ],
  retriedOften: ['it was tried several times', /retried [2-9] times?|retried [2-9] time\(s\)/],
  retriedOnce: ['it was tried once', /retried 1 times?\b|retried 1 time\(s\)/],
  contextCancelled: ['the request was given up', /(?<!request )context cancell?ed/],
  truncated: ['the text is cut off', /\.\.\.["')\]]{0,3}$|…$/],
  imageWords: [
    'the image, its tag or its repository does not exist',
    /manifest unknown|manifest for .{1,200} not found|name unknown|repository .{1,160}does not exist in the registry|repositorynotfound|imagenotfound|image .{1,200}(?:not found|does not exist|cannot be found)|no such image|invalid reference format|normalize image reference|invalid image (?:name|reference)|(?:tag|digest) .{0,160}(?:not found|does not exist|deleted|unknown|no longer)|could not find (?:the )?image|imageid .{0,120}does not exist|failed to resolve reference .{1,240}: not found|resolve ref.{1,240}: not found/,
  ],
} as const satisfies Record<string, Signal>;
