/** Contracts of cars: which chains are followed to a root, and what is said of a contract and its token together. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { followChain } from '../../src/iso15118/chain.ts';
import { createCheckContract } from '../../src/iso15118/check-contract.ts';
import { isSameContract, sayTogether, verdictOf } from '../../src/iso15118/contract-rules.ts';
import type { StatusAnswer, StatusQuestion } from '../../src/iso15118/types.ts';
import { hashDataOf, type Issued, issue } from '../support/ocsp-responder.ts';

const HOUR_MS = 3_600_000;
const now = new Date();
const past = { notBefore: new Date(now.getTime() - 3 * HOUR_MS), notAfter: new Date(now.getTime() - HOUR_MS) };
const root = await issue('MO Root', { isAuthority: true });
const sub1 = await issue('MO Sub 1', { issuer: root, isAuthority: true, ocspUrl: 'http://ocsp.example/root' });
const sub2 = await issue('MO Sub 2', { issuer: sub1, isAuthority: true });
const contract = await issue('DEABCC123456789', { issuer: sub2, ocspUrl: 'http://ocsp.example/sub2' });
const stranger = await issue('MO Root', { isAuthority: true }); // of the same name
const leafOfLeaf = await issue('DEABCC000000001', { issuer: contract });
const ended = await issue('DEABCC123456789', { issuer: sub2, ...past });
const endedRoot = await issue('Old Root', { isAuthority: true, ...past });
const ofEndedRoot = await issue('DEABCC123456789', { issuer: endedRoot });
const self = await issue('DEABCC123456789', { isAuthority: true });

const hex = (bytes: ArrayBuffer): string => Buffer.from(bytes).toString('hex');
const pemOf = (...all: readonly Issued[]): string => all.map(({ pem }) => pem).join('\n');
const follow = (all: readonly Issued[], roots: readonly Issued[] = [root]) =>
  followChain(
    pemOf(...all),
    roots.map(({ certificate }) => certificate),
    now,
  );

describe('a chain', () => {
  test.each([
    ['in its order', [contract, sub2, sub1]],
    ['with its root', [contract, sub2, sub1, root]],
    ['in another order', [contract, sub1, sub2]],
    ['with some more', [contract, stranger, sub2, sub1]],
  ] as const)('%s leads to its root', (_how, all) => {
    const followed = follow(all);
    expect(followed.at === 'trusted' && followed.links.map(({ issuer }) => issuer.subject)).toEqual([
      'CN=MO Sub 2',
      'CN=MO Sub 1',
      'CN=MO Root',
    ]);
  });

  test.each([
    ['lacks an authority', [contract, sub1], 'chain_error'],
    ['has a root that nobody trusts', [self], 'chain_error'],
    ['is signed by one that is no authority', [leafOfLeaf, contract, sub2, sub1], 'chain_error'],
    ['is over', [ended, sub2, sub1], 'expired'],
    ['is none', [], 'no_certificate'],
  ] as const)('that %s is refused', (_how, all, verdict) => {
    expect(follow(all)).toMatchObject({ at: 'refused', verdict });
  });

  test('whose root has ended, or only has the name of one, is refused', () => {
    expect(follow([ofEndedRoot], [endedRoot])).toMatchObject({ verdict: 'expired' });
    expect(follow([contract, sub2, sub1], [stranger])).toMatchObject({ verdict: 'signature_error' });
    expect(followChain('x'.repeat(1_000_000), [], now)).toMatchObject({ verdict: 'no_certificate' });
  });

  test('whose bytes were changed is not followed, unless they say nothing (lengths around what is signed)', () => {
    const der = Buffer.from(contract.certificate.rawData);
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const bent = Buffer.from(der);
        bent[at] = (bent[at] ?? 0) ^ by;
        const pem = `-----BEGIN CERTIFICATE-----\n${bent.toString('base64')}\n-----END CERTIFICATE-----\n`;
        const followed = followChain(`${pem}${pemOf(sub2, sub1)}`, [root.certificate], now);
        if (followed.at === 'refused') return;
        const { subject, serialNumber, notAfter, publicKey } = followed.leaf;
        expect({ subject, serialNumber, notAfter, key: hex(publicKey.rawData) }).toEqual({
          subject: contract.certificate.subject,
          serialNumber: contract.certificate.serialNumber,
          notAfter: contract.certificate.notAfter,
          key: hex(contract.certificate.publicKey.rawData),
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe('a contract', () => {
  const known = (status: 'good' | 'revoked' | 'unknown'): StatusAnswer => ({
    at: 'known',
    status,
    thisUpdate: now,
    nextUpdate: undefined,
    der: Buffer.alloc(0),
  });
  const failed = (fault: 'unavailable' | 'invalid' | 'unverified'): StatusAnswer => ({ at: 'failed', fault, why: '' });
  function checking(
    answer: (question: StatusQuestion) => StatusAnswer,
    whenUnavailable: 'refuse' | 'accept' = 'refuse',
  ) {
    const asked: StatusQuestion[] = [];
    const check = createCheckContract({
      ask: (question) => {
        asked.push(question);
        return Promise.resolve(answer(question));
      },
      rootsOf: () => Promise.resolve([root.certificate]),
      whenUnavailable,
      clock: { now: () => now },
      log: { info: () => undefined },
    });
    return {
      asked,
      check: (more: object) =>
        check({ organizationId: 'org_1', certificate: undefined, hashes: [], contractId: undefined, ...more }),
    };
  }
  const certificate = pemOf(contract, sub2, sub1);

  test('whose chain came is asked about at every responder that its certificates name', async () => {
    const { asked, check } = checking(() => known('good'));
    expect(await check({ certificate, contractId: 'DE-ABC-C12345678-9' })).toBe('accepted');
    expect(asked).toEqual([
      { hash: hashDataOf(contract, sub2), url: 'http://ocsp.example/sub2' },
      { hash: hashDataOf(sub1, root), url: 'http://ocsp.example/root' },
    ]);
  });

  test('whose chain is good, but of another contract than the token, is refused, and nobody is asked', async () => {
    const { asked, check } = checking(() => known('good'));
    expect(await check({ certificate, contractId: 'DE-ABC-C99999999-9' })).toBe('chain_error');
    expect(asked).toEqual([]);
  });

  test('of which only hashes came is asked about by them', async () => {
    const hashes = [{ hash: hashDataOf(contract, sub2), url: 'http://a.example/' }];
    const { asked, check } = checking(() => known('good'));
    expect(await check({ hashes })).toBe('accepted');
    expect(asked).toEqual(hashes);
    expect(await check({})).toBe('no_certificate');
  });

  test('one revoked authority revokes it; a responder that lies is not believed, whatever is accepted', async () => {
    const ofRoot = (yes: StatusAnswer, no: StatusAnswer) => checking(({ url }) => (url.endsWith('root') ? yes : no));
    expect(await ofRoot(known('revoked'), known('good')).check({ certificate })).toBe('revoked');
    for (const when of ['refuse', 'accept'] as const) {
      expect(verdictOf([known('good'), failed('invalid')], when)).toBe('chain_error');
      expect(verdictOf([known('good'), known('unknown')], when)).toBe('chain_error');
      expect(verdictOf([failed('unavailable'), known('revoked')], when)).toBe('revoked');
    }
  });

  test.each(['unavailable', 'unverified'] as const)(
    'whose status is %s is refused or accepted, as it is set',
    (fault) => {
      expect(verdictOf([known('good'), failed(fault)], 'refuse')).toBe('chain_error');
      expect(verdictOf([known('good'), failed(fault)], 'accept')).toBe('accepted');
    },
  );
});

describe('what is said of token and contract together', () => {
  test('C07.FR.13: a good certificate of a contract that is none is one of a cancelled contract', () => {
    for (const authorization of ['blocked', 'expired', 'invalid'] as const)
      expect(sayTogether(authorization, 'accepted')).toEqual({ verdict: 'contract_cancelled', refusal: undefined });
  });

  test('C07.FR.14: a good certificate may be refused for the place or for another session', () => {
    for (const authorization of ['accepted', 'not_at_this_location', 'concurrent_tx'] as const)
      expect(sayTogether(authorization, 'accepted')).toEqual({ verdict: 'accepted', refusal: undefined });
  });

  test('C07.FR.15–FR.17: expired is expired, and every other fault is invalid, whatever the token may', () => {
    for (const authorization of ['accepted', 'blocked', 'concurrent_tx'] as const) {
      expect(sayTogether(authorization, 'expired')).toEqual({ verdict: 'expired', refusal: 'expired' });
      for (const verdict of ['revoked', 'chain_error', 'signature_error', 'no_certificate'] as const)
        expect(sayTogether(authorization, verdict)).toEqual({ verdict, refusal: 'invalid' });
    }
  });
});

test('contracts are the same whatever stands between their parts, with or without the check digit', () => {
  for (const [a, b, same] of [
    ['DE-ABC-C12345678-9', 'DEABCC123456789', true],
    ['de*abc*c12345678', 'DEABCC123456789', true],
    ['DEABCC123456789', 'DEABCC12345678X', true],
    ['DEABCC123456789', 'DEABCC123456799', false],
    ['', '', false],
    ['12', '12', true],
    ['DEABCC12345678', 'DEABCC1234567', false],
  ] as const)
    expect([a, b, isSameContract(a, b)]).toEqual([a, b, same]);
});
