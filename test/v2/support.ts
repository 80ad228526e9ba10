/** The adapter of OCPP 2.x alone: its inputs are recorded, its rooms' replies are given. */
import type { Input } from '../../src/ingest/inputs.ts';
import type { ChargerLink, InboundCall, Version } from '../../src/ocpp/contract.ts';
import { createSchemas } from '../../src/ocpp/schemas.ts';
import { createV2 } from '../../src/ocpp/v2/index.ts';

type V2Protocol = 'ocpp2.0.1' | 'ocpp2.1';

export const NOW = new Date('2026-11-24T12:00:00.000Z');

export const linkOf = (protocol: V2Protocol): ChargerLink => ({
  chargePointId: 'cp_1',
  number: 1,
  identity: 'CP-1',
  organizationId: 'org_1',
  protocol,
  generation: 1,
  connectedAt: new Date('2026-11-24T11:00:00.000Z'),
  clockOffsetMs: null,
  strict: false,
});

/** `reply`: what the rooms answer, by the type of the input. */
export function recorder(protocol: V2Protocol, reply: (input: Input) => unknown = () => undefined) {
  const inputs: Input[] = [];
  const version = versionOf(protocol, (input) => {
    inputs.push(input);
    return Promise.resolve(reply(input));
  });
  return {
    version,
    inputs,
    /** Also checks what no answer may ever break: its schema. */
    async send(action: string, payload: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
      const handler = version.fromCharger.get(action);
      if (handler === undefined) throw new Error(`${protocol} has no handler for ${action}`);
      const call: InboundCall = {
        action,
        payload,
        valid: true,
        deviations: [],
        receivedAt: NOW,
        traceId: '0'.repeat(31).concat('1'),
        link: linkOf(protocol),
      };
      const result = await handler.handle(call);
      const fault = createSchemas(protocol).of(action, 'result')?.check(result);
      if (fault !== undefined)
        throw new Error(`${action}: ${fault.field} ${fault.message} in ${JSON.stringify(result)}`);
      return result;
    },
  };
}

export function versionOf(
  protocol: V2Protocol,
  submit: (input: Input) => Promise<unknown> = () => Promise.resolve(undefined),
): Version {
  let id = 0;
  return createV2({
    protocol,
    submit,
    nextTransactionId: () => Promise.resolve(++id),
    newId: (prefix) => `${prefix}_${++id}`,
    clock: { now: () => NOW },
  });
}
