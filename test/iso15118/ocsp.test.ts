/** OCSP: what is believed of an answer, and what is not; what is remembered; whom nobody asks. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { OCSPResponseStatus } from '@peculiar/asn1-ocsp';
import fc from 'fast-check';
import { createFetch, readUrl } from '../../src/iso15118/fetch.ts';
import { createOcspClient } from '../../src/iso15118/ocsp-client.ts';
import { encodeOcspRequest } from '../../src/iso15118/ocsp-request.ts';
import { judgeOcspResponse } from '../../src/iso15118/ocsp-response.ts';
import { createTargetGuard } from '../../src/webhooks/index.ts';
import { hashDataOf, type Issued, issue, ocspResponder, ocspResponse, type Saying } from '../support/ocsp-responder.ts';

const HOUR_MS = 3_600_000;
const now = new Date();
const ago = (ms: number) => new Date(now.getTime() - ms);
const root = await issue('Root', { isAuthority: true });
const leaf = await issue('Leaf', { issuer: root });
const other = await issue('Other', { isAuthority: true });
const appointed = await issue('Responder', { issuer: root, isResponder: true });
const unappointed = await issue('Somebody', { issuer: root });
const foreign = await issue('Responder', { issuer: other, isResponder: true });
const ended = await issue('Responder', {
  issuer: root,
  isResponder: true,
  notBefore: ago(3 * HOUR_MS),
  notAfter: ago(HOUR_MS),
});
const rsa = await issue('Responder', { issuer: root, isResponder: true, isRsa: true });
const hash = hashDataOf(leaf, root);
const nonce = new Uint8Array(32).fill(7);

function judged(saying: Saying, authorities: readonly Issued[] = [root], about = hash) {
  const der = ocspResponse(encodeOcspRequest(about, nonce), root, saying);
  return judgeOcspResponse(der, { hash, nonce, now, authorities: authorities.map(({ certificate }) => certificate) });
}

describe('an answer is believed', () => {
  test.each([
    ['signed by the authority, which is known here', {}, [root]],
    ['signed by the authority, whose certificate it brings', { certificates: [root] }, []],
    ['signed by whom the authority appointed', { signer: appointed, certificates: [appointed] }, [root]],
    ['signed by whom it appointed, both brought', { signer: appointed, certificates: [appointed, root] }, []],
    ['the responder named by its key', { signer: appointed, certificates: [appointed], byKey: true }, [root]],
    ['the authority named by its key', { byKey: true }, [root]],
    ['without a nonce, as signed in advance', { nonce: null }, [root]],
    ['without an end, but fresh', { nextUpdate: null, thisUpdate: ago(10 * 60_000) }, [root]],
    ['from a clock that is a minute ahead', { thisUpdate: ago(-60_000) }, [root]],
  ] as const)('%s', (_what, saying, authorities) => {
    expect(judged(saying, authorities)).toMatchObject({ at: 'known', status: 'good' });
  });

  test.each(['good', 'revoked', 'unknown'] as const)('%s', (status) => {
    expect(judged({ status })).toMatchObject({ at: 'known', status });
  });
});

describe('RSASSA-PSS (RFC 4055)', () => {
  const tlv = (tag: number, ...parts: Uint8Array[]): Buffer => {
    const body = Buffer.concat(parts);
    return Buffer.concat([Buffer.from([tag, body.length]), body]);
  };
  const SHA256 = Buffer.from('0609608648016503040201', 'hex');
  const SHA384 = Buffer.from('0609608648016503040202', 'hex');
  const MGF1 = Buffer.from('06092a864886f70d010108', 'hex');
  const algorithm = (oid: Buffer) => tlv(0x30, oid, Buffer.from('0500', 'hex'));
  const integer = (value: number) => tlv(0x02, Buffer.from([value]));
  const parameters = (hashOid: Buffer, maskOid: Buffer, salt?: number, trailer?: number) =>
    tlv(
      0x30,
      tlv(0xa0, algorithm(hashOid)),
      tlv(0xa1, tlv(0x30, MGF1, algorithm(maskOid))),
      ...(salt === undefined ? [] : [tlv(0xa2, integer(salt))]),
      ...(trailer === undefined ? [] : [tlv(0xa3, integer(trailer))]),
    );
  const said = (given: Uint8Array, made: { hash?: string; saltLength?: number } = {}) =>
    judged({
      ...{ signer: rsa, certificates: [rsa] },
      pss: { parameters: given, hash: made.hash ?? 'sha256', saltLength: made.saltLength ?? 32 },
    });

  test('is believed with SHA-2 in both places and the salt that it names', () => {
    expect(said(parameters(SHA256, SHA256, 32))).toMatchObject({ at: 'known', status: 'good' });
    expect(said(parameters(SHA256, SHA256, 32, 1))).toMatchObject({ at: 'known' });
    expect(said(parameters(SHA256, SHA256), { saltLength: 20 })).toMatchObject({ at: 'known' });
    expect(said(parameters(SHA384, SHA384, 48), { hash: 'sha384', saltLength: 48 })).toMatchObject({ at: 'known' });
  });

  test.each([
    ['another salt', parameters(SHA256, SHA256, 48)],
    ['a salt that asks for any', parameters(SHA256, SHA256, 0xfe)],
    ['two hashes', parameters(SHA256, SHA384, 32)],
    ['SHA-1, by leaving all out', tlv(0x30)],
    ['another trailer', parameters(SHA256, SHA256, 32, 2)],
    ['no parameters that can be read', Buffer.from('0500', 'hex')],
  ])('is not believed with %s', (_what, given) => {
    expect(said(given)).toMatchObject({ at: 'failed', fault: 'invalid' });
  });

  test('is not believed when it was changed, or made by a key of another kind', () => {
    const pss = { parameters: parameters(SHA256, SHA256, 32), hash: 'sha256', saltLength: 32 };
    expect(judged({ signer: rsa, certificates: [rsa], pss, spoilt: true })).toMatchObject({ at: 'failed' });
    expect(judged({ signer: rsa, certificates: [appointed], pss })).toMatchObject({ at: 'failed', fault: 'invalid' });
  });
});

describe('an answer is not believed', () => {
  test.each([
    ['whose signature was changed', { spoilt: true }, 'invalid'],
    ['signed by another authority', { signer: other, certificates: [other] }, 'invalid'],
    ['signed by one that was not appointed', { signer: unappointed, certificates: [unappointed] }, 'invalid'],
    ['signed by one that another authority appointed', { signer: foreign, certificates: [foreign] }, 'invalid'],
    ['signed by one whose time is over', { signer: ended, certificates: [ended] }, 'invalid'],
    ['to another question', { nonce: new Uint8Array(32).fill(8) }, 'invalid'],
    ['about another certificate', { serial: new Uint8Array([1, 2, 3]).buffer }, 'invalid'],
    ['that is out of date', { thisUpdate: ago(3 * HOUR_MS), nextUpdate: ago(HOUR_MS) }, 'invalid'],
    ['without an end, and old', { nextUpdate: null, thisUpdate: ago(3 * HOUR_MS) }, 'invalid'],
    ['from the future', { thisUpdate: ago(-HOUR_MS) }, 'invalid'],
    ['of a responder that cannot say', { refusal: OCSPResponseStatus.tryLater }, 'unavailable'],
  ] as const)('%s', (_what, saying, fault) => {
    expect(judged(saying)).toMatchObject({ at: 'failed', fault });
  });

  test('whose authority nobody knows: it cannot be judged, and is kept for those who can', () => {
    const answer = judged({ signer: appointed, certificates: [appointed] }, []);
    expect(answer).toMatchObject({ at: 'failed', fault: 'unverified', der: expect.any(Buffer) });
    expect(judged({}, [])).toMatchObject({ fault: 'unverified' });
  });

  test('however its bytes are bent', () => {
    const der = ocspResponse(encodeOcspRequest(hash, nonce), root, { status: 'good' });
    const straight = judgeOcspResponse(der, { hash, nonce, now, authorities: [root.certificate] });
    if (straight.at === 'failed') throw new Error(straight.why);
    const said = { status: straight.status, thisUpdate: straight.thisUpdate, nextUpdate: straight.nextUpdate };
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(der.length), (at, by, cut) => {
        const bent = Buffer.from(der);
        bent[at] = (bent[at] ?? 0) ^ by;
        const question = { hash, nonce, now, authorities: [root.certificate] };
        for (const bytes of [bent, der.subarray(0, cut)]) {
          const answer = judgeOcspResponse(bytes, question);
          // A bit of what is not signed, as an unused parameter, may be bent; what is said must stay.
          if (answer.at !== 'known') continue;
          const { status, thisUpdate, nextUpdate } = answer;
          expect({ status, thisUpdate, nextUpdate }).toEqual(said);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

const responder = await ocspResponder([root]);
afterAll(() => responder.close());
function client(allowSubnets = ['127.0.0.0/8']) {
  let at = now;
  const resolve = () => Promise.resolve(['127.0.0.1']);
  const fetch = createFetch({
    guard: createTargetGuard({ allowSubnets, resolve }),
    resolve,
    caPem: undefined,
    timeoutMs: 10_000,
  });
  const ask = createOcspClient({ fetch, clock: { now: () => at } });
  return {
    ask: (url = responder.url) => ask({ hash, url }, [root.certificate]),
    later: (ms: number) => {
      at = new Date(at.getTime() + ms);
    },
  };
}

describe('the client', () => {
  test('asks once for as long as the answer holds, however many ask', async () => {
    const { ask, later } = client();
    responder.says({ nextUpdate: new Date(now.getTime() + HOUR_MS) });
    const before = responder.asked.length;
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(answers.map((answer) => answer.at === 'known' && answer.status)).toEqual(['good', 'good', 'good']);
    await ask();
    expect(responder.asked.length - before).toBe(1);
    expect(responder.asked.at(-1)).toMatchObject({
      serial: hash.serialNumber,
      headers: { 'content-type': 'application/ocsp-request' },
    });
    responder.says({ status: 'revoked', nextUpdate: new Date(now.getTime() + 4 * HOUR_MS) });
    later(HOUR_MS + 1);
    expect(await ask()).toMatchObject({ at: 'known', status: 'revoked' });
    expect(responder.asked.length - before).toBe(2);
  });

  test('an answer without an end is asked for anew', async () => {
    const { ask, later } = client();
    responder.says({ nextUpdate: null });
    const before = responder.asked.length;
    await ask();
    later(1);
    await ask();
    expect(responder.asked.length - before).toBe(2);
  });

  test('follows no redirect, and takes no answer but one of success', async () => {
    for (const status of [301, 404, 500]) {
      const { ask } = client();
      responder.fails(status);
      expect(await ask()).toMatchObject({ at: 'failed', fault: 'unavailable' });
    }
  });

  test('dials no private address, whatever its name, and no address that is none', async () => {
    const { ask } = client([]);
    responder.says({});
    const before = responder.asked.length;
    for (const host of ['127.0.0.1', 'localhost', 'responder.example', '[::1]', '169.254.169.254', '2130706433'])
      expect(await ask(responder.url.replace('127.0.0.1', host))).toMatchObject({ at: 'failed', fault: 'unavailable' });
    for (const url of [
      'ftp://a.example/',
      'http://a:b@c.example/',
      'nothing',
      'http://a.example/\n',
      'file:///etc/passwd',
    ])
      expect(await ask(url)).toMatchObject({ at: 'failed', fault: 'bad_url' });
    expect(responder.asked.length).toBe(before);
  });

  test('a certificate that is named by no hashes is not asked about', async () => {
    const fetch = () => Promise.reject(new Error('must not be asked'));
    const ask = createOcspClient({ fetch, clock: { now: () => now } });
    for (const wrong of [
      { issuerNameHash: 'zz' },
      { issuerKeyHash: 'ab' },
      { serialNumber: '' },
      { serialNumber: 'x1' },
    ])
      expect(await ask({ hash: { ...hash, ...wrong }, url: responder.url }, [])).toMatchObject({ fault: 'invalid' });
  });

  test('addresses are read in one way only', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const url = readUrl(text);
        if (url !== undefined) expect(['http:', 'https:']).toContain(url.protocol);
      }),
    );
  });
});
