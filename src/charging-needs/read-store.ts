/** What REST reads of charging needs and of transactions' power, and the settings, which no machine writes. */
import type { Database } from '../database/contract.ts';
import type { NeedsPolicy, NeedsRow, SessionPower } from './types.ts';

type Of = { readonly organizationId: string };
export type SettingsRow = {
  readonly needsAnswer: NeedsPolicy | null;
  readonly fallbackCurrentA: number | null;
  readonly fallbackPowerW: number | null;
};
export type SessionNamed = {
  readonly id: string;
  readonly chargePointId: string;
  readonly evseId: number;
  readonly ocppTransactionId: string | null;
  readonly ended: boolean;
};

export type NeedsReads = {
  /** Newest first; up to `limit` + 1 of them. */
  list(
    query: Of & {
      readonly chargePointId?: string;
      readonly sessionId?: string;
      readonly after: string | undefined;
      readonly limit: number;
    },
  ): Promise<NeedsRow[]>;
  power(
    where: Of & { readonly chargePointId: string; readonly ocppTransactionId: string },
  ): Promise<SessionPower | undefined>;
  session(where: Of & { readonly id: string }): Promise<SessionNamed | undefined>;
  /** chargePointId '': of the organization. */
  settings(where: Of & { readonly chargePointId: string }): Promise<SettingsRow>;
  changeSettings(
    where: Of & { readonly chargePointId: string },
    change: Partial<SettingsRow>,
    now: Date,
  ): Promise<SettingsRow>;
  siteExists(where: Of & { readonly id: string }): Promise<boolean>;
};

const nothing: SettingsRow = { needsAnswer: null, fallbackCurrentA: null, fallbackPowerW: null };

export function needsReads({ prisma }: Pick<Database, 'prisma'>): NeedsReads {
  return {
    async list({ organizationId, chargePointId, sessionId, after, limit }) {
      const rows = await prisma.chargingNeeds.findMany({
        where: {
          organizationId,
          ...(chargePointId === undefined ? {} : { chargePointId }),
          ...(sessionId === undefined ? {} : { sessionId }),
          ...(after === undefined ? {} : { id: { lt: after } }),
        },
        orderBy: { id: 'desc' },
        take: limit + 1,
      });
      return rows as unknown as NeedsRow[]; // only saveNeeds writes this table
    },
    async power(where) {
      const row = await prisma.sessionPower.findFirst({ where });
      return (row ?? undefined) as SessionPower | undefined; // only saveNeeds writes this table
    },
    async session(where) {
      const row = await prisma.session.findFirst({
        where,
        select: { id: true, chargePointId: true, evseId: true, ocppTransactionId: true, endedAt: true },
      });
      return row === null ? undefined : { ...row, ended: row.endedAt !== null };
    },
    async settings(where) {
      const row = await prisma.smartChargingSettings.findFirst({ where });
      return row === null ? nothing : settingsOf(row);
    },
    async changeSettings({ organizationId, chargePointId }, change, updatedAt) {
      const row = await prisma.smartChargingSettings.upsert({
        where: { organizationId_chargePointId: { organizationId, chargePointId } },
        create: { organizationId, chargePointId, ...change, updatedAt },
        update: { ...change, updatedAt },
      });
      return settingsOf(row);
    },
    siteExists: async (where) => (await prisma.site.findFirst({ where, select: { id: true } })) !== null,
  };
}

const settingsOf = ({
  needsAnswer,
  fallbackCurrentA,
  fallbackPowerW,
}: {
  needsAnswer: string | null;
  fallbackCurrentA: number | null;
  fallbackPowerW: number | null;
}): SettingsRow => ({
  needsAnswer: needsAnswer as NeedsPolicy | null, // only changeSettings writes it
  fallbackCurrentA,
  fallbackPowerW,
});
