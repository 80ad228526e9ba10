/** A version together with what the transport needs to serve it: its dialect, its schemas, its routes. */
import type { FromCharger, ToCharger, Version } from './contract.ts';
import { type Dialect, dialects } from './dialect.ts';
import { type ActionSchema, createSchemas, type Schemas } from './schemas.ts';

export type Route = {
  readonly handler: FromCharger;
  readonly request: ActionSchema | undefined;
  readonly result: ActionSchema | undefined;
};

/** Its schemas are compiled when they are first wanted. */
class CompiledRoute implements Route {
  readonly handler: FromCharger;
  readonly #schemas: Schemas;
  #request: ActionSchema | undefined;
  #result: ActionSchema | undefined;

  constructor(handler: FromCharger, schemas: Schemas) {
    this.handler = handler;
    this.#schemas = schemas;
  }
  get request(): ActionSchema | undefined {
    this.#request ??= this.#schemas.of(this.handler.action, 'request');
    return this.#request;
  }
  get result(): ActionSchema | undefined {
    this.#result ??= this.#schemas.of(this.handler.action, 'result');
    return this.#result;
  }
}

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
  for (const [action, handler] of version.fromCharger) routes.set(action, new CompiledRoute(handler, schemas));
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
