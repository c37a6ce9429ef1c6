// Everyday wordings and what they lead to. Each row is a message after an optional first question, and the last call
// it leads to; `null` means that no call is made.

import { describe, expect, it } from 'vitest';
import { createPlaybookPlanner } from '../../src/planner/playbook/planner.ts';
import { accountAnswer, FAILED_TASK, NOW_MS, TASK_GROUP } from './account.ts';
import { Conversation } from './conversation.ts';

const clock = { now: () => NOW_MS, monotonic: () => 0, after: () => ({ cancel: () => {} }) };
const web = { cluster: 'production-cluster', service: 'my-web-service' };
type Expected = readonly [tool: string, input: Record<string, unknown>] | null;
type Row = readonly [message: string, expected: Expected];

const diagnoseWeb: Expected = ['diagnose_service', web];
const byName: Expected = ['diagnose_service', { service: 'my-web-service' }];
const logs: Expected = ['task_logs', web];
const path: Expected = ['check_network_path', web];
const addRule: Expected = ['ec2_authorize_security_group_egress', { group_id: TASK_GROUP, from_port: 5432 }];
const update = (input: Record<string, unknown>): Expected => ['ecs_update_service', { ...web, ...input }];
const wrongInProduction: Expected = ['diagnose_cluster', { cluster: 'production-cluster' }];
const production: Expected = ['ecs_describe_services', { cluster: 'production-cluster' }];

const first: readonly Row[] = [
  ["Show me the status of the 'my-web-service' in the 'production-cluster'.", diagnoseWeb],
  ['status of my-web-service in production-cluster', diagnoseWeb],
  ['stauts of my-web-service in prodution-cluster', diagnoseWeb],
  ['how is my-web-service in prod?', diagnoseWeb],
  ['How is my web service doing in production?', diagnoseWeb],
  ['is my-web-service healthy?', byName],
  ['my-web-service?', byName],
  ["what's wrong with my-web-service", byName],
  ['why does my-web-service keep restarting?', byName],
  ['Why is my-web-service 3/4 in prod?', diagnoseWeb],
  ['my-web-service is down!!', byName],
  ['could you please check whether my-web-service is ok?', byName],
  ['hey, can you tell me what is going on with my-web-service', byName],
  ['diagnose my-web-service', byName],
  ['root cause of the my-web-service problem?', byName],
  ['in the production cluster, how is my-web-service?', diagnoseWeb],
  ['MY-WEB-SERVICE STATUS', ['diagnose_service', web]],
  ['is billing healthy?', ['diagnose_service', { service: 'billing' }]],
  ['is biling healthy?', ['diagnose_service', { cluster: 'production-cluster', service: 'billing' }]],
  ['what is wrong in prod?', wrongInProduction],
  ["what's broken in production?", wrongInProduction],
  ['is everything ok in the production cluster', wrongInProduction],
  [`why did task ${FAILED_TASK} stop?`, ['diagnose_task', { task: FAILED_TASK }]],
  [`what happened to ${FAILED_TASK}?`, ['diagnose_task', { task: FAILED_TASK }]],
  [
    'is host i-0123456789abcdef0 ok?',
    ['diagnose_container_instance', { container_instance: 'i-0123456789abcdef0' }],
  ],
  ['why did the nightly job not run?', ['diagnose_schedule', { rule: 'nightly' }]],
  ["why didn't the 'nightly-report' schedule run?", ['diagnose_schedule', { rule: 'nightly-report' }]],
  ['which services are in prod?', production],
  ['list the services in production-cluster', production],
  ['list clusters', ['ecs_list_clusters', {}]],
  ['which clusters do we have?', ['ecs_list_clusters', {}]],
  ['who am i', ['sts_get_caller_identity', {}]],
  ['which aws account is this?', ['sts_get_caller_identity', {}]],
  ['show me the logs of my-web-service in prod', logs],
  ['can my-web-service in production-cluster reach the database?', path],
  ['show the deployments of my-web-service in prod', production],
  [
    'scale billing to 3',
    ['ecs_update_service', { cluster: 'production-cluster', service: 'billing', desired_count: 3 }],
  ],
  ['status of foo in production-cluster', ['ecs_list_services', { cluster: 'staging-cluster' }]],
  ['help', null],
  ['hello', null],
  ['yes', null],
  ['tell me a joke', null],
];

