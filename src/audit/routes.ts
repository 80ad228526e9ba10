/** The audit log over REST, for owners and admins, and for keys with a scope of its own. */
import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { instantIn, instantOut } from '../http/kit/fields.ts';
import { pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, downloadRoute, route } from '../http/kit/route.ts';
import { openExport } from './export.ts';
import { type Filter, listEntries, type Shown } from './read-store.ts';
import { chainOf } from './store.ts';

const tag = 'Audit';
const access = 'read:audit';

const entry = z
  .object({
    position: z
      .int()
      .meta({ description: 'In the chain of the organization; ends of calls have positions of their own' }),
    at: instantOut,
    who: z.object({
      kind: z.enum(['api_key', 'user', 'none', 'script', 'charge_point']).meta({
        description:
          'none: the credential names nobody. script: an admin on the machine. charge_point: a charger by itself',
      }),
      id: z.string().nullable(),
      address: z.string().nullable(),
    }),
    operation: z.string().meta({
      description:
        'The operationId of this document, the name of the script, or raiseSecurityProfile: a charger logged in with the higher ' +
        'security profile that was expected of it',
    }),
    method: z.string().nullable(),
    path: z.string().nullable(),
    target: z.record(z.string(), z.unknown()).meta({ description: 'The ids in the path' }),
    detail: z.record(z.string(), z.unknown()).meta({
      description:
        'What was asked for, without secrets and cut to 4,000 characters. Of a refusal whose caller is told nothing: `reason`; ' +
        'of several refused chargers in one entry `also`: their identities, or the addresses that one came from, ten at most; `crowd`: there ' +
        'were too many different ones at once, and it stands for those that found no entry of their own',
    }),
    outcome: z.enum(['done', 'failed', 'refused', 'unknown']).meta({
      description:
        'failed: it was begun and answered with an error. refused: nothing was done. unknown: it is under way, or the server died meanwhile',
    }),
    status: z.int().nullable(),
    code: z.string().nullable(),
    created_id: z.string().nullable(),
    ended_at: instantOut.nullable(),
    repeated: z.int().meta({ description: 'How many refusals of this kind within seconds it stands for' }),
    request_id: z.string().nullable(),
  })
  .meta({ id: 'AuditEntry' });

const head = z.object({
  position: z.int().meta({ description: 'Of the last entry; 0: there is none' }),
  mac: z
    .string()
    .meta({ description: 'Keep it elsewhere: scripts/audit-verify tells whether the log still contains it' }),
  forgotten_until: z.int().meta({ description: 'Entries up to here are older than AUDIT_RETENTION_DAYS and gone' }),
});

const isPosition = z.int().min(0);

/** Whoever takes nothing for so long is gone. Counted by a timer of this process. */
const STALLED_MS = 120_000;

const filter = {
  principal_id: z.string().max(100).optional(),
  operation: z.string().max(100).optional(),
  request_id: z.string().max(100).optional(),
  kind: z.enum(['called', 'refused', 'script', 'charger']).optional(),
  target_id: z
    .string()
    .regex(/^[a-z]{2,4}_[0-9A-Z]{26}$/, { error: 'must be an id such as cp_01KAT3Z6Y8Q0000000000000AA' })
    .optional()
    .describe('Calls whose path begins with this one: of a charge point, also all that was asked of it'),
  from: instantIn.optional(),
  to: instantIn.optional(),
};
const filterQuery = z.strictObject(filter);

type Asked = z.output<typeof filterQuery>;
const filterOf = ({
  principal_id: principalId,
  request_id: requestId,
  target_id: targetId,
  ...rest
}: Asked): Filter => ({
  ...rest,
  ...{ principalId, requestId, targetId },
});

export type AuditRoutesNeeds = {
  readonly db: Pick<Database, 'rows'>;
  /** src/exports createPlaces: how many downloads of an organization may run. Throws too_many_requests. */
  readonly takePlace: (organizationId: string, open: () => Readable) => Readable;
};

export function auditRoutes({ db, takePlace }: AuditRoutesNeeds): AnyRoute[] {
  return [
    route({
      method: 'get',
      path: '/audit',
      operationId: 'listAuditEntries',
      summary: 'List who did what, and who was refused, newest first',
      description:
        'Each call that may change something, each refused call that would have, and each credential that was refused.',
      tag,
      access,
      status: 200,
      query: z.strictObject({ ...filter, ...pageQuery }),
      response: pageOf(entry),
      handle: async ({ principal: { organizationId }, query }) => {
        const page = readPage(query, isPosition);
        const rows = await listEntries(db, organizationId, filterOf(query), page);
        return pageFrom(rows, page.limit, ({ position }) => position, present);
      },
    }),
    downloadRoute({
      path: '/audit/export',
      operationId: 'exportAudit',
      summary: 'Download the audit log, oldest first, so that it can be verified elsewhere',
      description:
        'JSON lines: what the chain says of itself, then each entry as it was sealed; the end of a call is an entry of its own, ' +
        'with `call_position`. `scripts/audit-verify --file` verifies it with the key ring and without the database. Without a ' +
        'filter it shows that nothing is missing; with one, that what is there is genuine. Streamed, whatever the number.',
      tag,
      access,
      errors: { 429: '4 exports of the organization are running; or too many requests.' },
      query: filterQuery,
      download: ['application/jsonl; charset=utf-8'],
      handle: async ({ principal: { organizationId }, query, res }) => {
        res.setTimeout(STALLED_MS, () => res.destroy());
        const open = await openExport({ db }, organizationId, filterOf(query));
        const body = takePlace(organizationId, open);
        return { fileName: 'audit.jsonl', contentType: 'application/jsonl; charset=utf-8', body };
      },
    }),
    route({
      method: 'get',
      path: '/audit/head',
      operationId: 'getAuditHead',
      summary: 'Where the audit log ends',
      tag,
      access,
      status: 200,
      response: head,
      handle: async ({ principal: { organizationId } }) => {
        const chain = await chainOf(db, organizationId);
        if (chain === undefined) return { position: 0, mac: '', forgotten_until: 0 };
        return { position: chain.position, mac: chain.mac.toString('hex'), forgotten_until: chain.goneUntil };
      },
    }),
  ];
}

function present(row: Shown): z.input<typeof entry> {
  const created = row.endDetail === null ? undefined : recordOf(row.endDetail)['id'];
  return {
    position: row.position,
    at: row.at,
    who: { kind: row.principalKind, id: row.principalId, address: row.address },
    operation: row.operation,
    method: row.method,
    path: row.path,
    target: recordOf(row.target),
    detail: recordOf(row.detail),
    outcome: outcomeOf(row),
    status: row.status,
    code: row.code,
    created_id: typeof created === 'string' && (row.status === 201 || row.method === 'GET') ? created : null,
    ended_at: row.endedAt,
    repeated: row.repeated,
    request_id: row.requestId === '' ? null : row.requestId,
  };
}

function outcomeOf({ kind, status }: Shown): 'done' | 'failed' | 'refused' | 'unknown' {
  if (kind === 'refused') return 'refused';
  if (kind === 'script' || kind === 'charger') return 'done';
  if (status === null) return 'unknown';
  return status < 400 ? 'done' : 'failed';
}

/** What detailOf() wrote. */
const recordOf = (text: string): Record<string, unknown> => {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : { value };
};
