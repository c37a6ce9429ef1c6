// What a sentence is about when nothing else in it speaks: a thing of ECS, in a sentence that complains. That names a corner to look in, no cause.

import type { Signal } from '../signal.ts';

export const topicSignals = {
  complains: [
    'something is wrong',
    /\b(?:but|still|keeps?|instead|although|though|never|cannot|can't|missing|fail\w*|stuck|wrong|slow|errors?|problems?|issues?|broken|unable|bug|not|no|does ?n[o']t|did ?n[o']t|is ?n[o']t|wo ?n[o']t|without|only|always|halt|hangs?|lost|dies|dead|crash\w*|restart\w*|unexpected\w*)\b/,
  ],
  aboutBalancer: [
    'it is about a load balancer',
    /listener|target ?_?groups?|\balb\b|\bnlb\b|\belb\b|load ?_?balancer/,
  ],
  aboutHealth: ['it is about a health check', /health|unhealthy|\bprobe/],
  aboutNames: [
    'it is about names',
    /registries|registry entry|service[ _-]discovery|\bdns\b|namespaces?|cloud ?map|hostname/,
  ],
  aboutRollout: [
    'it is about a deployment',
    /deploy|roll-?out|revision|new version|old version|update-service|rolling/,
  ],
  aboutHosts: ['it is about hosts', /\binstances?\b|\bhosts?\b|\bnodes?\b|\bami\b|cluster/],
  aboutRoom: [
    'it is about room for tasks',
    /\bresources?\b|\bcpu\b|\bmemory\b|capacity|per host|per instance/,
  ],
  aboutDefinition: [
    'it is about a task definition',
    /task[ -]?definition|container ?port|container ?name|definitions?\b|parameter\b/,
  ],
  aboutMode: ['it is about a network mode', /awsvpc|network ?(?:mode|type)|bridge/],
  aboutImage: ['it is about an image', /\bimages?\b|\btags?\b|dockerfile|docker ?hub|\becr\b/],
  aboutRights: ['it is about permissions', /\broles?\b|permission|polic(?:y|ies)|\biam\b|access\b/],
  aboutStorage: ['it is about storage', /\befs\b|volumes?\b|mount|disk|storage|filesystem/],
  aboutPeer: [
    'it is about another service',
    /database|\bdb\b|redis|postgres|mysql|kafka|connect|reach|backend/,
  ],
  aboutWay: [
    'it is about the network',
    /\bsubnets?\b|\bnat\b|route|internet|\bvpc\b|security group|endpoint|network/,
  ],
  aboutSchedule: ['it is about a schedule', /schedul|cron|event ?bridge/],
  aboutLogs: ['it is about logs', /\blogs?\b|logging|cloudwatch/],
  aboutScaling: ['it is about scaling', /scal(?:e|es|ed|ing)\b|desired/],
  aboutOrder: ['it is about the order of containers', /sidecar|depend|order|first container|init container/],
  aboutCommand: ['it is about a command', /\bcommand\b|entry ?point|script|\bcmd\b/],
  aboutEnd: ['it is about the end of a container', /exit|crash|restart|killed|stopp(?:ed|ing)|die[sd]?\b/],
  aboutRuntime: ['it is about the runtime of a host', /docker|containerd|agent|\bgpu\b|nvidia/],
  aboutLimit: ['it is about a limit', /limit|quota|throttl|too many/],
  aboutPorts: ['it is about ports', /\bports?\b/],
  aboutSettings: ['it is about a setting', /config|setting|environment|\benv\b|variable/],
} as const satisfies Record<string, Signal>;
