/**
 * Prices sessions anew from their recordings: a job for those that are marked, because something came out of its order, and on
 * request of a person. What changed while it read makes its work worthless; then it is done again. The machine decides under the lock.
 */
import type { Database } from '../database/contract.ts';
import { type Ingest, PATIENCE_MS, type SubmitFor } from '../ingest/contract.ts';
import { addRoots } from '../ingest/index.ts';
import type { RepriceReply } from '../ingest/inputs.ts';
import { AppError } from '../platform/errors.ts';
import { idInRequest } from '../platform/request-ids.ts';
import { type Plan, planOf, tallyOf } from '../pricing/index.ts';
import type { Plans } from '../tariffs/index.ts';
import { costsOf, holderOf, toReprice, toTell } from './cost-read-store.ts';
import { postponeRepricing } from './due-store.ts';
import { freeTerms } from './machine/cost.ts';
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
const TRY_AGAIN_MS = 5 * 60_000;
const MOST_TRIES = 5;

/**
 * Returns how many sessions were looked at. Whatever cannot be priced now goes behind all others, so that nothing holds up the
 * queue; what failed is thrown when all were looked at.
 */
export async function repriceDoubtful(needs: Needs): Promise<number> {
  const { db, now } = needs;
  const due = await toReprice(db, now(), AT_ONCE);
  const faults: unknown[] = [];
  for (const { organizationId, sessionId } of due) {
    try {
      if ((await reprice(needs, organizationId, sessionId)).repriced) continue;
    } catch (cause) {
      // That is no fault of the session: the next run begins with it.
      if (cause instanceof AppError && cause.code === 'unavailable') throw cause;
      faults.push(new Error(`${sessionId} cannot be priced anew; it is tried again in 5 minutes`, { cause }));
    }
    await postponeRepricing(db, sessionId, now(), new Date(now().getTime() + TRY_AGAIN_MS));
  }
  if (faults.length === 1) throw faults[0];
  if (faults.length > 1) throw new AggregateError(faults, `${faults.length} sessions cannot be priced anew`);
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
      ingest.submit(
        { room: 'sessions', type: 'cost_due', chargePointId, receivedAt: at, sessionId },
        { patienceMs: PATIENCE_MS },
      ),
    ),
  );
  return due.length;
}

export type Asked = { readonly by: string; readonly reason: string };
export type Repriced =
  | RepriceReply
  | { readonly repriced: false; readonly why: 'free' | 'too_long'; readonly text?: string };

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
  const { tariff, timezone, revision, currency } = cost;
  // It stays free; but what it was may be corrected.
  if (tariff === null && asked !== undefined) return { repriced: false, why: 'free' };
  const isOpen = session.endedAt === null;
  // A charger's clock may run ahead by a day (ocpp/instants.ts).
  const until = session.endedAt ?? new Date(Math.max(now().getTime(), session.startedAt.getTime()) + DAY_MS);
  const found = await recordingsOf(db, session, { until, isOpen }, timezone, now());
  if (found.at === 'too_long' && asked !== undefined) return { repriced: false, why: 'too_long', text: found.why };
  const outcome =
    found.at === 'too_long'
      ? ({ at: 'impossible', why: 'cannot_be_repriced' } as const)
      : ({ at: 'counted', count: await counted(found) } as const);
  const root = await rootOf(session.chargePointId);
  try {
    const reply = await ingest.submit(
      {
        ...({ room: 'sessions', type: 'repriced', sessionId, revision, outcome, ...root } as const),
        ...{ correctionId: idInRequest('ccr'), receivedAt: now(), ...(asked !== undefined && { asked }) },
      },
      { patienceMs: PATIENCE_MS },
    );
    return reply as RepriceReply; // as: what `repriced` promises, see ingest/inputs.ts
  } catch (cause) {
    // It was deleted or changed hands in this moment.
    if (cause instanceof AppError && cause.code === 'not_found') return { repriced: false, why: 'changed' };
    throw cause;
  }

  /** A deleted charge point locks nothing any more: its sessions are decided under their organization. */
  async function rootOf(chargePointId: string) {
    const holder = await holderOf(db, organizationId, sessionId);
    if (holder === organizationId) return { chargePointId, onlyFor: holder, place: 'here' } as const;
    if (holder !== undefined) return { chargePointId, onlyFor: holder, place: 'elsewhere' } as const;
    await addRoots(db, [organizationId]);
    return { chargePointId: organizationId, onlyFor: organizationId, place: 'gone' } as const;
  }

  async function counted({ timeline, course }: Extract<typeof found, { at: 'found' }>): Promise<Count> {
    const plan = await planNow();
    const reservedFrom = timeline.reservation?.from.getTime();
    return { tally: tallyOf(timeline, plan), course, heardAt: now().getTime(), reservedFrom, lost: null };
  }
  async function planNow(): Promise<Plan> {
    if (tariff === null) return planOf(freeTerms(currency), timezone);
    const wanted = { ...tariff, timezone };
    return (await plans.of(db, [wanted]))(wanted);
  }
}
