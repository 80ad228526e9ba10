/** Stations of 2.0.1 and 2.1 on the tiny server; every frame of theirs is held against the schemas of their version. */
import { expect } from '@jest/globals';
import { createSchemas } from '../../src/ocpp/schemas.ts';
import type { Charger } from '../../src/simulator/index.ts';
import { type Arranged, arranged, booted } from './arrange.ts';
import type { Heard, TinyCsms } from './tiny-csms.ts';

export const VERSIONS = ['2.0.1', '2.1'] as const;
export type V2 = (typeof VERSIONS)[number];
type Payload = Record<string, unknown>;

export type Arranged2 = {
  readonly csms: TinyCsms;
  readonly version: V2;
  station(options?: Parameters<Arranged['charger']>[0]): Charger;
  booted(options?: Parameters<Arranged['charger']>[0]): Promise<Charger>;
  /** The payload of the answer, or [code] of an error. */
  ask(action: string, payload?: Payload): Promise<Payload>;
  /** Its status alone. */
  status(action: string, payload?: Payload): Promise<unknown>;
  events(): Payload[];
};

const schemas = new Map(VERSIONS.map((version) => [version, createSchemas(`ocpp${version}`)]));

export const on = (version: V2, test: (arranged: Arranged2) => Promise<void>): Promise<void> =>
  arranged(async ({ csms, charger }) => {
    const faults: string[] = [];
    const check = (action: string, direction: 'request' | 'result', payload: unknown): void => {
      const schema = schemas.get(version)?.of(action, direction);
      const fault = schema === undefined ? { field: '', message: 'is no message of it' } : schema.check(payload);
      if (fault !== undefined)
        faults.push(`${action}.${direction} ${fault.field} ${fault.message}: ${JSON.stringify(payload)}`);
    };
    const ask = async (action: string, payload: Payload = {}): Promise<Payload> => {
      check(action, 'request', payload);
      const [type, , third] = await csms.call(action, payload);
      if (type !== 3) return { error: third };
      check(action, 'result', third);
      return third as Payload;
    };
    const station: Arranged2['station'] = (options = {}) => charger({ version, ...options });
    await test({
      csms,
      version,
      station,
      booted: (options) => booted(station(options), csms),
      ask,
      status: async (action, payload) => {
        const answer = await ask(action, payload);
        return answer['status'] ?? answer['error'];
      },
      events: () => csms.of('TransactionEvent').map(({ payload }) => payload),
    });
    for (const { action, payload } of csms.heard) check(action, 'request', payload);
    expect(faults).toEqual([]);
  });

/** eventType/triggerReason/chargingState of each TransactionEvent. */
export const told = (heard: readonly Heard[]): string[] =>
  heard.map(({ payload }) => {
    const { chargingState } = payload['transactionInfo'] as Payload;
    return `${payload['eventType']} ${payload['triggerReason']} ${chargingState}`;
  });

/** The transactionInfo of an event. */
export const infoOf = (event: Payload | undefined): Payload => (event?.['transactionInfo'] ?? {}) as Payload;
