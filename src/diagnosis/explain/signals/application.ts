// What containers and their programs say: exits, kills, programs that cannot run, configuration, peers, addresses.

import { exitCode, type Signal } from '../signal.ts';

export const applicationSignals = {
  essentialExited: [
    'an essential container ended',
    /essential ?container|container (?:\S{1,60} )?(?:in task )?exited|exited (?:\(|with)|exit ?(?:code|status)|exitcode|task stopped unexpectedly|container(?:s)? (?:keeps? )?(?:exit|crash|restart)/,
  ],
  exit0: ['the main process ended with 0', exitCode('0')],
  exit1: ['the main process ended with an error of its own', exitCode('1|2|3|255')],
  exit126: ['the command could not be executed', exitCode('126')],
  exit127: ['the command was not found', exitCode('127')],
  exitCrash: [
    'the process crashed',
    exitCode('13[1-6]|138|139|-11|-6|3221225477|3221226505|3221225725|0xc0000005|-1073741819'),
  ],
  exit137: ['the process was killed (SIGKILL)', exitCode('137|-9')],
  exit143: ['the process was asked to end (SIGTERM)', exitCode('143|-15')],
  cleanEnd: [
    'the program finished by itself',
    /(?:job|batch|process|script|migrations?|worker|task|program|command) (?:\w{1,20} )?(?:completed|finished|done|ended)(?: successfully| normally)?|exit(?:s|ed|ing)? (?:normally|cleanly|immediately|right away|successfully)|nothing (?:left )?to do|all done|goodbye|daemoni[sz]/,
  ],
  oom: [
    'memory ran out',
    /out ?-?of ?-?memory|outofmemory|oom-?kill|\boom\b|memory cgroup|killed due to memory|cannot allocate memory|memoryerror|enomem|heap (?:space|out|limit)|allocation failed|std::bad_alloc|bad_alloc|memory limit|exceeded (?:its |the )?memory|insufficient memory to|gc overhead|perhaps out of memory|failed to allocate|not enough (?:memory|storage is available)|memory (?:usage|utili[sz]ation) (?:at|reached|near|of) (?:9\d|100)|metaspace|killed process \d|cannot reserve enough space|last few gcs/,
  ],
  sigkill: [
    'the process was killed (SIGKILL)',
    /sigkill|signal 9\b|signal: 9|kill -9|force[- ]?kill|killed$|\[\d{1,4}\] .{0,12}\bkilled\b|^killed\b|: killed\b|signal: killed/,
  ],
  sigterm: [
    'the process was asked to end (SIGTERM)',
    /sigterm|signal 15\b|signal: 15|stop-?timeout|graceful(?:ly)? (?:shut|stop|term)|shutting down|graceful shutdown|shutdown (?:hook|timeout|signal)|in-?flight requests?|pre-?stop|terminated by signal 15/,
  ],
  crash: [
    'the process crashed',
    /segfault|segmentation fault|sigsegv|sigabrt|sigbus|sigill|sigfpe|core dumped|aborted \(|abort trap|double free|free\(\): |malloc\(\): |corrupted (?:size|double|unsorted)|illegal instruction|bus error|stack smashing|assertion .{0,80}failed|terminate called after|fatal error has been detected by the java|access violation|signal 11\b|signal 6\b|0xc0000005|3221225477|general protection fault|hs_err_pid|invalid pointer|fatal signal|signal arrived during cgo|unexpected signal|fatal python error/,
  ],
  execFormat: [
    'the program is for another processor',
    /exec ?format ?error|cannot execute binary|bad cpu type|not a valid win32|qemu-\w{2,12}|ld-linux-x86-64|ld-linux-aarch64|wrong elf|elf class|enoexec|os error 8\b|errno 8\b|architecture mismatch|wrong architecture|incompatible architecture|(?:arm64|amd64|aarch64|x86_64|graviton|m1|apple silicon).{0,60}(?:image|built|build|instead|only|host|runtime|cpu)|(?:image|built).{0,60}(?:arm64|amd64|aarch64|x86_64|graviton|\bm[1-4]\b|apple silicon)/,
  ],
  platform: [
    'the image is for another platform',
    /descriptor matching platform|no match(?:ing manifest)? for (?:platform|\S{0,20}(?:linux|windows))|no matching manifest|matching manifest for|detected host platform|image operating system|operating system .{0,60}(?:does not match|cannot be used|mismatch)|windows version .{0,60}incompatible|platform .{0,60}does not match|does not match .{0,40}platform|cannot be used on this platform|windows server (?:\d{4}|core).{0,60}(?:to|vs|on|from|and) .{0,10}\d{4}|os version mismatch|(?:unsupported|incompatible|mismatched) (?:os|platform|windows)|a windows version|0xc0370101|runtime ?platform|cpu ?architecture/,
  ],
  notFoundProgram: [
    'a program was not found',
    /executable file not found|command not found|: not found$|\b\w{1,20}: not found\b|no such file or directory|not found in \$?path|stat \/\S{1,200}: no such|bad interpreter|cannot find the file|cannot find the path|can't open file|unable to access jarfile|could not find or load main class|errno 2\b|enoent|is a directory|not a directory|failed to find \S{1,60} in path|no such command|os error 2\b|0x80070002|\^m\b/,
  ],
  notExecutable: [
    'a program may not be executed',
    /permission denied|eacces|not executable|cannot execute\b|operation not permitted|os error 13\b|errno 13\b|access is denied/,
  ],
  envMissing: [
    'a setting is missing or wrong',
    /env(?:ironment)?[ -]?var|keyerror|(?:is|are|was|were) (?:not (?:set|defined|provided|configured|specified|present)|required|missing|unset|undefined|empty)\b|must (?:be )?(?:set|provide|define|specif|supply|configured|not be (?:empty|blank|null))|missing (?:required |mandatory |env|config|setting|key|value|option|argument|field|property|api|secret|\w{1,30}_)|required (?:\w{1,30} ){0,3}(?:missing|not)|could not resolve placeholder|undefined variable|not set\b|set \w{2,40} (?:in|to)|unset variable|unbound variable|no value (?:for|given)|please set|improperlyconfigured|secret_key_base|expected .{1,60}to be (?:set|defined)|default value for|process\.env|mandatory/,
  ],
  configWords: [
    'the configuration was not accepted',
    /(?:invalid|bad|wrong|malformed|illegal|broken|missing|failed to (?:load|parse|read|open)|cannot (?:load|parse|read)|error (?:in|loading|parsing|reading)|could not (?:load|parse|read|open|find)|unable to (?:load|parse|read)|unknown|unrecogni[sz]ed) (?:the )?(?:\S{1,40} )?(?:config\w{0,9}|settings?|options?|values?|arguments?|flags?|yaml|toml|properties|directive|url|dsn|connection string|log level|port|keystore|certificate|source|schema|file|script|module|input|environment)|config(?:uration)? (?:error|file|validation|is invalid)|nginx: \[emerg\]|yaml: |yaml\.\w{3,10}|mapping values|toml: |ah0\d{4}|validation ?error|zoderror|schema (?:validation|error)|open file limit|ulimit|rlimit|file limit|read-only file system|erofs|(?:is|are) too low\b|system limit for|license (?:key|file|expired|invalid)|invalid license|parse error|syntax ?error|flag provided but not defined|unrecognized arguments|usage: /,
  ],
  migration: [
    'a migration or the schema is at fault',
    /migrat|relation "?[\w.]{1,80}"? does not exist|schema (?:version|mismatch)|alembic|flyway|liquibase|prisma|no such table|unknown column|unknown database|database "?[\w-]{1,80}"? does not exist|undefinedtable|pending migrations?/,
  ],
  appTrace: [
    'the program reports an error of its own',
    /traceback|unhandled|uncaught|exception in thread|panic: |panicked|filenotfound|goroutine \d|npm err|modulenotfound|importerror|cannot find (?:module|package)|no module named|classnotfound|noclassdeffound|beancreation|application run failed|application failed to start|nullpointer|typeerror|referenceerror|valueerror|attributeerror|nameerror|syntaxerror|runtimeerror|nomethoderror|loaderror|fatal:|fatal error|fatal exception|failed to start|could not start|cannot start (?:the )?(?:app|server)|bootstrap failed|error during (?:startup|start-up|boot)|startup (?:failed|error)|loading failed|level["']?[:=] ?["']?fatal|worker failed to boot|gems? |bundler|unsatisfied dependency|address family not|error: \w/,
  ],
  dbAuth: [
    'the database refused the login',
    /password authentication failed|access denied for user|authentication failed|login failed for user|wrongpass|noauth|invalid (?:username|password)|sasl authentication|bad auth|auth(?:entication)? error|role "?[\w-]{1,60}"? does not exist|no pg_hba|ora-01017|invalid_password|28p01|28000/,
  ],
  peer: [
    'a database or other peer is named',
    /postgres|psycopg|\bpg[_. -]|mysql|mariadb|redis|elasticache|mongo|\brds\b|aurora|jdbc|hikari|sequelize|sqlalchemy|knex|kafka|\bmsk\b|broker|amqp|rabbit|memcache|elasticsearch|opensearch|cassandra|sql ?server|\bodbc|sqlstate|operationalerror|\bdatabase\b|\bdb\b|:(?:5432|3306|6379|27017|1433|1521|9092|9094|9096|9098|5671|5672|11211|9200|9042|6432|8182)\b|dial tcp (?:10|172|192)\.|communications? link|upstream (?:service|server)|downstream|backend service|\bpeer\b|\.internal\b|\.local\b|grpc|queuepool|connection pool|zookeeper|consul|ldap|smtp|\bvault\b|documentdb|neptune/,
  ],
  loopback: [
    'the address is the container itself',
    /\b127\.0\.0\.1\b|\blocalhost\b|\[?::1\]?(?![0-9a-f:])|loopback/,
  ],
  listens: [
    'the program says where it listens',
    /listening|\blisten(?:s|ed)?\b|running (?:on|at)|bound to|\bbind(?:s|ing)? (?:to|on|address|only)|serving (?:on|at|http|flask)|server (?:started|is up|up) (?:on|at)|started (?:server )?(?:on|at)|ready (?:on|at)|accepting connections (?:on|at)|available (?:on|at)|now listening|local: http|binds? only/,
  ],
  probeTool: [
    'the check needs a program that is not there',
    /(?:curl|wget|nc|netcat|grpc_health_probe|pg_isready|redis-cli|httpie|bash|powershell)["']?:? ?(?:: )?(?:not found|command not found|executable file not found|no such file|: executable)|exec: "?(?:curl|wget|nc)"?|(?:curl|wget) (?:is )?(?:missing|not installed|not available)|"?(?:curl|wget)"?: ?executable/,
  ],
  probeFails: [
    'the probe got no connection',
    /curl: ?\(\d{1,2}\)|wget: (?:can't|server|download|bad)|health(?:check)? .{0,60}(?:refused|127\.0\.0\.1|localhost)/,
  ],
  credentials: [
    'role credentials could not be obtained',
    /169\.254\.170\.(?:2|23)|169\.254\.169\.254|locate credentials|nocredentialproviders|no valid providers|load credentials|missing ?credentials|without credentials|credentialsprovider|credentials ?provider|load (?:aws )?credentials|(?:imds|ec2) (?:role|metadata)|ec2 ?metadata|(?:refresh|retrieve|get|fetch|find|obtain|resolve) (?:\w{1,12} )?(?:aws |iam |security |temporary |container |valid |cached |task |role )*credentials|no (?:valid )?credential|container_credentials|credentials (?:endpoint|relative)|container metadata|metadata service|instance metadata|credentialretrieval|expired ?token|security token .{0,40}(?:expired|invalid)|unable to fetch credentials|no aws credentials|credentials (?:could not|cannot|not) be|get iam security credentials|get credentials from|invalidclienttokenid|unrecognizedclient|could not (?:find|resolve) (?:the )?credentials/,
  ],
  addressInUse: [
    'the address was taken already',
    /address already in use|eaddrinuse|port is already allocated|already allocated|only one usage of each socket|errno 98|os error 98|errno: 98|bind for \S{1,40}:\d|failed to bind (?:to )?(?:host )?port|port \d{2,5} (?:is )?(?:already )?(?:in use|taken|allocated)|userland[- ]proxy|failed to bind host port/,
  ],
  openFiles: ['too many files were open', /too many open files|emfile|enfile|inotify/],
  noSpace: [
    'the disk is full',
    /no space left|enospc(?!: system limit)|disk quota|thin ?pool|not enough space|enough space on the disk|disk (?:is )?(?:space|usage|full)|0x70\b|ephemeral storage|out of disk|filesystem full|fills (?:up )?the|root volume|low disk|os error 28|errno 28|insufficient (?:disk|storage)|storage (?:is )?full|diskfull|dev\/mapper .{0,30}full/,
  ],
  slow: [
    'the program starts slowly',
    /grace ?period|started .{0,80}in \d{2,4}(?:\.\d{1,6})? ?s(?:ec)?|still (?:starting|booting|loading|warming|initiali[sz]ing)|warm(?:ing)?[- ]?up|slow(?:ly)? (?:start|to start|boot)|starts? (?:too )?slow|takes? (?:about |around |over |more than |up to |~ ?)?\d{1,4} ?(?:s|sec|seconds|m|min|minutes)\b|before (?:it|the app\w{0,10}|startup|the container) (?:is |was |has )?(?:ready|finish\w{0,3}|complete\w{0,2}|started|done)|not (?:yet )?ready|cold start|long (?:start|boot)|startup took/,
  ],
  httpTrouble: [
    'clients see gateway errors',
    /\b50[234]s?\b|bad gateway|gateway time|service unavailable|target closed|target_connection|prematurely closed|httpcode_(?:elb|target)/,
  ],
  anyError: [
    'a program reports an error',
    /\b[\w.]{2,80}(?:exception|error)\b|\berrors?\b|\bfailed\b|\bcrash/,
  ],
  secretWord: ['a secret is named', /\bsecrets?\b/],
  userInput: [
    'what people typed was refused',
    /(?:e-?mail|user ?name|phone|address|(?:first|last) ?name|zip|form|field|body|payload) (?:\w{1,12} )?(?:is|are|must|cannot|can't) /,
  ],
  allInterfaces: ['it listens on every address', /\b0\.0\.0\.0\b|\[::\]|\*:\d/],
  userMissing: [
    'the user to run as is not in the image',
    /no users found|unable to find user|no matching entries in (?:passwd|group)|linux spec user/,
  ],
  failing: [
    'it failed',
    /error|fail|unable|could not|cannot|can't|denied|exception|refus|time-?d? ?out|never|critical|\bnot\b|n't\b|expired|without|warn|retry|paused|dropp|lost\b/,
  ],
  checked: ['the health of the task is checked', /health|\belb\b|target/],
  volumeOwner: [
    'files of a volume may not change their owner',
    /ch(?:own|mod|grp)\b.{0,200}(?:operation not permitted|permission denied)/,
  ],
  certificateRefused: [
    'a certificate is not trusted',
    /x509: |signed by unknown authority|certificate(?: chain)? (?:has )?(?:expired|verif\w{1,8} failed|is not trusted|not trusted|problem|verify)|certificate_verify_failed|unable to (?:get (?:local )?issuer|verify the (?:first|leaf)) certificate|self[- _]signed cert|pkix path (?:building|validation)|depth_zero_self_signed|unable_to_verify_leaf/,
  ],
  programMissing: [
    'the program to run is not in the image',
    /(?:executable file|command|jarfile|main class|entrypoint|binary) (?:was )?not found|: not found$|unable to access jarfile|could not find or load main class|bad interpreter|command not found|no such command|can't open file|(?:sh|bash|entrypoint\S{0,20}): .{0,60}not found|not found in \$?path|cannot find module '\/|exec: \S{1,80}: not found|\benv: '?[^']{1,60}'?: no such file|(?:^|[ /])(?:ba|da|a|z)?sh: (?:line )?(?:\d{1,4}: )?\S{1,120}: (?:permission denied|no such file)|^exec \/?\S{1,200}: no such file or directory$|no such file or directory: '?(?:gunicorn|uvicorn|node|python|java)/,
  ],
  invalidMemory: ['a memory setting is wrong', /memory(?:'|")? (?:setting|must|value)|invalid memory/],
  dockerPort: [
    'the port is taken on the host',
    /port is already allocated|userland[- ]proxy|bind for \S{1,40}:\d{1,5} failed|failed to bind host port|failed programming external connectivity/,
  ],
  wrongInterface: [
    'it listens on an address that is not all',
    /(?:only|instead of|not) .{0,30}(?:0\.0\.0\.0|loopback|127\.0\.0\.1|localhost)|\bhostname\b.{0,40}(?:address|inject|bind|listen|eni)|eni address|wrong (?:interface|address)/,
  ],
  logBlocked: [
    'writing logs holds the program up',
    /(?:block(?:ed|s|ing)?|freez\w{0,3}|froze|hang\w{0,3}|stall\w{0,3}|back-?pressure).{0,60}(?:\blogs?\b|logging|stdout|awslogs|log driver)|(?:\blogs?\b|logging|stdout|awslogs|log driver).{0,60}(?:block(?:ed|s|ing)?|freez\w{0,3}|froze|hang\w{0,3}|stall\w{0,3}|back-?pressure|buffer (?:is )?full)|max-buffer-size|log messages? (?:dropped|lost)/,
  ],
  runtimeHook: [
    'a hook of the container runtime failed',
    /running hook|hook #\d|nvidia-container|prestart hook|driver rpc error|nvml|libcuda|no cuda-capable|device information|custom device|gpu .{0,40}(?:hook|not found|unavailable)|could not select device driver/,
  ],
  runtimeTimeout: [
    'Docker did not answer in time',
    /docker ?timeout ?error|could not transition to|(?:create|start|stop|inspect|pull|kill)\w{0,3} .{0,40}timed out after waiting|timed out after waiting \S{1,12}/,
  ],
} as const satisfies Record<string, Signal>;
