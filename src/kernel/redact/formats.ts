// Secrets that are known by their own form, wherever they stand. A rule is a literal that starts (or marks) the secret
// and a sticky pattern from there. Every pattern is bounded and free of nested repetition, so that scanning stays linear.

export interface Format {
  readonly kind: string;
  /** One of these every such secret holds. Regular-expression source that begins with a plain character, without groups that capture. */
  readonly marks: readonly string[];
  /** Matched at the mark, or up to `back` characters before it. What its first group holds, or else all of it, is the secret. */
  readonly pattern: RegExp;
  /** How many characters of the secret stand before the mark: the least and the most. */
  readonly back?: readonly [number, number];
  /** The secret may follow right on a letter or digit. */
  readonly inside?: boolean;
}

/** `marks` are separated by blanks; a blank in one is written `\\x20`. */
const f = (kind: string, marks: string, pattern: RegExp, more: Partial<Format> = {}): Format => ({
  kind,
  marks: marks.split(' '),
  pattern,
  ...more,
});

/** Amazon Web Services (IAM User Guide, "Unique identifiers"; Bedrock User Guide, "API keys"). */
const aws: readonly Format[] = [
  f('aws-access-key', 'A(?:KIA|SIA|BIA|CCA)', /A[KSBC][IC]A[A-Z0-9]{16}(?![A-Za-z0-9])/y),
  f(
    'aws-session-token',
    'IQoJb3JpZ2lu F[wQ]oGZXIvYXdz',
    /(?:IQoJb3JpZ2lu|F[wQ]oGZXIvYXdz)[A-Za-z0-9+/=%_-]{60,4096}/y,
  ),
  f('aws-bedrock-key', 'ABSK bedrock-api-key-', /(?:ABSK|bedrock-api-key-)[A-Za-z0-9+/=_-]{40,4096}/y),
  f('aws-ecr-auth', 'QVdTOmV5', /QVdTOmV5[A-Za-z0-9+/=]{40,8192}/y),
  f('docker-config', 'eyJhdXRocyI', /eyJhdXRocyI[A-Za-z0-9+/=]{8,16384}/y),
  // What `aws ecr get-login-password` prints: base64 of {"payload":…}.
  f('aws-ecr-auth', 'eyJwYXlsb2FkIjoi', /eyJwYXlsb2FkIjoi[A-Za-z0-9+/=]{40,8192}/y),
];

