/** Contracts of cars and the status of certificates, as OCA's tests of a CSMS look at them (blocks C and M); by their numbers. */
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startApp } from '../../support/app.ts';
import { hashDataOf, type Issued, issue, ocspResponder } from '../../support/ocsp-responder.ts';
import { type Speaks, type StationV2, stationV2 } from '../../support/station-v2.ts';

const CONTRACT_ID = 'DEABCC12345678';
const root = await issue('MO Root', { isAuthority: true });
const authorities = [root];
const responder = await ocspResponder(authorities);
const sub1 = await issue('MO Sub 1', { issuer: root, isAuthority: true, ocspUrl: responder.url });
const sub2 = await issue('MO Sub 2', { issuer: sub1, isAuthority: true, ocspUrl: responder.url });
authorities.push(sub1, sub2);
const past = { notBefore: new Date(Date.now() - 7_200_000), notAfter: new Date(Date.now() - 3_600_000) };
const of = (name: string, how: object = {}) => issue(name, { issuer: sub2, ocspUrl: responder.url, ...how });

const app = await startApp();
await app.api('POST', '/tokens', { uid: CONTRACT_ID, type: 'emaid' });
const open: StationV2[] = [];
beforeEach(() => responder.says({}));
afterEach(async () => void (await Promise.all(open.splice(0).map((each) => each.close()))));
afterAll(async () => {
  await Promise.all([app.stop(), responder.close()]);
});

async function station(speaks: Speaks): Promise<StationV2> {
  const made = await stationV2(app, speaks);
  open.push(made);
  return made;
}
/** What an operator does once: stations and this server trust the root from then on. */
async function withRoot(speaks: Speaks): Promise<StationV2> {
  const made = await station(speaks);
  expect((await made.ask('certificates', { type: 'mo_root', certificate: root.pem })).status).toBe('accepted');
  return made;
}
const idToken = { idToken: CONTRACT_ID, type: 'eMAID' };
const questionOf = (each: Issued, issuer: Issued) => ({ ...hashDataOf(each, issuer), responderURL: responder.url });
const pemOf = (...all: readonly Issued[]) => all.map(({ pem }) => pem).join('\n');
const statusIn = (answer: Record<string, unknown>) => ({
  token: (answer['idTokenInfo'] as { status: string }).status,
  certificate: answer['certificateStatus'],
});

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('%s', (speaks) => {
  test('TC_C_50_CSMS the station has checked the chain: its hashes are asked about, and the contract is authorized', async () => {
    const contract = await of(CONTRACT_ID);
    const made = await station(speaks);
    const before = responder.asked.length;
    const answer = await made.call('Authorize', {
      idToken,
      iso15118CertificateHashData: [questionOf(contract, sub2), questionOf(sub2, sub1), questionOf(sub1, root)],
    });
    expect(answer).toEqual({ idTokenInfo: { status: 'Accepted' }, certificateStatus: 'Accepted' });
    const serials = responder.asked.slice(before).map(({ serial }) => serial);
    expect(serials).toContain(hashDataOf(contract, sub2).serialNumber);
  });

  test('TC_C_51_CSMS a contract whose certificate is revoked is invalid', async () => {
    const contract = await of(CONTRACT_ID);
    const made = await station(speaks);
    responder.says({ status: 'revoked' });
    const answer = await made.call('Authorize', { idToken, iso15118CertificateHashData: [questionOf(contract, sub2)] });
    expect(answer).toEqual({ idTokenInfo: { status: 'Invalid' }, certificateStatus: 'CertificateRevoked' });
  });

  test('TC_C_52_CSMS the station leaves the checking to us: the chain is followed to the root that was installed', async () => {
    const contract = await of(CONTRACT_ID);
    const made = await withRoot(speaks);
    const certificate = pemOf(contract, sub2);
    // The chain that reaches us ends one authority below the root.
    expect(statusIn(await made.call('Authorize', { idToken, certificate }))).toEqual({
      token: 'Invalid',
      certificate: 'CertChainError',
    });
    const answer = await made.call('Authorize', { idToken, certificate: pemOf(contract, sub2, sub1) });
    expect(answer).toEqual({ idTokenInfo: { status: 'Accepted' }, certificateStatus: 'Accepted' });
  });

  test('what else may be wrong with a contract is told by its own word', async () => {
    const made = await withRoot(speaks);
    const ask = async (certificate: string, token: object = idToken) =>
      statusIn(await made.call('Authorize', { idToken: token, certificate }));
    const ended = await of(CONTRACT_ID, past);
    expect(await ask(pemOf(ended, sub2, sub1))).toEqual({ token: 'Expired', certificate: 'CertificateExpired' });
    const forged = await issue('MO Root', { isAuthority: true });
    const ofForged = await issue(CONTRACT_ID, { issuer: forged });
    expect(await ask(pemOf(ofForged))).toEqual({ token: 'Invalid', certificate: 'SignatureError' });
    expect(await ask('no certificate')).toEqual({ token: 'Invalid', certificate: 'NoCertificateAvailable' });
    const unknown = await of('DEABCC99999999');
    const other = { idToken: 'DEABCC99999999', type: 'eMAID' };
    expect(await ask(pemOf(unknown, sub2, sub1), other)).toEqual({
      token: 'Unknown',
      certificate: 'ContractCancelled',
    });
    expect(await ask(pemOf(unknown, sub2, sub1))).toEqual({ token: 'Invalid', certificate: 'CertChainError' });
  });

  test('a responder that cannot be asked leaves the contract refused', async () => {
    const contract = await of(CONTRACT_ID);
    const made = await station(speaks);
    responder.fails(500);
    const answer = await made.call('Authorize', { idToken, iso15118CertificateHashData: [questionOf(contract, sub2)] });
    expect(answer).toEqual({ idTokenInfo: { status: 'Invalid' }, certificateStatus: 'CertChainError' });
  });

  test('TC_M_24_CSMS the status of a certificate for cars is asked of its responder, and passed on as it came', async () => {
    const secc = await of('SECC');
    const made = await station(speaks);
    const asked = { ocspRequestData: questionOf(secc, sub2) };
    const answer = await made.call('GetCertificateStatus', asked);
    expect(answer).toEqual({ status: 'Accepted', ocspResult: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/) });
    const before = responder.asked.length;
    expect(await made.call('GetCertificateStatus', asked)).toEqual(answer); // remembered
    expect(responder.asked.length).toBe(before);
    responder.fails(404);
    const other = { ocspRequestData: questionOf(await of('SECC 2'), sub2) };
    expect(await made.call('GetCertificateStatus', other)).toMatchObject({
      status: 'Failed',
      statusInfo: { reasonCode: 'OCSPFailed' },
    });
  });
});

