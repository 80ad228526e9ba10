/** X: what chargers do about transactions. */
import type { Misbehaviour } from '../contract.ts';
import type { OutgoingCall, Payload } from '../types.ts';
import {
  inTurn,
  isPayload,
  on,
  payloadOf,
  perKey,
  replaceDeep,
  withFields,
  withSamples,
  withToken,
  withValue,
} from './payload.ts';

const sessionOf = (call: OutgoingCall): string => call.session?.localId ?? '';

/** A register that fell back to nothing in the middle of the session, wherever it is shown but at the session's beginning. */
function afterReset(call: OutgoingCall): OutgoingCall {
  const start = call.session?.meterStartWh ?? 0;
  const fallen = (samples: unknown): unknown =>
    Array.isArray(samples)
      ? samples
          .filter(isPayload)
          .map((sample) =>
            sample['measurand'] === 'Energy.Active.Import.Register' && sample['context'] !== 'Transaction.Begin'
              ? withValue(sample, Math.floor((Number(sample['value']) - start) / 2))
              : sample,
          )
      : samples;
  return { ...call, payload: replaceDeep(call.payload, 'sampledValue', fallen) };
}

const ABOUT_METERS: ReadonlySet<string> = new Set(['StopTransaction', 'MeterValues', 'TransactionEvent']);
const atTheEnd = (sample: Payload, lastly: (stop: number) => number): Payload =>
  sample['measurand'] === 'Energy.Active.Import.Register' && sample['context'] === 'Transaction.End'
    ? withValue(sample, lastly(Number(sample['value'])))
    : sample;

const inOddCase = (tag: string): string =>
  ` ${[...tag].map((letter, index) => (index % 2 === 0 ? letter.toLowerCase() : letter.toUpperCase())).join('')}  `;

export const transactions: Readonly<Record<string, Misbehaviour>> = {
  X1: {
    does: 'repeats each StartTransaction, in turn with the same and with a new message id',
    calls: () => {
      const next = inTurn<OutgoingCall['messageId']>(['as_before', 'fresh']);
      return on('StartTransaction', (call) => [call, { ...call, messageId: next() }]);
    },
  },
  X2: {
    does: 'repeats each StopTransaction with a new message id',
    calls: () => on('StopTransaction', (call) => [call, { ...call, messageId: 'fresh' }]),
  },
  X3: {
    does: 'stops transaction −1, 0, an unknown one, and 2⁶³, in turn',
    calls: () => {
      const next = perKey([-1, 0, 2_100_000_000, 2 ** 63]);
      return on('StopTransaction', (call) => [withFields(call, { transactionId: next(sessionOf(call)) })]);
    },
  },
  X5: {
    does: 'never sends StartTransaction, only its stop, with an id of its own',
    calls: () => {
      const next = perKey([424_201, 424_202, 424_203, 424_204]);
      return (call) => {
        if (call.action === 'StartTransaction') return [];
        return [call.action === 'StopTransaction' ? withFields(call, { transactionId: next(sessionOf(call)) }) : call];
      };
    },
  },
  X6: {
    does: 'starts another transaction on the same connector first, which never stops',
    calls: () => (call) => {
      const { timestamp, meterStart, eventType, transactionInfo } = payloadOf(call);
      if (call.action !== 'StartTransaction' && eventType !== 'Started') return [call];
      const earlier = { timestamp: new Date(new Date(String(timestamp)).getTime() - 60_000).toISOString() };
      if (!isPayload(transactionInfo))
        return [withFields(call, { ...earlier, meterStart: Math.max(0, Number(meterStart) - 100) }), call];
      const other = { ...transactionInfo, transactionId: `before ${String(transactionInfo['transactionId'])}` };
      return [withFields(call, { ...earlier, transactionInfo: other }), { ...call, messageId: 'fresh' }];
    },
  },
  X7: {
    does: 'loses every StopTransaction; the connector just becomes Available',
    calls: () => on('StopTransaction', () => []),
  },
  X8: {
    does: 'starts with an unknown token without asking, and stops with DeAuthorized when it is refused',
    traits: { authorizesFirst: false },
  },
  X9: {
    does: 'a last register below the first, −1, with a fraction, and one that fell to zero, in turn',
    calls: () => {
      const next = perKey<'below' | 'minus' | 'fraction' | 'reset'>(['below', 'minus', 'fraction', 'reset']);
      return (call) => {
        if (!ABOUT_METERS.has(call.action)) return [call];
        const how = next(sessionOf(call));
        const shown = how === 'reset' ? afterReset(call) : call;
        const start = call.session?.meterStartWh ?? 0;
        const lastly = (stop: number): number =>
          ({ below: start - 100, minus: -1, fraction: stop + 0.37, reset: Math.floor((stop - start) / 2) })[how];
        if (call.action === 'StopTransaction')
          return [withFields(shown, { meterStop: lastly(Number(payloadOf(call)['meterStop'])) })];
        const isEnd = payloadOf(call)['eventType'] === 'Ended' && how !== 'reset';
        return [isEnd ? withSamples(shown, (samples) => samples.map((each) => atTheEnd(each, lastly))) : shown];
      };
    },
  },
  X11: { does: 'accepts remote starts, and then nothing starts', traits: { ignoresRemoteStart: true } },
  X13: {
    does: 'blanks around tokens, and letters in alternating case',
    calls: () => (call) => [withToken(call, inOddCase)],
  },
};
