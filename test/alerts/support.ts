/** The alerts room on a database, with the real event writer and a clock that the test turns. */
import { afterAll, beforeAll } from '@jest/globals';
import { alertsParticipant } from '../../src/alerts/index.ts';
import type { RuleId } from '../../src/alerts/rules/index.ts';
import { sweepAlerts } from '../../src/alerts/sweep.ts';
import type { CertificateType } from '../../src/certificates/types.ts';
import { stations } from '../../src/charge-points/index.ts';
import { type Database, isTransient } from '../../src/database/index.ts';
import { createIngest, participant } from '../../src/ingest/index.ts';
import { newId } from '../../src/platform/ids.ts';
import { createEventWriter } from '../../src/webhooks/event-writer.ts';
import { testDatabase } from '../support/db.ts';
import { quiet } from '../support/quiet-log.ts';

export type World = ReturnType<typeof createWorld>;
export const DAY = 86_400;

/** On a database of its own, with a process that serves from the start on. */
export async function servedWorld(start: Date): Promise<World> {
  const world = createWorld(await testDatabase(), start);
  beforeAll(() => world.node());
  afterAll(() => world.stop());
  return world;
}

/** A process of the installation: several on one database are several nodes. */
export function createWorld(db: Database, start = new Date()) {
  let at = start;
  const now = () => at;
  const ingest = createIngest({
    db,
    participants: [participant(stations), participant(alertsParticipant({ isMailing: true }))],
    eventWriter: createEventWriter({
      dispatcher: {
        room: () => 0,
        newLease: () => ({ token: newId('node'), ms: 60_000, untilMs: performance.now() + 60_000 }),
        accept: () => {},
      },
      now,
    }),
    isTransient,
    onWake: () => {},
    now,
    log: quiet,
    metrics: { batch: () => {}, retried: () => {}, poisoned: () => {}, ignored: () => {} },
    lanes: 2,
  });
  const { submit } = ingest;
  let places = 0;
  return {
    db,
    submit,
    now,
    stop: () => ingest.stop(1_000),
    /** Seconds from the start. */
    at: (seconds: number) => new Date(start.getTime() + seconds * 1000),
    turn(seconds: number): void {
      at = new Date(start.getTime() + seconds * 1000);
    },
    /** Both jobs, of all rules or of those named. */
    async sweep(among?: readonly RuleId[]): Promise<void> {
      await sweepAlerts({ db, submit, now }, 10, among);
      await sweepAlerts({ db, submit, now }, 60, among);
    },
    /** A process that has served since `from`, and goes on for ever. */
    async node(from = start): Promise<void> {
      const seenAt = new Date(start.getTime() + 400 * 86_400_000);
      await db.prisma.node.create({ data: { id: newId('node'), host: 'test', pid: 1, startedAt: from, seenAt } });
    },
    async organization(): Promise<string> {
      const id = newId('org');
      await db.prisma.organization.create({ data: { id, name: 'Test' } });
      return id;
    },
    async site(organizationId: string): Promise<string> {
      const id = newId('site');
      await db.prisma.site.create({ data: { id, organizationId, name: 'Depot' } });
      return id;
    },
    async chargePoint(
      organizationId: string,
      state: Partial<Parameters<Database['prisma']['chargePointState']['create']>[0]['data']> = {},
      more: { siteId?: string; lifecycle?: string; createdAt?: Date; heartbeatIntervalS?: number } = {},
    ): Promise<string> {
      const id = newId('cp');
      places += 1;
      const data = { id, organizationId, identity: id, createdAt: start, ...more };
      await db.prisma.chargePoint.create({ data });
      await db.prisma.chargePointSequence.create({ data: { chargePointId: id } });
      await db.prisma.chargePointState.create({
        data: {
          organizationId,
          connected: true,
          connectedAt: start,
          remoteAddress: `10.0.0.${places % 250}`,
          ...state,
          chargePointId: id,
        },
      });
      return id;
    },
    /** The charger's own, and it lists it, unless told otherwise. */
    certificate: (
      of: { readonly organizationId: string; readonly chargePointId: string },
      expiresInS: number,
      more: { readonly type?: CertificateType; readonly reportedAt?: Date | null } = {},
    ) =>
      db.prisma.installedCertificate.create({
        data: {
          ...{ ...of, id: newId('evc'), type: 'charge_point', hashAlgorithm: 'SHA256', reportedAt: start },
          ...{ issuerNameHash: 'a', issuerKeyHash: 'b', serialNumber: String(expiresInS) },
          ...{ expiresAt: new Date(start.getTime() + expiresInS * 1000), ...more },
        },
      }),
    alertsOf: (where: { organizationId?: string; chargePointId?: string; rule?: string }) =>
      db.prisma.alert.findMany({ where, orderBy: { id: 'asc' } }),
    /** What was told, in order: type and the data that the rule adds. */
    async told(organizationId: string): Promise<{ type: string; data: Record<string, unknown> }[]> {
      const rows = await db.prisma.domainEvent.findMany({
        where: { organizationId, type: { startsWith: 'alert.' } },
        orderBy: [{ tx: 'asc' }, { id: 'asc' }],
      });
      return rows.map(({ type, body }) => ({
        type,
        data: (JSON.parse(body) as { data: Record<string, unknown> }).data,
      })); // as: written by the event writer
    },
  };
}
