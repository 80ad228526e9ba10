/** Reservations, displays, customers, files and certificates of simulated 2.x stations; and what only 2.1 knows. */
import { createHash } from 'node:crypto';
import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Pkcs10CertificateRequest, X509CertificateGenerator } from '@peculiar/x509';
import { type FileServer, startFileServer } from '../support/file-server.ts';
import { until } from '../support/until.ts';
import { infoOf, on, VERSIONS } from './v2.ts';

type Payload = Record<string, unknown>;
const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const CARD = { idToken: 'CARD', type: 'ISO14443' };
const firmware = Buffer.from('firmware 3.0.0 of the simulator');
let files: FileServer;
beforeAll(async () => {
  files = await startFileServer(firmware);
});
afterAll(() => files.close());

async function root(name: string) {
  const keys = await crypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);
  const validity = { notBefore: new Date(Date.now() - 86_400_000), notAfter: new Date(Date.now() + 86_400_000 * 30) };
  const made = await X509CertificateGenerator.createSelfSigned({ name, keys, ...validity, signingAlgorithm: ecdsa });
  const sign = async (csr: string): Promise<string> => {
    const request = new Pkcs10CertificateRequest(csr);
    const certificate = await X509CertificateGenerator.create({
      subject: request.subject,
      issuer: made.subject,
      publicKey: await request.publicKey.export(),
      signingKey: keys.privateKey,
      signingAlgorithm: ecdsa,
      serialNumber: '0a1b',
      ...validity,
    });
    return `${certificate.toString('pem')}\n${made.toString('pem')}`;
  };
  return { pem: made.toString('pem'), sign };
}

