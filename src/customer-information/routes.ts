/** REST: what charging stations hold of a person (2.0.1 N09, N10): ask for it, have it cleared, take it once. */
import { z } from 'zod';
import { knownChargePoint, ownChargePoint } from '../charge-points/index.ts';
import { asking } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { idParam, instantOut } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, type Principal, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import { AppError } from '../platform/errors.ts';
import { tokenKey } from '../platform/token-key.ts';
import { createDescribeToken } from '../tokens/index.ts';
import type { AskCustomer, CollectCustomer, CustomerSubject } from './ask.ts';
import { isOnLocalList, listReports, type ReportView, reportById } from './store.ts';
import { reportStatuses } from './types.ts';

const tag = 'Customer information';
const params = z.object({ id: idParam('cp') });
const reportParams = z.object({ id: idParam('cin') });

const customerReport = z
  .object({
    id: z.string(),
    charge_point_id: z.string(),
    status: z.enum(reportStatuses),
    why: z.string().nullable(),
    report: z.boolean(),
    clear: z.boolean(),
    subject: z.enum(['identifier', 'token', 'certificate']).describe('By what the person was named; not who it is'),
    request_id: z.int(),
    command_id: z.string(),
    available: z.boolean().describe('There is data to be collected: once, and within a day'),
    requested_by: z.string(),
    created_at: instantOut,
    completed_at: instantOut.nullable(),
    collected_at: instantOut.nullable(),
  })
  .meta({ id: 'CustomerReport' });

const present = (row: ReportView): z.input<typeof customerReport> => ({
  id: row.id,
  charge_point_id: row.chargePointId,
  status: row.status,
  why: row.why,
  report: row.report,
  clear: row.clear,
  subject: row.subject,
  request_id: row.requestId,
  command_id: row.commandId,
  available: row.held && row.dueAt === null,
  requested_by: row.requestedBy,
  created_at: row.createdAt,
  completed_at: row.completedAt,
  collected_at: row.collectedAt,
});

const hex = z.string().regex(/^[0-9a-fA-F]{1,128}$/, { error: 'must be hexadecimal' });
const body = z
  .strictObject({
    report: z.boolean().default(true).describe('The station tells what it holds'),
    clear: z.boolean().default(false).describe('The station forgets it, after it has told it'),
    customer_identifier: z.string().min(1).max(64).optional(),
    token: z.string().trim().min(1).max(255).optional().describe('Uid'),
    certificate: z
      .strictObject({
        hash_algorithm: z.enum(['SHA256', 'SHA384', 'SHA512']),
        issuer_name_hash: hex,
        issuer_key_hash: hex,
        serial_number: z.string().regex(/^[0-9a-fA-F]{1,40}$/, { error: 'must be hexadecimal' }),
      })
      .optional()
      .describe('Of a contract certificate'),
    timeout_s: asking.timeoutS,
  })
  .refine((each) => each.report || each.clear, { error: 'report or clear must be true', path: ['report'] })
  .refine(
    ({ customer_identifier: identifier, token, certificate }) =>
      [identifier, token, certificate].filter((each) => each !== undefined).length === 1,
    { error: 'name one of customer_identifier, token and certificate', path: ['customer_identifier'] },
  )
  .meta({ examples: [{ token: '04A1B2C3', report: true, clear: true }] });

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly ask: AskCustomer;
  readonly collect: CollectCustomer;
};

export function customerInformationRoutes({ db, ask, collect }: Needs): AnyRoute[] {
  async function ownOne({ organizationId }: Principal, chargePointId: string) {
    await ownChargePoint(db, organizationId, chargePointId);
    return { organizationId, chargePointId };
  }
  async function found({ organizationId }: Principal, id: string): Promise<ReportView> {
    const row = await reportById(db, organizationId, id);
    if (row === undefined) throw new AppError('not_found', 'There is no such request for customer information');
    return row;
  }
  async function subjectOf(organizationId: string, said: z.output<typeof body>): Promise<CustomerSubject> {
    if (said.customer_identifier !== undefined) return { by: 'identifier', identifier: said.customer_identifier };
    if (said.certificate !== undefined) {
      const { hash_algorithm: hashAlgorithm, serial_number: serialNumber, ...hashes } = said.certificate;
      const { issuer_name_hash: issuerNameHash, issuer_key_hash: issuerKeyHash } = hashes;
      return { by: 'certificate', hash: { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber } };
    }
    const uid = said.token ?? '';
    return { by: 'token', uid, kind: (await createDescribeToken(db)(organizationId, uid)).tokenType };
  }

  return [
    route({
      method: 'post',
      path: '/charge-points/{id}/customer-information',
      operationId: 'requestCustomerInformation',
      summary: 'Ask a charging station what it holds of a person, have it forgotten, or both',
      description:
        'OCPP 2.x. What the station tells is kept sealed for a day at most, and handed out once, by DELETE of its `data`. Clearing covers what ' +
        'the station keeps by itself, its authorization cache among it; its local list is what this server put there: ' +
        '`on_local_list` says whether the token is on it. To take it off, delete or block the token; the list follows.',
      tag,
      access: asking.access,
      status: 202,
      errors: asking.errors,
      params,
      body,
      response: customerReport.extend({
        on_local_list: z.boolean().nullable().describe('null: not asked for by token'),
      }),
      async handle({ principal, params: { id }, body: said, res }) {
        const at = await ownOne(principal, id);
        const subject = await subjectOf(at.organizationId, said);
        const { report, clear, timeout_s: timeoutS } = said;
        const by = { requestedBy: principal.id, traceId: traceIdOf(res) };
        const row = await ask({ ...at, ...by, report, clear, subject, timeoutS });
        const listed = subject.by === 'token' ? await isOnLocalList(db, id, tokenKey(subject.uid)) : null;
        return { ...present(row), on_local_list: listed };
      },
    }),
    route({
      method: 'get',
      path: '/charge-points/{id}/customer-information',
      operationId: 'listCustomerInformation',
      summary: 'List what a charging station was asked of persons, newest first; never what it told',
      tag,
      access: 'read:charge_points',
      status: 200,
      errors: { 404: 'There is no such charge point' },
      params,
      query: z.strictObject(pageQuery),
      response: pageOf(customerReport),
      async handle({ principal, params: { id }, query }) {
        const page = readPage(query, idKey);
        const { where } = await knownChargePoint(db, principal.organizationId, id);
        const rows = await listReports(db, where, page);
        return pageFrom(rows, page.limit, (row) => row.id, present);
      },
    }),
    route({
      method: 'get',
      path: '/customer-information/{id}',
      operationId: 'getCustomerInformation',
      summary: 'Get what became of a request for customer information; never what was told',
      tag,
      access: 'read:charge_points',
      status: 200,
      params: reportParams,
      response: customerReport,
      handle: async ({ principal, params: { id } }) => present(await found(principal, id)),
    }),
    route({
      method: 'delete',
      path: '/customer-information/{id}/data',
      operationId: 'collectCustomerInformation',
      summary: 'Take what the station told of the person: once',
      description: 'It is handed out, and is gone from here. Whoever takes it answers for what becomes of it.',
      tag,
      access: asking.access,
      status: 200,
      errors: { 409: 'It is not there yet, there is none, it was taken already, or its day is over' },
      params: reportParams,
      response: z.object({
        data: z.string().describe('As the station wrote it'),
        whole: z.boolean().describe('false: the station broke off'),
      }),
      handle: async ({ principal, params: { id } }) => collect(principal.organizationId, await found(principal, id)),
    }),
  ];
}
