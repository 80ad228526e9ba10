/** The schemas of calls to chargers, for people who fill in a form: as OCA published them, read when they are first asked for. */
import type { Protocol } from './contract.ts';
import { loadSchemas, type Schema, schemaKey } from './rpc.ts';

export type CallSchema = (protocol: Protocol, action: string) => Schema | undefined;

export function createCallSchemas(): CallSchema {
  const byProtocol = new Map<Protocol, ReadonlyMap<string, Schema>>();
  return (protocol, action) => {
    let schemas = byProtocol.get(protocol);
    if (schemas === undefined) {
      schemas = loadSchemas(protocol);
      byProtocol.set(protocol, schemas);
    }
    return schemas.get(schemaKey(action, 'request'));
  };
}