describe.each(VERSIONS)('the services of a station of %s', (version) => {
  test('reservations are kept for their token, told when they run out or cannot be kept, and cancelled', () =>
    on(version, async ({ csms, booted, status }) => {
      const one = await booted({ connectors: 2 });
      const soon = (seconds: number) => new Date(one.now().getTime() + seconds * 1000).toISOString();
      const reserve = (id: number, more: Payload = {}) =>
        status('ReserveNow', { id, expiryDateTime: soon(600), idToken: CARD, evseId: 1, ...more });
      expect(await reserve(1)).toBe('Accepted');
      await until('shown', () => csms.of('StatusNotification').at(-1)?.payload['connectorStatus'] === 'Reserved');
      expect(await reserve(2)).toBe('Occupied');
      expect(await reserve(3, { evseId: 9 })).toBe('Rejected');
      expect(await one.charge({ token: 'OTHER', seconds: 5 })).toMatchObject({
        outcome: 'refused',
        status: 'Reserved',
      });
      await one.charge({ token: 'CARD', seconds: 5 });
      expect(csms.of('TransactionEvent')[0]?.payload).toMatchObject({ reservationId: 1 });
      const { evseId: _none, ...anywhere } = { id: 4, expiryDateTime: soon(12), idToken: CARD, evseId: 0 };
      expect(await status('ReserveNow', anywhere)).toBe('Accepted');
      await csms.count('ReservationStatusUpdate', 1);
      expect(await reserve(5, { evseId: 2 })).toBe('Accepted');
      one.fault(2, 'GroundFailure');
      await csms.count('ReservationStatusUpdate', 2);
      expect(csms.of('ReservationStatusUpdate').map(({ payload }) => payload)).toEqual([
        { reservationId: 4, reservationUpdateStatus: 'Expired' },
        { reservationId: 5, reservationUpdateStatus: 'Removed' },
      ]);
      expect(await reserve(6)).toBe('Accepted');
      expect(await status('CancelReservation', { reservationId: 6 })).toBe('Accepted');
      expect(await status('CancelReservation', { reservationId: 6 })).toBe('Rejected');
    }));

  test('messages are shown, told and cleared; those it cannot show are refused in their words', () =>
    on(version, async ({ csms, booted, status }) => {
      await booted();
      const set = (id: number, more: Payload = {}) =>
        status('SetDisplayMessage', {
          message: { id, priority: 'NormalCycle', message: { format: 'UTF8', content: 'Hello' }, ...more },
        });
      expect(await set(1)).toBe('Accepted');
      expect(await set(2, { message: { format: 'HTML', content: '<b>' } })).toBe('NotSupportedMessageFormat');
      expect(await set(2, { transactionId: 'nobody' })).toBe('UnknownTransaction');
      expect(await set(3, { priority: 'AlwaysFront' })).toBe('Accepted');
      expect(await set(4, { priority: 'AlwaysFront' })).toBe('Accepted');
      expect(await status('GetDisplayMessages', { requestId: 9 })).toBe('Accepted');
      await csms.count('NotifyDisplayMessages', 1);
      const messageInfo = csms
        .of('NotifyDisplayMessages')
        .flatMap(({ payload }) => payload['messageInfo'] as Payload[]);
      expect(messageInfo.map(({ id }) => id)).toEqual([1, 4]);
      expect(await status('ClearDisplayMessage', { id: 1 })).toBe('Accepted');
      expect(await status('ClearDisplayMessage', { id: 1 })).toBe('Unknown');
      expect(await status('GetDisplayMessages', { requestId: 10, id: [1] })).toBe('Unknown');
    }));

  test('what it knows of a customer is told, and forgotten', () =>
    on(version, async ({ csms, booted, status }) => {
      const one = await booted();
      await one.charge({ token: 'CARD', seconds: 5 });
      const ask = (requestId: number, more: Payload) =>
        status('CustomerInformation', { requestId, report: true, clear: false, ...more });
      expect(await ask(1, {})).toBe('Invalid');
      expect(await ask(2, { idToken: CARD, clear: true })).toBe('Accepted');
      await until('the last part', () => csms.of('NotifyCustomerInformation').at(-1)?.payload['tbc'] === undefined);
      expect(String(csms.of('NotifyCustomerInformation')[0]?.payload['data'])).toMatch(
        /token CARD: Accepted\ntransaction /,
      );
      const before = csms.of('NotifyCustomerInformation').length;
      expect(await ask(3, { idToken: CARD })).toBe('Accepted');
      await csms.count('NotifyCustomerInformation', before + 1);
      expect(csms.of('NotifyCustomerInformation').at(-1)?.payload['data']).toBe('nothing is known');
    }));

  test('logs are really sent, firmware is fetched, installed by a reboot, and offered to others', () =>
    on(version, async ({ csms, booted, ask, status }) => {
      await booted({ identity: `FW-${version}` });
      expect(
        await ask('GetLog', { logType: 'DiagnosticsLog', requestId: 3, log: { remoteLocation: `${files.url}/logs/` } }),
      ).toEqual({ status: 'Accepted', filename: `diagnostics-FW-${version}.log` });
      await csms.count('LogStatusNotification', 2);
      expect(csms.of('LogStatusNotification').map(({ payload }) => payload)).toEqual([
        { status: 'Uploading', requestId: 3 },
        { status: 'Uploaded', requestId: 3 },
      ]);
      expect(files.received.at(-1)).toMatchObject({
        path: `/logs/diagnostics-FW-${version}.log`,
        body: expect.stringContaining('booted'),
      });
      const checksum = createHash('md5').update(firmware).digest('hex');
      const location = `${files.url}/fw-3.0.0.bin`;
      expect(await status('PublishFirmware', { location, checksum, requestId: 4 })).toBe('Accepted');
      await csms.count('PublishFirmwareStatusNotification', 4);
      expect(csms.of('PublishFirmwareStatusNotification').map(({ payload }) => payload['status'])).toEqual([
        'Downloading',
        'Downloaded',
        'ChecksumVerified',
        'Published',
      ]);
      expect(await status('UnpublishFirmware', { checksum })).toBe('Unpublished');
      expect(await status('UnpublishFirmware', { checksum })).toBe('NoFirmware');
      const retrieveDateTime = new Date().toISOString();
      expect(await status('UpdateFirmware', { requestId: 5, firmware: { location, retrieveDateTime } })).toBe(
        'Accepted',
      );
      await csms.count('FirmwareStatusNotification', 5);
      expect(csms.of('FirmwareStatusNotification').map(({ payload }) => payload)).toEqual(
        ['Downloading', 'Downloaded', 'Installing', 'InstallRebooting', 'Installed'].map((each) => ({
          status: each,
          requestId: 5,
        })),
      );
      expect(csms.of('BootNotification').at(-1)?.payload).toMatchObject({
        reason: 'FirmwareUpdate',
        chargingStation: { firmwareVersion: '3.0.0' },
      });
      const bad = { location, retrieveDateTime, signingCertificate: 'no certificate', signature: 'AAAA' };
      expect(await status('UpdateFirmware', { requestId: 6, firmware: bad })).toBe('InvalidCertificate');
      await csms.count('SecurityEventNotification', 1);
    }));

  test('certificates are installed, listed and deleted; its own are asked for with a key of its own', () =>
    on(version, async ({ csms, booted, ask, status }) => {
      csms.reply('SignCertificate', () => ({ status: 'Accepted' }));
      await booted();
      const csms1 = await root('CN=Root one');
      expect(
        await status('InstallCertificate', { certificateType: 'CSMSRootCertificate', certificate: csms1.pem }),
      ).toBe('Accepted');
      expect(await status('InstallCertificate', { certificateType: 'CSMSRootCertificate', certificate: 'x' })).toBe(
        'Rejected',
      );
      await csms.count('SecurityEventNotification', 1);
      const listed = await ask('GetInstalledCertificateIds', { certificateType: ['CSMSRootCertificate'] });
      const [first] = listed['certificateHashDataChain'] as { certificateHashData: Payload }[];
      for (const [trigger, type] of [
        ['SignV2GCertificate', 'V2GCertificate'],
        ['SignChargingStationCertificate', 'ChargingStationCertificate'],
      ] as const) {
        expect(await status('TriggerMessage', { requestedMessage: trigger })).toBe('Accepted');
        const asked = await until('a request', () =>
          csms.of('SignCertificate').find(({ payload }) => payload['certificateType'] === type),
        );
        const requestId = asked.payload['requestId'];
        const named = requestId === undefined ? {} : { requestId };
        const certificateChain = await csms1.sign(String(asked.payload['csr']));
        expect(await status('CertificateSigned', { certificateChain, certificateType: type, ...named })).toBe(
          'Accepted',
        );
        expect(await status('CertificateSigned', { certificateChain, certificateType: type, ...named })).toBe(
          'Rejected',
        );
      }
      const chains = await ask('GetInstalledCertificateIds', { certificateType: ['V2GCertificateChain'] });
      expect(chains['certificateHashDataChain']).toMatchObject([
        { certificateHashData: { serialNumber: 'a1b' }, childCertificateHashData: [first?.certificateHashData] },
      ]);
      expect(await status('DeleteCertificate', { certificateHashData: first?.certificateHashData })).toBe('Accepted');
      expect(await status('DeleteCertificate', { certificateHashData: first?.certificateHashData })).toBe('NotFound');
      expect(await status('GetInstalledCertificateIds', { certificateType: ['CSMSRootCertificate'] })).toBe('NotFound');
    }));
});

