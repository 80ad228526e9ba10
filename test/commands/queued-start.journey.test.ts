/** A remote start that waited for its charger for longer than a driver takes to the plug still leads to its session, by every version. */
import { afterAll, expect, test } from '@jest/globals';
import { ulid } from 'ulid';
import { startApp } from '../support/app.ts';
import { type ScriptedCharger, scriptedCharger } from '../support/scripted-charger.ts';
import { until } from '../support/until.ts';

const app = await startApp();
const open: ScriptedCharger[] = [];
afterAll(async () => {
  await Promise.all(open.map((charger) => charger.close()));
  await app.stop();
});
const protocols = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const;
type Session = { readonly id: string; readonly command_id: string | null; readonly limit: object | null };

/** Asked for 90 minutes ago, and sent now that the charger comes. */
async function queuedStart(speaks: (typeof protocols)[number]) {
  const { id, identity, key } = await app.chargePoint();
  const uid = identity.slice(-20);
  expect((await app.api('POST', '/tokens', { uid })).status).toBe(201);
  const connect = async () => {
    const charger = await scriptedCharger({ ocppUrl: app.ocppUrl, identity, key, speaks }, () => ({
      status: 'Accepted',
    }));
    open.push(charger);
    return charger;
  };
  const isConnected = async () => (await app.api<{ connected: boolean }>('GET', `/charge-points/${id}`)).body.connected;
  await (await connect()).close();
  await until('it is offline', async () => !(await isConnected()));
  const body = { token: uid, connector_id: 1, limit: { max_energy_wh: 2000 } };
  const queued = await app.api<{ id: string }>('POST', `/charge-points/${id}/start?queue=true`, body);
  expect(queued.status).toBe(202);
  const createdAt = new Date(Date.now() - 90 * 60_000);
  const commandId = `cmd_${ulid(createdAt.getTime())}`;
  await app.db.prisma.command.update({ where: { id: queued.body.id }, data: { id: commandId, createdAt } });
  await app.db.prisma.sessionLimit.updateMany({ where: { commandId: queued.body.id }, data: { commandId } });
  const charger = await connect();
  const isStart = ({ action }: { readonly action: string }) => /^Re(mote|quest)StartTransaction$/.test(action);
  const { payload } = await until('it is asked to start', () => charger.asked.find(isStart));
  const command = async () =>
    (await app.api<{ status: string; session_id: string | null; late: boolean }>('GET', `/commands/${commandId}`)).body;
  await until('it has accepted', async () => (await command()).status === 'accepted');
  const timestamp = new Date().toISOString();
  const begin = () =>
    speaks === 'ocpp1.6'
      ? charger.call('StartTransaction', { connectorId: 1, idTag: uid, meterStart: 0, timestamp })
      : charger.call('TransactionEvent', {
          ...{
            eventType: 'Started',
            triggerReason: 'RemoteStart',
            seqNo: 0,
            timestamp,
            evse: { id: 1, connectorId: 1 },
          },
          transactionInfo: { transactionId: `TX-${id}`, remoteStartId: payload['remoteStartId'] },
          idToken: { idToken: uid, type: 'ISO14443' },
        });
  const session = () =>
    until('a session begins', async () => {
      const page = await app.api<{ data: Session[] }>('GET', `/sessions?charge_point_id=${id}`);
      return page.body.data[0];
    });
  const completed = async () => {
    const rows = await app.db.prisma.domainEvent.findMany({ where: { chargePointId: id, type: 'command.completed' } });
    return rows.map(({ body: said }) => (JSON.parse(said) as { data: object }).data);
  };
  return { commandId, begin, command, session, completed };
}

test.each(protocols)(
  '%s: the session is that of the command, keeps its limit, and tells that it worked',
  async (speaks) => {
    const { commandId, begin, command, session, completed } = await queuedStart(speaks);
    await begin();
    const { id, ...begun } = await session();
    expect(begun).toMatchObject({ command_id: commandId, limit: { max_energy_wh: 2000 } });
    expect(await command()).toMatchObject({ status: 'accepted', session_id: id, late: false });
    expect(await completed()).toMatchObject([{ command_id: commandId, status: 'accepted', session_id: id }]);
  },
);

test.each(protocols)('%s: so it is where the driver took longer than a minute to the plug', async (speaks) => {
  const { commandId, begin, command, session } = await queuedStart(speaks);
  await app.db.prisma.command.update({ where: { id: commandId }, data: { dueAt: new Date(Date.now() - 1000) } });
  await until('it is given up', async () => (await command()).status === 'failed');
  await begin();
  const { id, ...begun } = await session();
  expect(begun).toMatchObject({ command_id: commandId, limit: { max_energy_wh: 2000 } });
  expect(await command()).toMatchObject({ status: 'accepted', session_id: id, late: true });
});
