/**
 * The REST routes of charge points, tokens, token groups and tariffs, called without HTTP: their schemas and handlers are the only rules there are.
 */
import type { Request, Response } from 'express';
import { chargePointRoutes, createOcppUrl } from '../../src/charge-points/index.ts';
import type { Database } from '../../src/database/index.ts';
import type { AnyRoute } from '../../src/http/kit/route.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { newId } from '../../src/platform/ids.ts';
import { type Principal, scopes } from '../../src/platform/principal.ts';
import type { Peppers } from '../../src/secrets/index.ts';
import { tariffRoutes } from '../../src/tariffs/index.ts';
import { tokenGroupRoutes, tokenRoutes } from '../../src/tokens/index.ts';

export type Shown = Readonly<Record<string, unknown>> & { readonly id: string };
type Page = { readonly data: readonly Shown[]; readonly next_cursor: string | null };
type Call = { readonly params?: object; readonly query?: object; readonly body?: unknown };

/** What a body breaks of the route's schema; the texts are the ones that REST answers. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  readonly faults: readonly { readonly field: string; readonly message: string }[];
  constructor(faults: BodyError['faults']) {
    super(faults.map(({ field, message }) => `${field}: ${message}`).join('; '));
    this.faults = faults;
  }
}

export type Rooms = {
  call(operationId: string, call: Call): Promise<unknown>;
  list(operationId: string, query: object): Promise<Page>;
  /** All pages, one after another. */
  all(operationId: string): AsyncGenerator<Shown>;
  /** The fields that the route's body may have. */
  fieldsOf(operationId: string): readonly string[];
};

const notHere = (): never => {
  throw new Error('keys are not rotated by a file');
};
// parsed edge: of the request a handler asks for the address by which it was reached, and there is none
const req = { get: () => undefined, protocol: 'https' } as unknown as Request;
const res = { locals: {} } as unknown as Response;

export function openRooms({
  db,
  organizationId,
  peppers,
  publicUrl,
}: {
  db: Database;
  organizationId: string;
  peppers: Peppers;
  publicUrl: string | undefined;
}): Rooms {
  const clock = systemClock;
  const principal: Principal = { kind: 'api_key', id: 'import', organizationId, scopes: new Set(scopes) };
  const routes: AnyRoute[] = [
    ...chargePointRoutes({
      ...{
        db,
        peppers,
        clock,
        nodeId: '',
        newId: () => newId('cmd'),
        submit: notHere,
        seal: notHere,
        settled: notHere,
        findCommand: notHere,
      },
      keyCall: notHere,
      // a server that runs asks the database before it refuses a charger that it does not know for long
      onChanged: () => undefined,
      ocppUrl: createOcppUrl({ publicUrl, tlsPort: () => undefined }),
    }),
    ...tokenRoutes({ db, clock }),
    ...tokenGroupRoutes({ db, clock }),
    ...tariffRoutes({ db, clock }),
  ];
  const byName = new Map(routes.map((route) => [route.operationId, route]));
  const routeOf = (name: string): AnyRoute => {
    const route = byName.get(name);
    if (route === undefined) throw new Error(`there is no operation ${name}`);
    return route;
  };
  const call: Rooms['call'] = async (name, { params, query, body }) => {
    const route = routeOf(name);
    const parsed = route.body?.safeParse(body);
    if (parsed?.success === false)
      throw new BodyError(parsed.error.issues.map(({ path, message }) => ({ field: path.join('.'), message })));
    // mount.ts erases the types in the same way, behind the same schemas
    const input = {
      params,
      query: route.query?.parse(query ?? {}),
      body: parsed?.data,
      principal,
      req,
      res,
    } as unknown as Parameters<AnyRoute['handle']>[0];
    return route.handle(input);
  };
  const list: Rooms['list'] = async (name, query) => (await call(name, { query })) as Page;
  return {
    call,
    list,
    async *all(name) {
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = await list(name, { limit: '100', ...(cursor !== undefined && { cursor }) });
        yield* page.data;
        cursor = page.next_cursor;
      }
    },
    fieldsOf: (name) => Object.keys((routeOf(name).body as unknown as { shape: object }).shape),
  };
}
