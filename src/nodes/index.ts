/**
 * Which processes of this installation live. A charge point whose process died without a word is announced as disconnected
 * when it has not come back within the grace; one that comes back in time was never gone (docs/operations.md, Restarts).
 */
import type { Ingest } from '../ingest/contract.ts';
import type { NodeStore } from './store.ts';

export { createNodeMessages, type NodeMessages } from './messages.ts';
export { claimJob, type NodeStore, nodeStore } from './store.ts';

/** A process writes every 10 s that it lives (src/app.ts); after this long it counts as gone. */
export const GONE_AFTER_MS = 60_000;
const FORGET_AFTER_MS = 24 * 3_600_000;
const AT_ONCE = 500;

type Needs = { readonly nodes: NodeStore; readonly ingest: Ingest; readonly now: () => Date };

/** Returns how many connections were found to be lost. */
export async function releaseLostConnections({ nodes, ingest, now }: Needs): Promise<number> {
  const at = now();
  const lost = await nodes.orphaned(new Date(at.getTime() - GONE_AFTER_MS), AT_ONCE);
  await Promise.all(
    lost.flatMap(({ chargePointId, generation, lostAt }) => [
      ingest.submit(
        {
          room: 'stations',
          type: 'disconnected',
          chargePointId,
          receivedAt: at,
          generation,
          reason: 'node_lost',
          ...(lostAt !== null && { at: lostAt }),
        },
        soon(),
      ),
      ingest.submit({ room: 'commands', type: 'line_lost', chargePointId, receivedAt: at, generation }, soon()),
    ]),
  );
  await nodes.forgetBefore(new Date(at.getTime() - FORGET_AFTER_MS));
  return lost.length;
}

const soon = () => ({ deadline: new Date(Date.now() + 10_000) });
