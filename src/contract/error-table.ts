// The closed table of expected failures, a row each: HTTP status, exit code, what is wrong and where, what to do now.
// Codes are never reused. docs/reference/errors.md is generated from here.

import type { ErrorTemplate } from '../kernel/errors.ts';

/** Exit codes of the command line: 0 done, 1 unexpected, 2 usage, 3 not found, 4 refused, 5 unreachable, 6 local set-up, 7 audit. */
const USAGE = 2;
const NOT_FOUND = 3;
const REFUSED = 4;
const UNREACHABLE = 5;
const SETUP = 6;
const AUDIT = 7;

/** Add a row here; `fail(code, params)` in errors.ts makes the error. */
export const table = {
  'input-invalid': {
    status: 400,
    exit: USAGE,
    message: 'The input is not valid at {where}: {detail}.',
    next: 'Correct it and send it again.',
  },
  'body-too-large': {
    status: 413,
    exit: USAGE,
    message: 'The request is larger than {limit} bytes.',
    next: 'Send less.',
  },
  'route-unknown': {
    status: 404,
    exit: NOT_FOUND,
    message: 'There is nothing at {path}.',
    next: 'See /api/v1/openapi.json for what there is.',
  },
  'not-signed-in': {
    status: 401,
    exit: REFUSED,
    message: 'You are not signed in.',
    next: 'Open the sign-in link that the hub printed, or run `lockkeeper doctor` on its machine.',
  },
  'sign-in-invalid': {
    status: 401,
    exit: REFUSED,
    message: 'This sign-in link was used already or has expired.',
    next: "Run `lockkeeper sign-in` on the hub's machine for a new one.",
  },
  'origin-refused': {
    status: 403,
    exit: REFUSED,
    message: 'Requests from {origin} are refused.',
    next: 'Open the console at the address the hub printed.',
  },
  'csrf-invalid': {
    status: 403,
    exit: REFUSED,
    message: 'The request does not carry the token of this session.',
    next: 'Reload the page.',
  },
  'too-many-streams': {
    status: 429,
    exit: REFUSED,
    message: 'More than {limit} event streams of one person are open.',
    next: 'Close a few pages and try again.',
  },
  unexpected: {
    status: 500,
    exit: 1,
    message: 'Something went wrong inside the hub.',
    next: "The hub's log on standard error says more.",
  },
  'not-allowed': {
    status: 403,
    exit: REFUSED,
    message: '{who} may not {what}.',
    next: 'Ask somebody who may; `lockkeeper policy explain` says who.',
  },
  'conversation-unknown': {
    status: 404,
    exit: NOT_FOUND,
    message: 'There is no conversation {id}.',
    next: 'List them with `lockkeeper ask --list` or on the start page.',
  },
  'conversation-busy': {
    status: 409,
    exit: REFUSED,
    message: 'This conversation is still working on the last message.',
    next: 'Wait for its answer, or stop it.',
  },
  'nothing-to-continue': {
    status: 404,
    exit: NOT_FOUND,
    message: 'There is no earlier conversation to continue.',
    next: 'Ask without --continue.',
  },
  'tool-unknown': {
    status: 404,
    exit: NOT_FOUND,
    message: 'There is no tool named {tool}.',
    next: 'See `lockkeeper tools list`.',
  },
  'call-denied': {
    status: 403,
    exit: REFUSED,
    message: 'Policy refuses {tool}: {reason}.',
    next: 'Change the policy or ask for something it allows.',
  },
  'evidence-unknown': {
    status: 404,
    exit: NOT_FOUND,
    message: 'There is no evidence {id}.',
    next: 'It may have passed its retention time; ask again to collect it anew.',
  },
  'proposal-unknown': {
    status: 404,
    exit: NOT_FOUND,
    message: 'There is no proposal {id}.',
    next: 'See `lockkeeper approvals list`.',
  },
  'proposal-not-pending': {
    status: 409,
    exit: REFUSED,
    message: 'Proposal {id} is {state}; it can no longer be decided.',
    next: 'Ask for the change again if it is still needed.',
  },
  'proposal-altered': {
    status: 409,
    exit: REFUSED,
    message: 'What was approved is not what the node prepared as {id}.',
    next: 'Nothing ran. Read the proposal again and decide anew.',
  },
  'proposal-expired': {
    status: 409,
    exit: REFUSED,
    message: 'Nobody decided {id} in time, so it expired.',
    next: 'Nothing ran. Ask for the change again.',
  },
  'proposal-stale': {
    status: 409,
    exit: REFUSED,
    message: 'The account changed after {id} was prepared: {detail}.',
    next: 'Nothing ran. Ask for the change again to see it against the state of now.',
  },
  'proposal-voided': {
    status: 409,
    exit: REFUSED,
    message: 'The node restarted, which voids {id}.',
    next: 'Nothing ran. The change is prepared again.',
  },
  'approval-refused': {
    status: 403,
    exit: REFUSED,
    message: 'The node refused the approval of {id}: {reason}.',
    next: 'Nothing ran.',
  },
  'change-unneeded': {
    status: 409,
    exit: REFUSED,
    message: 'Nothing would change: {detail}.',
    next: 'The account is already in that state.',
  },
  'change-unsafe': {
    status: 409,
    exit: REFUSED,
    message: 'This change is not prepared: {detail}.',
    next: '{advice}',
  },
  'account-locked': {
    status: 409,
    exit: REFUSED,
    message: 'Too many proposals wait in this conversation ({limit}).',
    next: 'Decide those first.',
  },
  'node-offline': {
    status: 503,
    exit: UNREACHABLE,
    message: 'No node is connected for this account.',
    next: 'Start one with `lockkeeper node start`, or see `lockkeeper doctor`.',
  },
  'node-lost': {
    status: 503,
    exit: UNREACHABLE,
    message: 'The connection to node {node} was lost during the call.',
    next: 'It reconnects by itself; ask again.',
  },
  'node-answer-invalid': {
    status: 502,
    exit: UNREACHABLE,
    message: "The node's answer to {tool} was not accepted: {detail}.",
    next: 'Update the node and the hub to the same version, then ask again.',
  },
  'node-unknown': {
    status: 404,
    exit: NOT_FOUND,
    message: 'There is no node {id}.',
    next: 'See `lockkeeper node status`.',
  },
  'join-token-invalid': {
    status: 401,
    exit: REFUSED,
    message: 'The join token is unknown, used or older than 15 minutes.',
    next: "Make a new one with `lockkeeper node token` on the hub's machine.",
  },
  'hub-identity-changed': {
    status: 403,
    exit: REFUSED,
    message: 'The hub at {url} has another key than the one this node joined.',
    next: 'If the hub was reinstalled, install the node anew; otherwise somebody is between you.',
  },
  'hub-unreachable': {
    status: 503,
    exit: UNREACHABLE,
    message: 'No hub answers at {url}.',
    next: 'Start one with `lockkeeper up`, or name it with --hub.',
  },
  'hub-not-running': {
    status: 503,
    exit: UNREACHABLE,
    message: 'No hub is running in the data folder {path}.',
    next: 'Start one with `lockkeeper up`, or name another folder with --data.',
  },
  'hub-insecure': {
    status: 400,
    exit: USAGE,
    message: 'Refusing plain {scheme}:// to {host}, which is not this machine.',
    next: 'Use a TLS address.',
  },
  'budget-exceeded': {
    status: 429,
    exit: REFUSED,
    message: "The node's budget is used up: {what}.",
    next: 'Wait {wait}, or raise the limit on the node.',
  },
  'result-too-large': {
    status: 502,
    exit: UNREACHABLE,
    message: 'The answer of {tool} is larger than {limit} bytes.',
    next: 'Ask for less at once.',
  },
  'node-busy': {
    status: 503,
    exit: UNREACHABLE,
    message: 'Node {node} has more to do than it can take: {what}.',
    next: 'Ask again in a moment.',
  },
  'tool-failed': {
    status: 500,
    exit: UNREACHABLE,
    message: '{tool} failed because of a bug in it: {detail}.',
    next: 'Report it with this message; nothing was changed.',
  },
  'journal-broken': {
    status: 500,
    exit: AUDIT,
    message: "The node's journal {path} is damaged at line {line}: {detail}.",
    next: 'Keep the file for inspection, move it away, and start the node again.',
  },
  'deadline-exceeded': {
    status: 504,
    exit: UNREACHABLE,
    message: '{tool} did not finish within {seconds} s.',
    next: 'Ask again; if it stays slow, `lockkeeper doctor` shows the latency to AWS.',
  },
  cancelled: { status: 409, exit: REFUSED, message: 'The call was stopped.', next: '' },
  'aws-failed': {
    status: 502,
    exit: UNREACHABLE,
    message: 'AWS answered {action} with {code}: {detail}',
    next: '{advice}',
  },
  'aws-credentials-missing': {
    status: 502,
    exit: SETUP,
    message: 'No AWS credentials were found for this node.',
    next: 'Set AWS_PROFILE or AWS_ACCESS_KEY_ID where the node runs, or try `lockkeeper up --demo`.',
  },
  'aws-region-missing': {
    status: 502,
    exit: SETUP,
    message: 'No AWS region is set for this node.',
    next: 'Set AWS_REGION (such as us-east-1) where the node runs.',
  },
  'action-not-declared': {
    status: 500,
    exit: REFUSED,
    message: 'Tool {tool} asked for {action}, which it does not declare.',
    next: 'This is a bug of the tool; nothing was sent.',
  },
  'cluster-unknown': {
    status: 404,
    exit: NOT_FOUND,
    message: 'There is no cluster {cluster} in {account}, {region}.{nearest}',
    next: 'Check the name and the region.',
  },
  'service-unknown': {
    status: 404,
    exit: NOT_FOUND,
    message: 'There is no service {service} in cluster {cluster}.{nearest}',
    next: 'Check the name and the cluster.',
  },
  'name-ambiguous': {
    status: 409,
    exit: USAGE,
    message: '{name} matches several: {candidates}.',
    next: 'Say which one.',
  },
  'resource-unknown': {
    status: 404,
    exit: NOT_FOUND,
    message: 'There is no {kind} {id} in {account}, {region}.{nearest}',
    next: 'Check the id and the region.',
  },
  'logs-unavailable': {
    status: 404,
    exit: NOT_FOUND,
    message: 'There are no logs to read: {detail}.',
    next: '{advice}',
  },
  'model-unavailable': {
    status: 503,
    exit: UNREACHABLE,
    message: 'The model did not answer: {detail}.',
    next: 'The built-in playbook still works: start with --planner playbook.',
  },
  'model-refused': {
    status: 502,
    exit: UNREACHABLE,
    message: 'The model declined to go on.',
    next: 'Put the question differently, or use the built-in playbook.',
  },
  'turn-too-long': {
    status: 409,
    exit: REFUSED,
    message: 'The turn was stopped after {limit} {what}.',
    next: 'Ask for a smaller step.',
  },
  'record-unknown': {
    status: 404,
    exit: NOT_FOUND,
    message: 'There is no audit record {seq}.',
    next: 'See the newest with `lockkeeper audit tail`.',
  },
  'audit-unwritable': {
    status: 503,
    exit: AUDIT,
    message: 'The audit log cannot be written ({detail}), so nothing runs.',
    next: 'Free space or repair the data folder; the hub goes on by itself.',
  },
  'audit-broken': {
    status: 500,
    exit: AUDIT,
    message: 'The audit log does not verify at record {seq}: {detail}.',
    next: 'Keep the files as they are and compare with your last export.',
  },
  'data-unwritable': {
    status: 500,
    exit: SETUP,
    message: 'The data folder {path} cannot be written: {detail}.',
    next: 'Give this user the right to write there, or choose another with --data.',
  },
  'data-locked': {
    status: 409,
    exit: SETUP,
    message: 'Another hub (process {pid}) already uses {path}.',
    next: 'Use that one, stop it, or choose another folder with --data.',
  },
  'data-corrupt': {
    status: 500,
    exit: SETUP,
    message: 'The data file {path} is damaged: {detail}.',
    next: 'Keep a copy as it is, run `lockkeeper audit verify` on it, and put your last backup in its place.',
  },
  'data-newer': {
    status: 500,
    exit: SETUP,
    message: 'The data file {path} was written by a newer version ({detail}).',
    next: 'Start that version, or choose another folder with --data.',
  },
  'sqlite-too-old': {
    status: 500,
    exit: SETUP,
    message: 'SQLite {found} is loaded, but {needed} or newer is needed.',
    next: 'Install the dependencies anew with `npm ci`.',
  },
  'port-taken': {
    status: 500,
    exit: SETUP,
    message: 'Port {port} on this machine is taken.',
    next: 'Stop what uses it, or choose another with --port.',
  },
  'config-invalid': {
    status: 500,
    exit: SETUP,
    message: 'The configuration {path} is not valid at {where}: {detail}.',
    next: 'Correct the file, or move it away to start from the defaults.',
  },
  'policy-invalid': {
    status: 500,
    exit: SETUP,
    message: 'The policies do not load: {detail}.',
    next: 'Nothing is allowed until they do; `lockkeeper doctor` names the file.',
  },
  'policy-unavailable': {
    status: 503,
    exit: REFUSED,
    message: 'No decision could be made: {detail}.',
    next: 'An error in a decision is a refusal.',
  },
  'snapshot-invalid': {
    status: 400,
    exit: USAGE,
    message: 'The snapshot is not valid at {where}: {detail}.',
    next: 'See the format lockkeeper-snapshot/1.',
  },
  usage: { status: 400, exit: USAGE, message: '{detail}', next: 'See --help.' },
} as const satisfies Record<string, ErrorTemplate>;
