/**
 * Meter values of sessions, session by session, page by page. They are found by their sessions and not by their charge point:
 * a charge point that changed hands brings nobody the values of others.
 */
import type { Database, Statement } from '../database/contract.ts';
import { readingsSince, readingsUntil, type SampleView } from '../sessions/index.ts';
import { type ExportedSession, type SessionsWanted, sessionPages } from './session-store.ts';

type Needs = Pick<Database, 'rows'>;

export type ExportedSample = SampleView & { readonly session: ExportedSession };

/** Sessions that are looked through by one statement. */
const SESSIONS = 50;
const LARGEST_INT2 = 32_767;

// As sessions/read-store.ts finds them; here of several sessions at once. Each gives a page at most, so that one of a hundred
// thousand values is not sorted whole, and begins where the page before it ended. The size of a page stands in the text: of a parameter
// the planner expects a tenth of all. Plan: a nested loop over meter_samples_pkey of the partitions of each session's time.
const samplesBy = (page: number): Statement => ({
  name: `exports_samples_${page}`,
  text: `SELECT w.place::int4 AS place, m.at, m.context, m.evse_id AS "evseId", m.energy_wh AS "energyWh", m.power_w AS "powerW",
                m.current_a AS "currentA", m.voltage_v AS "voltageV", m.soc_percent AS "socPercent", m.extra
           FROM unnest($1::int4[], $2::int4[], $3::int2[], $4::int2[], $5::timestamptz[], $6::timestamptz[])
             WITH ORDINALITY AS w(number, transaction_id, evse_id, connector_id, since, until, place)
          CROSS JOIN LATERAL (
            SELECT * FROM meter_samples m
             WHERE m.charge_point_number = w.number AND m.transaction_id = w.transaction_id
               AND m.evse_id = ANY(ARRAY[w.evse_id, 0::int2]) AND m.connector_id = ANY(ARRAY[w.connector_id, 0::int2, 1::int2])
               AND m.at >= w.since AND m.at <= w.until
               AND (w.place > 1 OR (m.at, m.context, m.evse_id) > ($7, $8, $9))
             ORDER BY m.at, m.context, m.evse_id LIMIT ${page}) m
          ORDER BY w.place, m.at, m.context, m.evse_id LIMIT ${page}`,
});

export async function* samplePages(
  db: Needs,
  wanted: SessionsWanted,
  page: number,
  now: Date,
): AsyncGenerator<readonly ExportedSample[]> {
  const statement = samplesBy(page);
  // Of how many sessions one page holds the values: what is read of those behind them is read in vain, and read again.
  let width = SESSIONS;
  for await (const sessions of sessionPages(db, wanted, SESSIONS)) {
    let rest = sessions;
    let after: SampleView | undefined;
    while (rest.length > 0) {
      const asked = rest.slice(0, width);
      const rows = await db.rows<SampleView & { place: number }>(statement, [
        asked.map((each) => each.chargePointNumber),
        asked.map((each) => each.transactionId),
        asked.map((each) => Math.min(each.evseId, LARGEST_INT2)),
        asked.map((each) => Math.min(each.connectorId, LARGEST_INT2)),
        asked.map((each, i) => (i === 0 && after !== undefined ? after.at : readingsSince(each))),
        asked.map((each) => readingsUntil(each, now)),
        after?.at ?? '-infinity',
        after?.context ?? 0,
        after?.evseId ?? 0,
      ]);
      const found = rows.flatMap(({ place, ...sample }) => {
        const session = asked[place - 1];
        return session === undefined ? [] : [{ ...sample, session }];
      });
      if (found.length > 0) yield found;
      const last = rows.at(-1);
      const isFull = last !== undefined && rows.length === page;
      rest = rest.slice(isFull ? last.place - 1 : asked.length);
      after = isFull ? last : undefined;
      width = isFull ? Math.min(last.place + 1, SESSIONS) : Math.min(width * 2, SESSIONS);
    }
  }
}
