/**
 * Prices sessions anew from their recordings: a job for those that are marked, because something came out of its order, and on
 * request of a person. What changed while it read makes its work worthless; then it is done again. The machine decides under the lock.
 */
import type { Database } from '../database/contract.ts';
import type { Ingest, SubmitFor } from '../ingest/contract.ts';
import type { RepriceReply } from '../ingest/inputs.ts';
import { newId } from '../platform/ids.ts';
import { tallyOf } from '../pricing/index.ts';
import type { Plans } from '../tariffs/index.ts';
import { type CostView, costsOf, isHere, toReprice, toTell } from './cost-read-store.ts';
import { sessionById } from './read-store.ts';
import { recordingsOf } from './timeline-store.ts';
import type { Count } from './types.ts';

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly ingest: { readonly submit: SubmitFor };
  readonly plans: Plans;
  readonly now: () => Date;
};

const AT_ONCE = 20;
const MOST_TOLD_AT_ONCE = 500;
const DAY_MS = 86_400_000;
const MOST_TRIES = 5;
const patience = () => ({ deadline: new Date(Date.now() + 10_000) });

/** Returns how many sessions were looked at. */
export async function repriceDoubtful(needs: Needs): Promise<number> {
  const due = await toReprice(needs.db, needs.now(), AT_ONCE);
  for (const { organizationId, sessionId } of due) await reprice(needs, organizationId, sessionId);
  return due.length;
}

/** Running costs that time alone may have changed. Returns how many sessions were looked at. */
export async function tellCosts({
  db,
  ingest,
  now,
}: Pick<Needs, 'db' | 'now'> & { readonly ingest: Pick<Ingest, 'submit'> }): Promise<number> {
  const at = now();
  const due = await toTell(db, at, MOST_TOLD_AT_ONCE);
  await Promise.all(
    due.map(({ sessionId, chargePointId }) =>
      ingest.submit({ room: 'sessions', type: 'cost_due', chargePointId, receivedAt: at, sessionId }, patience()),
    ),
  );
  return due.length;
}

export type Asked = { readonly by: string; readonly reason: string };
export type Repriced =
  | RepriceReply
  | { readonly repriced: false; readonly why: 'free' | 'gone' | 'too_long'; readonly text?: string };

/** `asked`: a person wants it; what cannot be priced then changes nothing. Undefined: the session was marked. */
export async function reprice(
  needs: Needs,
  organizationId: string,
  sessionId: string,
  asked?: Asked,
): Promise<Repriced> {
  for (let tries = 1; ; tries += 1) {
    const done = await once(needs, organizationId, sessionId, asked);
    if (done.repriced || done.why !== 'changed' || tries >= MOST_TRIES) return done;
  }
}

async function once(
  { db, ingest, plans, now }: Needs,
  organizationId: string,
  sessionId: string,
  asked?: Asked,
): Promise<Repriced> {
  // The revision first: whatever is recorded after it was read raises it.
  const cost = (await costsOf(db, organizationId, [sessionId])).get(sessionId);
  const session = await sessionById(db, organizationId, sessionId);
  if (cost === undefined || session === undefined) return { repriced: false, why: 'unknown' };
  const { tariff, timezone, revision } = cost;
  if (tariff === null) return { repriced: false, why: 'free' };
  if (!(await isHere(db, organizationId, sessionId))) return { repriced: false, why: 'gone' };
  const isOpen = session.endedAt === null;
  // A charger's clock may run ahead by a day (ocpp/instants.ts).
  const until = session.endedAt ?? new Date(Math.max(now().getTime(), session.startedAt.getTime()) + DAY_MS);
  const found = await recordingsOf(db, session, { until, isOpen }, timezone, now());
  if (found.at === 'too_long' && asked !== undefined) return { repriced: false, why: 'too_long', text: found.why };
  const outcome =
    found.at === 'too_long'
      ? ({ at: 'impossible', why: 'cannot_be_repriced' } as const)
      : ({ at: 'counted', count: await counted(found) } as const);
  const about = {
    room: 'sessions',
    type: 'repriced',
    onlyFor: organizationId,
    sessionId,
    revision,
    outcome,
    correctionId: newId('ccr'),
  } as const;
  const reply = await ingest.submit(
    { ...about, chargePointId: session.chargePointId, receivedAt: now(), ...(asked !== undefined && { asked }) },
    patience(),
  );
  return reply as RepriceReply; // as: what `repriced` promises, see ingest/inputs.ts

  async function counted({ timeline, course }: Extract<typeof found, { at: 'found' }>): Promise<Count> {
    const wanted = { ...(tariff as NonNullable<CostView['tariff']>), timezone };
    const plan = (await plans.of(db, [wanted]))(wanted);
    const reservedFrom = timeline.reservation?.from.getTime();
    return { tally: tallyOf(timeline, plan), course, heardAt: now().getTime(), reservedFrom, lost: null };
  }
}