const followUp: readonly Row[] = [
  ['Yes, show me the logs from the failed task.', logs],
  ['yes', logs],
  ['sure', logs],
  ['ok', logs],
  ['yes please!', logs],
  ['go ahead', logs],
  ['shwo me the lgos', logs],
  ['logs', logs],
  ['what did the container print?', logs],
  ['give me the output of the dead task', logs],
  ['any error messages?', logs],
  [`show the logs of task ${FAILED_TASK}`, ['task_logs', { ...web, task: FAILED_TASK }]],
  ['the second one', path],
  ['Check if the security group allows outbound traffic to the database port.', path],
  ['does the security group let it talk to the database?', path],
  ['is the database reachable from the tasks', path],
  ['can it connect to postgres?', ['check_network_path', { ...web, port: 5432 }]],
  ['is port 6379 open?', ['check_network_path', { ...web, port: 6379 }]],
  ['check egress on tcp/443', ['check_network_path', { ...web, port: 443 }]],
  ['is the firewall blocking us?', path],
  ['Yes, add a rule to allow outbound PostgreSQL traffic to the database security group.', addRule],
  ['add an egress rule for 5432/tcp', addRule],
  ['please open port 5432 to the database', addRule],
  ['allow outbound postgres', addRule],
  ['could you permit egress to the db on tcp/5432?', addRule],
  ['authorise the database traffic', addRule],
  ['fix it', addRule],
  ['Apply the fix', addRule],
  ['yes, make the change', addRule],
  ["let's fix that please", addRule],
  ['the third', addRule],
  ["don't add the rule", null],
  ['please do not fix it', null],
  ['no', null],
  ['no thanks', null],
  ['never mind', null],
  ['thanks!', null],
  ['why?', diagnoseWeb],
  ['status', diagnoseWeb],
  ['and again, how is it now?', diagnoseWeb],
  ['did it work?', ['service_steadiness', web]],
  ['has it recovered?', ['service_steadiness', web]],
  ['which tasks failed?', ['ecs_describe_tasks', { cluster: 'production-cluster', tasks: [FAILED_TASK] }]],
  ['show me the stopped tasks', ['ecs_describe_tasks', { cluster: 'production-cluster' }]],
  ['show deployments', production],
  ['is the rollout done?', production],
  ['what changed recently?', ['service_steadiness', web]],
  ['scale it to 6', update({ desired_count: 6 })],
  ['could you scale up by two?', update({ desired_count: 6 })],
  ['set the desired count to 5', update({ desired_count: 5 })],
  ['reduce it by 1 task', update({ desired_count: 3 })],
  ['run 8 tasks', update({ desired_count: 8 })],
  ['restart it anyway', update({ force_new_deployment: true })],
  ['force a new deployment anyway', update({ force_new_deployment: true })],
  ['roll back anyway', update({ task_definition: 'my-web-service:41' })],
  ['rollback to revision 40 anyway', update({ task_definition: 'my-web-service:40' })],
  ['roll it back anyway', update({ task_definition: 'my-web-service:41' })],
  ['yes, prepare the fix', addRule],
  ['apply the proposed fix', addRule],
  [`why did task ${FAILED_TASK.slice(0, 8)} stop?`, ['diagnose_task', { task: FAILED_TASK }]],
  ['go back to the previous version anyway', update({ task_definition: 'my-web-service:41' })],
  [
    `stop task ${FAILED_TASK}`,
    ['ecs_stop_task', { cluster: 'production-cluster', task: FAILED_TASK, reason: expect.any(String) }],
  ],
  ['compare with revision 41', ['compare_service', { revision: 'my-web-service:41' }]],
  ['compare with the last revision that worked', ['compare_service', { service: 'my-web-service' }]],
  ['how much does my-web-service cost?', ['service_cost', { service: 'my-web-service' }]],
  ['is it oversized?', ['service_cost', { service: 'my-web-service' }]],
  ['are its tasks too expensive?', ['service_cost', { service: 'my-web-service' }]],
  ['why does it keep scaling up and down?', ['service_cost', { service: 'my-web-service' }]],
  ['compare my-web-service with billing', ['ecs_describe_services', { services: ['billing'] }]],
  ['how is billing?', ['diagnose_service', { cluster: 'production-cluster', service: 'billing' }]],
  ['scale it to 4', ['ecs_describe_services', { cluster: 'production-cluster' }]],
];

describe('wordings', () => {
  it.each(first)('understands as a first message: %s', async (message, expected) => {
    const talk = new Conversation({ planner: createPlaybookPlanner(), answer: accountAnswer, clock });
    await talk.say(message);
    check(talk, 0, expected);
  });

  it.each(followUp)('understands after the status of my-web-service: %s', async (message, expected) => {
    const talk = new Conversation({ planner: createPlaybookPlanner(), answer: accountAnswer, clock });
    await talk.say("Show me the status of the 'my-web-service' in the 'production-cluster'.");
    const before = talk.executed.length;
    await talk.say(message);
    check(talk, before, expected);
  });
});

function check(talk: Conversation, from: number, expected: Expected): void {
  const calls = talk.executed.slice(from);
  if (expected === null) {
    expect(calls).toEqual([]);
    return;
  }
  const [tool, input] = expected;
  expect(calls.at(-1)).toMatchObject({ tool, input });
}
