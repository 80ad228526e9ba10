/** Every constraint of every message that a charger may send, broken one by one, over a real socket and the real handlers. */
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Version } from '../../src/ocpp/contract.ts';
import { loadSchemas } from '../../src/ocpp/rpc.ts';
import { createV16, type V16Options } from '../../src/ocpp/v16/index.ts';
import { newId } from '../../src/platform/ids.ts';
import { type Charger, createRig } from '../ocpp/rig.ts';
import { exampleOf, type Negative, negativesOf, type Rule } from '../support/negatives.ts';
import { until } from '../support/until.ts';

/** 1.6J §4.2.3, in its own spelling. */
const CODES: Readonly<Record<Rule, string>> = {
  type: 'TypeConstraintViolation',
  required: 'OccurenceConstraintViolation',
  count: 'OccurenceConstraintViolation',
  additionalProperties: 'FormationViolation',
  enum: 'PropertyConstraintViolation',
  maxLength: 'PropertyConstraintViolation',
  format: 'PropertyConstraintViolation',
  bound: 'PropertyConstraintViolation',
};
const MONEY = ['StartTransaction', 'StopTransaction', 'MeterValues'];

const accepted = { authorization: 'accepted' };
const started = { ...accepted, transactionId: 4711, sessionId: 'ses_1' };

const serve = (submit: V16Options['submit']): Version =>
  createV16({
    submit,
    nextTransactionId: () => Promise.resolve(4711),
    newId,
    clock: { now: () => new Date() },
    signCertificate: () => Promise.resolve('accepted'),
  });

const rig = await createRig({ serve });
for (const [input, reply] of [
  ['stations.booted', { status: 'accepted', intervalS: 300 }],
  ['tokens.authorize', accepted],
  ['tokens.authorize_start', started],
  ['tokens.authorize_stop', { sessionId: 'ses_1', authorized: accepted }],
  ['sessions.stopped', { sessionId: 'ses_1', authorized: undefined }],
] as const) {
  rig.replies.set(input, () => reply);
}
afterAll(() => rig.close());

const actions = [...serve(() => Promise.resolve()).fromCharger.keys()];
const schemas = new Map(
  actions.map((action) => {
    const schema = loadSchemas('ocpp1.6').get(`${action} request`);
    if (schema === undefined) throw new Error(`no schema of ${action}`);
    return [action, schema] as const;
  }),
);
const schemaOf = (action: string) => schemas.get(action) ?? {};

async function connected(identity: string, strict: boolean): Promise<Charger> {
  rig.charger(identity, { strict });
  return rig.connect(identity);
}

/** The answers to these payloads, in order; [4, code, description] or [3, result]. */
async function answersTo(charger: Charger, action: string, payloads: readonly unknown[]): Promise<unknown[][]> {
  const answers: unknown[][] = [];
  for (let from = 0; from < payloads.length; from += 400) {
    const some = payloads.slice(from, from + 400);
    charger.received.length = 0;
    for (const [index, payload] of some.entries()) charger.send([2, `n${from + index}`, action, payload]);
    await until('all are answered', () => charger.received.length >= some.length);
    for (const [type, id, ...rest] of charger.messages) {
      expect(id).toBe(`n${answers.length}`); // one answer each, in order
      answers.push([type, ...rest]);
    }
  }
  return answers;
}

const name = ({ field, rule, how }: Negative): string => `${field} ${rule} ${how.slice(0, 40)}`;

test('there are several thousand ways to be wrong', () => {
  const all = actions.flatMap((action) => negativesOf(schemaOf(action)));
  expect(all.length).toBeGreaterThan(2500);
  expect(actions).toHaveLength(14);
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
    expect(got).toEqual(Object.fromEntries(negatives.map((negative) => [name(negative), [4, CODES[negative.rule]]])));
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
    const [answer] = await answersTo(charger, 'Authorize', [{ idTag: 'x'.repeat(21) }]);
    expect(answer?.[2]).toMatch(/idTag .*20/);
  });

  test.each([
    ['a numeric message id', [2, 7, 'Heartbeat', {}], 'ProtocolError'],
    ['a message id that is too long', [2, 'x'.repeat(37), 'Heartbeat', {}], 'ProtocolError'],
    ['no payload', [2, 'a', 'Heartbeat'], 'ProtocolError'],
    ['a payload of null', [2, 'b', 'Heartbeat', null], 'ProtocolError'],
    ['an element too many', [2, 'c', 'Heartbeat', {}, 1], 'ProtocolError'],
    ['a payload that is a list', [2, 'd', 'Heartbeat', []], 'TypeConstraintViolation'],
    ['an unknown action', [2, 'e', 'Dance', {}], 'NotImplemented'],
    ['an action that is ours to send', [2, 'f', 'Reset', { type: 'Soft' }], 'NotSupported'],
    ['no JSON', '[2,"g","Heartbeat",{', 'FormationViolation'],
  ] as const)('%s', async (what, message, code) => {
    const charger = await connected(`E-${what.replaceAll(' ', '-')}`, true);
    charger.send(typeof message === 'string' ? message : [...message]);
    const [answer] = await until('an answer', () => (charger.messages.length > 0 ? charger.messages : undefined));
    expect(answer?.slice(0, 1)).toEqual([4]);
    expect(answer?.[2]).toBe(code);
  });
});

describe('tolerant', () => {
  test.each(actions)('%s: nothing is ever refused for its content', async (action) => {
    const charger = await connected(`T-${action}`, false);
    const errors = rig.logged.filter(({ level }) => level === 'error').length;
    const negatives = negativesOf(schemaOf(action));
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
    for (const action of MONEY) {
      const sent = negativesOf(schemaOf(action)).length;
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
