/** Mutated frames against the transport with faked and with real handlers: every readable CALL gets exactly one answer. */
import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Protocol, UnusableMessage, type Version } from '../../src/ocpp/contract.ts';
import { parseFrame } from '../../src/ocpp/frames.ts';
import type { TransportOptions } from '../../src/ocpp/index.ts';
import { createRig, type Rig } from '../ocpp/rig.ts';
import { promised } from './promised.ts';

export type Fuzz = {
  readonly protocol: Protocol;
  readonly serve: (submit: TransportOptions['submit']) => Version;
  /** Messages that are right; the frames are made of them. */
  readonly right: readonly (readonly [action: string, payload: unknown])[];
};

/** All four runs of a version together; `npm run fuzz` sends as many of every version. */
const FRAMES = Number(process.env['FUZZ_FRAMES'] ?? 10_000);
const PER_ROUND = 400;
/** Of one run, for as many frames as a night sends: niced, and beside others. */
const TIMEOUT_MS = 600_000 + FRAMES * 5;
/** In JSON text: NUL or half a surrogate pair; but not a backslash that is itself escaped, followed by the same letters. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\(?:u0000|ud[89a-f])/;

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    'null',
    '',
    '5',
    1.5,
    -1,
    2 ** 63,
    1e308,
    true,
    [],
    {},
    'a'.repeat(600),
    '\u0000',
    '__proto__',
    '\ud800',
  ),
  fc.jsonValue(),
);

function mutate(value: unknown, path: readonly number[], change: unknown): unknown {
  const [index = 0, ...rest] = path;
  if (path.length === 0 || typeof value !== 'object' || value === null) return change;
  if (Array.isArray(value)) {
    return value.length === 0
      ? [change]
      : value.map((each, i) => (i === index % value.length ? mutate(each, rest, change) : each));
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return { rogue: change };
  return Object.fromEntries(
    entries.map(([key, item], i) => [key, i === index % entries.length ? mutate(item, rest, change) : item]),
  );
}

/** A message of a charger with faults in its payload, then with faults in its text; `#` stands for its id. */
const frame = (right: Fuzz['right']): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...right),
      fc.array(fc.tuple(fc.array(fc.nat(6), { maxLength: 5 }), odd), { maxLength: 3 }),
      fc.option(
        fc.oneof(
          fc.record({ cut: fc.nat(200) }),
          fc.record({
            where: fc.nat(200),
            insert: fc.constantFrom('"', '[', ']', '{', ',', '\\', '\u0000', '1', 'é', '\u2028'),
          }),
          fc.record({ type: fc.constantFrom('1', '3', '4', '5', '6', '7', '"2"', 'null', '2.0') }),
          fc.record({ whole: fc.oneof(fc.string({ unit: 'binary', maxLength: 50 }), fc.json()) }),
        ),
        { freq: 2 },
      ),
    )
    .map(([[action, payload], changes, damage]) => {
      let mutated: unknown = payload;
      for (const [path, change] of changes) mutated = mutate(mutated, path, change);
      const text = `[2,"#",${JSON.stringify(action)},${JSON.stringify(mutated)}]`;
      if (damage === null) return text;
      if ('cut' in damage) return text.slice(0, damage.cut);
      if ('where' in damage) return text.slice(0, damage.where) + damage.insert + text.slice(damage.where);
      if ('type' in damage) return `[${damage.type}${text.slice(2)}`;
      return damage.whole;
    });

/**
 * How often each id has to be answered: once per CALL that can be read, were it only its head. 2.x also answers message types that
 * it does not have; 1.6J §4.1.3 ignores them.
 */
function expected(protocol: Protocol, texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const parsed = parseFrame(text);
    const isCall = parsed.is === 'call' || (parsed.is === 'unreadable' && parsed.type === 2);
    const isForeign =
      protocol !== 'ocpp1.6' && (parsed.is === 'unknown_type' || (parsed.is === 'send' && protocol === 'ocpp2.0.1'));
    if ((isCall || isForeign) && parsed.id !== undefined) {
      counts.set(String(parsed.id), (counts.get(String(parsed.id)) ?? 0) + 1);
    }
  }
  return counts;
}

