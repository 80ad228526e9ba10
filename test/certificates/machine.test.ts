/** The machine of certificates: each state × each input, and random orders. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decide, LONGEST_CHAIN, MOST_PER_HOUR, RETRY_S } from '../../src/certificates/machine.ts';
import { type CertificateState, isHeld, type RequestRow } from '../../src/certificates/types.ts';
import type { CertificateHash, CertificateInput, Learned } from '../../src/ingest/inputs.ts';

const T0 = new Date('2026-11-23T12:00:00Z');
const at = (s: number): Date => new Date(T0.getTime() + s * 1000);
const EMPTY: CertificateState = { requests: new Map(), recent: 0, installed: new Map() };
const hash = (serialNumber: string): CertificateHash => ({
  hashAlgorithm: 'SHA256',
  issuerNameHash: 'aa',
  issuerKeyHash: 'bb',
  serialNumber,
});
const reading = {
  facts: (pem: string, hashAlgorithm: CertificateHash['hashAlgorithm'] = 'SHA256') => ({
    hash: pem === 'foreign' ? undefined : { ...hash(pem), hashAlgorithm },
    children: [],
    subject: `CN=${pem}`,
    expiresAt: at(9e6),
  }),
  idOf: (key: string) => `crt_${key}`,
};
type Part<I> = I extends CertificateInput ? Omit<I, 'room' | 'chargePointId' | 'receivedAt'> : never;
const input = (part: Part<CertificateInput>): CertificateInput =>
  ({ room: 'certificates', chargePointId: 'cp_1', receivedAt: T0, ...part }) as CertificateInput;
const asked = (id: string, more: Partial<Extract<CertificateInput, { type: 'signing_requested' }>> = {}) =>
  input({
    type: 'signing_requested',
    requestId: id,
    csr: `csr of ${id}`,
    csrHash: `hash of ${id}`,
    read: { fault: null, subject: 'CN=x', keyType: 'P-256' },
    use: 'charge_point',
    ocppRequestId: undefined,
    wantedRoot: undefined,
    nobodySigns: false,
    ...more,
  });
const signed = (id: string, chain = 'leaf') =>
  input({ type: 'signed', requestId: id, chain, serialNumber: '1', expiresAt: at(9e6) });
const failed = (id: string, final = false) => input({ type: 'signing_failed', requestId: id, why: 'no', final });
const sending = (id: string, commandId: string) => input({ type: 'sending', requestId: id, commandId });
const notSent = (id: string, commandId: string) => input({ type: 'not_sent', requestId: id, commandId, why: 'off' });
const ended = (commandId: string, status: 'accepted' | 'rejected' | 'failed' | 'timed_out', learned?: Learned) =>
  ({
    ...input({ type: 'sending', requestId: '', commandId }),
    type: 'command_ended',
    commandId,
    status,
    why: status === 'accepted' ? undefined : 'said no',
    learned,
    ...((status === 'failed' || status === 'timed_out') && { isUnanswered: true }),
  }) as CertificateInput;

function run(inputs: readonly CertificateInput[], from = EMPTY) {
  let state = from;
  let reply: unknown;
  let ignored: string | undefined;
  for (const each of inputs) {
    const step = decide(state, each, T0, reading);
    state = step.state;
    ignored = step.ignored;
    for (const effect of step.effects) if (effect.do === 'reply') reply = effect.value;
  }
  return { state, reply, ignored, row: (id = 'a') => state.requests.get(id) as RequestRow };
}
const sent = run([asked('a'), signed('a'), sending('a', 'c')]).state;

test('from the request to the certificate in use, which is then in the inventory', () => {
  const { row, state } = run([ended('c', 'accepted')], sent);
  expect(row()).toMatchObject({ status: 'installed', dueAt: null, chain: 'leaf', commandId: 'c', errorCode: null });
  expect([...state.installed.values()]).toMatchObject([
    { type: 'charge_point', serialNumber: 'leaf', installedAt: T0 },
  ]);
});

test('what is not signed is rejected, and kept for the operator to see why', () => {
  const faulty = run([asked('a', { read: { fault: 'bad key', subject: null, keyType: null } })]);
  const unsigned = run([asked('a', { nobodySigns: true })]);
  expect([faulty.reply, unsigned.reply]).toEqual([{ accepted: false }, { accepted: false }]);
  expect(faulty.row()).toMatchObject({ status: 'rejected', errorCode: 'invalid_csr', dueAt: null });
  expect(unsigned.row()).toMatchObject({ status: 'rejected', errorCode: 'no_signer', dueAt: null });
});

test('the same CSR again is the same request; another one takes its place; too many are not even kept', () => {
  const again = run([asked('a'), asked('b', { csrHash: 'hash of a' })]);
  expect(again).toMatchObject({ ignored: 'duplicate', reply: { accepted: true } });
  expect(run([asked('a'), asked('b')]).row()).toMatchObject({ status: 'failed', errorCode: 'superseded' });
  expect(run([asked('b')], sent).row().status).toBe('sent');
  const many = run(Array.from({ length: MOST_PER_HOUR + 1 }, (_, i) => asked(`r${i}`)));
  expect(many).toMatchObject({ ignored: 'too_many', reply: { accepted: false } });
  expect(many.state.requests.size).toBe(MOST_PER_HOUR);
});

test('requests for different uses do not take each other’s place; a repeated one is answered by its last number', () => {
  const both = run([asked('a'), asked('b', { use: 'v2g' })]);
  expect(both.row('a').status).toBe('requested');
  expect(both.row('b')).toMatchObject({ status: 'requested', use: 'v2g' });
  const twice = run([asked('a', { ocppRequestId: 1 }), asked('c', { csrHash: 'hash of a', ocppRequestId: 2 })]);
  expect(twice.reply).toEqual({ accepted: true });
  expect(twice.row('a').ocppRequestId).toBe(2);
  expect(run([signed('a'), sending('a', 'c')], twice.state).reply).toEqual({
    chain: 'leaf',
    use: 'charge_point',
    ocppRequestId: 2,
  });
  const late = run([asked('d', { csrHash: 'hash of a', ocppRequestId: 3 })], sent);
  expect(late).toMatchObject({ ignored: 'duplicate', reply: { accepted: true } });
});

test('without the signer that it needs a request is rejected, and the setting is named', () => {
  const refused = (use: 'v2g' | 'combined') => run([asked('a', { use, nobodySigns: true })]).row().errorMessage;
  expect(refused('v2g')).toContain('V2G_CERTIFICATE_SIGNER is none');
  expect(refused('combined')).toMatch(/^CERTIFICATE_SIGNER is none/);
});

test('a certificate for cars is kept as a chain with the authorities that came with it', () => {
  const { state } = run([asked('a', { use: 'v2g' }), signed('a'), sending('a', 'c'), ended('c', 'accepted')]);
  expect([...state.installed.values()]).toMatchObject([{ type: 'v2g_chain', serialNumber: 'leaf' }]);
});

test('a signer that cannot be asked is asked again, later each time, and given up; one that refuses is believed', () => {
  const once = run([asked('a'), failed('a')]).row();
  expect(once).toMatchObject({ status: 'requested', attempts: 1, dueAt: at(RETRY_S[0]), errorCode: 'signer_failed' });
  const all = run([asked('a'), ...Array.from({ length: RETRY_S.length + 1 }, () => failed('a'))]).row();
  expect(all).toMatchObject({ status: 'failed', errorCode: 'signer_failed', dueAt: null });
  const refused = run([asked('a'), failed('a', true)]).row();
  expect(refused).toMatchObject({ status: 'rejected', errorCode: 'refused_by_signer' });
});

test('a chain that no charger takes is not sent', () => {
  const long = run([asked('a'), signed('a', 'x'.repeat(LONGEST_CHAIN + 1))]).row();
  expect(long).toMatchObject({ status: 'failed', errorCode: 'chain_too_long' });
});

test('what could not be sent is sent again; what the charger said decides', () => {
  const back = run([notSent('a', 'c')], sent).row();
  expect(back).toMatchObject({ status: 'signed', commandId: null, dueAt: at(RETRY_S[0]) });
  expect(run([notSent('a', 'other')], sent).ignored).toBe('not_waiting');
  const rejected = run([ended('c', 'rejected')], sent).row();
  expect(rejected).toMatchObject({ status: 'rejected', errorCode: 'rejected_by_charger' });
  expect(run([ended('c', 'timed_out'), ended('c', 'accepted')], sent).row().status).toBe('installed'); // R4
  expect(run([sending('a', 'd')], sent).reply).toMatchObject({ chain: undefined });
});

test('a chain whose answer was lost is sent again, later each time, and given up; a late answer still counts', () => {
  for (const how of ['failed', 'timed_out'] as const) {
    const lost = run([ended('c', how)], sent);
    expect(lost.row()).toMatchObject({ status: 'signed', dueAt: at(RETRY_S[0]), errorCode: 'no_answer', attempts: 1 });
    expect(run([sending('a', 'd')], lost.state).reply).toMatchObject({ chain: 'leaf' });
    expect(run([ended('c', 'rejected')], lost.state).row().status).toBe('rejected'); // R4
  }
  const tries = [1, 2, 3, 4, 5].flatMap((n) => [sending('a', `c${n}`), ended(`c${n}`, 'failed')]);
  const over = run([ended('c', 'failed'), ...tries], sent);
  expect(over.row()).toMatchObject({ status: 'failed', errorCode: 'no_answer', dueAt: null });
  expect(run([ended('c5', 'accepted')], over.state).row().status).toBe('installed');
  // Who asks again need not wait for the next try.
  const lost = run([ended('c', 'failed')], sent);
  const again = run([asked('d', { csrHash: 'hash of a' })], lost.state);
  expect(again.reply).toEqual({ accepted: true });
  expect(again.row()).toMatchObject({ status: 'signed', dueAt: again.row().createdAt, attempts: 1 });
  // Not for a key of before.
  expect(run([asked('b'), ended('c', 'failed')], sent).row()).toMatchObject({ status: 'failed', dueAt: null });
});

test.each([
  ['does not know the call', { unknownAction: 'CertificateSigned', chargerError: true }],
  ['answers with a CALLERROR', { chargerError: true }],
] as const)('a charger that %s is not sent its chain again', (_who, more) => {
  const { isUnanswered: _, ...answered } = ended('c', 'failed') as Extract<CertificateInput, { type: 'command_ended' }>;
  const { row } = run([{ ...answered, ...more }], sent);
  expect(row()).toMatchObject({ status: 'failed', dueAt: null });
});

test('the inventory follows what was installed, deleted and listed', () => {
  const type = 'central_system_root';
  const install = (certificate: string) =>
    ended('x', 'accepted', { about: 'certificate_installed', type, certificate });
  const list = (...hashes: string[]) =>
    ended('x', 'accepted', {
      about: 'certificates_listed',
      types: [type],
      listed: hashes.map((each) => ({ type, hash: hash(each), children: [] })),
    });
  const remove = ended('x', 'accepted', { about: 'certificate_deleted', hash: hash('1') });
  const serials = (state: CertificateState) => [...state.installed.values()].map(({ serialNumber }) => serialNumber);
  const two = run([install('1'), install('2'), install('2')]).state;
  expect(serials(two)).toEqual(['1', '2']);
  expect(run([install('foreign')]).ignored).toBe('issuer_unknown');
  expect(serials(run([remove], two).state)).toEqual(['2']);
  const after = run([list('2', '3')], two).state;
  expect([...after.installed.values()]).toMatchObject([
    { serialNumber: '2', installedAt: T0, reportedAt: T0 },
    { serialNumber: '3', installedAt: null, reportedAt: T0 },
  ]);
  expect(serials(run([list()], after).state)).toEqual([]);
});

describe('a root by which contracts are judged', () => {
  const type = 'mo_root';
  const install = ended('x', 'accepted', { about: 'certificate_installed', type, certificate: '1' });
  const list = (...hashes: CertificateHash[]) => {
    const listed = hashes.map((each) => ({ type, hash: each, children: [] }) as const);
    return ended('x', 'accepted', { about: 'certificates_listed', types: [type], listed });
  };
  const remove = (of: CertificateHash, more: { wasNotThere?: true } = {}) =>
    ended('x', 'accepted', { about: 'certificate_deleted', hash: of, ...more });
  const other: CertificateHash = { ...hash('1'), hashAlgorithm: 'SHA384' };
  const rows = (...inputs: CertificateInput[]) => [...run([install, ...inputs]).state.installed.values()];

  test('stays so when the station lists it no more, and is not shown as held until it does', () => {
    const [row] = rows(list());
    expect(row).toMatchObject({ certificate: '1', installedAt: null, reportedAt: null });
    expect(row && isHeld(row)).toBe(false);
    expect(rows(list(), list(hash('1')))).toMatchObject([{ certificate: '1', reportedAt: T0 }]);
    expect(rows(list(), install)).toMatchObject([{ certificate: '1', installedAt: T0 }]);
  });
  test('is the one that the station lists by hashes of another kind', () => {
    const known = { certificate: '1', subject: 'CN=1', installedAt: T0, reportedAt: T0 };
    expect(rows(list(other))).toMatchObject([{ hashAlgorithm: 'SHA384', ...known }]);
    expect(rows(list(other), remove(other))).toEqual([]);
    expect(rows(list(other), install, remove(other))).toEqual([]);
  });
  test('ends with its deletion, also at a station that has it no more', () => {
    expect(rows(remove(hash('1')))).toEqual([]);
    expect(rows(list(), remove(hash('1'), { wasNotThere: true }))).toEqual([]);
    expect(rows(remove(hash('1'), { wasNotThere: true }))).toHaveLength(1);
  });
});

test('in whatever order: what has ended stays ended, and what is open has a deadline', () => {
  const ids = fc.constantFrom('a', 'b');
  const commands = fc.constantFrom('c', 'd');
  const outcomes = fc.constantFrom('accepted' as const, 'rejected' as const, 'failed' as const);
  const one = fc.oneof(
    ids.map((id) => asked(id)),
    ids.map((id) => signed(id)),
    fc.tuple(ids, fc.boolean()).map(([id, final]) => failed(id, final)),
    fc.tuple(ids, commands).map(([id, command]) => sending(id, command)),
    fc.tuple(ids, commands).map(([id, command]) => notSent(id, command)),
    fc.tuple(commands, outcomes).map(([id, status]) => ended(id, status)),
  );
  fc.assert(
    fc.property(fc.array(one, { maxLength: 40 }), (inputs) => {
      let state = EMPTY;
      for (const each of inputs) {
        const before = state;
        state = decide(state, each, T0, reading).state;
        for (const [id, row] of state.requests) {
          expect(row.dueAt !== null).toBe(['requested', 'signed', 'sent'].includes(row.status));
          const was = before.requests.get(id)?.status;
          if (each.type !== 'signing_requested' && (was === 'installed' || was === 'rejected'))
            expect(row.status).toBe(was);
        }
      }
    }),
  );
});
