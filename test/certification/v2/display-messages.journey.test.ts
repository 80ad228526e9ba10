/** Block O of OCA's 2.0.1 tests for a CSMS: messages on displays. In our own words, by their numbers. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { startApp } from '../../support/app.ts';
import { scriptedCharger } from '../../support/scripted-charger.ts';
import { type CommandAnswer, type ScriptedStation, stationsOf } from '../../support/scripted-station.ts';
import { until } from '../../support/until.ts';

const app = await startApp();
const { station, closeAll, ask, send } = stationsOf(app);
afterEach(closeAll);
afterAll(() => app.stop());

type Message = {
  readonly message_id: number;
  readonly content: string;
  readonly status: string;
  readonly origin: string;
};
type Refresh = {
  readonly refresh: { readonly status: string; readonly why: string | null; readonly messages: number };
};
const list = async (at: ScriptedStation) => (await ask<{ data: Message[] }>(at, 'display-messages', {}, 'GET')).data;
const put = (at: ScriptedStation, body: object) => ask(at, 'display-messages?wait=true', body, 'PUT');
const remove = async (at: ScriptedStation, id: number) =>
  (await app.api<CommandAnswer>('DELETE', `/charge-points/${at.id}/display-messages?wait=true&message_id=${id}`)).body;
const refreshed = (at: ScriptedStation, status: string) =>
  until(`the refresh is ${status}`, async () => {
    const { refresh } = await ask<Refresh>(at, 'display-messages/refresh', {}, 'GET');
    return refresh.status === status ? refresh : undefined;
  });
const wire = (id: number, content: string, more: object = {}) => ({
  id,
  priority: 'NormalCycle',
  message: { format: 'UTF8', language: 'en', content },
  ...more,
});
/** Asks for all, and tells these in parts. */
async function report(at: ScriptedStation, ...parts: object[][]): Promise<void> {
  const before = at.asked('GetDisplayMessages').length;
  await ask(at, 'display-messages/refresh');
  const { requestId } = (await at.next('GetDisplayMessages', before)) as { requestId: number };
  for (const [i, messageInfo] of parts.entries()) {
    const tbc = i < parts.length - 1;
    const told = { requestId, messageInfo, ...(tbc ? { tbc } : {}) };
    expect(await at.tell('NotifyDisplayMessages', told)).toEqual({});
  }
}

