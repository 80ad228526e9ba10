/** The synchronization of one local list: each step × each answer; and whatever a charger does, it ends, and ends right. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EndedCommand, LocalListInput } from '../../src/ingest/inputs.ts';
import { decide } from '../../src/local-list/machine.ts';
import { nextMessage } from '../../src/local-list/plan.ts';
import { NEVER } from '../../src/local-list/store.ts';
import type { ListEntry, ListRow, ListState } from '../../src/local-list/types.ts';
import { tokenKey } from '../../src/platform/token-key.ts';

const T0 = new Date('2026-11-26T12:00:00Z');
const at = (s: number): Date => new Date(T0.getTime() + s * 1000);
type Part<I> = I extends LocalListInput ? Omit<I, 'room' | 'chargePointId' | 'receivedAt'> : never;
const input = (part: Part<LocalListInput>): LocalListInput =>
  ({ room: 'local_lists', chargePointId: 'cp_1', receivedAt: T0, ...part }) as LocalListInput;
const requested = (mode: ListRow['mode'] = 'auto') => input({ type: 'requested', mode, requestedBy: 'key_1' });
const asked = (commandId = 'cmd_1') => input({ type: 'asked', commandId });
const finished = input({ type: 'finished', revision: 7, siteId: 'site_1', hash: 'h', refreshAt: at(900) });
const givenUp = input({ type: 'given_up', error: { code: 'offline', message: 'gone' } });
const ended = (action: string, more: Partial<EndedCommand> = {}): LocalListInput =>
  input({
    type: 'command_ended',
    command: {
      ...{ id: 'cmd_1', action, payload: {}, status: 'accepted', result: {}, error: null, learned: undefined },
      ...more,
    },
  });
const versionIs = (version: number, id = 'cmd_1') =>
  ended('GetLocalListVersion', { id, learned: { about: 'local_list_version', version } });
const entry = (uid: string): ListEntry => ({ uid, type: null, status: 'Accepted', expiresAt: null, parentIdTag: null });
const sent = (version: number, { full = false, id = 'cmd_1' } = {}) =>
  ended('SendLocalList', {
    ...{ id, payload: { updateType: full ? 'Full' : 'Differential' } },
    learned: { about: 'local_list_sent', version, full, put: [entry('A')], removed: [] },
  });
const refusal = (action: string, how: 'Failed' | 'VersionMismatch' | 'NotSupported', updateType = 'Differential') =>
  ended(action, { status: 'rejected', result: { status: how }, payload: { updateType } });
const silence = (action: string) =>
  ended(action, {
    ...{ status: 'timed_out', result: null, isUnanswered: true },
    error: { code: 'no_answer', message: 'no answer' },
  });
const lost = (code: string) => ({ code, message: `it is ${code}` });
const unknown = (action: string) =>
  ended(action, {
    ...{ status: 'failed', result: null },
    error: { code: 'charger_error', message: 'it is unknown', ocpp_code: 'NotImplemented' },
  });

function run(inputs: readonly LocalListInput[], from: Partial<ListRow> = {}) {
  let state: ListState = { row: { ...NEVER, ...from }, applied: [] };
  let reply: unknown;
  let ignored: string | undefined;
  for (const [i, each] of inputs.entries()) {
    const step = decide(state, each, at(i));
    state = step.state;
    ignored = step.ignored;
    for (const effect of step.effects) if (effect.do === 'reply') reply = effect.value;
  }
  return { row: state.row, applied: state.applied, reply, ignored };
}

/** The inputs that lead to this step, with a command on its way. */
const toStep = {
  configuration: [requested(), asked()],
  version: [requested(), asked(), ended('GetConfiguration'), asked()],
  sending: [requested(), asked(), ended('GetConfiguration'), asked(), versionIs(0), asked()],
} as const;