test('2.1: the status of a chain is told certificate by certificate, by OCSP', async () => {
  const [secc, gone] = [await of('SECC'), await of('SECC 2')];
  const made = await station('ocpp2.1');
  const serial = hashDataOf(gone, sub2).serialNumber;
  responder.says((asked) => (asked === serial ? { status: 'revoked' } : {}));
  const request = (each: Issued, issuer: Issued, source: string, urls: string[]) => ({
    certificateHashData: hashDataOf(each, issuer),
    source,
    urls,
  });
  const answer = await made.call('GetCertificateChainStatus', {
    certificateStatusRequests: [
      request(secc, sub2, 'OCSP', ['http://127.0.0.1:9/', responder.url]),
      request(gone, sub2, 'OCSP', [responder.url]),
      request(secc, sub2, 'CRL', [responder.url]), // whose issuer nobody here knows
    ],
  });
  expect(answer['certificateStatus']).toMatchObject([
    { source: 'OCSP', status: 'Good', certificateHashData: hashDataOf(secc, sub2), nextUpdate: expect.any(String) },
    { source: 'OCSP', status: 'Revoked' },
    { source: 'CRL', status: 'Failed', nextUpdate: expect.any(String) },
  ]);
});

test('without a provider a car is refused clearly', async () => {
  const made = await station('ocpp2.0.1');
  const request = { iso15118SchemaVersion: 'urn:iso:15118:2:2013:MsgDef', action: 'Install', exiRequest: 'AAEC' };
  expect(await made.call('Get15118EVCertificate', request)).toEqual({
    status: 'Failed',
    exiResponse: '',
    statusInfo: { reasonCode: 'NotEnabled', additionalInfo: expect.stringContaining('no provider') },
  });
});
