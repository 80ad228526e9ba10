/**
 * Every constraint of every message that a charger may send, broken one by one, over a real socket and the real handlers of a
 * version: strict, each gets its own code; tolerant, none is ever refused.
 */
import { once } from 'node:events';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Protocol, Version } from '../../src/ocpp/contract.ts';
import type { TransportOptions } from '../../src/ocpp/index.ts';
import { loadSchemas } from '../../src/ocpp/rpc.ts';
import { type Charger, createRig } from '../ocpp/rig.ts';
import { exampleOf, type Negative, negativesOf, type Rule } from './negatives.ts';
import { promised } from './promised.ts';
import { until } from './until.ts';

export type Strictness = {
  readonly protocol: Protocol;
  readonly serve: (submit: TransportOptions['submit']) => Version;
  readonly codes: Readonly<Record<Rule, string>>;
  /** How many ways to be wrong there are at least: a generator that finds none proves nothing. */
  readonly least: number;
  /** How many messages there are; undefined: not all of them are served yet. */
  readonly messages?: number;
  /** Sent without being answered (OCPP 2.1, message type 6). */
  readonly unanswered?: readonly string[];
  /** Payloads of which nothing may get lost, whatever they hold. */
  readonly money: readonly string[];
  /** Frames that are wrong around the payload, and the code for it. */
  readonly envelopes: readonly (readonly [what: string, message: string | readonly unknown[], code: string])[];
  readonly named: { readonly action: string; readonly payload: unknown; readonly message: RegExp };
};

const name = ({ field, rule, how }: Negative): string => `${field} ${rule} ${how.slice(0, 40)}`;

/** Declares the tests. */
export async function strictness({
  protocol,
  serve,
  codes,
  least,
  messages,
  unanswered = [],
  money,
  envelopes,
  named,
}: Strictness): Promise<void> {
  const rig = await createRig({ serve });
  for (const [input, reply] of Object.entries(promised)) rig.replies.set(input, () => reply);
  afterAll(() => rig.close());

  const known = [...serve(() => Promise.resolve()).fromCharger.keys()];
  const actions = known.filter((action) => !unanswered.includes(action));
  const schemas = new Map(
    actions.map((action) => {
      const schema = loadSchemas(protocol).get(`${action} request`);
      if (schema === undefined) throw new Error(`no schema of ${action}`);
      return [action, schema] as const;
    }),
  );
  const schemaOf = (action: string) => schemas.get(action) ?? {};

  async function connected(identity: string, strict: boolean): Promise<Charger> {
    rig.charger(identity, { strict });
    return rig.connect(identity, { protocols: [protocol] });
  }

  /** The answers to these payloads, in order; [4, code, description] or [3, result]. Two under way at once: who sends more waits for turns. */
  async function answersTo(charger: Charger, action: string, payloads: readonly unknown[]): Promise<unknown[][]> {
    const answers: unknown[][] = [];
    charger.received.length = 0;
    for (const [index, payload] of payloads.entries()) {
      while (index - charger.received.length >= 2) await once(charger.socket, 'message');
      charger.send([2, `n${index}`, action, payload]);
    }
    await until('all are answered', () => charger.received.length >= payloads.length);
    for (const [type, id, ...rest] of charger.messages) {
      expect(id).toBe(`n${answers.length}`); // one answer each, in order
      answers.push([type, ...rest]);
    }
    return answers;
  }

  test('there are several thousand ways to be wrong', () => {
    const all = actions.flatMap((action) => negativesOf(schemaOf(action)));
    expect(all.length).toBeGreaterThan(least);
    if (messages !== undefined) expect(known).toHaveLength(messages);
  });

  describe('strict', () => {
    test.each(actions)('%s: every broken constraint gets its own code', async (action) => {
      const charger = await connected(`S-${action}`, true);
      const negatives = negativesOf(schemaOf(action));
      const answers = await answersTo(
        charger,
        action,
        negatives.map(({ payload }) => payload),
      );
      const told = answers.map(([type, code]) => [type, code]);
      const got = Object.fromEntries(negatives.map((negative, index) => [name(negative), told[index]]));
      expect(got).toEqual(Object.fromEntries(negatives.map((negative) => [name(negative), [4, codes[negative.rule]]])));
      charger.socket.terminate();
    });

    test.each(actions)('%s: what is right is served', async (action) => {
      const charger = await connected(`R-${action}`, true);
      const right = [exampleOf(schemaOf(action), true), exampleOf(schemaOf(action), false)];
      // A message may be sound and still say nothing that is usable: then it is kept, and answered as well.
      for (const [type] of await answersTo(charger, action, right)) expect(type).toBe(3);
      charger.socket.terminate();
    });

    test('the fault is named', async () => {
      const charger = await connected('NAMED', true);
      const [answer] = await answersTo(charger, named.action, [named.payload]);
      expect(answer?.[2]).toMatch(named.message);
    });

    test.each(envelopes)('%s', async (what, message, code) => {
      const charger = await connected(`E-${what.replaceAll(' ', '-')}`, true);
      charger.send(typeof message === 'string' ? message : [...message]);
      const [answer] = await until('an answer', () => (charger.messages.length > 0 ? charger.messages : undefined));
      expect(answer?.slice(0, 1)).toEqual([4]);
      expect(answer?.[2]).toBe(code);
    });
  });

  describe('tolerant', () => {
    /** Of the largest messages not every fault, but some of every kind; all of them with `npm run fuzz`. */
    const tolerated = (action: string) => {
      const all = negativesOf(schemaOf(action));
      const every = process.env['FUZZ_FRAMES'] === undefined ? Math.ceil(all.length / 150) : 1;
      return all.filter((_, i) => i % every === 0);
    };
    test.each(actions)('%s: nothing is ever refused for its content', async (action) => {
      const charger = await connected(`T-${action}`, false);
      const errors = rig.logged.filter(({ level }) => level === 'error').length;
      const negatives = tolerated(action);
      const answers = await answersTo(
        charger,
        action,
        negatives.map(({ payload }) => payload),
      );
      const refused = negatives.filter((_, index) => answers[index]?.[0] !== 3).map(name);
      expect(refused).toEqual([]);
      expect(rig.logged.filter(({ level }) => level === 'error').slice(errors)).toEqual([]);
      charger.socket.terminate();
    });

    test('money is taken in, or kept in quarantine: nothing is lost', () => {
      for (const action of money.filter((each) => known.includes(each))) {
        const sent = tolerated(action).length;
        const kept = rig.inputs.filter(
          (input) => input.room === 'quarantine' && input.chargePointId === `cp_T-${action}`,
        ).length;
        const taken = rig.inputs.filter(
          (input) => (input.room === 'sessions' || input.room === 'tokens') && input.chargePointId === `cp_T-${action}`,
        ).length;
        // Meter values without any value say nothing (M4).
        expect(kept + taken).toBeGreaterThan(sent * (action === 'MeterValues' ? 0.85 : 0.999));
      }
    });
  });
}
