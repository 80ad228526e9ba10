/** The SQL of charging profiles; that of stations' reports on them is in report-store.ts. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { ControllerVariable } from './checks-2x.ts';
import { loadReports, saveReports } from './report-store.ts';
import type {
  ChargingProfile,
  ProfileReport,
  ProfileRow,
  ProfileStatus,
  Protocol,
  SmartChargingInput,
  SmartChargingState,
} from './types.ts';

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

// 2.1 SmartChargingCtrlr.ChargingProfilePersistence[TxProfile]. Plan: device_variables_pkey, by charge point.
const KEEPS: Statement = {
  name: 'charging_profiles_kept_over_reboots',
  text: `SELECT v.charge_point_id AS "chargePointId" FROM device_variables v
          WHERE v.charge_point_id = ANY($1::text[]) AND v.component = 'SmartChargingCtrlr' AND v.attribute = 'actual'
            AND v.variable = 'ChargingProfilePersistence' AND v.variable_instance = 'TxProfile' AND v.gone_at IS NULL
            AND lower(v.value) = 'true'`,
};

const SAVE: Statement = {
  name: 'charging_profiles_save',
  text: `INSERT INTO charging_profiles (id, organization_id, charge_point_id, command_id, profile_id, connector_id, purpose,
                                        stack_level, transaction_id, profile, status, why, requested_by, created_at, updated_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int4[], $6::int4[], $7::text[], $8::int4[],
                              $9::int4[], $10::jsonb[], $11::text[], $12::text[], $13::text[], $14::timestamptz[], $15::timestamptz[])
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, why = excluded.why, profile = excluded.profile,
                                        updated_at = excluded.updated_at`,
};

type Loaded = ProfileRow & { readonly chargePointId: string };

/** The commands that inputs name: their rows are loaded whatever has become of them. */
const commandsOf = (inputs: readonly SmartChargingInput[]): string[] =>
  inputs.flatMap((input) => ('commandId' in input ? [input.commandId] : []));

export async function loadProfiles(
  tx: Tx,
  inputs: readonly SmartChargingInput[],
): Promise<Map<string, SmartChargingState>> {
  const ids = [...new Set(inputs.map(({ chargePointId }) => chargePointId))];
  const resuming = inputs.flatMap(({ type, chargePointId }) => (type === 'transaction_resumed' ? [chargePointId] : []));
  const [rows, reports, keepers] = await Promise.all([
    tx.rows<Loaded>(LOAD, [ids, commandsOf(inputs)]),
    loadReports(tx, ids, commandsOf(inputs)),
    resuming.length === 0 ? [] : tx.rows<{ chargePointId: string }>(KEEPS, [resuming]),
  ]);
  const keeping = new Set(keepers.map(({ chargePointId }) => chargePointId));
  const found = new Map(ids.map((id) => [id, new Map<string, ProfileRow>()]));
  for (const { chargePointId, ...row } of rows) found.get(chargePointId)?.set(row.id, row);
  return new Map(
    [...found].map(([id, byId]) => {
      const known = { rows: byId, reports: reports.get(id) ?? new Map<string, ProfileReport>() };
      return [id, keeping.has(id) ? { ...known, keepsTxProfiles: true } : known];
    }),
  );
}

export async function saveProfiles(
  tx: Tx,
  changes: readonly { readonly root: Root; readonly before: SmartChargingState; readonly after: SmartChargingState }[],
): Promise<void> {
  await saveReports(tx, changes);
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

/** A session may have begun before its start was answered, and by a clock that is slow. */
const START_TAKES_MS = 3_600_000;
/** Of one charger within a day. */
const MOST_OF_SESSIONS = 1000;

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
  installed(where: Where): Promise<ChargingProfile[]>;
  /** What its device model says of smart charging (2.x). */
  controller(where: Where): Promise<ControllerVariable[]>;
  /** Of its last connection; undefined: it had none. */
  protocol(where: Where): Promise<Protocol | undefined>;
  session(
    where: Where & { readonly sessionId: string },
  ): Promise<(Transaction & { readonly connectorId: number; readonly ended: boolean }) | undefined>;
  sessionsOn(where: Where & { readonly connectorId: number }): Promise<Transaction[]>;
};
export type Transaction = { readonly transactionId: number; readonly ocppTransactionId: string | null };

/** K01.FR.39: one of the same level for that session is a rival of what its remote start brought, though this named no transaction. */
const named = (profile: ChargingProfile, begun: Transaction | undefined): ChargingProfile =>
  profile.ocppTransactionId !== undefined || begun?.ocppTransactionId == null
    ? profile
    : { ...profile, ocppTransactionId: begun.ocppTransactionId };