const LATER = '2099-01-01T00:00:00.000Z';

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('%s', (protocol) => {
  test.each([
    ['TC_O_01_CSMS', {}, {}],
    ['TC_O_06_CSMS of a transaction', { ocpp_transaction_id: 'tx-1' }, { transactionId: 'tx-1' }],
    ['TC_O_13_CSMS from a time on', { starts_at: LATER }, { startDateTime: LATER }],
    ['TC_O_14_CSMS until a time', { ends_at: LATER }, { endDateTime: LATER }],
    ['TC_O_25_CSMS in a state', { state: 'faulted' }, { state: 'Faulted' }],
    [
      'TC_O_27_CSMS of a transaction, from a time on',
      { ocpp_transaction_id: 'tx-1', starts_at: LATER },
      { transactionId: 'tx-1', startDateTime: LATER },
    ],
    [
      'TC_O_28_CSMS of a transaction, until a time',
      { ocpp_transaction_id: 'tx-1', ends_at: LATER },
      { transactionId: 'tx-1', endDateTime: LATER },
    ],
    ['with priority', { priority: 'always_front' }, { priority: 'AlwaysFront' }],
    ['of one display', { display: { name: 'Display', evse_id: 2 } }, { display: { name: 'Display', evse: { id: 2 } } }],
  ])('%s a message is set, and listed', async (_name, body, payload) => {
    const at = await station({ protocol });
    const command = await put(at, { message_id: 3, language: 'en', content: 'Hello', ...body });
    expect(command).toMatchObject({ action: 'SetDisplayMessage', status: 'accepted' });
    expect(at.asked('SetDisplayMessage')).toEqual([{ message: wire(3, 'Hello', payload) }]);
    expect(await list(at)).toMatchObject([
      { message_id: 3, content: 'Hello', origin: 'csms', status: 'starts_at' in body ? 'scheduled' : 'active' },
    ]);
  });

  test.each([
    ['TC_O_10_CSMS', 'UnknownTransaction', { ocpp_transaction_id: 'none' }],
    ['TC_O_17_CSMS', 'NotSupportedPriority', { priority: 'in_front' }],
    ['TC_O_18_CSMS', 'NotSupportedState', { state: 'idle' }],
    ['TC_O_19_CSMS', 'NotSupportedMessageFormat', { format: 'html' }],
    ['TC_O_26_CSMS', 'Rejected', {}],
  ])('%s a station that answers %s shows nothing', async (_id, status, body) => {
    const at = await station({ protocol, answers: { SetDisplayMessage: { status } } });
    const command = await put(at, { message_id: 3, content: 'Hello', ...body });
    expect(command).toMatchObject({ status: 'rejected', result: { status } });
    expect(await list(at)).toEqual([]);
  });

  test('TC_O_12_CSMS a message replaces the one with the same number; a refused one does not', async () => {
    const at = await station({ protocol });
    await put(at, { message_id: 3, content: 'Old' });
    await put(at, { message_id: 3, content: 'New' });
    at.answer({ SetDisplayMessage: { status: 'Rejected' } });
    await put(at, { message_id: 3, content: 'Newest' });
    expect(await list(at)).toMatchObject([{ message_id: 3, content: 'New' }]);
  });

  test('TC_O_02_CSMS all messages are asked for: told in parts, they are the list', async () => {
    const at = await station({ protocol });
    await put(at, { message_id: 1, content: 'Kept' });
    await put(at, { message_id: 2, content: 'Gone there' });
    await report(at, [wire(1, 'Kept')], [wire(7, 'Found'), wire(8, 'Found too')]);
    expect(await refreshed(at, 'completed')).toMatchObject({ messages: 3 });
    expect((await list(at)).map(({ message_id, origin }) => [message_id, origin])).toEqual([
      [1, 'csms'],
      [7, 'station'],
      [8, 'station'],
    ]);
  });

  test('TC_O_03_CSMS a station that holds none says so, and nothing is listed', async () => {
    const at = await station({ protocol, answers: { GetDisplayMessages: { status: 'Unknown' } } });
    await put(at, { message_id: 1, content: 'Gone there' });
    await ask(at, 'display-messages/refresh');
    await refreshed(at, 'completed');
    expect(await list(at)).toEqual([]);
  });

  test('a part more or less changes only what it names, until all is told', async () => {
    const at = await station({ protocol });
    await put(at, { message_id: 1, content: 'Not told yet' });
    await ask(at, 'display-messages/refresh');
    const { requestId } = (await at.next('GetDisplayMessages')) as { requestId: number };
    await at.tell('NotifyDisplayMessages', { requestId, tbc: true, messageInfo: [wire(2, 'First')] });
    await refreshed(at, 'receiving');
    expect((await list(at)).map(({ message_id }) => message_id)).toEqual([1, 2]);
    // Set while it tells: it was not there when it was asked, and stays.
    await put(at, { message_id: 5, content: 'Meanwhile' });
    await at.tell('NotifyDisplayMessages', { requestId, messageInfo: [wire(3, 'Last')] });
    await refreshed(at, 'completed');
    expect((await list(at)).map(({ message_id }) => message_id)).toEqual([2, 3, 5]);
  });

  test('a station whose answer is lost with its connection tells all the same', async () => {
    const before = await station({ protocol, answers: { GetDisplayMessages: () => undefined } });
    await put(before, { message_id: 1, content: 'Gone there' });
    await ask(before, 'display-messages/refresh');
    const { requestId } = (await before.next('GetDisplayMessages')) as { requestId: number };
    await before.close();
    const at = await station({ protocol, again: before });
    await until('its answer is lost', async () => {
      const { data } = await ask<{ data: CommandAnswer[] }>(at, 'commands', {}, 'GET');
      return data.some(({ action, error }) => action === 'GetDisplayMessages' && error?.code === 'connection_lost');
    });
    await at.tell('NotifyDisplayMessages', { requestId, messageInfo: [wire(2, 'Found')] });
    await refreshed(at, 'completed');
    expect((await list(at)).map(({ message_id }) => message_id)).toEqual([2]);
  });

  test('a station that declines to tell is said so', async () => {
    const at = await station({ protocol, answers: { GetDisplayMessages: { status: 'Nonsense' } } });
    await put(at, { message_id: 1, content: 'Stays' });
    await ask(at, 'display-messages/refresh');
    expect((await refreshed(at, 'failed')).why).toContain('Nonsense');
    expect(await list(at)).toHaveLength(1);
  });

  test.each([
    ['TC_O_07_CSMS by its number', { id: [7] }],
    ['TC_O_08_CSMS by priority', { priority: 'NormalCycle' }],
    ['TC_O_09_CSMS by state', { state: 'Faulted' }],
  ])('%s some are asked for by hand: what is told is listed, the rest stays', async (_name, criteria) => {
    const at = await station({ protocol });
    await put(at, { message_id: 1, content: 'Stays' });
    expect((await send(at, 'GetDisplayMessages', { requestId: 70, ...criteria })).status).toBe('accepted');
    await at.tell('NotifyDisplayMessages', { requestId: 70, messageInfo: [wire(7, 'Found', { state: 'Faulted' })] });
    expect((await list(at)).map(({ message_id }) => message_id)).toEqual([1, 7]);
  });

  test('TC_O_11_CSMS none of those asked for by hand is there: the others stay', async () => {
    const at = await station({ protocol, answers: { GetDisplayMessages: { status: 'Unknown' } } });
    await put(at, { message_id: 1, content: 'Stays' });
    await send(at, 'GetDisplayMessages', { requestId: 70, id: [9] });
    expect(await list(at)).toHaveLength(1);
  });

  test('TC_O_04_CSMS a message is removed', async () => {
    const at = await station({ protocol });
    await put(at, { message_id: 4, content: 'Hello' });
    expect((await remove(at, 4)).status).toBe('accepted');
    expect(at.asked('ClearDisplayMessage')).toEqual([{ id: 4 }]);
    expect(await list(at)).toEqual([]);
  });

  test('TC_O_05_CSMS a message that the station does not know is not listed either', async () => {
    const at = await station({ protocol });
    await put(at, { message_id: 4, content: 'Hello' });
    at.answer({ ClearDisplayMessage: { status: 'Unknown' } });
    expect((await remove(at, 4)).status).toBe('rejected');
    expect(await list(at)).toEqual([]);
    expect((await app.api('DELETE', `/charge-points/${at.id}/display-messages`)).status).toBe(400);
  });
});

