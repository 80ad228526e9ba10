/** R: what chargers do to OCPP-J framing. */
import type { Misbehaviour } from '../contract.ts';
import type { Payload } from '../types.ts';
import { isPayload, payloadOf, withFields, withSamples, withToken } from './payload.ts';

const TRANSACTION_ACTIONS = new Set(['StartTransaction', 'StopTransaction', 'MeterValues', 'TransactionEvent']);

const numbersAsText = (value: unknown): unknown => {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(numbersAsText);
  if (!isPayload(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, numbersAsText(each)]));
};

const extraSamples = (samples: readonly Payload[]): readonly Payload[] => [
  ...samples,
  ...(samples.some(({ value }) => typeof value === 'number')
    ? [
        { value: 31.5, measurand: 'Temperature', location: 'Body', unitOfMeasure: { unit: 'Celcius' } },
        { value: 49.98, measurand: 'Frequency', unitOfMeasure: { unit: 'Hertz' } },
      ]
    : [
        { value: '31.5', measurand: 'Temperature', location: 'Body', unit: 'Celcius' },
        { value: '49.98', measurand: 'Frequency', unit: 'Hertz' },
      ]),
];
/** One more than a token may have: 20 characters in 1.6, 36 in 2.x. */
const tooLong = (token: string, call: { readonly payload: unknown }): string =>
  token.padEnd(isPayload(call.payload) && 'idTag' in call.payload ? 21 : 37, '0');

export const framing: Readonly<Record<string, Misbehaviour>> = {
  R1: {
    does: 'cuts its answers in the middle of the JSON',
    answers: ({ text }) => text.slice(0, Math.max(1, Math.floor(text.length * 0.7))),
  },
  R2: {
    does: 'answers every call with a CALLERROR of four elements',
    answers: ({ id }) => JSON.stringify([4, id, 'NotSupported', '']),
  },
  R3: {
    does: 'sends each transaction message twice under one message id, keeps ids for retries, and counts from 1 after each boot',
    traits: { messageIds: 'counter_per_boot', keepsMessageId: true },
    calls: () => (call) =>
      TRANSACTION_ACTIONS.has(call.action) ? [call, { ...call, messageId: 'as_before' }] : [call],
  },
  R4: { does: 'answers calls 40 seconds late', traits: { answerDelayMs: 40_000 } },
  R5: { does: 'does not wait for answers before it sends the next call', traits: { oneCallAtATime: false } },
  R6: {
    does: 'begins the transaction of a remote start before it answers the call',
    traits: { actsBeforeAnswering: true, answerDelayMs: 1500 },
  },
  R7: {
    does: 'numeric message ids, numbers as strings, unknown fields, null as payload of heartbeats',
    traits: { messageIds: 'number' },
    calls: () => (call) => {
      if (call.action === 'Heartbeat') return [{ ...call, payload: null }];
      const odd = numbersAsText(call.payload);
      return [withFields({ ...call, payload: odd }, { vendorErrorLevel: 'low', x: null })];
    },
  },
  R8: {
    does: 'units Celcius and Hertz, and tokens filled up to one character more than there may be',
    traits: { chargesUnauthorized: true },
    calls: () => (call) => {
      const { meterValue } = payloadOf(call);
      const shown = meterValue === undefined ? call : withSamples(call, extraSamples);
      return [withToken(shown, (token) => tooLong(token, call))];
    },
  },
  R9: {
    does: 'repeats a transaction message every second for as long as it gets a CALLERROR',
    traits: { repeatsOnErrorForEver: true },
  },
  R10: {
    does: 'answers every call under a message id that nobody used',
    answers: ({ payload }) => JSON.stringify([3, 'nobody asked this', payload]),
  },
};
