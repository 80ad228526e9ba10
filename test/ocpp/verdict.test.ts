import { expect, test } from '@jest/globals';
import { hashChargerKey, type Peppers } from '../../src/charge-points/credentials.ts';
import type { LoginRow } from '../../src/ocpp/login-store.ts';
import { judge, type Knock } from '../../src/ocpp/verdict.ts';

let used = 0;
const pepper = Buffer.alloc(32, 7);
/** Counts how often a key is taken, as each check takes one. */
const peppers: Peppers = {
  current: () => {
    used += 1;
    return { kid: 'k', key: pepper };
  },
  byKid: () => {
    used += 1;
    return pepper;
  },
};
const { hash, salt, kid } = hashChargerKey(peppers, 'the right key 123');
const login = (more: Partial<LoginRow> = {}): LoginRow => ({
  chargePointId: 'cp_1',
  number: 1,
  identity: 'CP-1',
  organizationId: 'org_1',
  securityProfile: 1,
  nextSecurityProfile: null,
  strict: false,
  assumeProtocol: null,
  lifecycle: 'registered',
  serialNumber: null,
  organizationName: 'Org',
  keyHash: hash,
  keySalt: salt,
  keyKid: kid,
  nextKeyHash: null,
  nextKeySalt: null,
  nextKeyKid: null,
  nextKeyCommandId: null,
  nextKeyState: null,
  generation: 0,
  nodeId: null,
  ...more,
});
const right = { username: 'CP-1', password: Buffer.from('the right key 123') };
const wrong = { username: 'CP-1', password: Buffer.from('the wrong key 123') };
const knock = (more: Partial<Knock> = {}): Knock => ({
  identity: 'CP-1',
  credentials: right,
  secure: false,
  certificate: 'none',
  ...more,
});

test('every combination of profile, line and credentials has one answer, and only the right ones are let in', () => {
  const table: string[] = [];
  for (const securityProfile of [0, 1, 2, 3, 9]) {
    for (const secure of [false, true]) {
      for (const [name, credentials] of [
        ['right', right],
        ['wrong', wrong],
        ['none', undefined],
      ] as const) {
        for (const certificate of ['none', 'right', 'wrong'] as const) {
          const verdict = judge(peppers, login({ securityProfile }), knock({ secure, certificate, credentials }));
          if (verdict.may)
            table.push(`${securityProfile} ${secure ? 'tls' : 'plain'} ${name} ${certificate} → ${verdict.profile}`);
        }
      }
    }
  }
  expect(table).toEqual([
    '0 plain right none → 0',
    '0 plain right right → 0',
    '0 plain right wrong → 0',
    '0 plain wrong none → 0',
    '0 plain wrong right → 0',
    '0 plain wrong wrong → 0',
    '0 plain none none → 0',
    '0 plain none right → 0',
    '0 plain none wrong → 0',
    '1 plain right none → 1',
    '1 plain right right → 1',
    '1 plain right wrong → 1',
    '2 tls right none → 2',
    '2 tls right right → 2',
    '2 tls right wrong → 2',
    '3 tls right right → 3',
    '3 tls wrong right → 3',
    '3 tls none right → 3',
  ]);
});

test.each<[string, LoginRow | undefined, Partial<Knock>, string]>([
  ['nobody', undefined, {}, 'unknown_identity'],
  ['nobody without credentials', undefined, { credentials: undefined }, 'unknown_identity'],
  ['a wrong key', login(), { credentials: wrong }, 'wrong_password'],
  ['another user name', login(), { credentials: { ...right, username: 'CP-2' } }, 'wrong_password'],
  ['no credentials', login(), { credentials: undefined }, 'missing_credentials'],
  ['a charge point without a key', login({ keyHash: null }), {}, 'wrong_password'],
  ['the right key on the wrong line', login(), { secure: true }, 'wrong_security_profile'],
  ['profile 3 on a plain line', login({ securityProfile: 3 }), { certificate: 'right' }, 'wrong_security_profile'],
  ['profile 3 without a certificate', login({ securityProfile: 3 }), { secure: true }, 'missing_certificate'],
  [
    "profile 3 with somebody else's certificate",
    login({ securityProfile: 3 }),
    { secure: true, certificate: 'wrong' },
    'wrong_certificate',
  ],
  ['a decommissioned charge point', login({ lifecycle: 'decommissioned' }), {}, 'decommissioned'],
  [
    'a decommissioned one of profile 0',
    login({ lifecycle: 'decommissioned', securityProfile: 0 }),
    {},
    'decommissioned',
  ],
])('%s is turned away, with the reason for the list', (_, row, change, reason) => {
  expect(judge(peppers, row, knock(change))).toEqual({ may: false, reason });
});

test('a blank around the user name does no harm', () => {
  expect(judge(peppers, login(), knock({ credentials: { ...right, username: ' CP-1 ' } })).may).toBe(true);
});

test('a key is computed for whoever knocks, known or not, so that the time does not tell', () => {
  for (const row of [login(), undefined, login({ keyHash: null }), login({ securityProfile: 0 })]) {
    for (const credentials of [right, undefined]) {
      used = 0;
      judge(peppers, row, knock({ credentials }));
      expect(used).toBeGreaterThan(0);
    }
  }
});

test('while a higher profile is expected it opens beside the present one, whoever proves it raises, and nothing else opens', () => {
  const told = (row: Partial<LoginRow>, change: Partial<Knock>): string => {
    const verdict = judge(peppers, login(row), knock(change));
    if (!verdict.may) return verdict.reason;
    return `${verdict.profile}${verdict.raises === true ? ' raises' : ''}`;
  };
  const to = (securityProfile: number, nextSecurityProfile: number) => ({ securityProfile, nextSecurityProfile });
  const tls = { secure: true };
  expect([told(to(1, 2), {}), told(to(1, 2), tls)]).toEqual(['1', '2 raises']);
  expect(told(to(1, 2), { ...tls, credentials: wrong })).toBe('wrong_password');
  expect(told(to(1, 2), { ...tls, certificate: 'right', credentials: undefined })).toBe('missing_credentials');
  expect([told(to(2, 3), tls), told(to(2, 3), {})]).toEqual(['2', 'wrong_security_profile']);
  expect(told(to(2, 3), { ...tls, certificate: 'right' })).toBe('3 raises');
  expect(told(to(2, 3), { ...tls, certificate: 'right', credentials: undefined })).toBe('3 raises');
  expect(told(to(2, 3), { ...tls, certificate: 'wrong' })).toBe('2');
  expect([told(to(1, 3), {}), told(to(1, 3), tls)]).toEqual(['1', 'missing_certificate']);
  expect(told(to(1, 3), { ...tls, certificate: 'wrong' })).toBe('wrong_certificate');
  expect([told(to(0, 1), {}), told(to(0, 1), { credentials: wrong })]).toEqual(['1 raises', '0']);
  // What can only be a mistake lowers nothing.
  expect(told(to(2, 1), {})).toBe('wrong_security_profile');
});
