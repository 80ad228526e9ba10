/** Keys, TLS and a station's own certificates, as OCA's tests of a CSMS for OCPP 2.x look at them (block A); by their numbers. */
import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { dialCharger } from '../../ocpp/rig.ts';
import { chargingWorld } from '../../support/charging-world.ts';
import type { Answering } from '../../support/scripted-charger.ts';
import { type Speaks, type StationV2, stationV2 } from '../../support/station-v2.ts';
import { until } from '../../support/until.ts';

const world = await chargingWorld({ certificateSigner: { kind: 'dev-ca' }, v2gCertificateSigner: { kind: 'dev-ca' } });
const { app } = world;
await app.db.prisma.organization.updateMany({ data: { name: 'Dynamo' } });
const open: StationV2[] = [];
afterEach(async () => {
  await Promise.all([world.closeChargers(), ...open.splice(0).map((each) => each.close())]);
});
afterAll(() => world.close());

const port = Number(new URL(app.url).port);
const both = ['ocpp2.0.1', 'ocpp2.1'] as const;
async function station(speaks: Speaks, script?: Answering): Promise<StationV2> {
  const made = await stationV2(app, speaks, script === undefined ? {} : { script });
  open.push(made);
  return made;
}
const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
async function csrOf(...name: Record<string, string[]>[]): Promise<string> {
  const keys = await crypto.subtle.generateKey(EC, true, ['sign', 'verify']);
  return (await Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm: EC })).toString('pem');
}
type Request = { status: string; use: string; chain: string; error: { code: string } | null };
type Held = { type: string; serial_number: string; installed_at: string | null };
const requestsOf = async (of: StationV2) => (await of.get<{ data: Request[] }>('certificate-requests')).data;
const heldBy = async (of: StationV2) => (await of.get<{ data: Held[] }>('certificates')).data;
const signed = (of: StationV2, use: string, status: string) =>
  until(`the request for ${use} is ${status}`, async () =>
    (await requestsOf(of)).find((each) => each.use === use && each.status === status),
  );

describe('the password', () => {
  test('TC_A_01_CSMS TC_A_03_CSMS the right one lets the station in; a wrong one or none does not', async () => {
    const { identity, key } = await app.chargePoint();
    // A00.FR.205: 16 to 40 characters.
    expect(key).toMatch(/^[\x21-\x7e]{16,40}$/);
    await expect(dialCharger(port, identity, { password: 'wrong', protocols: [...both] })).rejects.toMatchObject({
      status: 401,
    });
    await expect(dialCharger(port, identity, { protocols: [...both] })).rejects.toMatchObject({ status: 401 });
    for (const speaks of both) {
      const { socket } = await dialCharger(port, identity, { password: key, protocols: [speaks] });
      expect(socket.protocol).toBe(speaks);
      socket.terminate();
    }
  });

  test.each(['DE*ABC*E123456', 'a=b+c|d@e.f_g-1'])(
    'the identity may be %s (2.x identifierString)',
    async (identity) => {
      const { key } = await app.chargePoint({ identity });
      for (const speaks of ['ocpp1.6', ...both] as const) {
        const path = encodeURIComponent(identity);
        const { socket } = await dialCharger(port, path, {
          headers: { Authorization: `Basic ${Buffer.from(`${identity}:${key}`).toString('base64')}` },
          protocols: [speaks],
        });
        expect(socket.protocol).toBe(speaks);
        socket.terminate();
      }
    },
  );

  test('TC_A_02_CSMS the user name has to be the identity in the path', async () => {
    const { identity, key } = await app.chargePoint();
    const authorization = `Basic ${Buffer.from(`SOMEBODY:${key}`).toString('base64')}`;
    const dialled = dialCharger(port, identity, { headers: { authorization }, protocols: [...both] });
    await expect(dialled).rejects.toMatchObject({ status: 401 });
  });
});