const TARIFF = {
  tariffId: 'T-1',
  currency: 'EUR',
  energy: { prices: [{ priceKwh: 0.5 }], taxRates: [{ type: 'VAT', tax: 20 }] },
  fixedFee: { prices: [{ priceFixed: 1 }] },
};

test('2.1: it works out what a transaction costs by its tariff, and tells it', () =>
  on('2.1', async ({ csms, booted, ask, status, events }) => {
    const one = await booted({ speed: 600 });
    expect(await status('GetTariffs', { evseId: 0 })).toBe('NoTariff');
    expect(await status('SetDefaultTariff', { evseId: 0, tariff: TARIFF })).toBe('Accepted');
    const odd = { ...TARIFF, energy: { prices: [{ priceKwh: 1, conditions: { minPower: 5 } }] } };
    expect(await status('SetDefaultTariff', { evseId: 1, tariff: odd })).toBe('ConditionNotSupported');
    expect(await ask('GetTariffs', { evseId: 1 })).toEqual({
      status: 'Accepted',
      tariffAssignments: [{ tariffId: 'T-1', tariffKind: 'DefaultTariff' }],
    });
    await one.charge({ token: 'CARD', energyWh: 1000 });
    const end = events().at(-1) ?? {};
    expect(end).toMatchObject({ eventType: 'Ended', transactionInfo: { tariffId: 'T-1' } });
    const { totalCost, totalUsage } = end['costDetails'] as {
      totalCost: Record<string, Payload>;
      totalUsage: Payload;
    };
    const energy = Number(totalUsage['energy']);
    expect(totalCost).toMatchObject({ currency: 'EUR', typeOfCost: 'NormalCost', fixed: { exclTax: 1, inclTax: 1 } });
    expect(Number(totalCost['energy']?.['exclTax'])).toBeCloseTo(energy * 0.5, 3);
    expect(Number(totalCost['energy']?.['inclTax'])).toBeCloseTo(energy * 0.6, 3);
    one.plug(1);
    one.present(1, 'CARD');
    await one.next('session_started');
    const transactionId = infoOf(events().at(-1))['transactionId'];
    const change = (tariff: Payload) => status('ChangeTransactionTariff', { transactionId, tariff });
    expect(await change({ ...TARIFF, currency: 'CHF' })).toBe('NoCurrencyChange');
    expect(await change({ ...TARIFF, tariffId: 'T-2' })).toBe('Accepted');
    await until('told', () => events().some((event) => event['triggerReason'] === 'TariffChanged'));
    expect(await status('ChangeTransactionTariff', { transactionId: 'x', tariff: TARIFF })).toBe('TxNotFound');
    expect(await ask('ClearTariffs', { tariffIds: ['T-1', 'T-9'] })).toEqual({
      clearTariffsResult: [
        { tariffId: 'T-1', status: 'Accepted' },
        { tariffId: 'T-9', status: 'NoTariff' },
      ],
    });
    expect(csms.of('TransactionEvent').length).toBeGreaterThan(6);
  }));