export function profileReads({ prisma }: Pick<Database, 'prisma'>): ProfileReads {
  type Row = Awaited<ReturnType<typeof prisma.chargingProfile.findMany>>[number];
  /** What came with a remote start names no transaction: it is for the session that this start began. */
  async function sessionsOfStarts(
    where: Where,
    rows: readonly Pick<Row, 'purpose' | 'transactionId' | 'commandId' | 'createdAt'>[],
  ): Promise<ReadonlyMap<string | null, Transaction & { readonly endedAt: Date | null }>> {
    const nameless = rows.filter(({ purpose, transactionId }) => purpose === 'tx' && transactionId === null);
    if (nameless.length === 0) return new Map();
    const since = Math.min(...nameless.map(({ createdAt }) => createdAt.getTime())) - START_TAKES_MS;
    const begun = await prisma.session.findMany({
      where: {
        ...where,
        startedAt: { gte: new Date(since) },
        commandId: { in: nameless.map(({ commandId }) => commandId) },
      },
      select: { commandId: true, transactionId: true, ocppTransactionId: true, endedAt: true },
    });
    return new Map(begun.map((session) => [session.commandId, session]));
  }
  /** A transaction's profile ends with it; that is read from the session, not written twice. */
  async function withSessions(
    where: Where,
    rows: readonly Row[],
  ): Promise<(StoredProfile & { readonly begun: Transaction | undefined })[]> {
    const known = rows.map((row) => ({ ...row, profile: row.profile as unknown as ChargingProfile })); // only we write it
    const ids = known.flatMap(({ transactionId, profile }) => transactionId ?? profile.ocppTransactionId ?? []);
    const sessions = { ...where, endedAt: { not: null } };
    const ended =
      ids.length === 0
        ? []
        : await prisma.session.findMany({
            where: {
              ...sessions,
              OR: [
                { transactionId: { in: ids.filter((id) => typeof id === 'number') } },
                { ocppTransactionId: { in: ids.filter((id) => typeof id === 'string') } },
              ],
            },
            select: { transactionId: true, ocppTransactionId: true },
          });
    const byStart = await sessionsOfStarts(where, known);
    const over = new Set<unknown>(
      ended.flatMap(({ transactionId, ocppTransactionId }) => [transactionId, ocppTransactionId]),
    );
    return known.map((row) => {
      const begun = byStart.get(row.commandId);
      const isOver = over.has(row.transactionId ?? row.profile.ocppTransactionId ?? undefined);
      return {
        ...row,
        purpose: row.purpose as ProfileRow['purpose'],
        status: row.status as ProfileStatus,
        sessionEnded: isOver || begun?.endedAt != null,
        begun,
      };
    });
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
    async installed(where) {
      const held = { ...where, status: 'active' };
      const [lasting, ofSessions] = await Promise.all([
        prisma.chargingProfile.findMany({ where: { ...held, purpose: { not: 'tx' } } }),
        // Newest first: those of sessions that are over have gone with them, and end here a day later (retention-store.ts).
        prisma.chargingProfile.findMany({
          where: { ...held, purpose: 'tx' },
          orderBy: { id: 'desc' },
          take: MOST_OF_SESSIONS,
        }),
      ]);
      return (await withSessions(where, [...lasting, ...ofSessions])).flatMap(({ sessionEnded, profile, begun }) =>
        sessionEnded ? [] : [named(profile, begun)],
      );
    },
    controller: (where) =>
      prisma.deviceVariable.findMany({
        where: { ...where, component: 'SmartChargingCtrlr', attribute: 'actual', goneAt: null },
        select: { variable: true, variableInstance: true, value: true, maxLimit: true },
        take: 100,
      }),
    async protocol({ organizationId, chargePointId }) {
      const row = await prisma.chargePointState.findFirst({
        where: { organizationId, chargePointId },
        select: { protocol: true },
      });
      return (row?.protocol ?? undefined) as Protocol | undefined; // only stations writes it
    },
    async session({ sessionId, ...where }) {
      const row = await prisma.session.findFirst({
        where: { id: sessionId, ...where },
        select: { transactionId: true, ocppTransactionId: true, evseId: true, endedAt: true },
      });
      return row === null ? undefined : { ...row, connectorId: row.evseId, ended: row.endedAt !== null };
    },
    sessionsOn: ({ connectorId: evseId, ...where }) =>
      prisma.session.findMany({
        where: { ...where, evseId, endedAt: null },
        select: { transactionId: true, ocppTransactionId: true },
        take: 2,
      }),
  };
}
