// What was being done when it failed: pulling, fetching, mounting, placing, checking. An activity alone names no cause.

import type { Signal } from '../signal.ts';

export const activitySignals = {
  starting: [
    'the task had not started yet',
    /resource ?initialization ?error|cannot ?(?:pull|start|create)\w{0,20}error|task ?failed ?to ?start|execution resource retrieval|service call has been retried/,
  ],
  pull: [
    'an image was being pulled',
    /cannot ?pull|pull(?:ing|s)? (?:the |an? |of )?(?:\w{1,20} )?(?:image|manifest)|image pull|ref pull|resolv\w{1,4} ref(?:erence)?\b|failed to pull|error (?:while )?pulling|pull access denied|pull rate limit|docker pull|httpreadseeker|failed to copy|registry-1\.docker|auth\.docker\.io|(?<!170\.2)\/v2\/|docker login failed|repository ?credentials|failed to register layer|manifest (?:unknown|for)|layers? (?:download|pull)|pull(?:ing)? from|failed to (?:fetch|authorize)|no match for platform|toomanyrequests(?!exception)|cannot be pulled|can(?:'|no)t pull the/,
  ],
  layer: [
    'the layers of the image were being fetched',
    /layer|starport|httpreadseeker|failed to copy|blobs\/sha256|\bs3[.-][a-z0-9-]{0,20}\.?amazonaws|\.s3[.-]/,
  ],
  ecr: ['the registry is Amazon ECR', /\becr\b|starport/],
  publicRegistry: [
    'the registry is outside AWS',
    /docker\.io|docker ?hub|ghcr\.io|quay\.io|gcr\.io|gitlab|public\.ecr\.aws|microsoft\.com|registry\.k8s|pkg\.dev|nvcr\.io|artifactory|jfrog|azurecr|nexus|harbor/,
  ],
  digest: ['the image is named by its digest', /@sha256:|(?:blobs|manifests)\/sha256:|imagedigest/],
  registryAuth: [
    'a registry login was being fetched',
    /registry auth|getauthorizationtoken|authorization ?token|login to (?:ecr|the registry)/,
  ],
  bareInit: ['secrets or a registry login were being fetched', /pull secrets or registry auth/],
  secret: [
    'a secret or parameter was being fetched',
    /secrets? ?manager|from asm\b|from ssm\b|\bssm[ :]|parameter ?store|parameters? (?:named|name)|fetch\w{0,3} secrets?|retriev\w{1,4} (?:the )?secrets?|\bsecret\b.{0,40}for deletion|pull (?:the )?secrets?\b(?! or registry)|getsecretvalue|getparameters?\b|secret arn|:secret:|:parameter\/|(?:find|read) the secret|secret (?:data|value|version|')|json ?key|parameternotfound|\bkms\b|invalidciphertext|master key|awscurrent/,
  ],
  secretReference: ['a reference to a secret is read', /value_?from\b|secret reference/],
  envFile: ['an environment file was being read', /\benv(?:ironment)?[ _-]?files?\b|\.env\b/],
  logger: [
    'the log destination was being set up',
    /logger args|log(?:ging)?[ -]?driver|log[ -]?(?:stream|group)|create stream|\bawslogs|cloud ?watch ?logs?|putlogevents|create-?log-?(?:stream|group)/,
  ],
  logDestination: [
    'the log driver was to reach its destination',
    /failed to initialize logging driver: (?:dial|error while dialing|lookup|unable to connect)/,
  ],
  logRouter: [
    'a log router or log driver speaks',
    /fluent-?(?:bit|d)\b|fluent\.sock|firelens|log[_ -]?router|\[ ?(?:error|warn|info)\] \[(?:output|input|engine|filter|config|parser|in_|out_|lib)|\[engine\]|splunk|\bgelf\b|journald|:24224|log pipeline|logging pipeline|section '\w{1,40}' tried|in_forward|forward input/,
  ],
  efs: [
    'an EFS file system was being mounted',
    /\befs\b|efs-utils|elasticfilesystem|\bfs-[0-9a-f]{8}|mount\.nfs|\bnfs4?\b|mount target|:2049/,
  ],
  volume: ['a volume was being set up', /\bvolumes?\b|\bmount(?:ed|ing|s|point)?\b|\bebs\b/],
  eni: [
    'a network interface was being made',
    /network ?interface|\benis?\b|device index|resource:eni|cni (?:setup|plugin)|vpc-eni|branch interface|trunk/,
  ],
  placing: [
    'a task was being placed',
    /unable to place|place a task|closest matching|container[- ]instance|placement|\bresource:|met all of its requirements|resource requirements/,
  ],
  launching: [
    'capacity was being launched',
    /launch(?:ing)? (?:a )?(?:new )?(?:ec2 )?instances?|could not launch|auto ?scaling ?group|\basg\b|capacity ?provider|runinstances|ec2 fleet|managed scaling|spot instances?/,
  ],
  registeringHost: [
    'an instance was registering with its cluster',
    /regist(?:er|ered|ering|ration)(?: \w{1,12}){0,4} (?:container[- ]?instance|with (?:the )?(?:ecs|cluster))|registercontainerinstance|could not register\b|(?:unable|failed) to register(?! (?:the |a |new )*(?:task|target|instances? with (?:target|load)))|error registering(?! (?:the |a |new )*(?:task|target))|registration attempt|already registered with|failed to register (?:container )?instance|(?:instances?|hosts?|ec2) (?:\w{1,10} ){0,5}(?:not|never|n't) (?:\w{1,10} ){0,2}(?:register|join|show|appear)|(?:did|does|do|will) not join|not joining|agent .{0,40}\bregister\b|external instance/,
  ],
  creating: [
    'the container itself was being created',
    /failed to create (?:shim )?task|runc create failed|oci runtime create failed|create new container/,
  ],
  containerStart: [
    'a container was being created or started',
    /cannot ?(?:start|create) ?container|oci runtime|\brunc\b|\bshim\b|containerd|starting container process|start container process|container init|exec user process|init(?:ialization)? process|create container|hcs::|hcsshim|standard_init_linux|container_linux|container runtime/,
  ],
  execPhrase: [
    'a program was to be executed',
    /\bexec[: ]|entry ?point|exec user process|standard_init_linux|starting container process|start container process|\bexec format|createprocess/,
  ],
  healthContainer: [
    'the health check of a container failed',
    /container health ?checks?|health ?check (?:command|script)|cmd-shell|(?:container|it|status|is|became|healthstatus) ?["']?:?(?: is| became| as)?,? ?"?unhealthy(?! in)|docker health|health ?check exceeded|containers? (?:\S{1,60} )?(?:is|are|became|went|marked) unhealthy/,
  ],
  healthTarget: [
    'the load balancer found the target unhealthy',
    /elb health ?checks?|target[- ]?group|targets? (?:never|not|is|are|become|stay|stays|went)|\btarget\.\w|load ?balancer health|(?:alb|nlb|elb|lb) (?:marks|health|target)|health checks? failed|is unhealthy in|unhealthy (?:target|host)/,
  ],
  dependency: [
    'one container waits for another',
    /depends ?on\b|dependenc(?:y|ies)\b.{0,60}(?:container|satisf|healthy|met|graph|resolved|condition|cycle|success|complete)|container.{0,60}dependenc(?:y|ies)|start-?timeout|dependent ?container|container ordering|dependency graph|waiting (?:for|on) (?:the )?(?:\S{1,40} )?(?:container|sidecar)/,
  ],
  exec: [
    'a session in a container was being opened',
    /execute[- ]?command|ecs exec\b|session-?manager-?plugin|targetnotconnected|ssmmessages|ssm-agent|amazon-ssm|exec(?:ute)? (?:session|into)/,
  ],
  serviceConnect: [
    'the Service Connect proxy speaks or is named',
    /service[- ]?connect|\benvoy\b|appnet|app ?mesh|envoy_\w|upstream connect error|no healthy upstream|upstream_reset|disconnect\/reset before headers|no_healthy_upstream|\b(?:uf|uh|uc|urx),?(?:uf|uh|uc|urx)\b/,
  ],
  schedule: [
    'a schedule or rule was to start the task',
    /event ?bridge|failedinvocations?|invocation (?:failed|errors?)|scheduled? (?:ecs )?(?:task|job|run)s?|cloudwatch events?\b|events\.amazonaws|scheduler\.amazonaws|cron (?:rule|expression|job)|dead[- ]letter|awsevents/,
  ],
  sdkCall: [
    'the application called AWS',
    /when calling the \w{1,60} operation|botocore|boto3|clienterror|aws-?sdk|software\.amazon\.awssdk|com\.amazonaws|amazon\.runtime|operation error \w|api error \w|\$metadata|s3exception|dynamodb|\bsqs\b|\bsns\b|\bs3:|service: (?:amazon)?s3|kinesis|assumed-role\/[\w+=,.@-]{0,60}task-?role|task role|listbuckets|getobject|putobject|\bses:|lambda:|bedrock|cognito|aws-chunked|rusoto|aws_sdk/,
  ],
} as const satisfies Record<string, Signal>;
