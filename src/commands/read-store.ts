/** What REST reads about commands, always within one organization. Never on a charger's path. */
import type { Database } from '../database/contract.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import { firstIdAt } from '../platform/ids.ts';
import type { CommandError, CommandRow, CommandStatus, Protocol } from './types.ts';

export type StoredCommand = CommandRow & { readonly chargePointId: string };

/** The charge point that a command is meant for. */
export type Target = {
  readonly id: string;
  readonly identity: string;
  /** null: it has never been connected. */
  readonly protocol: Protocol | null;
  readonly connected: boolean;
};

export type OpenSession = {
  readonly id: string;
  readonly transactionId: number;
  /** null: OCPP 1.6. */
  readonly ocppTransactionId: string | null;
  /** What requests name as connector (decision 006.2). */
  readonly evseId: number;
};

export type CommandReads = {
  find(organizationId: string, commandId: string): Promise<StoredCommand | undefined>;
  /** Newest first; up to `limit` + 1 of them. */
  list(query: {
    readonly organizationId: string;
    /** undefined: of all charge points. */
    readonly chargePointId: string | undefined;
    /** Of none but these: what the caller's membership reaches; undefined: of all. */
    readonly reached: string[] | undefined;
    readonly statuses: readonly CommandStatus[] | undefined;
    readonly action: string | undefined;
    readonly requestedBy: string | undefined;
    /** When it was asked for: from ≤ … < to. */
    readonly from: Date | undefined;
    readonly to: Date | undefined;
    readonly page: { readonly after: string | undefined; readonly limit: number };
  }): Promise<StoredCommand[]>;
  target(organizationId: string, chargePointId: string): Promise<Target | undefined>;
  /** Is it still queued or sent? By id alone: for a waiter that was given the id by {@link find}'s organization. */
  isOpen(commandId: string): Promise<boolean>;
  openSessions(organizationId: string, chargePointId: string): Promise<OpenSession[]>;
  session(
    organizationId: string,
    chargePointId: string,
    sessionId: string,
  ): Promise<(OpenSession & { readonly ended: boolean }) | undefined>;
};

const select = {
  id: true,
  chargePointId: true,
  action: true,
  payload: true,
  status: true,
  timeoutS: true,
  unchecked: true,
  requestedBy: true,
  createdAt: true,
  sentAt: true,
  sentGeneration: true,
  dispatchId: true,
  dueAt: true,
  completedAt: true,
  result: true,
  error: true,
  late: true,
  sessionId: true,
  expiresAt: true,
  waitingNode: true,
  sealed: true,
  traceId: true,
} satisfies Prisma.CommandSelect;

/** As the hot path reads a UUID. */
const hexadecimal = (uuid: string | null): string | null => uuid?.replaceAll('-', '') ?? null;

/** Only saveCommands writes this table: its texts and JSON are of these types. */
const typed = (row: Prisma.CommandGetPayload<{ select: typeof select }>): StoredCommand => ({
  ...row,
  status: row.status as CommandStatus,
  sentGeneration: row.sentGeneration === null ? null : Number(row.sentGeneration),
  payload: row.payload as CommandRow['payload'],
  result: row.result as CommandRow['result'],
  error: row.error as CommandError | null,
  dispatchId: hexadecimal(row.dispatchId),
  traceId: hexadecimal(row.traceId),
});

/** An id is drawn a moment before its command is created, by a clock that may have been set since. */
const ID_SKEW_MS = 3_600_000;
const idAt = (at: Date, skewMs: number): string => firstIdAt('cmd', new Date(at.getTime() + skewMs));

/** More open sessions than this no charge point has (sessions/machine.ts). */
const MOST_SESSIONS = 100;

export function commandReads({ prisma }: Pick<Database, 'prisma'>): CommandReads {
  const sessionSelect = {
    id: true,
    transactionId: true,
    ocppTransactionId: true,
    evseId: true,
    endedAt: true,
  } satisfies Prisma.SessionSelect;
  return {
    async find(organizationId, commandId) {
      const row = await prisma.command.findFirst({ where: { id: commandId, organizationId }, select });
      return row === null ? undefined : typed(row);
    },

    // Ids sort by time: they bound what the index is walked for, created_at decides.
    async list({ organizationId, chargePointId, reached, statuses, action, requestedBy, from, to, page }) {
      const rows = await prisma.command.findMany({
        where: {
          organizationId,
          ...(chargePointId === undefined ? {} : { chargePointId }),
          ...(statuses === undefined ? {} : { status: { in: [...statuses] } }),
          ...(action === undefined ? {} : { action }),
          ...(requestedBy === undefined ? {} : { requestedBy }),
          AND: [
            ...(reached === undefined ? [] : [{ chargePointId: { in: reached } }]),
            ...(page.after === undefined ? [] : [{ id: { lt: page.after } }]),
            ...(from === undefined ? [] : [{ createdAt: { gte: from }, id: { gte: idAt(from, -ID_SKEW_MS) } }]),
            ...(to === undefined ? [] : [{ createdAt: { lt: to }, id: { lt: idAt(to, ID_SKEW_MS) } }]),
          ],
        },
        orderBy: { id: 'desc' },
        take: page.limit + 1,
        select,
      });
      return rows.map(typed);
    },

    async target(organizationId, chargePointId) {
      const [chargePoint, state] = await Promise.all([
        prisma.chargePoint.findFirst({
          where: { id: chargePointId, organizationId },
          select: { id: true, identity: true },
        }),
        prisma.chargePointState.findFirst({
          where: { chargePointId, organizationId },
          select: { connected: true, protocol: true },
        }),
      ]);
      if (chargePoint === null) return undefined;
      return { ...chargePoint, connected: state?.connected ?? false, protocol: protocolOf(state?.protocol ?? null) };
    },

    async isOpen(commandId) {
      const row = await prisma.command.findUnique({ where: { id: commandId }, select: { status: true } });
      return row?.status === 'queued' || row?.status === 'sent';
    },

    openSessions: (organizationId, chargePointId) =>
      prisma.session.findMany({
        where: { organizationId, chargePointId, endedAt: null },
        orderBy: { startedAt: 'desc' },
        take: MOST_SESSIONS,
        select: { id: true, transactionId: true, ocppTransactionId: true, evseId: true },
      }),

    async session(organizationId, chargePointId, sessionId) {
      const row = await prisma.session.findFirst({
        where: { id: sessionId, organizationId, chargePointId },
        select: sessionSelect,
      });
      if (row === null) return undefined;
      const { endedAt, ...session } = row;
      return { ...session, ended: endedAt !== null };
    },
  };
}

const protocolOf = (text: string | null): Protocol | null =>
  text === 'ocpp1.6' || text === 'ocpp2.0.1' || text === 'ocpp2.1' ? text : null;
