// Ports that the application and the load balancer do not agree about, and starts that end after the check gave up.

import type { World } from './base.ts';
import { changed, type ToldCase } from './case.ts';
import { checksFail, ready, refused } from './health.ts';
import { theContainer, theService } from './workload.ts';

const at = {
  region: 'ca-central-1',
  account: '737300056565',
  cluster: 'weir',
  service: 'sluice',
  net: 175,
} as const;

export const toldPorts: readonly ToldCase[] = [
  {
    name: 'an application that listens on another port than its target',
    class: 'app-bind-address',
    verdicts: ['likely'],
    says: () => [/listens on port 3000, and the load balancer sends to 8080/],
    account: () =>
      changed(at, [
        (w) => checksFail(w, refused, { lived: 95, log: ['Server listening on http://0.0.0.0:3000'] }),
      ]),
  },
  {
    name: 'an application that was told another port than its target',
    class: 'app-bind-address',
    verdicts: ['likely'],
    says: () => [/setting PORT .* has that port/],
    account: () =>
      changed(at, [
        (w) => theContainer(w).environment?.push({ name: 'PORT', value: '9090' }),
        (w) =>
          checksFail(w, refused, {
            lived: 95,
            log: ['Tomcat initialized with port(s): 9090 (http)', 'Started Sluice in 6.1 seconds'],
          }),
      ]),
  },
  {
    name: 'an application that listens on the port of its target and one more',
    class: 'unknown',
    verdicts: ['unknown'],
    account: () =>
      changed(at, [
        (w) =>
          checksFail(w, refused, { lived: 95, log: [...ready(w), 'internal API listening on 0.0.0.0:3000'] }),
      ]),
  },
  {
    name: 'an application whose lines begin with the time and say the port of its target',
    class: 'slow-start-grace',
    verdicts: ['likely', 'proven'],
    account: () => changed(at, [(w) => readyTooLate(w, '2026/11/20 09:51:02 listening on :8080')]),
  },
  {
    name: 'an application that logs records with numbers before the place',
    class: 'slow-start-grace',
    verdicts: ['likely', 'proven'],
    account: () =>
      changed(at, [
        (w) =>
          readyTooLate(
            w,
            '{"level":30,"time":1763632500000,"caller":"http/server.go:88","msg":"listening","addr":"0.0.0.0:8080"}',
          ),
      ]),
  },
  {
    name: 'an application whose only word of being ready is that its server started on a port',
    class: 'slow-start-grace',
    verdicts: ['likely', 'proven'],
    account: () =>
      changed(at, [
        (w) =>
          readyTooLate(
            w,
            `{"@timestamp":"2026-11-20T09:51:02.114Z","message":"Tomcat started on port 8080 (http) with context path '/'"}`,
          ),
      ]),
  },
  {
    name: 'an application on the loopback, told behind the time',
    class: 'app-bind-address',
    verdicts: ['likely'],
    says: () => [/listens on 127\.0\.0\.1 only/],
    account: () => changed(at, [loopbackOnly]),
  },
  {
    name: 'an application on the loopback behind a load balancer that may not be read',
    class: 'app-bind-address',
    verdicts: ['likely'],
    account: () => changed(at, [loopbackOnly, (w) => w.snapshot.denied.push('elasticloadbalancing:*')]),
  },
  {
    name: 'an application whose log says that its start took longer than the check waits',
    class: 'slow-start-grace',
    verdicts: ['likely', 'proven'],
    account: () =>
      changed(at, [
        (w) => {
          theService(w).healthCheckGracePeriodSeconds = 0;
          checksFail(w, refused, {
            lived: 48,
            running: 1,
            log: ['Deploying web application archive [ROOT.war]'],
          });
          startsLate(w, 72, 'Server startup in [71934] milliseconds');
        },
      ]),
  },
];

function loopbackOnly(w: World): void {
  checksFail(w, refused, {
    lived: 95,
    log: ['2026-11-20T09:56:28.980Z server listening at http://127.0.0.1:8080'],
  });
}

function readyTooLate(w: World, says: string): void {
  theService(w).healthCheckGracePeriodSeconds = 0;
  checksFail(w, refused, { lived: 48, running: 1, log: ['loading price list'] });
  startsLate(w, 72, says);
}

/** The newest ended task says so many seconds after its start that it is up, while it is already being stopped. */
function startsLate(w: World, seconds: number, message: string): void {
  const ended = w.snapshot.ecs.tasks.find(
    ({ group, lastStatus }) => group === `service:${w.place.service}` && lastStatus === 'STOPPED',
  );
  const id = ended?.taskArn.split('/').at(-1) ?? '';
  const timestamp = Date.parse(String(ended?.startedAt)) + seconds * 1_000;
  for (const group of w.snapshot.logs.logGroups)
    for (const stream of group.streams)
      if (stream.logStreamName.endsWith(id) && id !== '')
        stream.events.push({ timestamp, message, ingestionTime: timestamp + 500 });
}