describe.each(both)('%s', (speaks) => {
  test('TC_A_11_CSMS asked for it, the station sends a request for its own key, and takes the certificate', async () => {
    const of = await station(speaks);
    expect((await of.ask('trigger', { message: 'sign_certificate' })).status).toBe('accepted');
    expect(of.askedFor('TriggerMessage')).toEqual([{ requestedMessage: 'SignChargingStationCertificate' }]);
    const csr = await csrOf({ CN: [of.identity] }, { O: ['Dynamo'] });
    const request = { csr, certificateType: 'ChargingStationCertificate' };
    expect(await of.call('SignCertificate', request)).toEqual({ status: 'Accepted' });
    const { chain } = await signed(of, 'charge_point', 'installed');
    // A02.FR.14: its type comes back.
    expect(of.askedFor('CertificateSigned')).toEqual([
      { certificateChain: chain, certificateType: 'ChargingStationCertificate' },
    ]);
    expect(new X509Certificate(chain).subject.split('\n')).toContain(`CN=${of.identity}`);
    expect(await heldBy(of)).toMatchObject([{ type: 'charge_point' }]);
  });

  test('TC_A_12_CSMS a certificate for cars comes from another authority: the leaf, then the sub-CA', async () => {
    const of = await station(speaks);
    expect((await of.send('TriggerMessage', { requestedMessage: 'SignV2GCertificate' })).status).toBe('accepted');
    const csr = await csrOf({ CN: ['DE*ABC*E123'] }, { O: ['Dynamo'] });
    expect(await of.call('SignCertificate', { csr, certificateType: 'V2GCertificate' })).toEqual({
      status: 'Accepted',
    });
    const { chain } = await signed(of, 'v2g', 'installed');
    expect(of.askedFor('CertificateSigned')).toEqual([{ certificateChain: chain, certificateType: 'V2GCertificate' }]);
    const pems = chain.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
    const [leaf, subCa] = pems.map((pem) => new X509Certificate(pem));
    expect(leaf?.subject.split('\n').toSorted()).toEqual(['CN=DE*ABC*E123', 'DC=CPO', 'O=Dynamo']);
    expect(subCa !== undefined && leaf?.checkIssued(subCa) && leaf.verify(subCa.publicKey)).toBe(true);
    expect(subCa?.issuer).toContain('V2G root');
    expect(pems).toHaveLength(2); // the root is the car's to have
    expect(await heldBy(of)).toMatchObject([{ type: 'v2g_chain' }]);
  });

  test('TC_A_14_CSMS a station that finds its certificate invalid ends the request, and says so as a security event', async () => {
    const of = await station(speaks, (action) => (action === 'CertificateSigned' ? { status: 'Rejected' } : undefined));
    const csr = await csrOf({ CN: [of.identity] }, { O: ['Dynamo'] });
    expect(await of.call('SignCertificate', { csr, certificateType: 'ChargingStationCertificate' })).toEqual({
      status: 'Accepted',
    });
    expect(await signed(of, 'charge_point', 'rejected')).toMatchObject({ error: { code: 'rejected_by_charger' } });
    expect(
      await of.call('SecurityEventNotification', {
        type: 'InvalidChargingStationCertificate',
        timestamp: new Date().toISOString(),
      }),
    ).toEqual({});
    type Events = { data: { type: string; severity: string }[] };
    expect((await of.get<Events>('security-events')).data).toMatchObject([
      { type: 'InvalidChargingStationCertificate', severity: 'warning' },
    ]);
    expect(await heldBy(of)).toEqual([]);
  });

  test('a request that names no use is for the connection and for cars; its answer names none either', async () => {
    const of = await station(speaks);
    const csr = await csrOf({ CN: [of.identity] }, { O: ['Dynamo'] });
    expect(await of.call('SignCertificate', { csr })).toEqual({ status: 'Accepted' });
    const { chain } = await signed(of, 'combined', 'installed');
    expect(of.askedFor('CertificateSigned')).toEqual([{ certificateChain: chain }]);
  });

  test('a request for the connection in the name of somebody else is rejected', async () => {
    const of = await station(speaks);
    for (const name of [
      [{ CN: ['SOMEBODY'] }, { O: ['Dynamo'] }],
      [{ CN: [of.identity] }, { O: ['Evil'] }],
    ]) {
      const request = { csr: await csrOf(...name), certificateType: 'ChargingStationCertificate' };
      expect(await of.call('SignCertificate', request)).toEqual({ status: 'Rejected' });
    }
    expect((await requestsOf(of)).map(({ error }) => error?.code)).toEqual(['invalid_csr', 'invalid_csr']);
  });
});

test.each([
  ['2.0.1', 'sign_certificate', 'charge_point'],
  ['2.0.1', 'sign_v2g_certificate', 'v2g'],
  ['2.1', 'sign_v2g20_certificate', 'v2g20'],
] as const)(
  'a simulated station of %s that is asked to (%s) makes a key, and verifies what it gets',
  async (version, message, use) => {
    const made = await world.station({ version, settings: { 'SecurityCtrlr.OrganizationName': 'Dynamo' } });
    expect((await made.ask('trigger', { message })).status).toBe('accepted');
    const request = await until(`the request for ${use} is installed`, async () => {
      const { data } = (await world.api<{ data: Request[] }>('GET', `/charge-points/${made.id}/certificate-requests`))
        .body;
      return data.find((each) => each.use === use && each.status === 'installed');
    });
    // On a slow machine it may have asked once more, with another key: then it has no use for what came of the first (A02.FR.17).
    expect(made.asked('CertificateSigned').at(-1)).toMatchObject({
      answered: 'Accepted',
      payload: { certificateChain: request.chain },
    });
  },
);

test('2.1: a request for ISO 15118-20 has a number, which comes back with its certificate', async () => {
  const of = await station('ocpp2.1');
  const csr = await csrOf({ CN: ['DE*ABC*E123'] });
  const request = { csr, certificateType: 'V2G20Certificate', requestId: 77 };
  expect(await of.call('SignCertificate', request)).toEqual({ status: 'Accepted' });
  const { chain } = await signed(of, 'v2g20', 'installed');
  expect(of.askedFor('CertificateSigned')).toEqual([
    { certificateChain: chain, certificateType: 'V2G20Certificate', requestId: 77 },
  ]);
});