test('2.1: DER controls begin, supersede each other, end, are reported and cleared', () =>
  on('2.1', async ({ csms, booted, ask, status }) => {
    const one = await booted();
    const fixedVar = { priority: 5, setpoint: 10, unit: 'PctMaxVar', duration: 600 };
    const set = (controlId: string, priority: number) =>
      ask('SetDERControl', {
        controlId,
        controlType: 'FixedVar',
        isDefault: false,
        fixedVar: { ...fixedVar, priority },
      });
    expect(await set('A', 5)).toEqual({ status: 'Accepted' });
    await csms.count('NotifyDERStartStop', 1);
    expect(await set('B', 3)).toEqual({ status: 'Accepted', supersededIds: ['A'] });
    await csms.count('NotifyDERStartStop', 2);
    expect(csms.of('NotifyDERStartStop')[1]?.payload).toMatchObject({
      controlId: 'B',
      started: true,
      supersededIds: ['A'],
    });
    expect(await status('GetDERControl', { requestId: 1, controlType: 'FixedVar' })).toBe('Accepted');
    await csms.count('ReportDERControl', 1);
    expect(csms.of('ReportDERControl')[0]?.payload['fixedVar']).toMatchObject([
      { id: 'A', isSuperseded: true },
      { id: 'B', isSuperseded: false },
    ]);
    expect(await status('ClearDERControl', { isDefault: false, controlId: 'B' })).toBe('Accepted');
    expect(await status('ClearDERControl', { isDefault: false, controlId: 'B' })).toBe('NotFound');
    await until('told', () => csms.of('NotifyDERStartStop').some(({ payload }) => payload['started'] === false));
    await one.v2().derAlarm('FreqDroop', { gridEventFault: 'OverFrequency' });
    expect(csms.of('NotifyDERAlarm')).toHaveLength(1);
  }));

test('2.1: a reset after which what runs goes on; a battery is swapped; a payment keeps an EVSE', () =>
  on('2.1', async ({ csms, booted, status, events, ask }) => {
    const one = await booted({ rebootMs: 1000 });
    one.plug(1);
    one.present(1, 'CARD');
    await one.next('session_started');
    expect(await status('Reset', { type: 'ImmediateAndResume' })).toBe('Accepted');
    await csms.count('BootNotification', 2);
    await until('told', () => events().some((event) => event['triggerReason'] === 'TxResumed'));
    expect(events().some((event) => event['eventType'] === 'Ended')).toBe(false);
    one.unplug(1);
    expect(await status('RequestBatterySwap', { idToken: CARD, requestId: 4 })).toBe('Accepted');
    await csms.count('BatterySwap', 2);
    expect(csms.of('BatterySwap').map(({ payload }) => payload['eventType'])).toEqual(['BatteryIn', 'BatteryOut']);
    await ask('NotifyWebPaymentStarted', { evseId: 1, timeout: 600 });
    expect(await one.charge({ token: 'CARD', seconds: 5 })).toMatchObject({ outcome: 'refused' });
    await ask('RequestStartTransaction', {
      evseId: 1,
      remoteStartId: 3,
      idToken: { idToken: 'WEB', type: 'DirectPayment' },
    });
    await until('it charges', () => one.connector(1).status === 'Charging');
    csms.reply('VatNumberValidation', () => ({ vatNumber: 'NL1', status: 'Accepted' }));
    expect(await one.v2().validateVat('NL1')).toMatchObject({ status: 'Accepted' });
    await one.v2().settle({ pspRef: 'p', status: 'Settled', settlementAmount: 3 });
    expect(csms.of('NotifySettlement')).toHaveLength(1);
  }));
