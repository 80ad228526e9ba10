import { afterEach, describe, expect, test } from '@jest/globals';
import type { Tx } from '../../src/database/contract.ts';
import type { EventWriter, Participant } from '../../src/ingest/contract.ts';
import { createIngest, participant, type RunningIngest } from '../../src/ingest/index.ts';
import type { Input, MeterInput, QuarantineInput } from '../../src/ingest/inputs.ts';
import { T0 } from '../support/inputs.ts';
import { until } from '../support/until.ts';

const quarantined = (chargePointId: string, action: string): QuarantineInput => ({
  room: 'quarantine',
  type: 'quarantined',
  chargePointId,
  receivedAt: T0,
  quarantineId: 'qua_1',
  protocol: 'ocpp1.6',
  action,
  payload: '',
  reason: '',
});

/** A database that only knows transactions: each can be held, failed, and is told apart. */
function fakeDatabase() {
  const saved: string[][] = [];
  let fault: (() => Error | undefined) | undefined;
  let gate: Promise<void> | undefined;
  let open: (() => void) | undefined;
  return {
    saved,
    hold: () => {
      gate = new Promise((resolve) => {
        open = resolve;
      });
    },
    release: () => {
      gate = undefined;
      open?.();
    },
    failWith: (make: (() => Error | undefined) | undefined) => {
      fault = make;
    },
    transaction: async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
      const mine: string[] = [];
      const tx: Tx = {
        rows: async <Row>(statement: { name: string }, values: readonly unknown[]): Promise<Row[]> => {
          if (statement.name === 'ingest_lock_roots') return [];
          if (statement.name === 'ingest_roots') {
            return (values[0] as string[])
              .filter((id) => id !== 'cp_gone')
              .map((chargePointId) => ({
                chargePointId,
                number: 1,
                identity: chargePointId,
                organizationId: 'org',
                siteId: null,
              })) as Row[];
          }
          mine.push(statement.name);
          return [];
        },
      };
      await gate;
      const cause = fault?.();
      if (cause !== undefined) throw cause;
      const result = await work(tx);
      saved.push(mine);
      return result;
    },
  };
}

const TRANSIENT = new Error('the database is away');
let running: RunningIngest | undefined;
afterEach(async () => {
  await running?.stop(100);
  running = undefined;
});

function setUp(more: { feeds?: boolean; foresees?: boolean; circle?: boolean } = {}) {
  const db = fakeDatabase();
  const batches: string[][] = [];
  const steps: string[] = [];
  const sampled = (chargePointId: string): Input => ({
    ...({ room: 'meter', type: 'sampled', transactionId: null, readings: [] } as const),
    ...{ chargePointId, receivedAt: T0, evseId: 1, connectorId: 1 },
  });
  /** Replies with the action; `poison` throws; with feeds, hands one meter input on. */
  const echo: Participant<readonly string[], QuarantineInput> = {
    room: 'quarantine',
    load: async (_tx, inputs) => {
      batches.push(inputs.map(({ chargePointId, action }) => `${chargePointId}:${action}`));
      return new Map(inputs.map(({ chargePointId }) => [chargePointId, []]));
    },
    decide: (state, input) => {
      if (input.action === 'poison') throw new Error('poison');
      steps.push('decide');
      const fed: Input = more.circle ? input : sampled(input.chargePointId);
      return {
        state: [...state, input.action],
        effects: [
          ...(more.feeds || more.circle ? [{ do: 'feed' as const, input: fed }] : []),
          { do: 'reply', value: input.action },
        ],
        ...(input.action === 'ignored' && { ignored: 'duplicate' }),
      };
    },
    ...(more.foresees && { foresee: ({ chargePointId }) => [sampled(chargePointId)] }),
    save: async (tx, changed) => {
      await tx.rows({ name: `save ${changed.map(({ after }) => after.join('+')).join(',')}`, text: '' }, []);
    },
  };
  const sink: Participant<number, MeterInput> = {
    room: 'meter',
    load: async (_tx, inputs) => {
      steps.push('load');
      return new Map(inputs.map(({ chargePointId }) => [chargePointId, 0]));
    },
    decide: (state) => {
      steps.push('decide');
      return { state: state + 1, effects: [] };
    },
    save: async (tx, changed) => {
      await tx.rows({ name: `fed ${changed.length}`, text: '' }, []);
    },
  };
  const eventWriter: EventWriter = { prepare: () => ({ write: async () => ({ committed: () => {} }) }) };
  const poisoned: string[] = [];
  const ingest = createIngest({
    db,
    participants: [participant(echo), participant(sink)],
    eventWriter,
    lanes: 2,
    now: () => T0,
    isTransient: (cause) => cause === TRANSIENT,
    onWake: () => {},
    log: { warn: () => {}, error: () => {} },
    metrics: { batch: () => {}, retried: () => {}, ignored: () => {}, poisoned: (_room, type) => poisoned.push(type) },
  });
  running = ingest;
  return { db, ingest, batches, steps, poisoned };
}

