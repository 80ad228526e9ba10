/** Small tools to change what is about to be sent. Never changes what it is given. */
import type { OutgoingCall, Payload } from '../types.ts';

export const isPayload = (value: unknown): value is Payload =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const payloadOf = (call: OutgoingCall): Payload => (isPayload(call.payload) ? call.payload : {});

/** The call with these fields of its payload replaced. */
export const withFields = (call: OutgoingCall, fields: Payload): OutgoingCall => ({
  ...call,
  payload: { ...payloadOf(call), ...fields },
});

export const without = (payload: Payload, field: string): Payload =>
  Object.fromEntries(Object.entries(payload).filter(([name]) => name !== field));

/** Every value of that name replaced, at any depth. */
export function replaceDeep(value: unknown, name: string, by: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => replaceDeep(each, name, by));
  if (!isPayload(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, key === name ? by(each) : replaceDeep(each, name, by)]),
  );
}

/** Only calls of that action are rewritten. */
export const on =
  (action: string, rewrite: (call: OutgoingCall, now: Date) => readonly OutgoingCall[]) =>
  (call: OutgoingCall, now: Date): readonly OutgoingCall[] =>
    call.action === action ? rewrite(call, now) : [call];

/** Gives the values in turn, one per use. */
export function inTurn<T>(values: readonly T[]): () => T {
  let index = 0;
  return () => {
    const value = values[index % values.length] as T; // as: the index is within the array
    index += 1;
    return value;
  };
}

/** The same value for the same key, the next one for a new key. */
export function perKey<T>(values: readonly T[]): (key: string) => T {
  const next = inTurn(values);
  const chosen = new Map<string, T>();
  return (key) => {
    const known = chosen.get(key);
    if (known !== undefined) return known;
    const value = next();
    chosen.set(key, value);
    return value;
  };
}

/** Only readings on their way are rewritten: MeterValues, and (2.x) those that come between start and end of a transaction. */
export const onReadings =
  (rewrite: (call: OutgoingCall) => readonly OutgoingCall[]) =>
  (call: OutgoingCall): readonly OutgoingCall[] => {
    const { eventType, meterValue } = payloadOf(call);
    const isUnderWay = call.action === 'TransactionEvent' && eventType === 'Updated' && Array.isArray(meterValue);
    return call.action === 'MeterValues' || isUnderWay ? rewrite(call) : [call];
  };

/** A sample with another value, written as the version writes it: a text in 1.6, a number in 2.x. */
export const withValue = (sample: Payload, value: number): Payload => ({
  ...sample,
  value: typeof sample['value'] === 'string' ? String(value) : value,
});

/** The token of a message by another text: idTag, or (2.x) idToken. */
export function withToken(call: OutgoingCall, change: (token: string) => string): OutgoingCall {
  const { idTag, idToken } = payloadOf(call);
  if (typeof idTag === 'string') return withFields(call, { idTag: change(idTag) });
  if (!isPayload(idToken)) return call;
  return withFields(call, { idToken: { ...idToken, idToken: change(String(idToken['idToken'])) } });
}

/** The rewriting of each MeterValues reading's samples. */
export const withSamples = (
  call: OutgoingCall,
  change: (samples: readonly Payload[]) => readonly Payload[],
): OutgoingCall => {
  const { meterValue } = payloadOf(call);
  if (!Array.isArray(meterValue)) return call;
  return withFields(call, {
    meterValue: meterValue.filter(isPayload).map((reading) => {
      const { sampledValue } = reading;
      return { ...reading, sampledValue: change(Array.isArray(sampledValue) ? sampledValue.filter(isPayload) : []) };
    }),
  });
};
