/** Messages that could not be used, kept raw so that nothing is lost. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import { deleteAll, deleteFew } from '../database/in-batches.ts';
import type { Root } from '../ingest/contract.ts';
import type { QuarantineInput } from '../ingest/inputs.ts';
import { firstIdAt } from '../platform/ids.ts';

const APPEND: Statement = {
  name: 'quarantine_append',
  text: `INSERT INTO quarantined_messages (id, organization_id, charge_point_id, protocol, action, payload, reason, received_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
         ON CONFLICT DO NOTHING`,
};

/** PostgreSQL's text takes no NUL. */
const printable = (text: string): string => text.replaceAll('\u0000', '\ufffd');

export async function appendQuarantined(
  tx: Tx,
  changes: readonly { readonly root: Root; readonly after: readonly QuarantineInput[] }[],
): Promise<void> {
  const rows = changes.flatMap(({ root, after }) => after.map((input) => ({ root, input })));
  await tx.rows(APPEND, [
    rows.map(({ input }) => input.quarantineId),
    rows.map(({ root }) => root.organizationId),
    rows.map(({ root }) => root.chargePointId),
    rows.map(({ input }) => input.protocol),
    rows.map(({ input }) => printable(input.action)),
    rows.map(({ input }) => printable(input.payload)),
    rows.map(({ input }) => printable(input.reason)),
    rows.map(({ input }) => input.receivedAt),
  ]);
}

const DAY_MS = 86_400_000;

// Plan: quarantined_messages_pkey, its old end.
const FORGET = deleteFew('quarantine_forget', 'quarantined_messages', 't.id < $1 AND t.received_at < $2', 't.id');

/** They are raw messages, with what these say of people. `days`: FRAMES_RETENTION_DAYS. Returns how many went. */
export async function forgetQuarantined(db: Pick<Database, 'rows'>, now: Date, days: number): Promise<number> {
  if (days === 0) return 0;
  const before = new Date(now.getTime() - days * DAY_MS);
  return deleteAll(db, FORGET, [firstIdAt('qua', before), before]);
}
