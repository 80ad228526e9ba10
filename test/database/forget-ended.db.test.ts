/** What has ended and is of no use any more goes after 400 days; what may still be asked for stays, however old it is. */
import { afterAll, expect, test } from '@jest/globals';
import { forgetCertificateRequests } from '../../src/certificates/index.ts';
import { forgetCustomerReports } from '../../src/customer-information/index.ts';
import type { Database } from '../../src/database/index.ts';
import { forgetRefreshes } from '../../src/display-messages/index.ts';
import { forgetExportFiles } from '../../src/exports/index.ts';
import { forgetNetworkProfiles } from '../../src/network-profiles/index.ts';
import { type IdPrefix, newId } from '../../src/platform/ids.ts';
import { forgetUploads } from '../../src/uploads/index.ts';
import { testDatabase } from '../support/db.ts';
import { createWorld } from '../support/world.ts';

const db = await testDatabase();
afterAll(() => db.close());

const { organizationId, chargePoints } = await createWorld(db, { chargePoints: 1 });
const about = { organizationId, chargePointId: chargePoints[0]?.id ?? '' };
const [asked, inYears] = [new Date(), new Date(Date.now() + 3 * 365 * 86_400_000)];
const afterDays = (days: number): Date => new Date(asked.getTime() + days * 86_400_000);
const ended = { completedAt: asked, dueAt: null };
const open = { completedAt: null, dueAt: asked };
let number = 0;

type Case = {
  readonly table: string;
  readonly prefix: IdPrefix;
  readonly forget: (db: Pick<Database, 'rows'>, now: Date) => Promise<number>;
  readonly make: (id: string, more: object) => Promise<unknown>;
  /** The last one that ends may be the newest, which some keep. */
  readonly gone: readonly object[];
  readonly stay: readonly object[];
};
const request = () => ({ commandId: newId('cmd'), requestId: ++number, requestedBy: 'key_1', createdAt: asked });

const cases: readonly Case[] = [
  {
    ...{ table: 'uploads', prefix: 'upl', forget: forgetUploads },
    make: (id, more) =>
      db.prisma.upload.create({
        data: {
          ...about,
          ...request(),
          id,
          kind: 'diagnostics',
          status: 'uploaded',
          expiresAt: asked,
          ...ended,
          ...more,
        },
      }),
    gone: [{}, { status: 'timed_out' }],
    stay: [open, { storedAs: 'upl_1.bin' }],
  },
  {
    ...{ table: 'customer_reports', prefix: 'cin', forget: forgetCustomerReports },
    make: (id, more) =>
      db.prisma.customerReport.create({
        data: {
          ...{
            ...about,
            ...request(),
            id,
            report: true,
            clear: false,
            subject: 'token',
            status: 'completed',
            parts: {},
          },
          ...{ ...ended, ...more },
        },
      }),
    gone: [{}, { status: 'refused' }],
    stay: [open],
  },
  {
    ...{ table: 'display_message_refreshes', prefix: 'dmr', forget: forgetRefreshes },
    make: (id, more) =>
      db.prisma.displayMessageRefresh.create({
        data: { ...about, ...request(), id, status: 'completed', parts: {}, ...ended, ...more },
      }),
    gone: [{}, {}],
    stay: [open, {}], // the newest tells how old the list is
  },
  {
    ...{ table: 'network_profiles', prefix: 'npr', forget: forgetNetworkProfiles },
    make: (id, more) => {
      const { requestId: slot, ...rest } = request();
      const row = { ...about, ...rest, id, slot, profile: {}, status: 'superseded', updatedAt: asked };
      return db.prisma.networkProfile.create({ data: { ...row, ...more } });
    },
    gone: [{}, { status: 'failed' }, { status: 'rejected' }],
    stay: [{ status: 'pending' }, { status: 'stored' }],
  },
  {
    ...{ table: 'certificate_requests', prefix: 'csr', forget: forgetCertificateRequests },
    make: (id, more) => {
      const row = { ...about, id, status: 'installed', csr: 'PEM', csrHash: id, createdAt: asked };
      return db.prisma.certificateRequest.create({ data: { ...row, ...ended, ...more } });
    },
    gone: [{ status: 'failed' }, { chain: 'PEM', expiresAt: afterDays(1) }],
    stay: [open, { chain: 'PEM', expiresAt: inYears }, { chain: 'PEM', expiresAt: afterDays(2) }],
  },
  {
    ...{ table: 'export_files', prefix: 'exf', forget: forgetExportFiles },
    make: (id, more) => {
      const row = {
        organizationId,
        id,
        scheduleId: id,
        kind: 'sessions',
        format: 'csv',
        timezone: 'UTC',
        fromAt: asked,
      };
      const after = { toAt: asked, status: 'removed', createdAt: asked };
      return db.prisma.exportFile.create({ data: { ...row, ...after, ...ended, ...more } });
    },
    gone: [{}, { status: 'failed' }],
    stay: [open, { status: 'ready', storedAs: 'exf_1.csv' }],
  },
];

test.each(cases)('$table', async ({ table, prefix, forget, make, gone, stay }) => {
  const ids: string[] = [];
  for (const more of [...gone, ...stay]) {
    ids.push(newId(prefix));
    await make(ids.at(-1) ?? '', more);
  }
  const left = async (): Promise<string[]> =>
    (await db.rows<{ id: string }>({ name: `left_${table}`, text: `SELECT id FROM ${table} ORDER BY id` }, [])).map(
      ({ id }) => id,
    );
  expect(await forget(db, afterDays(399))).toBe(0);
  expect(await left()).toEqual(ids);
  expect(await forget(db, afterDays(401.5))).toBe(gone.length);
  expect(await left()).toEqual(ids.slice(gone.length));
});
