/** Block N of OCA's 2.0.1 tests for a CSMS, as far as it is about what stations hold of persons. In our own words, by their numbers. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { startApp } from '../../support/app.ts';
import { type ScriptedStation, stationsOf } from '../../support/scripted-station.ts';
import { until } from '../../support/until.ts';

const app = await startApp();
const { station, closeAll, ask } = stationsOf(app);
await app.api('POST', '/tokens', { uid: '04A1B2C3' });
afterEach(closeAll);
afterAll(() => app.stop());

type Report = {
  readonly id: string;
  readonly command_id: string;
  readonly status: string;
  readonly available: boolean;
  readonly subject: string;
  readonly on_local_list: boolean | null;
};
const PERSON = 'Ada Lovelace, 12 St James’s Square';
const becomes = (id: string, status: string) =>
  until(`${id} is ${status}`, async () => {
    const { body } = await app.api<Report>('GET', `/customer-information/${id}`);
    return body.status === status ? body : undefined;
  });
const collect = (id: string) =>
  app.api<{ data?: string; whole?: boolean; error?: { message: string } }>(
    'DELETE',
    `/customer-information/${id}/data`,
  );
const request = (at: ScriptedStation, body: object) => ask<Report>(at, 'customer-information', body);
async function tell(at: ScriptedStation, ...parts: string[]): Promise<void> {
  const { requestId } = (await at.next('CustomerInformation')) as { requestId: number };
  const generatedAt = new Date().toISOString();
  for (const [seqNo, data] of parts.entries()) {
    const tbc = seqNo < parts.length - 1;
    expect(await at.tell('NotifyCustomerInformation', { requestId, seqNo, tbc, data, generatedAt })).toEqual({});
  }
}

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('%s', (protocol) => {
  test('TC_N_27_CSMS what a station tells in parts is handed out once', async () => {
    const at = await station({ protocol });
    const { id, subject, on_local_list: listed } = await request(at, { token: '04A1B2C3' });
    expect([subject, listed]).toEqual(['token', false]);
    await tell(at, PERSON.slice(0, 10), PERSON.slice(10));
    expect(await becomes(id, 'completed')).toMatchObject({ available: true });
    expect(at.asked('CustomerInformation')[0]).toMatchObject({
      report: true,
      clear: false,
      idToken: { idToken: '04A1B2C3', type: 'ISO14443' },
    });
    expect((await collect(id)).body).toEqual({ data: PERSON, whole: true });
    const again = await collect(id);
    expect([again.status, again.body.error?.message]).toEqual([409, expect.stringContaining('taken already')]);
    expect(await becomes(id, 'completed')).toMatchObject({ available: false });
  });

  test('TC_N_28_CSMS a station that holds nothing tells an empty text', async () => {
    const at = await station({ protocol });
    const { id } = await request(at, { customer_identifier: 'nobody' });
    await tell(at, '');
    await becomes(id, 'completed');
    expect((await collect(id)).body).toEqual({ data: '', whole: true });
  });

  test.each(['Rejected', 'Invalid'])('TC_N_29_CSMS a station that answers %s tells nothing', async (status) => {
    const at = await station({ protocol, answers: { CustomerInformation: { status } } });
    const { id } = await request(at, { customer_identifier: 'somebody' });
    await becomes(id, 'refused');
    expect((await collect(id)).status).toBe(409);
  });

  test.each([
    ['TC_N_30_CSMS', PERSON],
    ['TC_N_31_CSMS', ''],
  ])('%s what is to be cleared is told before: %j', async (_id, data) => {
    const at = await station({ protocol });
    const { id } = await request(at, { customer_identifier: 'ada', clear: true });
    await tell(at, data);
    await becomes(id, 'completed');
    expect(at.asked('CustomerInformation')[0]).toMatchObject({ report: true, clear: true, customerIdentifier: 'ada' });
    expect((await collect(id)).body.data).toBe(data);
  });

  const hash = { hash_algorithm: 'SHA256', issuer_name_hash: 'AA', issuer_key_hash: 'BB', serial_number: '1F' };
  test.each([
    ['TC_N_32_CSMS', { token: '04A1B2C3' }, { idToken: { idToken: '04A1B2C3', type: 'ISO14443' } }],
    ['TC_N_62_CSMS', { customer_identifier: 'ada' }, { customerIdentifier: 'ada' }],
    [
      'TC_N_63_CSMS',
      { certificate: hash },
      {
        customerCertificate: { hashAlgorithm: 'SHA256', issuerNameHash: 'AA', issuerKeyHash: 'BB', serialNumber: '1F' },
      },
    ],
  ])('%s it is cleared without being told: %j', async (_id, named, payload) => {
    const at = await station({ protocol });
    const { id } = await request(at, { ...named, report: false, clear: true });
    await becomes(id, 'completed');
    expect(at.asked('CustomerInformation')[0]).toMatchObject({ report: false, clear: true, ...payload });
    // Some tell all the same: it is answered and not kept.
    await tell(at, PERSON);
    expect((await collect(id)).status).toBe(409);
  });

  test('TC_N_46_CSMS whether the token is on the local list, which clearing does not touch, is told', async () => {
    const at = await station({ protocol });
    await app.db.prisma.localListEntry.create({
      data: { chargePointId: at.id, uidKey: '04a1b2c3', uid: '04A1B2C3', status: 'Accepted' },
    });
    const { on_local_list: listed } = await request(at, { token: '04a1b2c3', report: false, clear: true });
    expect(listed).toBe(true);
  });

  test('what a station tells after it was given up is handed out all the same', async () => {
    const at = await station({ protocol });
    const { id, command_id: command } = await request(at, { customer_identifier: 'ada', clear: true });
    await until('the station has agreed', async () => {
      const { body } = await app.api('GET', `/commands/${command}`);
      return body['status'] === 'accepted';
    });
    await app.db.prisma.customerReport.update({ where: { id }, data: { dueAt: new Date(0) } });
    await becomes(id, 'timed_out');
    await tell(at, PERSON.slice(0, 10), PERSON.slice(10));
    await becomes(id, 'completed');
    expect((await collect(id)).body).toEqual({ data: PERSON, whole: true });
  });

  test('what is told of a person stands in no row, no frame and no list in the clear', async () => {
    const at = await station({ protocol });
    const { id } = await request(at, { customer_identifier: 'ada-lovelace-1815', clear: true });
    await tell(at, `${PERSON} `.repeat(10), 'x'.repeat(500));
    await becomes(id, 'completed');
    // One that nobody asked for, and one that breaks its schema.
    await at.tell('NotifyCustomerInformation', { requestId: 1, seqNo: 0, data: PERSON, generatedAt: 'never' });
    await at.tell('NotifyCustomerInformation', { requestId: 'x', data: PERSON.repeat(30) });
    await until(
      'the frames are written',
      async () => {
        const { data } = await ask<{ data: { raw: string }[] }>(at, 'frames?limit=100', {}, 'GET');
        return data.filter(({ raw }) => raw.includes('"NotifyCustomerInformation"')).length === 4;
      },
      { withinMs: 20_000 },
    );
    await until(
      'what was wrong with them is counted',
      async () => {
        const { data } = await ask<{ data: { action: string }[] }>(at, 'deviations', {}, 'GET');
        return data.some(({ action }) => action === 'NotifyCustomerInformation');
      },
      { withinMs: 20_000 },
    );
    const tables = await app.db.prisma.$queryRawUnsafe<{ name: string }[]>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`,
    );
    expect(tables.length).toBeGreaterThan(20);
    for (const { name } of tables) {
      const rows = await app.db.prisma.$queryRawUnsafe<{ text: string }[]>(
        `SELECT t::text FROM "${name}" t WHERE t::text LIKE '%Lovelace%' OR t::text LIKE '%ada-lovelace%'`,
      );
      expect([name, rows]).toEqual([name, []]);
    }
  });
});

test('exactly one person is named, and something is asked', async () => {
  const { id } = await station({ protocol: 'ocpp2.0.1' });
  const status = async (body: object) =>
    (await app.api('POST', `/charge-points/${id}/customer-information`, body)).status;
  expect(await status({})).toBe(400);
  expect(await status({ token: 'A', customer_identifier: 'B' })).toBe(400);
  expect(await status({ token: 'A', report: false })).toBe(400);
});
