/** A version under test with a recording door, and calls to feed it. */

import type { Input } from '../../src/ingest/inputs.ts';
import type { ChargerLink, FromCharger, InboundCall, Version } from '../../src/ocpp/contract.ts';
import { createSchemas } from '../../src/ocpp/schemas.ts';
import { createV16, type V16Options } from '../../src/ocpp/v16/index.ts';

export const NOW = new Date('2026-03-01T10:00:00.000Z');

export const aLink = (more: Partial<ChargerLink> = {}): ChargerLink => ({
  chargePointId: 'cp_1',
  number: 1,
  identity: 'CP-1',
  organizationId: 'org_1',
  protocol: 'ocpp1.6',
  generation: 1,
  connectedAt: new Date(NOW.getTime() - 10_000),
  clockOffsetMs: null,
  strict: false,
  ...more,
});

export const aCall = (
  action: string,
  payload: Record<string, unknown>,
  more: Partial<InboundCall> = {},
): InboundCall => ({
  action,
  payload,
  valid: true,
  deviations: [],
  receivedAt: NOW,
  traceId: '0'.repeat(31).concat('1'),
  link: aLink(),
  ...more,
});

const replies: Partial<Record<Input['type'], unknown>> = {
  booted: { status: 'accepted', intervalS: 300 },
  authorize: { authorization: 'accepted' },
  authorize_start: { transactionId: 4711, sessionId: 'ses_1', authorization: 'accepted' },
  authorize_stop: { sessionId: 'ses_1', authorized: { authorization: 'accepted' } },
  stopped: { sessionId: 'ses_1', authorized: undefined },
};

export function recorder(answers: Partial<Record<Input['type'], unknown>> = {}, options: Partial<V16Options> = {}) {
  const inputs: Input[] = [];
  let transactionId = 900;
  const version: Version = createV16({
    submit: (input) => {
      inputs.push(input);
      return Promise.resolve({ ...replies, ...answers }[input.type]);
    },
    nextTransactionId: () => {
      transactionId += 1;
      return Promise.resolve(transactionId);
    },
    newId: (prefix) => `${prefix}_fresh`,
    clock: { now: () => NOW },
    ...options,
  });
  const handler = (action: string): FromCharger => {
    const found = version.fromCharger.get(action);
    if (found === undefined) throw new Error(`no handler of ${action}`);
    return found;
  };
  return {
    inputs,
    version,
    handler,
    /** Also checks what no answer may ever break: its schema. */
    async handle(action: string, payload: Record<string, unknown>, more: Partial<InboundCall> = {}) {
      const result = await handler(action).handle(aCall(action, payload, more));
      expectSound(action, result);
      return result;
    },
  };
}

const schemas = createSchemas('ocpp1.6');

export function expectSound(action: string, value: unknown, direction: 'request' | 'result' = 'result'): void {
  const schema = schemas.of(action, direction);
  if (schema === undefined) throw new Error(`OCPP 1.6 has no ${direction} of ${action}`);
  const fault = schema.check(value);
  if (fault !== undefined) throw new Error(`${action}: ${fault.message} in ${JSON.stringify(value)}`);
}