const web: readonly Format[] = [
  f('jwt', 'eyJ', /eyJ[A-Za-z0-9_-]{6,8192}(?:\.[A-Za-z0-9_-]{2,8192}){1,4}\.?/y),
  f(
    'bearer',
    'bearer\\x20 Bearer\\x20 BEARER\\x20',
    /bearer {1,4}([A-Za-z0-9._~+/-]{12,4096}={0,2})(?![\w=])/iy,
  ),
  f(
    'basic',
    'basic\\x20 Basic\\x20 BASIC\\x20',
    /basic {1,4}([A-Za-z0-9+/_-]{8,2048}={0,2})(?![A-Za-z0-9+/=_-])/iy,
  ),
  f('session', 'lk_session= __Host-lk', /(?:lk_session|__Host-lk\w{0,20})=([\w.~+/=-]{8,512})/y),
  f('session', 'lockkeeper-session', /(?:__Host-)?lockkeeper-session(?:-\d{1,5})?=([\w.~+/=-]{8,512})/y, {
    inside: true,
  }),
  f('operator-token', 'lko_', /lko_[\w-]{43}/y),
  f('join-token', 'lkj_', /lkj_[A-Za-z0-9_-]{43}(?:_[0-9a-f]{32})?/y),
  f(
    'sql-password',
    'IDENTIFIED\\x20BY\\x20["\'] identified\\x20by\\x20["\'] PASSWORD\\x20["\'] password\\x20["\']',
    /\w+(?: by)? ["']([^"'\s]{1,256})/iy,
  ),
  f('redis-password', '"(?:AUTH|auth)"\\x20"', /"auth" (?:"[^"]{1,64}" )?"([^"\s]{1,256})"/iy, {
    inside: true,
  }),
  f(
    'mail-login',
    'AUTH\\x20(?:PLAIN|LOGIN)\\x20',
    /AUTH (?:PLAIN|LOGIN) ([A-Za-z0-9+/]{12,1024}={0,2})(?![\w=])/y,
  ),
  f(
    'query-key',
    '\\?key= &key=',
    /[?&]key=(?=[\w-]{0,512}\d)(?=[\w-]{0,512}[A-Z])(?=[\w-]{0,512}[a-z])([\w-]{24,512})(?![\w./%-])/y,
    { inside: true },
  ),
];

const forges: readonly Format[] = [
  f('github', 'gh[pousr]_', /gh[pousr]_[A-Za-z0-9]{20,255}/y),
  f('github', 'github_pat_', /github_pat_[A-Za-z0-9_]{20,255}/y),
  f('gitlab', 'gl(?:pat|dt|rt|ptt|cbt|soat|ft|imt|agent|oas|ffct)-', /gl[a-z]{2,5}-[\w.-]{16,300}/y),
  f('npm', 'npm_', /npm_[A-Za-z0-9]{30,80}/y),
  f('pypi', 'pypi-', /pypi-[A-Za-z0-9_-]{16,400}/y),
  f('docker', 'dckr_(?:pat|oat)_', /dckr_[po]at_[A-Za-z0-9_-]{16,120}/y),
  f('rubygems', 'rubygems_', /rubygems_[0-9a-f]{40,64}/y),
  f('clojars', 'CLOJARS_', /CLOJARS_[0-9a-z]{40,80}/y),
  f('atlassian', 'ATATT3 ATCTT3 ATBB', /AT[A-Z]{2}[A-Z0-9]?[A-Za-z0-9_=.+/-]{20,400}/y),
  f('buildkite', 'bkua_', /bkua_[0-9a-z]{32,64}/y),
  f('sourcegraph', 'sgp_', /sgp_[A-Za-z0-9_]{32,128}/y),
  f('terraform', '\\.atlasv1\\.', /[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{40,120}/y, { back: [14, 14] }),
  f('pulumi', 'pul-', /pul-[0-9a-f]{40}/y),
  f('jfrog', 'AKCp', /AKCp[A-Za-z0-9]{50,120}/y),
];

const chat: readonly Format[] = [
  f('slack', 'xox[a-z]- xapp- xwfp-', /x(?:ox[a-z]|app|wfp)-[A-Za-z0-9-]{10,400}/y),
  f(
    'slack-webhook',
    'hooks\\.slack\\.com/',
    /hooks\.slack\.com\/(?:services|workflows|triggers)\/([A-Za-z0-9+/_-]{20,200})/y,
  ),
  f('teams-webhook', 'webhook\\.office\\.com/', /webhook\.office\.com\/webhookb2\/([A-Za-z0-9@/-]{40,300})/y),
  f(
    'discord',
    'M[Tjz][A-Za-z0-9]{21,26}\\. N[DTjz][A-Za-z0-9]{21,26}\\. O[DT][A-Za-z0-9]{21,26}\\.',
    /[MNO][A-Za-z0-9]{22,27}\.[\w-]{6}\.[\w-]{27,80}/y,
  ),
  f(
    'discord-webhook',
    'discord(?:app)?\\.com/api/webhooks/',
    /discord(?:app)?\.com\/api\/webhooks\/\d{5,25}\/([\w-]{30,120})/y,
  ),
  f('telegram', ':AA %3AAA', /\d{8,10}(?::|%3A)AA[\w-]{30,40}(?![\w-])/y, { back: [8, 10] }),
];

const money: readonly Format[] = [
  f(
    'stripe',
    'sk_(?:live|test)_ rk_(?:live|test)_ pk_(?:live|test)_',
    /[srp]k_(?:live|test)_[A-Za-z0-9]{10,250}/y,
  ),
  f('webhook-secret', 'whsec_', /whsec_[A-Za-z0-9+/=]{16,128}/y),
  f('square', 'sq0[a-z]{3}-', /sq0[a-z]{3}-[\w-]{22,60}/y),
  f('square', 'EAAA', /EAAA[\w-]{56,64}(?![\w-])/y),
  f('shopify', 'shp(?:at|ca|pa|ss)_', /shp[acps][ast]_[0-9A-Fa-f]{32,64}/y),
  f('shippo', 'shippo_(?:live|test)_', /shippo_(?:live|test)_[0-9a-f]{40}/y),
  f('flutterwave', 'FLWSECK', /FLWSECK(?:_TEST)?-[0-9A-Za-z-]{12,64}/y),
  f('easypost', 'EZ[AT]K', /EZ[AT]K[A-Za-z0-9]{54}/y),
  f('duffel', 'duffel_(?:test|live)_', /duffel_(?:test|live)_[\w-]{43}/y),
];

const mail: readonly Format[] = [
  f('twilio', 'SK[0-9a-f]{32}', /SK[0-9a-f]{32}(?![0-9A-Za-z])/y),
  f('sendgrid', 'SG\\.', /SG\.[\w-]{16,32}\.[\w-]{16,64}/y),
  f('mailgun', 'key-[0-9a-f]{32}', /key-[0-9a-f]{32}(?![0-9A-Za-z])/y),
  f('mailchimp', '-us[0-9]', /[0-9a-f]{32}-us\d{1,2}/y, { back: [32, 32], inside: true }),
  f('sendinblue', 'xkeysib-', /xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}/y),
];

const models: readonly Format[] = [
  f('anthropic', 'sk-ant-', /sk-ant-[\w-]{16,300}/y),
  f('openai', 'sk-', /sk-(?:proj-|svcacct-|admin-|or-v1-)?[A-Za-z0-9_-]{20,300}/y),
  f('huggingface', 'hf_', /hf_[A-Za-z0-9]{30,60}/y),
  f('replicate', 'r8_', /r8_[A-Za-z0-9]{30,60}/y),
  f('groq', 'gsk_', /gsk_[A-Za-z0-9]{40,80}/y),
  f('perplexity', 'pplx-', /pplx-[A-Za-z0-9]{40,80}/y),
  f('xai', 'xai-', /xai-[A-Za-z0-9]{60,120}/y),
];

const watching: readonly Format[] = [
  f('new-relic', 'NR(?:AK|JS|II|IQ|RA|AA|SP)-', /NR[A-Z]{2}-[A-Za-z0-9_-]{19,60}/y),
  f('new-relic', 'NRAL', /[0-9A-Za-z]{36}NRAL/y, { back: [36, 36], inside: true }),
  f('sentry', 'sntry[su]_', /sntry[su]_[A-Za-z0-9+/=_-]{40,300}/y),
  f('sentry-dsn', '://[0-9a-f]{32}[@:]', /:\/\/([0-9a-f]{32}(?::[0-9a-f]{32})?)@/y, { inside: true }),
  f('pagerduty', 'pdus\\+ Token\\x20token=', /(?:pdus\+|Token token=)([\w+-]{16,80})/y),
  f('grafana', 'gls?[ac]_', /gl(?:sa|c)_[A-Za-z0-9_+/=]{30,400}/y),
  f('dynatrace', 'dt0[a-z][0-9]{2}\\.', /dt0[a-z]\d{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}/y),
  f('postman', 'PMAK-', /PMAK-[0-9a-f]{24}-[0-9a-f]{34}/y),
  f('datadog', 'ddapi_ ddapp_', /dda(?:pi|pp)_[A-Za-z0-9]{20,80}/y),
];

const clouds: readonly Format[] = [
  f('google-api', 'AIza', /AIza[\w-]{35}(?![\w-])/y),
  f('google-oauth', 'ya29\\.', /ya29\.[\w.-]{20,2048}/y),
  f('google-oauth', 'GOCSPX-', /GOCSPX-[\w-]{20,60}/y),
  f('google-refresh', '1//0', /1\/\/0[\w-]{30,200}/y),
  f('azure-client', 'Q~', /[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~-])/y, { back: [4, 4], inside: true }),
  f('azure-sas', '\\?sig= &sig=', /[?&]sig=([A-Za-z0-9%+/=]{20,120})/y, { inside: true }),
  f('digitalocean', 'do[opr]_v1_', /do[opr]_v1_[0-9a-f]{64}/y),
  f('vault', 'hv[sbr]\\.', /hv[sbr]\.[\w-]{20,300}/y),
  f(
    'vault',
    's\\.[A-Za-z0-9]{24}',
    /s\.(?=[A-Za-z]{0,23}\d)(?=[a-z0-9]{0,23}[A-Z])[A-Za-z0-9]{24}(?![\w.(])/y,
  ),
  f('databricks', 'dapi[0-9a-f]', /dapi[0-9a-f]{32}(?:-\d)?/y),
  f('doppler', 'dp\\.(?:pt|st|ct|sa|scim|audit)\\.', /dp\.[a-z]{2,5}\.[\w.-]{30,120}/y),
  f('heroku', 'HRKU-', /HRKU-[\w-]{30,80}/y),
  f('linear', 'lin_(?:api|oauth)_', /lin_(?:api|oauth)_[A-Za-z0-9]{30,80}/y),
  f('notion', 'ntn_ secret_[A-Za-z0-9]{40}', /(?:ntn|secret)_[A-Za-z0-9]{40,60}/y),
  f('planetscale', 'pscale_(?:tkn|pw|oauth)_', /pscale_[a-z]{2,5}_[\w=.-]{32,64}/y),
  f('supabase', 'sb(?:p|_secret)_', /sb(?:p|_secret)_[A-Za-z0-9_-]{20,80}/y),
  f('tailscale', 'tskey-', /tskey-[a-z]{2,12}-[\w-]{10,80}/y),
  f('fly', 'FlyV1\\x20', /FlyV1 ([A-Za-z0-9_,+/=-]{30,4096})/y),
  f('fly', 'fo1_', /fo1_[\w-]{40,60}/y),
  f('cloudflare', 'v1\\.0-[0-9a-f]{24}-', /v1\.0-[0-9a-f]{24}-[0-9a-f]{146}/y),
  f('onepassword', 'ops_eyJ', /ops_eyJ[A-Za-z0-9+/=_-]{40,4096}/y),
  f('openshift', 'sha256~', /sha256~[\w-]{43}/y),
  f('age', 'AGE-SECRET-KEY-', /AGE-SECRET-KEY-1[0-9A-Za-z]{20,80}/y),
  f('okta', 'SSWS\\x20', /SSWS ([\w-]{30,80})/y),
  f('facebook', 'EAACEdEose0cBA EAA[A-Z]{1,3}ZA', /EAA[A-Za-z0-9]{20,400}/y),
  f('mapbox', 'sk\\.eyJ', /sk\.eyJ[\w-]{20,200}\.[\w-]{16,60}/y),
  f('readme', 'rdme_', /rdme_[0-9a-z]{40,90}/y),
  f('typeform', 'tfp_', /tfp_[\w.=-]{40,80}/y),
  f('adafruit', 'aio_', /aio_[A-Za-z0-9]{28}/y),
  f('prefect', 'pn[ub]_', /pn[ub]_[A-Za-z0-9]{36}/y),
];

export const formats: readonly Format[] = [
  ...aws,
  ...web,
  ...forges,
  ...chat,
  ...money,
  ...mail,
  ...models,
  ...watching,
  ...clouds,
];
