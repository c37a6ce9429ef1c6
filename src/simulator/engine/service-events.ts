// Service events in AWS's wording, newest first, at most as many as ECS keeps.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html

import type { SnapshotService } from '../../contract/snapshot.ts';
import { uuidFrom } from '../account.ts';
import { isoNow, type World } from './world.ts';

const EVENTS_MAX = 100;

/** Adds `(service <name>) <text>` to the service's events; a task of no service has nowhere to say it. */
export function addEvent(world: World, service: SnapshotService | undefined, text: string): void {
  if (service === undefined) return;
  const event = {
    id: uuidFrom(world.account.newHex(32)),
    createdAt: isoNow(world),
    message: `(service ${service.serviceName}) ${text}`,
  };
  service.events = [event, ...(service.events ?? [])].slice(0, EVENTS_MAX);
}
