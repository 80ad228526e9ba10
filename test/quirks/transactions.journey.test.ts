/** X: what chargers do about transactions (3-ocpp.md). Driven over a real socket by the simulator's misbehaviours. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { chargingWorld, type SessionAnswer, type Station } from '../support/charging-world.ts';
import { type ScriptedCharger, scriptedCharger } from '../support/scripted-charger.ts';
import { administer, testServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const world = await chargingWorld();
await world.token('TAG', { max_concurrent: null });
await world.token('ONCE', { max_concurrent: 1 });
await world.token('AWAY', { max_concurrent: 1 });
afterEach(() => world.closeChargers());
afterAll(() => world.close());

const BOTH = ['1.6', '2.0.1'] as const;
const ALL = [...BOTH, '2.1'] as const;
const isOver = ({ status }: SessionAnswer): boolean => status === 'ended' || status === 'closed_by_system';
async function visits(station: Station, count: number, plan: object = {}): Promise<SessionAnswer[]> {
  for (let i = 0; i < count; i += 1) await station.charger.charge({ token: 'TAG', seconds: 120, ...plan });
  return until(`${count} sessions are over`, async () => {
    const all = await station.sessions();
    return all.length >= count && all.every(isOver) ? all.reverse() : undefined;
  });
}

describe('X1: repeats its starts, with the same and with a new message id', () => {
  test('each visit is one session and one event', async () => {
    const station = await world.station({ misbehave: ['X1'] });
    expect(await visits(station, 2)).toHaveLength(2);
    expect(await station.events('session.started')).toHaveLength(2);
  });
});

describe('X2: repeats its stops', () => {
  test('each session ends once', async () => {
    const station = await world.station({ misbehave: ['X2'] });
    await visits(station, 2);
    expect(await station.events('session.ended')).toHaveLength(2);
  });
});

describe('X3: stops transaction −1, 0, an unknown one, 2⁶³', () => {
  test('each is found by its connector', async () => {
    const station = await world.station({ misbehave: ['X3'] });
    const sessions = await visits(station, 4);
    expect(sessions).toHaveLength(4);
    for (const { energy_wh: energy } of sessions) expect(energy).toBeGreaterThan(0);
  });

  test.each([-1, 0, 4242])(
    '1.6: %s: is repeated over the next line, and weeks later, and ended its session once',
    async (transactionId) => {
      const { app } = world;
      const { id, identity, key } = await app.chargePoint();
      const connect = () => scriptedCharger({ ocppUrl: app.ocppUrl, identity, key }, () => ({}));
      const ago = (minutes: number) => new Date(Date.now() - 30 * 86_400_000 - minutes * 60_000).toISOString();
      const value = (minutes: number, wh: number, context: string) => ({
        timestamp: ago(minutes),
        sampledValue: [{ value: String(wh), context }],
      });
      const start = { connectorId: 1, idTag: 'TAG', meterStart: 1000, timestamp: ago(120) };
      const stop = {
        ...{ transactionId, idTag: 'TAG', meterStop: 8000, timestamp: ago(60) },
        transactionData: [value(120, 1000, 'Transaction.Begin'), value(60, 8000, 'Transaction.End')],
      };
      const answers = [];
      const first = await connect();
      await first.call('StartTransaction', start);
      answers.push(await first.call('StopTransaction', stop));
      await first.close();
      const second = await connect();
      answers.push(await second.call('StopTransaction', stop));
      await second.close();
      const third = await connect();
      const now = new Date().toISOString();
      await third.call('StartTransaction', { ...start, meterStart: 8000, timestamp: now });
      answers.push(await third.call('StopTransaction', stop));
      for (const answer of answers) expect(answer).toEqual({ idTagInfo: { status: 'Accepted' } });
      const rows = await app.db.prisma.session.findMany({
        where: { chargePointId: id },
        orderBy: { startedAt: 'asc' },
      });
      expect(rows).toMatchObject([
        { status: 'ended', energyWh: 7000n, flags: ['stop_matched_by_time'] },
        { status: 'active', energyWh: 0n, stopKey: null },
      ]);
      const told = await app.db.prisma.domainEvent.findMany({
        where: { chargePointId: id, type: { in: ['session.started', 'session.ended'] } },
        orderBy: { sequence: 'asc' },
      });
      expect(told.map(({ type }) => type)).toEqual(['session.started', 'session.ended', 'session.started']);
      await third.close();
    },
  );
});

describe('X5: a stop without a start', () => {
  test('is made a session from what it says', async () => {
    const station = await world.station({ misbehave: ['X5'] });
    const [session, ...others] = await visits(station, 1);
    expect(others).toEqual([]);
    expect(session?.energy_wh).toBeGreaterThan(0);
    expect((await station.events('session.ended')).map(({ data }) => data['reconstructed'])).toEqual([true]);
  });
});

describe('X6: a start over a session that runs', () => {
  test.each(ALL)('%s: closes the older one as superseded', async (version) => {
    const station = await world.station({ version, misbehave: ['X6'] });
    const sessions = await visits(station, 1);
    expect(sessions.map(({ status }) => status).sort()).toEqual(['closed_by_system', 'ended']);
  });
});

describe('X7: loses every stop', () => {
  test('its session does not block its token, and gives way to the next one', async () => {
    const station = await world.station({ misbehave: ['X7'] });
    for (let i = 0; i < 2; i += 1) {
      const { outcome } = await station.charger.charge({ token: 'ONCE', seconds: 60 });
      expect(outcome).toBe('charged');
    }
    const sessions = await until('the first one is over', async () => {
      const all = await station.sessions();
      return all.length === 2 && all.some(isOver) ? all : undefined;
    });
    expect(sessions.every(({ authorization }) => authorization === 'accepted')).toBe(true);
  });
});

describe('a session that its charger told of afterwards, and whose stop was lost with the power', () => {
  test.each([
    ['before its start', ['status', 'start']],
    ['after its start, as it had been', ['start', 'status']],
  ])(
    '1.6: is closed where the connector is free, and blocks its token no longer: that is told %s',
    async (_, order) => {
      const { app } = world;
      const { id, identity, key } = await app.chargePoint();
      const connect = () => scriptedCharger({ ocppUrl: app.ocppUrl, identity, key }, () => ({}));
      const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
      const free = (cp: ScriptedCharger, timestamp: string) =>
        cp.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available', timestamp });
      const before = await connect();
      await free(before, ago(60));
      await before.close();
      const charger = await connect();
      for (const what of order) {
        if (what === 'status') {
          await free(charger, ago(0));
          continue;
        }
        const start = { connectorId: 1, idTag: 'AWAY', meterStart: 0, timestamp: ago(30) };
        const { transactionId, idTagInfo } = await charger.call('StartTransaction', start);
        expect(idTagInfo).toMatchObject({ status: 'Accepted' });
        const meterValue = [{ timestamp: ago(20), sampledValue: [{ value: '700' }] }];
        await charger.call('MeterValues', { connectorId: 1, transactionId, meterValue });
      }
      // five minutes go by
      const { count } = await app.db.prisma.session.updateMany({
        where: { chargePointId: id, reconcileAt: { not: null } },
        data: { reconcileAt: new Date(Date.now() - 1) },
      });
      expect(count).toBe(1);
      type List = { data: SessionAnswer[] };
      const session = await until('it is closed', async () =>
        (await app.api<List>('GET', `/sessions?charge_point_id=${id}`)).body.data.find(isOver),
      );
      expect(session).toMatchObject({ status: 'closed_by_system', stop_reason: 'connector_available', energy_wh: 700 });
      await charger.close();
    },
  );
});

describe('X8: starts with a token that nobody knows', () => {
  test.each(BOTH)('%s: there is a session, the charger is told, and its stop is waited for', async (version) => {
    const station = await world.station({ version, misbehave: ['X8'] });
    await station.charger.charge({ token: 'TAG', seconds: 120 });
    const session = await station.session(isOver);
    expect(session).toMatchObject({ authorization: 'invalid', stop_reason: 'DeAuthorized' });
  });
});

describe('X9: meterStop below meterStart, −1, a fraction, a register that fell', () => {
  test.each(ALL)(
    '%s: energy comes from what can be believed, is never negative, and odd ones are flagged',
    async (version) => {
      const station = await world.station({ version, misbehave: ['X9'], settings: { MeterValueSampleInterval: '20' } });
      const sessions = await visits(station, 4);
      for (const { energy_wh: energy } of sessions) expect(energy).toBeGreaterThanOrEqual(0);
      const [below, minus, fraction, reset] = sessions;
      for (const odd of [below, minus, reset]) expect(odd?.flags.length).toBeGreaterThan(0);
      expect(fraction?.energy_wh).toBeGreaterThan(0);
    },
  );

  test.each([
    ['none', undefined, 'meter_start_missing'],
    ['−1', -1, 'meter_start_invalid'],
  ])('1.6: %s: the register that is found is the one that is written', async (_, meterStart, flag) => {
    const { app } = world;
    const { id, identity, key } = await app.chargePoint();
    const charger = await scriptedCharger({ ocppUrl: app.ocppUrl, identity, key }, () => ({}));
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    const visit = async (since: number, begin: number, context: string) => {
      const start = { connectorId: 1, idTag: 'TAG', timestamp: ago(since), ...(meterStart && { meterStart }) };
      const { transactionId } = await charger.call('StartTransaction', start);
      const sampledValue = [{ value: String(begin), context }];
      const meterValue = [{ timestamp: ago(since), sampledValue }];
      await charger.call('MeterValues', { connectorId: 1, transactionId, meterValue });
      const running = await app.db.prisma.session.findFirstOrThrow({ where: { chargePointId: id, endedAt: null } });
      expect(running).toMatchObject({ meterStartWh: BigInt(begin), energyWh: 0n });
      const stop = { transactionId, meterStop: begin + 7000, timestamp: ago(since - 5) };
      await charger.call('StopTransaction', stop);
      return app.db.prisma.session.findUniqueOrThrow({ where: { id: running.id } });
    };
    const ended = { status: 'ended', energyWh: 7000n };
    expect(await visit(30, 5_000_000, 'Transaction.Begin')).toMatchObject({
      ...{ ...ended, meterStartWh: 5_000_000n, meterStopWh: 5_007_000n },
    });
    // The first one that is read may have been read later.
    expect(await visit(20, 6_000_000, 'Sample.Periodic')).toMatchObject({
      ...{ ...ended, meterStartWh: 6_000_000n, flags: expect.arrayContaining([flag]) },
    });
    await charger.close();
  });
});

describe('X11: accepts a remote start, and nothing starts', () => {
  test.each(BOTH)(
    '%s: the command waits a minute for the session that would prove it, then it fails, and both are told',
    async (version) => {
      const station = await world.station({ version, misbehave: ['X11'] });
      const { id, ...command } = await station.ask('start', { token: 'TAG', connector_id: 1 });
      expect(command).toMatchObject({ status: 'accepted', session_id: null });
      const { dueAt, sentAt } = await world.app.db.prisma.command.findUniqueOrThrow({ where: { id } });
      expect((dueAt?.getTime() ?? 0) - (sentAt?.getTime() ?? 0)).toBeGreaterThanOrEqual(60_000);
      expect(await station.events('command.completed')).toEqual([]);
      // a minute goes by
      await world.app.db.prisma.command.update({ where: { id }, data: { dueAt: new Date(Date.now() - 1) } });
      const told = await until('its end is told', async () => {
        const events = await station.events('command.completed');
        return events[0];
      });
      const failed = { status: 'failed', error: { code: 'no_session_started' }, session_id: null };
      expect(told?.data).toMatchObject({ command_id: id, ...failed });
      expect((await world.api('GET', `/commands/${id}`)).body).toMatchObject({
        ...failed,
        result: { status: 'Accepted' },
      });
    },
  );
});

describe('X13: blanks and odd case in idTags', () => {
  test.each(BOTH)('%s: are the same token', async (version) => {
    const station = await world.station({ version, misbehave: ['X13'] });
    const [session] = await visits(station, 1);
    expect(session).toMatchObject({ authorization: 'accepted' });
    expect(session?.token?.toUpperCase()).toBe('TAG');
  });
});

describe('X14: while the database is away nothing is acknowledged', () => {
  const name = new URL(world.app.db.url).pathname.slice(1);
  const allow = (yes: boolean) => `ALTER DATABASE ${name} ALLOW_CONNECTIONS ${yes}`;
  const { url } = testServer();
  afterEach(() => administer(url, allow(true)));

  test('a start waits without an answer, the socket stays, and the id that comes at last is a real one', async () => {
    const station = await world.station();
    await until('it has told its statuses', async () => (await station.connector())?.status === 'available');
    const answers = () => station.happenings.filter(({ what }) => what === 'answered');
    const before = answers();
    await administer(
      url,
      allow(false),
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
    );
    await until('readiness says so', async () => (await fetch(`${world.app.url}/readyz`)).status === 503);
    const at = new Date().toISOString();
    const start = station.charger.call('StartTransaction', {
      ...{ connectorId: 1, idTag: 'TAG', meterStart: 5, timestamp: at },
    });
    await until('it has come here', async () => {
      const text = await (await fetch(`${world.app.url}/metrics`)).text();
      return /^\S*ingest_waiting_inputs\S* ([1-9]\d*)$/m.test(text);
    });
    expect((await world.api('GET', '/sessions')).status).toBe(503);
    expect(answers()).toEqual(before);
    await administer(url, allow(true));
    const { outcome, result } = (await start) as { outcome: string; result: Record<string, unknown> };
    expect([outcome, result['idTagInfo']]).toMatchObject(['result', { status: 'Accepted' }]);
    const session = await station.session();
    expect(result['transactionId']).toBe(session.transaction_id);
    const stop = { transactionId: session.transaction_id, meterStop: 105, timestamp: new Date().toISOString() };
    await station.charger.call('StopTransaction', stop);
    expect(await station.sessions()).toMatchObject([{ id: session.id, started_at: at, energy_wh: 100 }]);
    expect(station.happenings.filter(({ what }) => what === 'disconnected')).toEqual([]);
  });
});