describe('ingest', () => {
  test.each([
    ['what is fed is loaded in its turn', { feeds: true }, ['decide', 'load', 'decide'], ['save a', 'fed 1']],
    [
      'what is foreseen is loaded at once',
      { feeds: true, foresees: true },
      ['load', 'decide', 'decide'],
      ['save a', 'fed 1'],
    ],
    ['what was foreseen and is not fed is not saved', { foresees: true }, ['load', 'decide'], ['save a']],
  ])('%s', async (_name, how, steps, saved) => {
    const { db, ingest, steps: taken } = setUp(how);
    expect(await ingest.submit(quarantined('cp_1', 'a'))).toBe('a');
    expect(taken).toEqual(steps);
    expect(db.saved).toEqual([saved]);
  });

  test('answers after the commit, and gathers what comes while a transaction is in flight', async () => {
    const { db, ingest, batches } = setUp();
    db.hold();
    let answered = 0;
    const all = Array.from({ length: 50 }, (_, i) =>
      ingest.submit(quarantined(`cp_${i}`, 'a')).then((reply) => {
        answered += 1;
        return reply;
      }),
    );
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(answered).toBe(0);
    db.release();
    expect(await Promise.all(all)).toEqual(Array(50).fill('a'));
    expect(batches.length).toBeLessThanOrEqual(6);
  });
  test('decides the inputs of one charge point in their order, one per batch, with all that they feed', async () => {
    const { db, ingest, batches } = setUp({ feeds: true });
    const replies = await Promise.all(['1', '2', '3'].map((action) => ingest.submit(quarantined('cp_1', action))));
    expect(replies).toEqual(['1', '2', '3']);
    expect(batches).toEqual([['cp_1:1'], ['cp_1:2'], ['cp_1:3']]);
    expect(db.saved).toEqual([
      ['save 1', 'fed 1'],
      ['save 2', 'fed 1'],
      ['save 3', 'fed 1'],
    ]);
  });
  test('a poisoned message hurts only itself', async () => {
    const { ingest, poisoned } = setUp();
    const results = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) => ingest.submit(quarantined(`cp_${i}`, i === 17 ? 'poison' : 'fine'))),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(39);
    expect(results[17]).toMatchObject({ status: 'rejected', reason: { message: 'poison' } });
    expect(poisoned).toEqual(['quarantined']);
  });
  test('inputs that ran out of time while the database was away hold up nothing that comes after them', async () => {
    const { db, ingest, batches } = setUp();
    db.failWith(() => TRANSIENT);
    const patient = ingest.submit(quarantined('cp_1', 'patient'));
    const other = ingest.submit(quarantined('cp_2', 'other'));
    const late = Array.from({ length: 10_000 }, (_, i) =>
      ingest.submit(quarantined(i % 2 ? 'cp_1' : `cp_late_${i % 1_000}`, 'late'), { patienceMs: 20 }),
    );
    const answers = await Promise.allSettled(late);
    expect(new Set(answers.map((each) => each.status === 'rejected' && each.reason.code))).toEqual(
      new Set(['unavailable']),
    );
    expect(ingest.waiting()).toBe(2);
    const behind = ['1', '2', '3'].map((action) => ingest.submit(quarantined('cp_1', action)));
    const again = ['1', '2'].map((action) => ingest.submit(quarantined('cp_late_0', action)));
    db.failWith(undefined);
    expect(await Promise.all([patient, other, ...behind, ...again])).toEqual([
      ...['patient', 'other', '1', '2', '3', '1', '2'],
    ]);
    expect(batches.flat().filter((each) => each.endsWith('late'))).toEqual([]);
    for (const batch of batches) expect(new Set(batch.map((each) => each.split(':')[0])).size).toBe(batch.length);
    expect(await Promise.all(Array.from({ length: 5 }, () => ingest.submit(quarantined('cp_1', 'after'))))).toEqual(
      Array(5).fill('after'),
    );
  });
  test('X14: nothing is answered while the database is away, and everything when it is back', async () => {
    const { db, ingest } = setUp();
    let attempts = 0;
    db.failWith(() => {
      attempts += 1;
      return TRANSIENT;
    });
    let answered = false;
    const waiting = ingest.submit(quarantined('cp_1', 'a')).then((reply) => {
      answered = true;
      return reply;
    });
    const impatient = ingest.submit(quarantined('cp_2', 'b'), { patienceMs: 50 });
    await expect(impatient).rejects.toMatchObject({ code: 'unavailable' });
    expect(attempts).toBeGreaterThan(0);
    await until('it says so', () => ingest.isRefused());
    expect(answered).toBe(false);
    db.failWith(undefined);
    expect(await waiting).toBe('a');
    expect(ingest.isRefused()).toBe(false);
    expect(db.saved.flat()).toEqual(['save a']);
  });
  test('an input for a charge point that does not exist is told so, the others are not disturbed', async () => {
    const { ingest } = setUp();
    const [gone, fine] = await Promise.allSettled([
      ingest.submit(quarantined('cp_gone', 'a')),
      ingest.submit(quarantined('cp_1', 'b')),
    ]);
    expect(gone).toMatchObject({ status: 'rejected', reason: { code: 'not_found' } });
    expect(fine).toMatchObject({ value: 'b' });
  });
  test('machines that feed each other in a circle are stopped', async () => {
    const { ingest } = setUp({ circle: true });
    await expect(ingest.submit(quarantined('cp_1', 'a'))).rejects.toThrow('circle');
  });
  test('takes no more than its capacity, and nothing after stop', async () => {
    const { db, ingest } = setUp();
    db.hold();
    const first = ingest.submit(quarantined('cp_1', 'a'));
    const stopped = ingest.stop(1000);
    await expect(ingest.submit(quarantined('cp_2', 'b'))).rejects.toMatchObject({ code: 'unavailable' });
    db.release();
    await stopped;
    expect(await first).toBe('a');
  });
});
