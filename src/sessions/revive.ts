/** Events that were held in the database, with their instants again. What is not readable is dropped: the log has its trace. */
import type { ChargerInstant, MeterReading } from '../ingest/inputs.ts';
import type { TransactionInput } from './types.ts';

/** As JSON has them. Only saveEvents writes these rows, from a TransactionInput. */
type Stored<T> = T extends Date
  ? string
  : T extends readonly (infer Each)[]
    ? readonly Stored<Each>[]
    : T extends object
      ? { readonly [Field in keyof T]: Stored<T[Field]> }
      : T;

export function reviveEvent(json: unknown): TransactionInput | undefined {
  if (typeof json !== 'object' || json === null || !('event' in json)) return undefined;
  const { receivedAt, event, token, ...rest } = json as Stored<TransactionInput>;
  const { at, readings, ...said } = event;
  return {
    ...rest,
    receivedAt: new Date(receivedAt),
    event: { ...said, at: instant(at), readings: readings.map(reading) },
    ...(token !== undefined && { token: { ...token, authorized: authorized(token.authorized) } }),
  };
}

const instant = ({ ours, ...stored }: Stored<ChargerInstant>): ChargerInstant => ({
  ...stored,
  raw: stored.raw, // JSON has no undefined
  at: new Date(stored.at),
  ...(ours !== undefined && { ours: new Date(ours) }),
});

const reading = (stored: Stored<MeterReading>): MeterReading => ({ ...stored, at: instant(stored.at) }) as MeterReading; // as: saveEvents wrote it

type Authorized = NonNullable<TransactionInput['token']>['authorized'];
const authorized = ({ expiresAt, ...rest }: Stored<Authorized>): Authorized => ({
  ...rest,
  ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }),
});
