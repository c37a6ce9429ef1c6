// The nodes: which are connected, whose account they read, where their requests go, and how to add one.

import { Fragment, type JSX } from 'preact';
import { useCallback, useState } from 'preact/hooks';
import type { NodeView } from '../../contract/api.ts';
import { asApiError } from '../api.ts';
import { CopyButton } from '../components/command-line.tsx';
import { Icon } from '../components/icon.tsx';
import { Empty, Unloaded } from '../components/states.tsx';
import { useConsole } from '../context.ts';
import { useNow } from '../hooks/use-now.ts';
import { usePolled } from '../hooks/use-polled.ts';
import { useTitle } from '../hooks/use-title.ts';
import { count, countdown, duration, visible } from '../model/words.ts';

const everyMs = 3_000;

/** The page. */
export function NodesPage(): JSX.Element {
  const { api } = useConsole();
  const { value, error, refresh } = usePolled(
    useCallback(() => api.nodes(), [api]),
    everyMs,
  );
  useTitle('Nodes');
  const nodes = value?.items ?? null;
  const connected = (nodes ?? []).filter((node) => node.connected).length;
  return (
    <Fragment>
      <header class="head">
        <h1>Nodes</h1>
        {nodes !== null && (
          <span class="small faint">
            {connected} connected, {nodes.length - connected} offline
          </span>
        )}
      </header>
      {nodes === null && <Unloaded error={error} retry={refresh} />}
      {nodes !== null && (
        <div class="page">
          <div class="cols">
            <section>
              {nodes.length === 0 ? (
                <div class="card">
                  <Empty
                    icon="node"
                    title="No node yet"
                    text="A node runs where the AWS credentials are and dials out to this hub."
                  />
                </div>
              ) : (
                <Table nodes={nodes} />
              )}
            </section>
            <AddNode />
          </div>
        </div>
      )}
    </Fragment>
  );
}

function Table({ nodes }: { nodes: readonly NodeView[] }): JSX.Element {
  const now = useNow(1_000);
  return (
    <div class="card scroll-x">
      <table class="table fluid">
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">State</th>
            <th scope="col">Account, region</th>
            <th scope="col">Identity</th>
            <th scope="col">Tools</th>
          </tr>
        </thead>
        <tbody>
          {nodes.map((node) => (
            <Row key={node.id} node={node} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ node, now }: { node: NodeView; now: number }): JSX.Element {
  const { inventory } = node;
  const away = node.lastSeenAt === null ? '' : `, ${duration(Math.max(0, now - node.lastSeenAt))}`;
  return (
    <tr data-node={node.id}>
      <td class="nowrap">
        <b class="strong">{visible(inventory.name)}</b>
        <br />
        <span class="micro faint">version {visible(inventory.build)}</span>
      </td>
      <td>
        {node.connected ? (
          <span class="status ok">
            <Icon name="ok" />
            connected
          </span>
        ) : (
          <span class="status wait">
            <Icon name="off" />
            offline{away}
          </span>
        )}
      </td>
      <td class="nowrap">
        {visible(inventory.account)}
        <br />
        <span class="micro faint">{visible(inventory.region)}</span>
      </td>
      <td class="hide-phone break">
        {inventory.identity === null ? (
          <span class="bad">{visible(inventory.problem ?? 'no identity')}</span>
        ) : (
          <code>{breakable(inventory.identity)}</code>
        )}
        {inventory.endpoint !== null && (
          <span class="micro wait block-line">
            requests go to <code>{visible(inventory.endpoint)}</code>, not to AWS
          </span>
        )}
        {node.journalProblem !== null && (
          <span class="micro bad block-line">{visible(node.journalProblem)}</span>
        )}
      </td>
      <td class="hide-phone nowrap">{count(inventory.tools.length, 'tool')}</td>
    </tr>
  );
}

// An ARN breaks after its separators, not within a name.
function breakable(text: string): JSX.Element[] {
  return visible(text)
    .split(/(?<=[:/])/)
    .map((part, at) => (
      <Fragment key={at}>
        {part}
        <wbr />
      </Fragment>
    ));
}

function AddNode(): JSX.Element {
  const { api, toast } = useConsole();
  const [made, setMade] = useState<{ command: string; expiresAt: number } | null>(null);
  const now = useNow(1_000, made !== null);
  const make = (): void => {
    api.joinToken().then(setMade, (error: unknown) => toast(asApiError(error).message));
  };
  const live = made !== null && made.expiresAt > now;
  return (
    <section class="card" aria-label="Add a node">
      <div class="pad stack">
        <h2>Add a node</h2>
        <p class="small muted">
          Run this where the AWS credentials are. The node dials out to this hub; nothing dials in. The
          credentials stay with the node.
        </p>
        {live ? (
          <div class="paste">
            <code>{visible(made.command)}</code>
            <div class="row">
              <CopyButton text={made.command} label="Copy the command" />
              <span class="micro faint">Works once, for {countdown(made.expiresAt - now)} more</span>
            </div>
          </div>
        ) : (
          <button class="btn primary" type="button" onClick={make}>
            <Icon name="plus" />
            Make a join token
          </button>
        )}
      </div>
    </section>
  );
}