describe('ocpp2.1', () => {
  test('TC_O_100_CSMS a language that the station does not have is refused there', async () => {
    const at = await station({
      protocol: 'ocpp2.1',
      answers: { SetDisplayMessage: { status: 'LanguageNotSupported' } },
    });
    const command = await put(at, { message_id: 1, language: 'tlh', content: 'nuqneH' });
    expect(command).toMatchObject({ status: 'rejected', result: { status: 'LanguageNotSupported' } });
  });

  test('TC_O_101_CSMS the same in several languages, as a QR code, in a state of its own', async () => {
    const at = await station({ protocol: 'ocpp2.1' });
    const extra = [{ format: 'utf8', language: 'de', content: 'Hallo' }];
    const body = {
      message_id: 1,
      state: 'suspended',
      format: 'qrcode',
      language: 'en',
      content: 'https://pay.example',
    };
    expect((await put(at, { ...body, extra })).status).toBe('accepted');
    expect(at.asked('SetDisplayMessage')[0]).toMatchObject({
      message: {
        state: 'Suspended',
        message: { format: 'QRCODE' },
        messageExtra: [{ format: 'UTF8', language: 'de', content: 'Hallo' }],
      },
    });
    expect(await list(at)).toMatchObject([{ format: 'qrcode', state: 'suspended', extra }]);
  });
});

