/** REST: the certificates that a charge point holds, installing and deleting them, and its requests for new ones. */
import type { Response } from 'express';
import { z } from 'zod';
import { knownChargePoint, ownChargePoint } from '../charge-points/index.ts';
import { commandSchema, type IssueCommand, presentCommand } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { boolParam, idParam, instantOut } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, type Principal, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import type { CertificateHash } from '../ingest/inputs.ts';
import { AppError } from '../platform/errors.ts';
import type { CertificateStore, StoredRequest } from './read-store.ts';
import {
  certificateTypes,
  certificateUses,
  type InstalledRow,
  isHeld,
  listedTypes,
  requestErrors,
  requestStatuses,
  rootTypes,
} from './types.ts';
import { certificateOf } from './x509.ts';

const hash = z.object({
  hash_algorithm: z.string(),
  issuer_name_hash: z.string(),
  issuer_key_hash: z.string(),
  serial_number: z.string().meta({ description: 'Hexadecimal' }),
});

const installed = z
  .object({
    id: z.string(),
    type: z.enum(certificateTypes),
    ...hash.shape,
    children: z.array(hash).meta({
      description: 'Of a v2g_chain: the authorities between it and its root, as far as they are known',
    }),
    subject: z.string().nullable().meta({ description: 'null: it was there before, and only its hashes are known' }),
    installed_at: instantOut.nullable(),
    expires_at: instantOut.nullable(),
    reported_at: instantOut.nullable().meta({ description: 'When the charger last listed it' }),
  })
  .meta({ id: 'InstalledCertificate' });

const request = z
  .object({
    id: z.string(),
    charge_point_id: z.string(),
    status: z.enum(requestStatuses),
    use: z.enum(certificateUses).meta({
      description:
        'charge_point: for its connection to this server; v2g, v2g20: for cars (ISO 15118-2, ISO 15118-20); combined: both',
    }),
    subject: z.string().nullable(),
    key_type: z.string().nullable(),
    csr: z.string().meta({ description: 'PEM, as it came' }),
    chain: z.string().nullable().meta({ description: 'PEM, the certificate of the charger first' }),
    serial_number: z.string().nullable(),
    expires_at: instantOut.nullable(),
    command_id: z.string().nullable(),
    error: z.object({ code: z.enum(requestErrors), message: z.string() }).nullable(),
    created_at: instantOut,
    completed_at: instantOut.nullable(),
  })
  .meta({ id: 'CertificateRequest' });

const presentHash = (row: CertificateHash): z.input<typeof hash> => ({
  hash_algorithm: row.hashAlgorithm,
  issuer_name_hash: row.issuerNameHash,
  issuer_key_hash: row.issuerKeyHash,
  serial_number: row.serialNumber,
});
const present = (row: InstalledRow): z.input<typeof installed> => ({
  id: row.id,
  type: row.type,
  ...presentHash(row),
  children: row.children.map(presentHash),
  subject: row.subject,
  installed_at: row.installedAt,
  expires_at: row.expiresAt,
  reported_at: row.reportedAt,
});
const presentRequest = (row: StoredRequest): z.input<typeof request> => ({
  id: row.id,
  charge_point_id: row.chargePointId,
  status: row.status,
  use: row.use,
  subject: row.subject,
  key_type: row.keyType,
  csr: row.csr,
  chain: row.chain,
  serial_number: row.serialNumber,
  expires_at: row.expiresAt,
  command_id: row.commandId,
  error: row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? '' },
  created_at: row.createdAt,
  completed_at: row.completedAt,
});

const tag = 'Certificates';
const params = z.object({ id: idParam('cp') });
const rootType = z.enum(rootTypes).meta({
  description:
    'Of this server, of the manufacturer, of V2G, of mobility operators, of car makers. OCPP 1.6 knows the first two, oem_root is new in 2.1',
});
const refreshBody = z.strictObject({
  type: z.enum(listedTypes).optional().meta({
    description: 'OCPP 1.6 lists one type, a root, at a time. Absent: all types, over OCPP 2.x',
  }),
});
const query = z.strictObject({
  wait: boolParam.optional().meta({ description: 'true: answer with the outcome instead of with the queued command' }),
});
const errors = { 404: 'There is no such charge point or certificate', 409: 'The charge point is offline' };

type Needs = { readonly db: Pick<Database, 'rows'>; readonly store: CertificateStore; readonly issue: IssueCommand };

