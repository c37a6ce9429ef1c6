// A hub's parts, each made once and handed what it needs. Nothing here listens, reads settings or decides which adapter is used.

import { setMaxListeners } from 'node:events';
import { openProposal } from '../approval/document.ts';
import type { Registry } from '../catalog/registry.ts';
import { createDispatch } from '../dispatch/dispatch.ts';
import type { Caller } from '../dispatch/request.ts';
import type { SigningKey } from '../kernel/keys.ts';
import type { Redactor } from '../kernel/redact.ts';
import { createLink, type Link } from '../link/link.ts';
import type { PolicySet } from '../policy/policy-set.ts';
import type { DurableStore, Store } from '../store/port.ts';
import { dataFiles } from '../store/sqlite/database.ts';
import { type ApprovalPorts, decide } from './approvals.ts';
import { createAuditReading } from './audit-reading.ts';
import { createAuth } from './auth.ts';
import { type Conversations, createConversations } from './conversations/conversations.ts';
import { createLedger } from './conversations/ledger.ts';
import { announcing, createFeed } from './feed.ts';
import type { HubOptions } from './hub-options.ts';
import { linkReports } from './node-reports.ts';
import { createProposalReports, type ProposalReports } from './proposal-reports.ts';
import type { HubServices } from './routes/services.ts';
import { createScenarioSwitch } from './scenario-switch.ts';
import type { Settings } from './settings.ts';
import { statusOf } from './status.ts';
import { createStreamSlots } from './stream-slots.ts';
import { createWatches, type Watches } from './watches.ts';

export interface AssemblyBase {
  readonly options: HubOptions;
  readonly durable: DurableStore;
  readonly settings: Settings;
  readonly policies: PolicySet;
  readonly registry: Registry;
  readonly hubKey: SigningKey;
  readonly redact: Redactor;
  readonly operator: Caller;
  readonly operatorToken: string;
  /** Where the hub listens; known once it does. */
  readonly address: { port(): number; url(): string };
  /** Whether people reach the hub under TLS. */
  readonly secure: boolean;
}

export interface Assembly {
  readonly store: Store;
  readonly link: Link;
  readonly services: HubServices;
  /** Takes up what the last process left; needs the hub to listen, since nodes have to be able to come. */
  resume(): Promise<void>;
  /** Aborts when the hub begins to close. */
  readonly closing: AbortController;
  /** Halts turns, watches and everything else that goes on by itself. */
  halt(): Promise<void>;
}

export function assemble(base: AssemblyBase): Assembly {
  const { options, durable, settings, registry, redact, hubKey } = base;
  const { clock, log, planner } = options;
  const feed = createFeed();
  const store = announcing(durable, feed);
  // The link reports to parts that need the link's directory, so what it reports to is filled in below.
  const reports: { target: ProposalReports | null } = { target: null };
  const link = createLink({ store, hubKey, clock, log, reports: linkReports(store, { log, reports }) });
  const { directory } = link;
  const dispatch = createDispatch({
    store,
    policy: base.policies,
    directory,
    tools: registry,
    clock,
    log,
    redact,
    openProposal,
  });
  const turnPorts = {
    store,
    ledger: createLedger(store),
    feed,
    dispatch,
    directory,
    planner,
    tools: registry.tools,
    agent: settings.agent,
    clock,
    log,
  };
  const conversations = createConversations({ ...turnPorts, redact });
  const watches = createWatches(turnPorts);
  const approvalPorts: ApprovalPorts = { ...turnPorts, conversations, hubKey, redact };
  const proposalReports = createProposalReports(approvalPorts, watches);
  reports.target = proposalReports;
  const closing = new AbortController();
  // Every open event stream listens for the close.
  setMaxListeners(0, closing.signal);
  const startedAt = clock.now();
  const services: HubServices = {
    store,
    auth: createAuth({ ...base, store, clock, port: base.address.port }),
    feed,
    clock,
    directory,
    conversations,
    tools: registry.tools,
    audit: createAuditReading({
      store: durable,
      clock,
      publicKey: hubKey.publicKey,
      checkpointFile: dataFiles(options.dataDir).checkpoints,
    }),
    scenarios: createScenarioSwitch(options.stage ?? null, store),
    streams: createStreamSlots(),
    closing: closing.signal,
    url: base.address.url,
    status: () => statusOf(options, { store: durable, directory, hubKey, startedAt }),
    decide: (person, input) => decide(approvalPorts, person, input),
    createJoinToken: () => link.createJoinToken(),
  };
  return { store, link, services, closing, ...selfRunning({ conversations, watches, proposalReports }) };
}

/** What goes on by itself between start and close. */
function selfRunning(parts: {
  readonly conversations: Conversations;
  readonly watches: Watches;
  readonly proposalReports: ProposalReports;
}): Pick<Assembly, 'resume' | 'halt'> {
  let resuming: Promise<void> = Promise.resolve();
  return {
    async resume() {
      await parts.watches.resumeAll();
      parts.proposalReports.start();
      // Waits for a node, so the start of the hub does not wait for it.
      resuming = parts.conversations.resumeAll();
    },
    async halt() {
      await Promise.all([parts.conversations.close(), parts.watches.close(), parts.proposalReports.close()]);
      await resuming;
    },
  };
}
