/** The upload machine: each state × each input, and random orders. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ArrivalReply, UploadInput, UploadReply } from '../../src/ingest/inputs.ts';
import { decide, MOST_OPEN } from '../../src/uploads/machine.ts';
import type { UploadRow, UploadState } from '../../src/uploads/types.ts';

const T0 = new Date('2026-11-23T12:00:00Z');
const at = (s: number): Date => new Date(T0.getTime() + s * 1000);
const EMPTY: UploadState = { uploads: new Map() };
type Part<I> = I extends UploadInput ? Omit<I, 'room' | 'chargePointId' | 'receivedAt'> : never;
const input = (part: Part<UploadInput>): UploadInput =>
  ({ room: 'uploads', chargePointId: 'cp_1', receivedAt: T0, ...part }) as UploadInput;
const asked = (id: string, more: Partial<Extract<UploadInput, { type: 'requested' }>['upload']> = {}): UploadInput =>
  input({
    type: 'requested',
    upload: {
      id,
      kind: 'diagnostics',
      requestId: 7,
      commandId: `cmd_${id}`,
      externalUrl: null,
      tokenHash: Buffer.from(id),
      expiresAt: at(3600),
      logFrom: null,
      logTo: null,
      requestedBy: 'key_1',
      retries: null,
      retryIntervalS: null,
      ...more,
    },
  });
const ended = (id: string, status: 'accepted' | 'rejected' | 'failed' | 'timed_out', fileName?: string): UploadInput =>
  input({
    type: 'command_ended',
    commandId: `cmd_${id}`,
    status,
    why: status === 'accepted' ? undefined : 'no',
    learned: { about: 'upload', fileName },
    ...((status === 'failed' || status === 'timed_out') && { isUnanswered: true as const }),
  });
const unknown = (commandId: string, unknownAction: string): UploadInput =>
  input({ type: 'command_ended', commandId, status: 'failed', why: 'no', learned: undefined, unknownAction });
const askingAgain = (id: string, commandId: string): UploadInput =>
  input({ type: 'asking_again', uploadId: id, commandId, tokenHash: Buffer.from(commandId) });
const arriving = (id: string, claim: string): UploadInput =>
  input({ type: 'arriving', uploadId: id, claim, until: at(7200) });
const arrived = (id: string, claim: string): UploadInput =>
  input({
    type: 'arrived',
    uploadId: id,
    claim,
    storedAs: `${id}.${claim}`,
    sizeBytes: 3,
    sha256: 'x',
    fileName: 'log.zip',
  });
const said = (status: string, requestId?: number): UploadInput => input({ type: 'status_reported', requestId, status });

function run(inputs: readonly (UploadInput | readonly [UploadInput, number])[], from: UploadState = EMPTY) {
  let state = from;
  let reply: unknown;
  let ignored: string | undefined;
  for (const each of inputs) {
    const [one, s] = Array.isArray(each) ? (each as [UploadInput, number]) : [each as UploadInput, 0];
    const step = decide(state, one, at(s));
    state = step.state;
    ignored = step.ignored;
    for (const effect of step.effects) if (effect.do === 'reply') reply = effect.value;
  }
  return { state, reply, ignored, row: (id = 'a') => state.uploads.get(id) as UploadRow };
}

test('a file that arrives ends its request, with what is known of it', () => {
  const { row, reply } = run([asked('a'), ended('a', 'accepted', 'diag.zip'), arriving('a', 'c1'), arrived('a', 'c1')]);
  expect(reply).toEqual({ taken: true });
  expect(row()).toMatchObject({
    status: 'uploaded',
    dueAt: null,
    storedAs: 'a.c1',
    sizeBytes: 3,
    fileName: 'log.zip',
    claim: null,
  });
});

test('a second transfer at once is refused, and so is a second file', () => {
  expect(run([asked('a'), arriving('a', 'c1'), arriving('a', 'c2')]).reply).toEqual({ taken: false, why: 'busy' });
  expect(run([asked('a'), arriving('a', 'c1'), arrived('a', 'c1'), arriving('a', 'c2')]).reply).toEqual({
    taken: false,
    why: 'used',
  });
  expect(run([asked('a'), [arriving('a', 'c1'), 0], [arriving('a', 'c2'), 3599]]).reply).toEqual({
    taken: false,
    why: 'busy',
  });
});

test('a transfer whose place was given to another one may not end it', () => {
  const open = run([asked('a', { expiresAt: at(90_000) }), arriving('a', 'c1'), [arriving('a', 'c2'), 7201]]);
  expect(open.reply).toEqual({ taken: true });
  expect(run([[arrived('a', 'c1'), 7202]], open.state).reply).toEqual({ taken: false, why: 'busy' });
  expect(run([[arrived('a', 'c2'), 7203]], open.state).row().storedAs).toBe('a.c2');
});

test('nothing is taken after the time is over, of an unknown request, or of one that goes elsewhere', () => {
  expect(run([asked('a'), [arriving('a', 'c'), 3600]]).reply).toEqual({ taken: false, why: 'expired' });
  expect(run([arriving('b', 'c')]).reply).toEqual({ taken: false, why: 'unknown' });
  expect(run([asked('a', { externalUrl: 'ftp://x/', tokenHash: null }), arriving('a', 'c')]).reply).toEqual({
    taken: false,
    why: 'unknown',
  });
});

test('a charger that declines gets nothing taken from it any more; one that did not answer may still send', () => {
  const declined = run([asked('a'), ended('a', 'rejected')]);
  expect(declined.row()).toMatchObject({ status: 'failed', errorCode: 'refused', dueAt: null });
  expect(run([[arriving('a', 'c'), 1]], declined.state).reply).toEqual({ taken: false, why: 'expired' });
  expect(run([asked('a'), ended('a', 'timed_out'), arriving('a', 'c')]).reply).toEqual({ taken: true });
  expect(run([asked('a'), arriving('a', 'c'), ended('a', 'failed')]).row().status).toBe('uploading');
  expect(run([asked('a'), ended('a', 'failed'), arriving('a', 'c')]).reply).toEqual({ taken: true });
  expect(run([asked('a'), ended('a', 'failed'), ended('a', 'rejected')]).row().errorCode).toBe('refused'); // R4
});

test.each([
  ['was never sent it', { neverSent: true }],
  ['answered with a CALLERROR', { chargerError: true }],
] as const)('a charger that %s is waited for no longer', (_what, more) => {
  const { isUnanswered: _, ...declined } = ended('a', 'failed') as Extract<UploadInput, { type: 'command_ended' }>;
  const { row } = run([asked('a'), { ...declined, ...more }]);
  expect(row()).toMatchObject({ status: 'failed', errorCode: 'refused', dueAt: null, expiresAt: at(0) });
});

describe('what the charger says', () => {
  test('moves a file that goes elsewhere, and only notes it of one that comes here', () => {
    const elsewhere = asked('a', { externalUrl: 'ftp://x/', tokenHash: null });
    expect(run([elsewhere, said('Uploading')]).row().status).toBe('uploading');
    expect(run([elsewhere, said('Uploaded')]).row()).toMatchObject({ status: 'uploaded', dueAt: null });
    expect(run([asked('a'), said('Uploaded')]).row()).toMatchObject({ status: 'requested', chargerStatus: 'Uploaded' });
  });
  test('a failure is one, but a file that comes after it is taken', () => {
    const failed = run([asked('a'), said('UploadFailed')]);
    expect(failed.row()).toMatchObject({ status: 'failed', errorCode: 'charger_failed' });
    expect(run([arriving('a', 'c'), arrived('a', 'c')], failed.state).row()).toMatchObject({
      status: 'uploaded',
      errorCode: null,
    });
  });
  test('a request id is looked for; without one the newest of diagnostics is meant', () => {
    const three = [asked('a'), asked('b'), asked('c', { kind: 'security_log', requestId: 9 })];
    expect(run([...three, said('Uploading')]).row('b').status).toBe('uploading');
    expect(run([...three, said('Uploading', 9)]).row('c').status).toBe('uploading');
    expect(run([...three, said('Uploading', 10)]).ignored).toBe('unknown');
    expect(run([...three, said('Idle')]).ignored).toBe('idle');
  });
});

describe('a failure of a file that goes elsewhere, told by the charger', () => {
  const elsewhere = (id: string, more: Partial<Extract<UploadInput, { type: 'requested' }>['upload']> = {}) =>
    asked(id, { externalUrl: 'ftp://x/', tokenHash: null, retries: 3, ...more });
  const overdue = input({ type: 'overdue', uploadId: 'a' });

  test.each([undefined, 7])('leaves it its retries (named by %j): what comes of them counts', (requestId) => {
    const broken = run([elsewhere('a'), said('Uploading', requestId), said('UploadFailed', requestId)]);
    expect(broken.row()).toMatchObject({
      ...{ status: 'requested', chargerStatus: 'UploadFailed', dueAt: at(3600), completedAt: null },
      ...{ errorCode: 'charger_failed', errorMessage: 'The charger reports UploadFailed' },
    });
    const again = run([said('Uploading', requestId)], broken.state);
    expect(again.row()).toMatchObject({ status: 'uploading', errorCode: 'charger_failed' });
    expect(run([said('Uploaded', requestId)], again.state).row()).toMatchObject({
      ...{ status: 'uploaded', dueAt: null, errorCode: null },
    });
  });

  test('is final at the deadline, and at once where no retries were wanted; who was not told of any has its own', () => {
    const left = run([elsewhere('a'), said('UploadFailed'), said('Uploading'), [overdue, 3600]]);
    expect(left.row()).toMatchObject({
      ...{ status: 'failed', errorCode: 'charger_failed', errorMessage: 'The charger reports UploadFailed' },
      ...{ dueAt: null, completedAt: at(3600) },
    });
    expect(run([elsewhere('a', { retries: 0 }), said('UploadFailed')]).row().status).toBe('failed');
    expect(run([elsewhere('a', { retries: null }), said('UploadFailed')]).row().status).toBe('requested');
  });

  test('does not let what names no request end an older one', () => {
    const two = run([elsewhere('a'), elsewhere('b'), said('UploadFailed'), said('Uploaded')]);
    expect(two.row('a')).toMatchObject({ status: 'requested', chargerStatus: null });
    expect(two.row('b')).toMatchObject({ status: 'uploaded' });
  });

  test('is final as soon as the charger tells of a newer one by the same words: what it repeats is not of the old one', () => {
    for (const repeated of [[], [said('Uploading')]]) {
      const old = [elsewhere('a'), said('UploadFailed'), ...repeated];
      const { row, ignored } = run([...old, elsewhere('b'), said('Uploaded'), said('Uploaded')]);
      expect(row('b')).toMatchObject({ status: 'uploaded' });
      expect(row('a')).toMatchObject({ status: 'failed', errorCode: 'charger_failed', dueAt: null });
      expect(ignored).toBe('unknown');
    }
    const named = elsewhere('b', { kind: 'security_log', requestId: 9 });
    expect(run([elsewhere('a'), said('UploadFailed'), named, said('Uploaded', 9)]).row('a').status).toBe('requested');
  });

  test('gives way when too many are open, the oldest first', () => {
    const ids = Array.from({ length: MOST_OPEN }, (_, i) => `u${i}`);
    const many = ids.map((id, i) => elsewhere(id, { kind: 'security_log', requestId: i }));
    const full = run([...many, said('UploadFailure', 2), said('UploadFailure', 1)]);
    const { reply, row } = run([elsewhere('v')], full.state);
    expect(reply).toEqual({ created: true } satisfies UploadReply);
    expect(row('u1')).toMatchObject({ status: 'failed', errorCode: 'charger_failed', dueAt: null });
    expect([row('u2').status, row('v').status]).toEqual(['requested', 'requested']);
  });
});

test.each(['aborted', 'too_slow', 'empty', 'unreadable', 'no_space', 'internal'] as const)(
  'a transfer that broke (%s) leaves the charger its retries',
  (why) => {
    const { row, state } = run([
      asked('a'),
      arriving('a', 'c'),
      input({ type: 'broken', uploadId: 'a', claim: 'c', why }),
    ]);
    expect(row()).toMatchObject({ status: 'requested', errorCode: why, claim: null });
    expect(row().dueAt).not.toBeNull();
    expect(run([arriving('a', 'd')], state).reply).toEqual({ taken: true });
  },
);

test('a file that is too large fails the request', () => {
  expect(
    run([asked('a'), arriving('a', 'c'), input({ type: 'broken', uploadId: 'a', claim: 'c', why: 'too_large' })]).row()
      .status,
  ).toBe('failed');
});

describe('the deadline', () => {
  const overdue = input({ type: 'overdue', uploadId: 'a' });
  test('gives up what never came, and says so when the charger believes otherwise', () => {
    expect(run([asked('a'), [overdue, 3600]]).row()).toMatchObject({ status: 'timed_out', dueAt: null });
    expect(run([asked('a'), said('Uploaded'), [overdue, 3600]]).row()).toMatchObject({
      status: 'failed',
      errorCode: 'nothing_arrived',
    });
  });
  test('waits for a transfer that is under way', () => {
    expect(run([asked('a'), [arriving('a', 'c'), 3500], [overdue, 3600]]).row()).toMatchObject({
      status: 'uploading',
      dueAt: at(7200),
    });
  });
  test('does nothing early', () => {
    expect(run([asked('a'), [overdue, 3599]]).ignored).toBe('early');
  });
});

test('only so many are open at a time', () => {
  const many = Array.from({ length: MOST_OPEN + 1 }, (_, i) => asked(`u${i}`));
  expect(run(many).reply).toEqual({ created: false, why: 'too_many' } satisfies UploadReply);
});

test('in whatever order: at most one file is stored, it never becomes another, and what is open has a deadline', () => {
  const ids = fc.constantFrom('a', 'b');
  const claims = fc.constantFrom('c1', 'c2', 'c3');
  const one = fc.oneof(
    ids.map((id) => asked(id)),
    fc.constantFrom('c', 'd').map((id) => asked(id, { externalUrl: 'ftp://x/', tokenHash: null })),
    fc.tuple(ids, claims).map(([id, claim]) => arriving(id, claim)),
    fc.tuple(ids, claims).map(([id, claim]) => arrived(id, claim)),
    fc
      .tuple(ids, claims, fc.constantFrom('aborted', 'too_large'))
      .map(([uploadId, claim, why]) => input({ type: 'broken', uploadId, claim, why: why as 'aborted' })),
    fc
      .tuple(ids, fc.constantFrom('accepted', 'rejected', 'failed', 'timed_out'))
      .map(([id, status]) => ended(id, status as 'accepted')),
    fc.constantFrom('Uploading', 'Uploaded', 'UploadFailed', 'Idle', 'x').map((status) => said(status)),
    fc.constantFrom('a', 'b', 'c', 'd').map((uploadId) => input({ type: 'overdue', uploadId })),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(one, fc.nat(2000)), { maxLength: 40 }), (steps) => {
      let state = EMPTY;
      let s = 0;
      const first = new Map<string, string>();
      for (const [each, wait] of steps) {
        s += wait;
        const { state: next, effects } = decide(state, each, at(s));
        state = next;
        for (const row of state.uploads.values()) {
          if (row.storedAs !== null) {
            if (!first.has(row.id)) first.set(row.id, row.storedAs);
            expect(row.storedAs).toBe(first.get(row.id));
            expect(row.status).toBe('uploaded');
          }
          const isOpen = row.status === 'requested' || row.status === 'uploading';
          expect(row.dueAt !== null).toBe(isOpen);
          expect(row.completedAt !== null).toBe(!isOpen);
        }
        if (each.type === 'arriving' || each.type === 'arrived') {
          const replies = effects.filter((effect) => effect.do === 'reply');
          expect(replies).toHaveLength(1);
          expect(typeof (replies[0] as { value: ArrivalReply }).value.taken).toBe('boolean');
        }
      }
    }),
  );
});

describe('a charger that does not know the call', () => {
  test.each([
    ['diagnostics', 'GetDiagnostics'],
    ['diagnostics_log', 'GetLog'],
  ] as const)('is asked for %s by the other one, once, by one process, with a new address', (kind, action) => {
    const wanted = run([asked('a', { kind }), [unknown('cmd_a', action), 5]]);
    expect(wanted.row()).toMatchObject({ status: 'requested', fallback: 'wanted', dueAt: at(5), errorCode: null });
    const again = run([askingAgain('a', 'cmd_2')], wanted.state);
    expect(again.reply).toEqual({ yours: true });
    expect(again.row()).toMatchObject({
      ...{ status: 'requested', fallback: 'asked', commandId: 'cmd_2', dueAt: at(3600) },
      tokenHash: Buffer.from('cmd_2'),
    });
    expect(run([askingAgain('a', 'cmd_2')], again.state).reply).toEqual({ yours: true });
    expect(run([askingAgain('a', 'cmd_3')], again.state).reply).toEqual({ yours: false });
    const nor = run([[unknown('cmd_2', 'other'), 9]], again.state);
    expect(nor.row()).toMatchObject({ status: 'failed', errorCode: 'not_supported', dueAt: null, expiresAt: at(9) });
    expect(run([askingAgain('a', 'cmd_3')], nor.state).reply).toEqual({ yours: false });
  });
  test('says by DiagnosticsStatusNotification, without a request id, how its file fares', () => {
    const log = run([asked('a', { kind: 'diagnostics_log' }), unknown('cmd_a', 'GetLog'), askingAgain('a', 'cmd_2')]);
    expect(run([said('Uploading')], log.state).row()).toMatchObject({ status: 'uploading' });
    const other = run([asked('a'), unknown('cmd_a', 'GetDiagnostics'), askingAgain('a', 'cmd_2')]);
    expect(run([said('Uploading')], other.state).ignored).toBe('unknown');
    expect(run([said('Uploading', 7)], other.state).row()).toMatchObject({ status: 'uploading' });
  });
  test.each([
    ['there is no other', { kind: 'security_log' }, 'GetLog', /^The charger does not know GetLog$/],
    [
      'the address had credentials',
      { kind: 'diagnostics_log', externalUrl: 'ftp://***@host/' },
      'GetLog',
      /ask for diagnostics instead$/,
    ],
  ] as const)('is not asked again when %s: it is told why', (_why, upload, action, message) => {
    const { row } = run([asked('a', { ...upload, tokenHash: null }), unknown('cmd_a', action)]);
    expect(row()).toMatchObject({
      ...{ status: 'failed', errorCode: 'not_supported', fallback: null },
      errorMessage: expect.stringMatching(message),
    });
  });
  test('is not given up while it waits to be asked, and not asked when its time is over', () => {
    const overdue = input({ type: 'overdue', uploadId: 'a' });
    const wanted = run([asked('a'), [unknown('cmd_a', 'GetDiagnostics'), 5]]);
    expect(run([[overdue, 6]], wanted.state).ignored).toBe('to_be_asked');
    expect(run([[overdue, 3601]], wanted.state).row()).toMatchObject({ status: 'timed_out' });
  });
});