test('goes from limits to version to messages, and is in sync when nothing is left', () => {
  expect(run([requested()])).toMatchObject({ row: { step: 'configuration', dueAt: at(0) }, reply: { started: true } });
  expect(run([requested(), asked()]).row).toMatchObject({ commandId: 'cmd_1', dueAt: at(121) });
  expect(run([...toStep.configuration, ended('GetConfiguration')]).row).toMatchObject({
    step: 'version',
    dueAt: at(2),
  });
  expect(run([...toStep.version, versionIs(0)]).row).toMatchObject({ step: 'sending', needsFull: false, version: 0 });
  const message = run([...toStep.sending, sent(1)]);
  expect(message.row).toMatchObject({ step: 'sending', version: 1, contentVersion: 1, sent: 1, commandId: null });
  expect(run([...toStep.sending, sent(1), finished]).row).toMatchObject({
    ...{
      step: 'idle',
      syncedRevision: 7,
      syncedSiteId: 'site_1',
      refreshAt: at(900),
      dueAt: null,
      error: null,
      supported: true,
    },
  });
});

test('runs once at a time', () => {
  for (const inputs of Object.values(toStep))
    expect(run([...inputs, requested('full')])).toMatchObject({ reply: { started: false }, row: { mode: 'auto' } });
});

describe('the list is sent whole', () => {
  test.each([
    ['when somebody wants that', requested('full'), {}, 0],
    ['when the charger holds another version than is known here', requested(), { version: 3, contentVersion: 3 }, 4],
    ['when nothing is known of what it holds', requested(), {}, 4],
  ])('%s', (_when, begins, from, version) => {
    const { row } = run([begins, asked(), ended('GetConfiguration'), asked(), versionIs(version)], from);
    expect(row).toMatchObject({ step: 'sending', needsFull: true });
  });
  test('not when what it holds is known', () => {
    const { row } = run([...toStep.version, versionIs(3)], { version: 3, contentVersion: 3 });
    expect(row).toMatchObject({ step: 'sending', needsFull: false });
  });
  test('once after a part was refused, and then it is given up', () => {
    for (const how of ['Failed', 'VersionMismatch'] as const) {
      const once = [...toStep.sending, refusal('SendLocalList', how)];
      expect(run(once).row).toMatchObject({ step: 'sending', needsFull: true, commandId: null });
      const twice = [...once, asked(), refusal('SendLocalList', how, 'Full')];
      const code = how === 'Failed' ? 'failed' : 'version_mismatch';
      expect(run(twice).row).toMatchObject({ step: 'idle', error: { code }, retryAt: at(8 + 900) });
    }
  });
  test('never where only differences are wanted', () => {
    const begin = [requested('differential'), asked(), ended('GetConfiguration'), asked()];
    expect(run([...begin, versionIs(4)], { version: 3, contentVersion: 3 }).row.error?.code).toBe('version_mismatch');
    const refused = [...begin, versionIs(3), asked(), refusal('SendLocalList', 'VersionMismatch')];
    expect(run(refused, { version: 3, contentVersion: 3 }).row).toMatchObject({
      ...{ step: 'idle', error: { code: 'version_mismatch' } },
    });
  });
});

