// The few words that stand for a call while it runs: "describe services · production-cluster / my-web-service".

import type { Target, Tool } from '../contract/tool.ts';

const TITLE_CHARS_MAX = 160;

/** A tool's name in words, then what it is about. */
export function callTitle(tool: Tool, target: Target): string {
  const words = tool.name.replace(/^(?:ecs|ec2|elbv2|logs|sts)_/, '').replaceAll('_', ' ');
  const place = [target.cluster, target.service]
    .filter((part) => part !== undefined && part !== '')
    .join(' / ');
  const about = place === '' ? target.resources.slice(0, 2).join(', ') : place;
  return (about === '' ? words : `${words} · ${about}`).slice(0, TITLE_CHARS_MAX);
}
