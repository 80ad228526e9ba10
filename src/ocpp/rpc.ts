/** The only door to ocpp-rpc: its schemas and its words for the faults of a call. Its transport is not used (docs/decisions/003). */
import { createRequire } from 'node:module';
import type { Protocol } from './contract.ts';

const load = createRequire(import.meta.url);

/** The parts of JSON Schema (draft 7) that OCPP's schemas use. */
export type Schema = {
  readonly $ref?: string;
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly definitions?: Readonly<Record<string, Schema>>;
};
export type Direction = 'request' | 'result';

const files: Readonly<Record<Protocol, string>> = {
  'ocpp1.6': 'ocpp1_6',
  'ocpp2.0.1': 'ocpp2_0_1',
  'ocpp2.1': 'ocpp2_1',
};
const directions: Readonly<Record<string, Direction>> = {
  req: 'request',
  Request: 'request',
  conf: 'result',
  Response: 'result',
};

/**
 * All schemas of a version by `Action request` and `Action result`. Their own ids are dropped: 2.1 names them otherwise than
 * 1.6 and 2.0.1 do, so that the library itself finds none of them, and `urn:Authorize.req` is no valid URN.
 */
export function loadSchemas(protocol: Protocol): ReadonlyMap<string, Schema> {
  const list = load(`ocpp-rpc/lib/schemas/${files[protocol]}.json`) as readonly (Schema & { $id: string })[]; // OCA's own files, checked by a test
  const schemas = new Map<string, Schema>();
  for (const { $id, ...schema } of list) {
    const [, action = '', suffix = ''] = /^urn:(.+?)(?:\.?(req|conf|Request|Response))?$/.exec($id) ?? [];
    // NotifyPeriodicEventStream (2.1) is sent without being answered: it has one schema, without a suffix.
    schemas.set(schemaKey(action, directions[suffix] ?? 'request'), schema);
  }
  return schemas;
}

export const schemaKey = (action: string, direction: Direction): string => `${action} ${direction}`;

type LibraryErrors = { createRPCError(code: string): { readonly rpcErrorMessage: string } };
const { createRPCError } = load('ocpp-rpc/lib/util.js') as LibraryErrors; // the file that its index re-exports; the index would load every schema

const meanings = new Map<string, string>();

/** What a CALLERROR code means, in the words of the specification. */
export function meaningOf(code: string): string {
  let meaning = meanings.get(code);
  if (meaning === undefined) {
    meaning = createRPCError(code).rpcErrorMessage;
    meanings.set(code, meaning);
  }
  return meaning;
}