describe('without an answer', () => {
  test.each([silence('GetConfiguration'), unknown('GetConfiguration'), refusal('GetConfiguration', 'Failed')])(
    'limits stay unknown, and it goes on',
    (answer) => {
      expect(run([...toStep.configuration, answer]).row).toMatchObject({ step: 'version', error: null });
    },
  );
  test('to its version it is given up for a while', () => {
    expect(run([...toStep.version, silence('GetLocalListVersion')]).row).toMatchObject({
      ...{ step: 'idle', error: { code: 'no_answer' }, retryAt: at(4 + 900), dueAt: null },
    });
  });
  test('to a message nobody knows any more what the charger holds', () => {
    expect(run([...toStep.sending, sent(1), asked(), silence('SendLocalList')]).row).toMatchObject({
      ...{ step: 'idle', contentVersion: null, error: { code: 'no_answer' } },
    });
  });
  test.each<[string, Partial<EndedCommand>, number | null]>([
    ['whose answer was lost with the connection', { error: lost('connection_lost'), isUnanswered: true }, null],
    ['that was taken back on its way', { status: 'cancelled', error: lost('abandoned'), isUnanswered: true }, null],
    ['to which the charger answers an error', { error: lost('charger_error') }, null],
    ['that was never sent', { status: 'timed_out', error: lost('not_sent') }, 1],
    ['that was taken back before it was sent', { status: 'cancelled', error: null }, 1],
  ])('what is known of the list after a message %s', (_which, more, contentVersion) => {
    const gone = ended('SendLocalList', { status: 'failed', result: null, ...more });
    const { row } = run([...toStep.sending, sent(1), asked(), gone]);
    expect(row).toMatchObject({ step: 'idle', contentVersion, error: { code: 'no_answer' } });
    const again = [requested('differential'), asked(), ended('GetConfiguration'), asked(), versionIs(1)];
    expect(run(again, row).row.error?.code).toBe(contentVersion === null ? 'version_mismatch' : undefined);
  });
});

test.each([
  ['says version −1', [...toStep.version, versionIs(-1)]],
  ['does not know the call', [...toStep.version, unknown('GetLocalListVersion')]],
  ['says NotSupported', [...toStep.sending, refusal('SendLocalList', 'NotSupported')]],
] as const)('a charger that %s has no local list', (_how, inputs) => {
  expect(run(inputs).row).toMatchObject({ step: 'idle', supported: false, error: { code: 'not_supported' } });
});

test('what somebody sends by hand is known, and is out of sync; it moves no step of ours', () => {
  const known = run([sent(5, { full: true, id: 'cmd_hand' })]);
  expect(known.row).toMatchObject({ step: 'idle', version: 5, contentVersion: 5, syncedRevision: null });
  expect(known.applied).toEqual([{ full: true, put: [entry('A')], removed: [] }]);
  const unknownBase = run([sent(5, { id: 'cmd_hand' })]);
  expect([unknownBase.row.contentVersion, unknownBase.applied]).toEqual([null, []]);
  expect(run([...toStep.sending, sent(5, { full: true, id: 'cmd_hand' })]).row).toMatchObject({
    ...{ step: 'sending', commandId: 'cmd_1', sent: 0 },
  });
});

test('what comes when nothing runs moves nothing', () => {
  for (const each of [asked(), finished, givenUp, ended('GetConfiguration'), silence('SendLocalList')])
    expect(run([each])).toMatchObject({ row: { ...NEVER }, ignored: expect.any(String) });
});

// -------------------------------------------------------------------------------------------------------- any charger, any order

