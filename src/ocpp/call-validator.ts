/** Checks a call that a person wants to send against the schema of the charger's version, and says all that is wrong with it. */
import type { FieldFault } from '../platform/errors.ts';
import type { Protocol, Version } from './contract.ts';
import { createSchemas, type Schemas } from './schemas.ts';

export type ValidateCall = (
  protocol: Protocol,
  action: string,
  payload: Readonly<Record<string, unknown>>,
) => readonly FieldFault[];

const MAX_FAULTS = 20;

export function createCallValidator(versions: readonly Version[]): ValidateCall {
  const schemas = new Map<Protocol, Schemas>();
  const byProtocol = new Map(versions.map((version) => [version.protocol, version]));
  function schemasOf(protocol: Protocol): Schemas {
    let made = schemas.get(protocol);
    if (made === undefined) {
      made = createSchemas(protocol, { thorough: true });
      schemas.set(protocol, made);
    }
    return made;
  }
  return (protocol, action, payload) => {
    if (byProtocol.get(protocol)?.toCharger.has(action) !== true) {
      return [{ field: 'action', message: `${protocol} has no call of this name that can be sent` }];
    }
    const faults = schemasOf(protocol).of(action, 'request')?.faults(payload) ?? [];
    return faults.slice(0, MAX_FAULTS).map(({ field, message }) => ({
      field: field === '' ? 'payload' : `payload.${field}`,
      message,
    }));
  };
}
