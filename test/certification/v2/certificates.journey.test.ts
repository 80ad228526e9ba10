/** Certificates in stations of OCPP 2.x, as OCA's tests of a CSMS look at them (block M); in our own words, by their numbers. */
import { X509Certificate } from 'node:crypto';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { trustedContractRoots } from '../../../src/certificates/index.ts';
import { hashDataOf } from '../../../src/simulator/der.ts';
import { startApp } from '../../support/app.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { type Speaks, type StationV2, stationV2, V2G_CHAIN } from '../../support/station-v2.ts';

const app = await startApp();
const open: StationV2[] = [];
afterEach(async () => void (await Promise.all(open.splice(0).map((each) => each.close()))));
afterAll(() => app.stop());

type Held = {
  id: string;
  type: string;
  serial_number: string;
  subject: string | null;
  reported_at: string | null;
  children: { serial_number: string }[];
};
async function station(speaks: Speaks, answers: Record<string, Record<string, unknown>> = {}): Promise<StationV2> {
  const made = await stationV2(app, speaks, { script: (action) => answers[action] });
  open.push(made);
  return made;
}
const heldBy = async (of: StationV2) => (await of.get<{ data: Held[] }>('certificates')).data;
const { pem } = await selfSigned('CN=Root');
const hash = hashDataOf(new X509Certificate(pem));

const ROOTS = [
  ['TC_M_01_CSMS TC_M_12_CSMS', 'central_system_root', 'CSMSRootCertificate'],
  ['TC_M_02_CSMS TC_M_13_CSMS', 'manufacturer_root', 'ManufacturerRootCertificate'],
  ['TC_M_03_CSMS TC_M_14_CSMS', 'v2g_root', 'V2GRootCertificate'],
  ['TC_M_04_CSMS TC_M_16_CSMS', 'mo_root', 'MORootCertificate'],
] as const;

