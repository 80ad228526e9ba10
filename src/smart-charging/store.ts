/** All SQL of the smart-charging room. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { ChargingProfile, ProfileRow, ProfileStatus, SmartChargingInput, SmartChargingState } from './types.ts';

const COLUMNS = `id, charge_point_id AS "chargePointId", command_id AS "commandId", profile_id AS "profileId",
  connector_id AS "connectorId", purpose, stack_level AS "stackLevel", transaction_id AS "transactionId", profile, status, why,
  requested_by AS "requestedBy", created_at AS "createdAt", updated_at AS "updatedAt"`;

// Plan: the partial index of what may still change, by charge point; the index of command_id for the named ones.
const LOAD: Statement = {
  name: 'charging_profiles_load',
  text: `SELECT ${COLUMNS} FROM charging_profiles
          WHERE charge_point_id = ANY($1::text[]) AND (status = 'pending' OR status = 'active')
         UNION
         SELECT ${COLUMNS} FROM charging_profiles
          WHERE command_id = ANY($2::text[]) AND charge_point_id = ANY($1::text[])`,
};

const SAVE: Statement = {
  name: 'charging_profiles_save',
  text: `INSERT INTO charging_profiles (id, organization_id, charge_point_id, command_id, profile_id, connector_id, purpose,
                                        stack_level, transaction_id, profile, status, why, requested_by, created_at, updated_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int4[], $6::int4[], $7::text[], $8::int4[],
                              $9::int4[], $10::jsonb[], $11::text[], $12::text[], $13::text[], $14::timestamptz[], $15::timestamptz[])
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, why = excluded.why, updated_at = excluded.updated_at`,
};

type Loaded = ProfileRow & { readonly chargePointId: string };

export async function loadProfiles(
  tx: Tx,
  inputs: readonly SmartChargingInput[],
): Promise<Map<string, SmartChargingState>> {
  const ids = [...new Set(inputs.map(({ chargePointId }) => chargePointId))];
  const rows = await tx.rows<Loaded>(LOAD, [ids, inputs.map(({ commandId }) => commandId)]);
  const found = new Map<string, Map<string, ProfileRow>>(ids.map((id) => [id, new Map<string, ProfileRow>()]));
  for (const { chargePointId, ...row } of rows) found.get(chargePointId)?.set(row.id, row);
  return new Map([...found].map(([id, byId]) => [id, { rows: byId }]));
}

export async function saveProfiles(
  tx: Tx,
  changes: readonly { readonly root: Root; readonly before: SmartChargingState; readonly after: SmartChargingState }[],
): Promise<void> {
  const all = changes.flatMap(({ root, before, after }) =>
    [...after.rows.values()].filter((row) => before.rows.get(row.id) !== row).map((row) => ({ root, row })),
  );
  if (all.length === 0) return;
  const of = <T>(pick: (row: ProfileRow) => T): T[] => all.map(({ row }) => pick(row));
  await tx.rows(SAVE, [
    of((row) => row.id),
    all.map(({ root }) => root.organizationId),
    all.map(({ root }) => root.chargePointId),
    of((row) => row.commandId),
    of((row) => row.profileId),
    of((row) => row.connectorId),
    of((row) => row.purpose),
    of((row) => row.stackLevel),
    of((row) => row.transactionId),
    of((row) => JSON.stringify(row.profile)),
    of((row) => row.status),
    of((row) => row.why),
    of((row) => row.requestedBy),
    of((row) => row.createdAt),
    of((row) => row.updatedAt),
  ]);
}

export type StoredProfile = ProfileRow & { readonly chargePointId: string; readonly sessionEnded: boolean };

type Where = { readonly organizationId: string; readonly chargePointId: string };
export type ProfileReads = {
  find(where: Where & { readonly id: string }): Promise<StoredProfile | undefined>;
  /** Newest first; up to `limit` + 1 of them. */
  list(
    query: Where & {
      readonly statuses: readonly ProfileStatus[] | undefined;
      readonly connectorId: number | undefined;
      readonly after: string | undefined;
      readonly limit: number;
    },
  ): Promise<StoredProfile[]>;
  /** What the charger is known to hold. */
  installed(where: Where): Promise<{ readonly profileId: number; readonly id: string }[]>;
  session(
    where: Where & { readonly sessionId: string },
  ): Promise<{ readonly transactionId: number; readonly connectorId: number; readonly ended: boolean } | undefined>;
  sessionsOn(where: Where & { readonly connectorId: number }): Promise<{ readonly transactionId: number }[]>;
};

export function profileReads({ prisma }: Pick<Database, 'prisma'>): ProfileReads {
  type Row = Awaited<ReturnType<typeof prisma.chargingProfile.findMany>>[number];
  /** A transaction's profile ends with it; that is read from the session, not written twice. */
  async function withSessions(where: Where, rows: readonly Row[]): Promise<StoredProfile[]> {
    const transactionIds = rows.flatMap(({ transactionId }) => transactionId ?? []);
    const ended = await prisma.session.findMany({
      where: { ...where, transactionId: { in: transactionIds }, endedAt: { not: null } },
      select: { transactionId: true },
    });
    const over = new Set(ended.map(({ transactionId }) => transactionId));
    return rows.map((row) => ({
      ...row,
      purpose: row.purpose as ProfileRow['purpose'], // only saveProfiles writes this table
      status: row.status as ProfileStatus,
      profile: row.profile as unknown as ChargingProfile,
      sessionEnded: row.transactionId !== null && over.has(row.transactionId),
    }));
  }
  return {
    async find({ id, ...where }) {
      const row = await prisma.chargingProfile.findFirst({ where: { id, ...where } });
      return row === null ? undefined : (await withSessions(where, [row]))[0];
    },
    async list({ statuses, connectorId, after, limit, organizationId, chargePointId }) {
      const where = { organizationId, chargePointId };
      const rows = await prisma.chargingProfile.findMany({
        where: {
          ...where,
          ...(statuses === undefined ? {} : { status: { in: [...statuses] } }),
          ...(connectorId === undefined ? {} : { connectorId }),
          ...(after === undefined ? {} : { id: { lt: after } }),
        },
        orderBy: { id: 'desc' },
        take: limit + 1,
      });
      return withSessions(where, rows);
    },
    installed: (where) =>
      prisma.chargingProfile.findMany({
        where: { ...where, status: 'active' },
        select: { id: true, profileId: true },
        take: 1000,
      }),
    async session({ sessionId, ...where }) {
      const row = await prisma.session.findFirst({
        where: { id: sessionId, ...where },
        select: { transactionId: true, connectorId: true, endedAt: true },
      });
      return row === null ? undefined : { ...row, ended: row.endedAt !== null };
    },
    sessionsOn: (where) =>
      prisma.session.findMany({ where: { ...where, endedAt: null }, select: { transactionId: true }, take: 2 }),
  };
}