export function certificateRoutes({ db, store, issue }: Needs): AnyRoute[] {
  const mustExist = ({ organizationId }: Principal, chargePointId: string) =>
    ownChargePoint(db, organizationId, chargePointId);
  const send = async (
    { id: requestedBy, organizationId }: Principal,
    chargePointId: string,
    { wait, res }: { readonly wait: boolean | undefined; readonly res: Response },
    command: Parameters<IssueCommand>[0]['command'],
  ) =>
    presentCommand(await issue({ organizationId, chargePointId, requestedBy, traceId: traceIdOf(res), wait, command }));

  return [
    route({
      method: 'get',
      path: '/charge-points/{id}/certificates',
      operationId: 'listCertificates',
      summary: 'List the certificates that a charge point is known to hold',
      description:
        'What was installed over this server, and what the charger listed when it was asked (`refresh`). At most 200.',
      tag,
      access: 'read:charge_points',
      status: 200,
      params,
      query: z.strictObject({
        unlisted: boolParam.optional().meta({
          description:
            'true: also roots that it lists no more, with neither installed_at nor reported_at: contracts are judged by them until they are deleted',
        }),
      }),
      response: z.object({ data: z.array(installed) }),
      async handle({ principal, params: { id }, query: { unlisted } }) {
        await mustExist(principal, id);
        const all = await store.installed(principal.organizationId, id);
        return { data: (unlisted === true ? all : all.filter(isHeld)).map(present) };
      },
    }),
    route({
      method: 'post',
      path: '/charge-points/{id}/certificates',
      operationId: 'installCertificate',
      summary: 'Install a root certificate on a charge point',
      tag,
      access: 'write:commands',
      status: 202,
      errors,
      params,
      query,
      body: z.strictObject({
        type: rootType,
        certificate: z
          .string()
          .max(10_000)
          .meta({ description: 'PEM', examples: ['-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n'] }),
      }),
      response: commandSchema,
      async handle({ principal, params: { id }, query: { wait }, body, res }) {
        await mustExist(principal, id);
        if (/PRIVATE KEY/.test(body.certificate) || certificateOf(body.certificate) === undefined) {
          const message = 'must be one certificate in PEM form, without its private key';
          throw new AppError('validation_failed', `The request is not valid: certificate ${message}`, {
            details: [{ field: 'certificate', message }],
          });
        }
        const { type, certificate } = body;
        return send(principal, id, { wait, res }, { do: 'install_certificate', type, certificate });
      },
    }),
    route({
      method: 'post',
      path: '/charge-points/{id}/certificates/refresh',
      operationId: 'refreshCertificates',
      summary: 'Ask a charge point which certificates it holds',
      tag,
      access: 'write:commands',
      status: 202,
      errors,
      params,
      query,
      body: refreshBody,
      response: commandSchema,
      async handle({ principal, params: { id }, query: { wait }, body: { type }, res }) {
        await mustExist(principal, id);
        return send(
          principal,
          id,
          { wait, res },
          { do: 'list_certificates', types: type === undefined ? undefined : [type] },
        );
      },
    }),
    route({
      method: 'delete',
      path: '/charge-points/{id}/certificates/{certificate_id}',
      operationId: 'deleteCertificate',
      summary: 'Delete a certificate from a charge point',
      tag,
      access: 'write:commands',
      status: 202,
      errors: { ...errors, 409: 'The charge point is offline, or this is its own certificate' },
      params: params.extend({ certificate_id: idParam('crt') }),
      query,
      response: commandSchema,
      async handle({ principal, params: { id, certificate_id: certificateId }, query: { wait }, res }) {
        await mustExist(principal, id);
        const all = await store.installed(principal.organizationId, id);
        const row = all.find((each) => each.id === certificateId);
        if (row === undefined) throw new AppError('not_found', 'There is no such certificate on this charge point');
        if (row.type === 'charge_point')
          throw new AppError('conflict', 'A charger deletes no certificate of its own; it is replaced by a new one');
        const { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber } = row;
        const hash = { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber };
        return send(principal, id, { wait, res }, { do: 'delete_certificate', hash });
      },
    }),
    route({
      method: 'get',
      path: '/charge-points/{id}/certificate-requests',
      operationId: 'listCertificateRequests',
      summary: 'List the requests of a charge point for a certificate of its own, newest first',
      tag,
      access: 'read:charge_points',
      status: 200,
      params,
      query: z.strictObject(pageQuery),
      response: pageOf(request),
      async handle({ principal, params: { id: chargePointId }, query: asked }) {
        await knownChargePoint(db, principal.organizationId, chargePointId);
        const page = readPage(asked, idKey);
        const rows = await store.requests({ organizationId: principal.organizationId, chargePointId, page });
        return pageFrom(rows, page.limit, ({ id }) => id, presentRequest);
      },
    }),
  ];
}