async function installsAndLists(of: StationV2, type: string, word: string): Promise<void> {
  expect((await of.ask('certificates', { type, certificate: pem })).status).toBe('accepted');
  expect(of.askedFor('InstallCertificate')).toEqual([{ certificateType: word, certificate: pem }]);
  expect(await heldBy(of)).toMatchObject([{ type, subject: 'CN=Root', reported_at: null }]);
  expect(await of.ask('certificates/refresh', { type })).toMatchObject({
    status: 'accepted',
    result: { certificateHashDataChain: [{ certificateType: word, certificateHashData: hash }] },
  });
  expect(of.askedFor('GetInstalledCertificateIds')).toEqual([{ certificateType: [word] }]);
  expect(await heldBy(of)).toMatchObject([{ type, subject: 'CN=Root', reported_at: expect.any(String) }]);
}

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('%s', (speaks) => {
  test.each(ROOTS)('%s a %s is installed, and listed by its hashes', async (_number, type, word) => {
    await installsAndLists(await station(speaks), type, word);
  });

  test('TC_M_05_CSMS a root that the station cannot install is told, and is not in the inventory', async () => {
    const of = await station(speaks, { InstallCertificate: { status: 'Failed' } });
    expect(await of.ask('certificates', { type: 'v2g_root', certificate: pem })).toMatchObject({
      status: 'rejected',
      result: { status: 'Failed' },
    });
    expect(await heldBy(of)).toEqual([]);
  });

  test('TC_M_15_CSMS the chain for cars is listed with the authorities below its root', async () => {
    const of = await station(speaks);
    expect((await of.ask('certificates/refresh', { type: 'v2g_chain' })).status).toBe('accepted');
    expect(await heldBy(of)).toMatchObject([
      {
        type: 'v2g_chain',
        serial_number: V2G_CHAIN.hash['serialNumber'],
        children: [{ serial_number: V2G_CHAIN.children[0]?.['serialNumber'] }],
      },
    ]);
  });

  test('TC_M_17_CSMS several types are asked for at once, and of these the inventory is what was listed', async () => {
    const of = await station(speaks);
    for (const type of ['central_system_root', 'mo_root']) await of.ask('certificates', { type, certificate: pem });
    const certificateType = ['CSMSRootCertificate', 'ManufacturerRootCertificate'];
    expect((await of.send('GetInstalledCertificateIds', { certificateType })).status).toBe('accepted');
    const reported = (await heldBy(of)).map(({ type, reported_at }) => [type, reported_at !== null]);
    expect(reported.toSorted()).toEqual([
      ['central_system_root', true],
      ['mo_root', false],
    ]);
  });

  test('TC_M_18_CSMS all types are asked for by naming none', async () => {
    const of = await station(speaks);
    await of.ask('certificates', { type: 'mo_root', certificate: pem });
    expect((await of.ask('certificates/refresh')).status).toBe('accepted');
    expect(of.askedFor('GetInstalledCertificateIds')).toEqual([{}]);
    expect((await heldBy(of)).map(({ type }) => type).toSorted()).toEqual(['mo_root', 'v2g_chain']);
  });

  test('TC_M_19_CSMS where none is found the inventory has none', async () => {
    const of = await station(speaks, { GetInstalledCertificateIds: { status: 'NotFound' } });
    await of.ask('certificates', { type: 'mo_root', certificate: pem });
    expect(await of.ask('certificates/refresh', { type: 'mo_root' })).toMatchObject({
      status: 'accepted',
      result: { status: 'NotFound' },
    });
    expect(await heldBy(of)).toEqual([]);
  });

  test('contracts are judged by a root, however the station lists it, until it is deleted', async () => {
    const { pem: own } = await selfSigned(`CN=MO of ${speaks}`);
    const answers: Record<string, Record<string, unknown>> = {};
    const of = await station(speaks, answers);
    const { organizationId } = await app.db.prisma.chargePoint.findUniqueOrThrow({ where: { id: of.id } });
    const unlisted = async () =>
      (await of.get<{ data: Held[] }>('certificates?unlisted=true')).data.map(({ id, reported_at: at }) => [id, at]);
    const isTrusted = async () => (await trustedContractRoots(app.db, organizationId)).includes(own);
    await of.ask('certificates', { type: 'mo_root', certificate: own });
    const [root] = await heldBy(of);
    answers['GetInstalledCertificateIds'] = { status: 'NotFound' };
    await of.ask('certificates/refresh', { type: 'mo_root' });
    expect([await heldBy(of), await isTrusted()]).toEqual([[], true]);
    expect(await unlisted()).toEqual([[root?.id, null]]);
    const certificateHashData = hashDataOf(new X509Certificate(own), undefined, 'SHA384');
    const certificateHashDataChain = [{ certificateType: 'MORootCertificate', certificateHashData }];
    answers['GetInstalledCertificateIds'] = { status: 'Accepted', certificateHashDataChain };
    await of.ask('certificates/refresh', { type: 'mo_root' });
    const subject = `CN=MO of ${speaks}`;
    const [renamed, ...others] = await heldBy(of);
    expect([renamed, others, await isTrusted()]).toMatchObject([{ type: 'mo_root', subject }, [], true]);
    expect(renamed?.id).not.toBe(root?.id);
    // Reset, and asked to delete what it has no more.
    answers['GetInstalledCertificateIds'] = { status: 'NotFound' };
    await of.ask('certificates/refresh', { type: 'mo_root' });
    answers['DeleteCertificate'] = { status: 'NotFound' };
    const path = `/charge-points/${of.id}/certificates/${renamed?.id}?wait=true`;
    expect((await app.api('DELETE', path)).body).toMatchObject({ status: 'rejected' });
    expect([await unlisted(), await isTrusted()]).toEqual([[], false]);
  });

  test('TC_M_20_CSMS a certificate is deleted by the hashes that the station gave it', async () => {
    const of = await station(speaks);
    await of.ask('certificates', { type: 'v2g_root', certificate: pem });
    const [root] = await heldBy(of);
    const deleted = await app.api('DELETE', `/charge-points/${of.id}/certificates/${root?.id}?wait=true`);
    expect(deleted.body).toMatchObject({ status: 'accepted' });
    expect(of.askedFor('DeleteCertificate')).toEqual([{ certificateHashData: hash }]);
    expect(await heldBy(of)).toEqual([]);
  });

  test('TC_M_21_CSMS one that the station does not delete stays in the inventory', async () => {
    const of = await station(speaks, { DeleteCertificate: { status: 'Failed' } });
    await of.ask('certificates', { type: 'v2g_root', certificate: pem });
    const [root] = await heldBy(of);
    const kept = await app.api('DELETE', `/charge-points/${of.id}/certificates/${root?.id}?wait=true`);
    expect(kept.body).toMatchObject({ status: 'rejected', result: { status: 'Failed' } });
    expect(await heldBy(of)).toHaveLength(1);
  });
});

test('TC_M_101_CSMS the root of a car maker is installed over 2.1; 2.0.1 has no word for it', async () => {
  await installsAndLists(await station('ocpp2.1'), 'oem_root', 'OEMRootCertificate');
  const of = await station('ocpp2.0.1');
  const answer = await app.api('POST', `/charge-points/${of.id}/certificates`, { type: 'oem_root', certificate: pem });
  expect(answer.status).toBe(400);
  expect(of.asked).toEqual([]);
});
