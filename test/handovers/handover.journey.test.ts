/** A charge point changes hands while its simulated charger is connected: keys, events, what each side sees. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { catalogue } from '../../src/events/index.ts';
import { newId } from '../../src/platform/ids.ts';
import { dialCharger, Refused } from '../ocpp/rig.ts';
import { chargingWorld } from '../support/charging-world.ts';
import { until } from '../support/until.ts';
import { testCertificate } from '../webhooks/support/certificate.ts';
import { startReceiver } from '../webhooks/support/receiver.ts';
import { accept, anotherSide, initiate, see } from './support.ts';

const certificate = await testCertificate([], ['127.0.0.1']);
const receiver = await startReceiver(certificate);
const world = await chargingWorld({ webhookCa: certificate.caPem, ocppLimits: { settleMs: 200 } });
const { app } = world;
const other = await anotherSide(app);
await world.token('TAG', { max_concurrent: null });
await other.api('POST', '/tokens', { uid: 'NEW', max_concurrent: null });
const ownOrganization = (await app.api<{ id: string }>('GET', '/organization')).body.id;
for (const [side, path] of [
  [app, 'old'],
  [other, 'new'],
] as const) {
  await side.api('POST', '/webhooks/endpoints', { url: `https://127.0.0.1:${receiver.port}/${path}`, events: ['*'] });
}
afterEach(() => world.closeChargers());
afterAll(async () => {
  await world.close();
  await receiver.close();
});

type Sent = { event: string; data: Record<string, unknown> };
const sentTo = (path: 'old' | 'new', identity: string): Sent[] =>
  receiver.received
    .filter((each) => each.path === `/${path}`)
    .map(({ body }) => JSON.parse(body) as Sent)
    .filter(({ data }) => data['charge_point_identity'] === identity);
const portOf = (): number => Number(new URL(app.url).port);
const opens = async (identity: string, key: string, protocol: string): Promise<boolean> => {
  try {
    const charger = await dialCharger(portOf(), identity, { password: key, protocols: [protocol] });
    charger.socket.close();
    await charger.gone();
    return true;
  } catch (cause) {
    if (cause instanceof Refused && cause.status === 401) return false;
    throw cause;
  }
};

describe.each([
  ['1.6', 'ocpp1.6'],
  ['2.0.1', 'ocpp2.0.1'],
  ['2.1', 'ocpp2.1'],
] as const)('%s', (version, protocol) => {
  test('hands over with its charger: new key, history stays, each side is told once', async () => {
    const station = await world.station({ version });
    await station.charger.charge({ token: 'TAG', seconds: 60 });
    const session = await station.session(({ status }) => status === 'ended');
    // An alert that flaps, so that no sweep ends it meanwhile.
    const alertId = newId('alr');
    const begun = new Date(Date.now() - 90_000);
    await app.db.prisma.alert.create({
      data: {
        ...{ id: alertId, organizationId: ownOrganization, chargePointId: station.id, rule: 'command_failures' },
        ...{
          evseId: 0,
          connectorId: 0,
          subject: '',
          status: 'triggered',
          severity: 'warning',
          title: 'T',
          reason: 'R',
        },
        ...{ evidence: {}, holds: true, since: begun, lastAt: begun, occurrences: 1, streak: 3, createdAt: begun },
        ...{ triggeredAt: begun, updatedAt: begun, dueAt: new Date(Date.now() + 3_600_000) },
      },
    });
    const handover = await initiate(app, station.id, { note: 'as agreed' });
    const site = (await other.api<{ id: string }>('POST', '/sites', { name: 'Their depot' })).body.id;
    const looked = await other.api<{ checklist: { check: string; status: string }[] }>('POST', '/handovers/lookup', {
      token: handover.token,
    });
    expect(looked.body.checklist.map(({ status }) => status)).not.toContain('blocked');
    const accepted = await accept(other, handover, { site_id: site, name: 'Bay 1', when: 'idle' });
    expect([accepted.status, accepted.body.error]).toEqual([200, undefined]);

    const done = await until('the key is changed', async () => {
      const now = await see(other, handover.id);
      return now.key_change === 'changed' ? now : undefined;
    });
    expect(done).toMatchObject({ status: 'completed', key_change: 'changed' });
    expect(await opens(station.identity, station.key, protocol)).toBe(false);
    await until('it is connected for its new owner', async () => {
      const { body } = await other.api<{ connected: boolean; name: string; site_id: string }>(
        'GET',
        `/charge-points/${station.id}`,
      );
      return body.connected ? body : undefined;
    });

    // The old side: the charge point is unknown, its history is not.
    expect((await app.api('GET', `/charge-points/${station.id}`)).status).toBe(404);
    expect((await app.api('GET', `/sessions/${session.id}`)).status).toBe(200);
    const samples = await app.api<{ data: unknown[] }>('GET', `/sessions/${session.id}/meter-values`);
    expect(samples.body.data.length).toBeGreaterThan(0);
    // Known to the one, who set no tariff, so that there is nothing to be paid.
    const receipt = async (side: { api: typeof app.api }) =>
      (await side.api('GET', `/sessions/${session.id}/receipt`)).status;
    expect([await receipt(app), await receipt(other)]).toEqual([409, 404]);
    expect((await app.api('GET', `/alerts/${alertId}`)).body).toMatchObject({ resolution: 'superseded' });
    expect((await other.api('GET', `/alerts/${alertId}`)).status).toBe(404);
    // The new side: the other way round.
    expect((await other.api('GET', `/sessions/${session.id}`)).status).toBe(404);
    const sessionsOf = () =>
      other.api<{ data: { status: string; token: string; id: string }[] }>(
        'GET',
        `/sessions?charge_point_id=${station.id}`,
      );
    expect((await sessionsOf()).body.data).toEqual([]);
    await station.charger.whenBooted();
    await station.charger.charge({ token: 'NEW', seconds: 60 });
    const [theirs] = await until('their own session has ended', async () => {
      const { data } = (await sessionsOf()).body;
      return data.length === 1 && data[0]?.status === 'ended' ? data : undefined;
    });
    expect(theirs).toMatchObject({ token: 'NEW' });
    expect((await app.api('GET', `/sessions/${theirs?.id}`)).status).toBe(404);

    // Each its own messages, and what was told of its time.
    type Frames = { data: { raw: string }[] };
    const framesOf = async (side: { api: typeof app.api }) =>
      (await side.api<Frames>('GET', `/charge-points/${station.id}/frames?limit=100`)).body.data
        .map(({ raw }) => raw)
        .join(' ');
    const [ofOld, ofNew] = [
      await framesOf(app),
      await until('its messages are kept', async () => {
        const all = await framesOf(other);
        return all.includes('"NEW"') ? all : undefined;
      }),
    ];
    expect([ofOld.includes('"TAG"'), ofOld.includes('"NEW"'), ofNew.includes('"TAG"')]).toEqual([true, false, false]);

    await until('both sides were told', () =>
      (['old', 'new'] as const).every((side) =>
        sentTo(side, station.identity).some(({ event }) => event === 'handover.completed'),
      ),
    );
    await until('the end of the new session was told', () =>
      sentTo('new', station.identity).some(({ event }) => event === 'session.ended'),
    );
    const resolved = sentTo('old', station.identity).filter(({ event }) => event === 'alert.resolved');
    expect(resolved.map(({ data }) => [data['alert_id'], data['resolution']])).toEqual([[alertId, 'superseded']]);
    const [toOld] = sentTo('old', station.identity).filter(({ event }) => event === 'handover.completed');
    const [toNew] = sentTo('new', station.identity).filter(({ event }) => event === 'handover.completed');
    for (const sent of [toOld, toNew]) catalogue['handover.completed'].data.parse(sent?.data);
    expect(toOld?.data).toMatchObject({ organization_id: ownOrganization, side: 'from', to_organization_id: null });
    expect(toOld?.data).toMatchObject({ accepted_by: null, site_id: null, key_change: null, note: 'as agreed' });
    expect(toNew?.data).toMatchObject({ organization_id: other.organizationId, side: 'to', site_id: site });
    expect(JSON.stringify(toOld)).not.toContain(other.organizationId);
    for (const [path, own] of [
      ['old', ownOrganization],
      ['new', other.organizationId],
    ] as const) {
      const all = sentTo(path, station.identity);
      expect(all.filter(({ event }) => event === 'handover.completed')).toHaveLength(1);
      for (const { data } of all) expect(data['organization_id']).toBe(own);
    }
    // Whatever comes after the handover is told to its new owner only.
    const last = Number(toNew?.data['sequence']);
    for (const { data } of sentTo('old', station.identity)) expect(Number(data['sequence'])).toBeLessThan(last);
    for (const { data } of sentTo('new', station.identity))
      expect(Number(data['sequence'])).toBeGreaterThanOrEqual(last);
  });
});