test('what only 2.1 has is refused for 2.0.1, and all of it for 1.6', async () => {
  const at = await station({ protocol: 'ocpp2.0.1' });
  const body = { message_id: 1, format: 'qrcode', content: 'https://pay.example' };
  const put201 = await app.api<{ error: { message: string } }>('PUT', `/charge-points/${at.id}/display-messages`, body);
  expect([put201.status, put201.body.error.message]).toEqual([400, expect.stringContaining('format')]);
  const { id, identity, key } = await app.chargePoint();
  const charger = await scriptedCharger({ ocppUrl: app.ocppUrl, identity, key }, () => ({}));
  const put16 = await app.api<{ error: { message: string } }>('PUT', `/charge-points/${id}/display-messages`, body);
  expect([put16.status, put16.body.error.message]).toEqual([400, expect.stringContaining('OCPP 1.6 has no messages')]);
  await charger.close();
});

test('what the station has removed by itself counts no more: messages whose time or whose transaction is over', async () => {
  const at = await station({ protocol: 'ocpp2.0.1' });
  const { organizationId } = await app.db.prisma.chargePoint.findUniqueOrThrow({ where: { id: at.id } });
  const now = new Date();
  await app.db.prisma.deviceVariable.create({
    data: {
      ...{ chargePointId: at.id, organizationId, firstSeenAt: now, seenAt: now, secret: false },
      ...{ key: 'DisplayMessageCtrlr.DisplayMessages', component: 'DisplayMessageCtrlr', variable: 'DisplayMessages' },
      ...{ attribute: 'actual', value: '0', maxLimit: 2 },
    },
  });
  const event = (eventType: string, seqNo: number) =>
    at.tell('TransactionEvent', {
      ...{ eventType, seqNo, timestamp: new Date().toISOString(), triggerReason: 'Authorized' },
      ...{ transactionInfo: { transactionId: 'tx-over' }, evse: { id: 1, connectorId: 1 } },
    });
  await event('Started', 0);
  const soon = new Date(Date.now() + 3_000);
  await put(at, { message_id: 1, content: 'Soon over', ends_at: soon.toISOString() });
  await put(at, { message_id: 2, content: 'While it charges', ocpp_transaction_id: 'tx-over' });
  expect((await list(at)).map(({ message_id }) => message_id)).toEqual([1, 2]);
  const third = { message_id: 3, content: 'One too many' };
  expect((await app.api('PUT', `/charge-points/${at.id}/display-messages`, third)).status).toBe(400);
  await event('Ended', 1);
  await until('its time is over', async () => soon < new Date());
  expect((await list(at)).map(({ status }) => status)).toEqual(['expired', 'expired']);
  expect((await put(at, { message_id: 3, content: 'Hello' })).status).toBe('accepted');
  expect((await put(at, { message_id: 4, content: 'Hello again' })).status).toBe('accepted');
});

test('what the station is known not to support is not sent to it', async () => {
  const at = await station({ protocol: 'ocpp2.1' });
  const { organizationId } = await app.db.prisma.chargePoint.findUniqueOrThrow({ where: { id: at.id } });
  const now = new Date();
  await app.db.prisma.deviceVariable.create({
    data: {
      ...{ chargePointId: at.id, organizationId, firstSeenAt: now, seenAt: now, secret: false },
      key: 'DisplayMessageCtrlr.SupportedFormats',
      ...{ component: 'DisplayMessageCtrlr', variable: 'SupportedFormats', attribute: 'actual', value: 'ASCII,UTF8' },
    },
  });
  const answer = await app.api<{ error: { details: { field: string }[] } }>(
    'PUT',
    `/charge-points/${at.id}/display-messages`,
    {
      ...{ message_id: 1, format: 'qrcode', content: 'https://pay.example' },
    },
  );
  expect([answer.status, answer.body.error.details.map(({ field }) => field)]).toEqual([400, ['format']]);
  expect(at.asked('SetDisplayMessage')).toEqual([]);
  expect((await put(at, { message_id: 1, content: 'Hello' })).status).toBe('accepted');
});
