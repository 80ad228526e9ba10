/** A version together with what the transport needs to serve it: its dialect, its schemas, its routes. */
import type { FromCharger, ToCharger, Version } from './contract.ts';
import { type Dialect, dialects } from './dialect.ts';
import { type ActionSchema, createSchemas, type Schemas } from './schemas.ts';

export type Route = {
  readonly handler: FromCharger;
  /** Compiled when they are first wanted. */
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

export function serve(version: Version): Served {
  const schemas = createSchemas(version.protocol);
  const routes = new Map<string, Route>();
  for (const [action, handler] of version.fromCharger)
    routes.set(action, {
      handler,
      get request() {
        return schemas.of(action, 'request');
      },
      get result() {
        return schemas.of(action, 'result');
      },
    });
  return {
    protocol: version.protocol,
    dialect: dialects[version.protocol],
    schemas,
    routes,
    toCharger: version.toCharger,
  };
}

/** One schema in so many milliseconds: nobody waits for it, and a server that starts has better things to do. */
const WARM_EVERY_MS = 25;

/** Compiles the schemas of all that chargers may send, little by little, so that the first message of a kind is not the slow one. */
export function warmUp(versions: readonly Served[]): { stop(): void } {
  const routes = versions.flatMap(({ routes: all }) => [...all.values()]);
  const steps = routes.flatMap((route) => [() => route.request, () => route.result]);
  const timer = setInterval(() => {
    const step = steps.shift();
    if (step === undefined) clearInterval(timer);
    else step();
  }, WARM_EVERY_MS).unref();
  return { stop: () => clearInterval(timer) };
}
