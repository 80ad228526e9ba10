/** Contract certificates for cars, from an operator's provider: OCA's tests of a CSMS (block M), by their numbers. */
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { startApp } from '../../support/app.ts';
import { type Speaks, type StationV2, stationV2 } from '../../support/station-v2.ts';
import { testCertificate } from '../../webhooks/support/certificate.ts';
import { startReceiver } from '../../webhooks/support/receiver.ts';

const certificate = await testCertificate([], ['127.0.0.1']);
const provider = await startReceiver(certificate);
const app = await startApp({
  webhookCa: certificate.caPem,
  iso15118: {
    provider: { kind: 'hook', url: `https://127.0.0.1:${provider.port}/contracts`, secret: 'a secret of the hook' },
  },
});
const open: StationV2[] = [];
afterEach(async () => void (await Promise.all(open.splice(0).map((each) => each.close()))));
afterAll(async () => {
  await app.stop();
  await provider.close();
});

async function station(speaks: Speaks): Promise<StationV2> {
  const made = await stationV2(app, speaks);
  open.push(made);
  return made;
}
const answers = (status: number, body: unknown) =>
  provider.behave(
    (_req, res) => void res.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body)),
  );
const request = (action: string) => ({
  iso15118SchemaVersion: 'urn:iso:15118:2:2013:MsgDef',
  action,
  exiRequest: 'gJgC',
});

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('%s', (speaks) => {
  test.each([
    ['TC_M_26_CSMS', 'Install', 'install'],
    ['TC_M_28_CSMS', 'Update', 'update'],
  ])(
    '%s what a car asks for (%s) reaches the provider, signed, and its answer the car',
    async (_number, action, word) => {
      const made = await station(speaks);
      answers(200, { status: 'accepted', exi_response: 'gJgD' });
      expect(await made.call('Get15118EVCertificate', request(action))).toEqual({
        status: 'Accepted',
        exiResponse: 'gJgD',
      });
      const got = provider.received.at(-1);
      expect(got?.headers['x-webhook-signature']).toMatch(/^sha256=[0-9a-f]{64}$/);
      expect(JSON.parse(got?.body ?? '{}')).toEqual({
        action: word,
        iso15118_schema_version: 'urn:iso:15118:2:2013:MsgDef',
        exi_request: 'gJgC',
        maximum_contract_certificate_chains: null,
        prioritized_emaids: [],
        charge_point_id: made.id,
        charge_point_identity: made.identity,
        organization_id: expect.stringMatching(/^org_/),
      });
    },
  );

  test('a provider that refuses, is broken, redirects or talks nonsense is told as failed, with a reason', async () => {
    const made = await station(speaks);
    for (const [status, body, reasonCode] of [
      [
        200,
        { status: 'failed', reason_code: 'NoContract', message: 'Unknown car', exi_response: 'gJgE' },
        'NoContract',
      ],
      [403, 'no', 'RequestRejected'],
      [500, '', 'Unavailable'],
      [302, '', 'Unavailable'],
      [200, 'nonsense', 'InvalidAnswer'],
      [200, { status: 'accepted', exi_response: '<xml>' }, 'InvalidAnswer'],
      [200, { status: 'accepted', exi_response: 'A'.repeat(17_001) }, 'InvalidAnswer'],
    ] as const) {
      answers(status, body);
      const answer = await made.call('Get15118EVCertificate', request('Install'));
      expect(answer).toMatchObject({ status: 'Failed', statusInfo: { reasonCode } });
      expect(answer['exiResponse']).toBe(reasonCode === 'NoContract' ? 'gJgE' : '');
    }
  });
});

test('TC_M_100_CSMS 2.1: how many contracts a car has room for, and which first, is asked; how many are left is told', async () => {
  const made = await station('ocpp2.1');
  answers(200, { status: 'accepted', exi_response: 'gJgD', remaining_contracts: 2 });
  const wanted = { maximumContractCertificateChains: 3, prioritizedEMAIDs: ['DEABCC12345678', 'DEABCC12345679'] };
  expect(await made.call('Get15118EVCertificate', { ...request('Install'), ...wanted })).toEqual({
    status: 'Accepted',
    exiResponse: 'gJgD',
    remainingContracts: 2,
  });
  expect(JSON.parse(provider.received.at(-1)?.body ?? '{}')).toMatchObject({
    maximum_contract_certificate_chains: 3,
    prioritized_emaids: ['DEABCC12345678', 'DEABCC12345679'],
  });
});

test('2.0.1 has no room for a long answer: it is told, instead of one that breaks its schema', async () => {
  const made = await station('ocpp2.0.1');
  answers(200, { status: 'accepted', exi_response: 'A'.repeat(5601) });
  expect(await made.call('Get15118EVCertificate', request('Install'))).toMatchObject({
    status: 'Failed',
    statusInfo: { reasonCode: 'TooLong' },
  });
});
