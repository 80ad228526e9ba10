/** Checks a call that a person wants to send against the schema of the charger's version, and says all that is wrong with it. */
import type { FieldFault } from '../platform/errors.ts';
import type { Protocol, Version } from './contract.ts';
import { createSchemas, type Schemas } from './schemas.ts';

/** Field names are paths within the payload; '' is the payload itself. */
export type ValidateCall = (
  protocol: Protocol,
  action: string,
  payload: Readonly<Record<string, unknown>>,
) => readonly FieldFault[];

const MAX_FAULTS = 20;

/** Schemas are loaded and compiled when they are first asked for. */
export function createCallValidator(versions: readonly Pick<Version, 'protocol' | 'toCharger'>[]): ValidateCall {
  const byProtocol = new Map<Protocol, Schemas>();
  function schemasOf(protocol: Protocol): Schemas {
    let schemas = byProtocol.get(protocol);
    if (schemas === undefined) {
      schemas = createSchemas(protocol, { thorough: true });
      byProtocol.set(protocol, schemas);
    }
    return schemas;
  }
  return (protocol, action, payload) => {
    const isOurs = versions.some((each) => each.protocol === protocol && each.toCharger.has(action));
    const schema = isOurs ? schemasOf(protocol).of(action, 'request') : undefined;
    if (schema === undefined)
      return [{ field: '', message: `${protocol} has no call ${action.slice(0, 50)} that can be sent` }];
    return schema
      .faults(payload)
      .slice(0, MAX_FAULTS)
      .map(({ field, message }) => ({ field, message }));
  };
}
