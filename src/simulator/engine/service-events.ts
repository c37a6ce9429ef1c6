// Service events in AWS's wording, newest first, at most as many as ECS keeps.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html

import type { SnapshotService } from '../../contract/snapshot.ts';
import { uuidFrom } from '../account.ts';
import { isoNow, type World } from './world.ts';

const EVENTS_MAX = 100;

/** ECS repeats a message about the same cause only after this long. */
const REPEAT_MS = 6 * 3_600_000;

/** Adds an event about something that is wrong, unless it was said before and the cause has not gone since. */
export function addProblem(world: World, service: SnapshotService, text: string): void {
  const { problems } = world.memoryOf(service);
  const said = problems.get(text);
  if (said !== undefined && world.now() - said < REPEAT_MS) return;
  problems.set(text, world.now());
  addEvent(world, service, text);
}

/** Adds an event about one more of something, or counts it in the newest events when ECS said the same at this very moment. */
export function addCounted(
  world: World,
  service: SnapshotService | undefined,
  { verb, rest }: { verb: string; rest: string },
): void {
  const now = isoNow(world);
  const start = `(service ${service?.serviceName ?? ''}) ${verb} `;
  const same = service?.events
    ?.filter(({ createdAt }) => createdAt === now)
    .find(({ message = '' }) => message.startsWith(start) && message.endsWith(` ${rest}`));
  const count = Number.parseInt(same?.message?.slice(start.length) ?? '', 10);
  if (same === undefined || !Number.isFinite(count)) addEvent(world, service, `${verb} 1 ${rest}`);
  else same.message = `${start}${count + 1} ${rest}`;
}

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