type Answer = 'takes it' | 'Failed' | 'VersionMismatch' | 'takes it silently' | 'silent';
const answers: fc.Arbitrary<Answer> = fc.oneof(
  { weight: 4, arbitrary: fc.constant('takes it' as const) },
  fc.constantFrom<Answer>('Failed', 'VersionMismatch', 'takes it silently', 'silent'),
);
const uids = fc.uniqueArray(fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F'));
const round = fc.record({
  desired: uids,
  mode: fc.constantFrom<ListRow['mode']>('auto', 'auto', 'full', 'differential'),
  most: fc.integer({ min: 1, max: 4 }),
  answers: fc.array(answers, { maxLength: 30 }),
  /** Before it: somebody sends a list by hand; the charger loses its own, or has it changed by somebody else. */
  before: fc.constantFrom('nothing', 'by hand', 'lost', 'foreign'),
});

test('whatever a charger answers, every synchronization ends, and one that ended well left it with what it should hold', () => {
  let well = 0;
  fc.assert(
    fc.property(fc.array(round, { minLength: 1, maxLength: 5 }), (rounds) => {
      let row: ListRow = NEVER;
      const held = new Map<string, ListEntry>(); // as the rows of local_list_entries
      const charger = { version: 0, list: new Map<string, ListEntry>() };
      let commands = 0;

      function feed(one: LocalListInput): void {
        const { state } = decide({ row, applied: [] }, one, T0);
        row = state.row;
        for (const { full, put, removed } of state.applied) apply(held, full, put, removed);
      }
      function apply(
        list: Map<string, ListEntry>,
        full: boolean,
        put: readonly ListEntry[],
        removed: readonly string[],
      ): void {
        if (full) list.clear();
        for (const uid of removed) list.delete(tokenKey(uid));
        for (const each of put) list.set(tokenKey(each.uid), each);
      }
      function send(
        id: string,
        version: number,
        full: boolean,
        put: readonly ListEntry[],
        removed: string[],
        how: Answer,
      ) {
        if (how === 'takes it' || how === 'takes it silently') {
          apply(charger.list, full, put, removed);
          charger.version = version;
        }
        const about = { id, payload: { updateType: full ? 'Full' : 'Differential' } };
        if (how === 'takes it')
          return feed(
            ended('SendLocalList', { ...about, learned: { about: 'local_list_sent', version, full, put, removed } }),
          );
        const isSilent = how === 'silent' || how === 'takes it silently';
        const error = { code: 'no_answer', message: '' };
        const lost = { status: 'timed_out', result: null, error, isUnanswered: true } as const;
        if (isSilent) feed(ended('SendLocalList', { ...about, ...lost }));
        else feed(ended('SendLocalList', { ...about, status: 'rejected', result: { status: how } }));
      }

      for (const { desired: wanted, mode, most, answers: all, before } of rounds) {
        const desired = wanted.map(entry);
        const queue = [...all];
        if (before === 'by hand') send('cmd_hand', charger.version + 1, true, [entry('H')], [], 'takes it');
        if (before === 'lost') Object.assign(charger, { version: 0, list: new Map() });
        if (before === 'foreign') {
          charger.version += 1;
          apply(charger.list, false, [entry('X')], []);
        }
        feed(requested(mode));
        let steps = 0;
        while (row.step !== 'idle') {
          steps += 1;
          expect(steps).toBeLessThan(60);
          expect([row.commandId, row.dueAt]).toEqual([null, T0]); // somebody takes the next step
          commands += 1;
          const id = `cmd_${commands}`;
          if (row.step === 'configuration') {
            feed(asked(id));
            feed(ended('GetConfiguration', { id }));
          } else if (row.step === 'version') {
            feed(asked(id));
            feed(versionIs(charger.version, id));
          } else {
            const message = nextMessage(desired, [...held.values()], { isFull: row.needsFull, most });
            if (message === undefined) {
              feed(finished);
              well += 1;
              const uidsOf = (list: Iterable<ListEntry>) => [...list].map(({ uid }) => uid).sort();
              expect(uidsOf(charger.list.values())).toEqual([...wanted].sort());
              expect(row).toMatchObject({ version: charger.version, contentVersion: charger.version, error: null });
              break;
            }
            feed(asked(id));
            const removed = message.removed.map(({ uid }) => uid);
            const version = Math.max(row.version ?? 0, 0) + 1;
            send(id, version, message.full, message.put, removed, queue.shift() ?? 'takes it');
          }
        }
        expect(row.step).toBe('idle');
        expect(row.dueAt).toBeNull();
        expect((row.error === null) === (row.retryAt === null)).toBe(true);
      }
    }),
    { numRuns: 1000 },
  );
  expect(well).toBeGreaterThan(100); // most of them are not given up
});

test('somebody is woken for each step that can be taken at once, and for no other', () => {
  const inputs = [requested(), asked(), ended('GetConfiguration'), asked('cmd_2'), versionIs(0, 'cmd_2'), finished];
  let state: ListState = { row: NEVER, applied: [] };
  const woken = inputs.map((each, i) => {
    const step = decide(state, each, at(i));
    state = step.state;
    return step.effects.some((effect) => effect.do === 'wake' && effect.wake.wake === 'local_list');
  });
  expect(woken).toEqual([true, false, true, false, true, false]);
});