/** Declares the tests. */
export function fuzz({ protocol, serve, right }: Fuzz): void {
  const frames = FRAMES;
  const rigs: Rig[] = [];
  const unhandled: unknown[] = [];
  const onUnhandled = (cause: unknown): void => void unhandled.push(cause);
  process.on('unhandledRejection', onUnhandled);
  afterAll(async () => {
    process.off('unhandledRejection', onUnhandled);
    for (const each of rigs) await each.close();
  });

  test.each([
    { strict: false, handlers: 'faked' },
    { strict: true, handlers: 'faked' },
    { strict: false, handlers: 'real' },
    { strict: true, handlers: 'real' },
  ])(
    `fuzz: every readable CALL gets exactly one answer, nothing crashes (strict: $strict, handlers: $handlers)`,
    async ({ strict, handlers }) => {
      const rig = await createRig({
        failOnBrokenResult: false,
        protocols: [protocol],
        ...(handlers === 'real' ? { serve } : {}),
      });
      rigs.push(rig);
      for (const [input, reply] of Object.entries(promised)) rig.replies.set(input, () => reply);
      let handled = 0;
      for (const [action] of right) {
        rig.handlers.set(action, async (call) => {
          handled += 1;
          JSON.stringify(call.payload);
          if (handled % 11 === 0) throw new UnusableMessage('fuzz');
          if (handled % 13 === 0) throw new TypeError('fuzz');
          if (handled % 17 === 0) return { broken: true };
          if (handled % 7 === 0) await new Promise(setImmediate);
          return undefined as never; // the rig answers
        });
      }
      rig.charger('CP', { strict });
      const charger = await rig.connect('CP', { protocols: [protocol] });
      let sent = 0;
      /** What reaches the rooms can be stored, and a result of a real handler never breaks its schema. Then it is forgotten: a night is long. */
      const judgeRound = (): void => {
        const kept = rig.inputs.splice(0).filter(({ room }) => room !== 'quarantine'); // which keeps texts as they came
        expect(JSON.stringify(kept)).not.toMatch(UNSTORABLE);
        const bugs = rig.logged.splice(0).filter(({ level }) => level === 'error');
        if (handlers === 'real') expect(bugs).toEqual([]);
        for (const remembered of [rig.frames, rig.calls, rig.deviations, rig.metrics]) remembered.length = 0;
      };
      await fc.assert(
        fc.asyncProperty(fc.array(frame(right), { minLength: PER_ROUND, maxLength: PER_ROUND }), async (frames) => {
          const texts = frames.map((text) => {
            sent += 1;
            // The full stop: a digit that was put in behind it makes no id of another frame.
            return text.replaceAll('#', `id-${sent}.`);
          });
          const before = charger.received.length;
          for (const text of texts) charger.send(text);
          await charger.call('Heartbeat', {}, `end-${sent}`);
          expect(charger.closed).toBeUndefined();
          const answers = new Map<string, number>();
          for (const text of charger.received.splice(before)) {
            const [type, id] = JSON.parse(text) as [number, unknown];
            expect([3, 4]).toContain(type);
            answers.set(String(id), (answers.get(String(id)) ?? 0) + 1);
          }
          answers.delete('-1');
          // Of what is no CALL, but has an id and no type, the first few are refused.
          for (const text of texts) {
            const parsed = parseFrame(text);
            if (parsed.is === 'unreadable' && parsed.type === undefined) answers.delete(String(parsed.id));
          }
          expect(Object.fromEntries(answers)).toEqual({
            ...Object.fromEntries(expected(protocol, texts)),
            [`end-${sent}`]: 1,
          });
          judgeRound();
        }),
        { numRuns: Math.ceil(frames / 4 / PER_ROUND), endOnFailure: true },
      );
      expect(unhandled).toEqual([]);
      expect(sent).toBeGreaterThanOrEqual(frames / 4);
      expect((Object.prototype as Record<string, unknown>)['rogue']).toBeUndefined();
    },
    TIMEOUT_MS,
  );
}
