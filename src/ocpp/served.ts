/** A version together with what the transport needs to serve it: its dialect, its schemas, its routes. */
import type { FromCharger, ToCharger, Version } from './contract.ts';
import { type Dialect, dialects } from './dialect.ts';
import { type ActionSchema, createSchemas, type Schemas } from './schemas.ts';

export type Route = {
  readonly handler: FromCharger;
  readonly request: ActionSchema | undefined;
  readonly result: ActionSchema | undefined;
};

export type Served = {
  readonly protocol: Version['protocol'];
  readonly dialect: Dialect;
  readonly schemas: Schemas;
  /** What a charger may send. */
  readonly routes: ReadonlyMap<string, Route>;
  /** What we may send. */
  readonly toCharger: ReadonlyMap<string, ToCharger>;
};

/** Compiles the schemas of all that chargers may send, so that the first message of a kind is not the slow one. */
export function serve(version: Version): Served {
  const schemas = createSchemas(version.protocol);
  const routes = new Map<string, Route>();
  for (const [action, handler] of version.fromCharger) {
    routes.set(action, { handler, request: schemas.of(action, 'request'), result: schemas.of(action, 'result') });
  }
  return {
    protocol: version.protocol,
    dialect: dialects[version.protocol],
    schemas,
    routes,
    toCharger: version.toCharger,
  };
}
