/** REST for charge points: register, show live, change, delete, new key. A key leaves the server once, in the answer that made it. */
import type { Request } from 'express';
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { boolParam, idField, idParam, idsParam, listParam } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import { PATIENCE_MS } from '../ingest/contract.ts';
import type { DeletionReply } from '../ingest/inputs.ts';
import { AppError } from '../platform/errors.ts';
import { generateChargerKey, hashChargerKey } from './credentials.ts';
import type { OcppUrl } from './ocpp-url.ts';
import { type ChargePointAnswer, presentChargePoint } from './present.ts';
import * as reads from './registry-read-store.ts';
import * as registry from './registry-store.ts';
import { type RotateKeyNeeds, rotateKeyRoute } from './rotate-key-routes.ts';
import * as schemas from './schemas.ts';

const tag = 'Charge points';
const params = z.object({ id: idParam('cp') });
const filters = {
  id: idsParam('cp').optional(),
  identity: z.string().max(48).optional(),
  site_id: idField('site').optional(),
  connected: boolParam.optional(),
  lifecycle: z.enum(schemas.lifecycles).optional(),
  registration: z.enum(schemas.registrations).optional(),
  status: listParam(schemas.connectorStatuses).optional(),
  drift: boolParam.optional().describe('Whether some setting differs from what configuration templates say'),
};

export type ChargePointRoutesNeeds = RotateKeyNeeds & {
  readonly db: Pick<Database, 'prisma' | 'rows' | 'transaction'>;
  readonly ocppUrl: OcppUrl;
};

export function chargePointRoutes(needs: ChargePointRoutesNeeds): AnyRoute[] {
  const { db, peppers, ocppUrl, onChanged, submit, clock } = needs;

  const presentFor = (req: Request, row: reads.ChargePointRow, connectors: readonly reads.ConnectorView[]) => {
    const { identity, securityProfile } = row;
    const url = ocppUrl({ identity, securityProfile, host: req.get('host'), isSecure: req.protocol === 'https' });
    return presentChargePoint(row, connectors, url);
  };

  async function show(req: Request, organizationId: string, id: string): Promise<ChargePointAnswer> {
    const row = await reads.chargePointById(db, organizationId, id);
    if (row === undefined) throw unknown();
    return presentFor(req, row, await reads.connectorsOf(db, organizationId, [id]));
  }

  return [
    route({
      method: 'post',
      path: '/charge-points',
      operationId: 'createChargePoint',
      summary: 'Register a charge point',
      description: 'Answers, once, with the key that was made for the charger to connect with.',
      tag,
      access: 'write:charge_points',
      status: 201,
      confined: 'by_handler',
      errors: { 409: 'The identity is in use.' },
      body: schemas.newChargePoint,
      response: schemas.createdChargePoint,
      handle: async ({ principal: { organizationId, id: createdBy, within }, body, req }) => {
        if (within?.mustNameSite === true && body.site_id === undefined) throw needsSite();
        const securityProfile = body.security_profile ?? 1;
        if (securityProfile === 0 && body.key !== undefined) throw keyWithoutUse();
        const made = securityProfile === 0 || body.key !== undefined ? undefined : generateChargerKey();
        const key = body.key ?? made;
        const creation = await registry.insertChargePoint(db, {
          organizationId,
          identity: body.identity,
          name: body.name ?? null,
          siteId: body.site_id ?? null,
          vendor: body.vendor ?? null,
          model: body.model ?? null,
          serialNumber: body.serial_number ?? null,
          securityProfile,
          registration: body.registration ?? 'accepted',
          heartbeatIntervalS: body.heartbeat_interval_s ?? 300,
          strict: body.strict ?? false,
          assumeProtocol: body.assume_protocol ?? null,
          authorizationPolicy: body.authorization ?? null,
          localList: body.local_list ?? 'manual',
          driverMessages: body.driver_messages ?? null,
          connectorStandard: body.connector_standard ?? null,
          connectorFormat: body.connector_format ?? null,
          powerType: body.power_type ?? null,
          key: key === undefined ? undefined : hashChargerKey(peppers, key),
          installer: within?.installerId == null ? undefined : { id: within.installerId, createdBy },
          now: clock.now(),
        });
        if (creation.at === 'no_such_site') throw noSuchSite();
        // The same words whether it is one's own or somebody else's.
        if (creation.at === 'identity_taken')
          throw new AppError('conflict', `The identity ${body.identity} is in use; choose another`, {
            details: [{ field: 'identity', message: 'is in use; choose another' }],
          });
        const { id } = creation;
        onChanged(id); // a charger that knocked before must not wait for a cache to forget it
        return { ...(await show(req, organizationId, id)), ...(made !== undefined && { key: made }) };
      },
    }),
    route({
      method: 'get',
      path: '/charge-points',
      operationId: 'listChargePoints',
      summary: 'List charge points, newest first',
      tag,
      access: 'read:charge_points',
      confined: 'by_handler',
      status: 200,
      query: z.strictObject({ ...filters, ...pageQuery }),
      response: pageOf(schemas.chargePoint),
      handle: async ({ principal: { organizationId, within }, query, req }) => {
        const page = readPage(query, idKey);
        const { id: wanted, site_id: siteId, status: statuses, ...filter } = query;
        const reached = await within?.chargePointIds();
        const ids = reached === undefined ? wanted : reached.filter((id) => wanted?.includes(id) ?? true);
        const rows = await reads.listChargePoints(db, organizationId, { ...filter, siteId, statuses, ids }, page);
        const shown = rows.slice(0, page.limit).map((row) => row.id);
        const connectors = byChargePoint(await reads.connectorsOf(db, organizationId, shown));
        return pageFrom(
          rows,
          page.limit,
          (row) => row.id,
          (row) => presentFor(req, row, connectors.get(row.id) ?? []),
        );
      },
    }),
    route({
      method: 'get',
      path: '/charge-points/{id}',
      operationId: 'getChargePoint',
      summary: 'Get a charge point with its live status',
      tag,
      access: 'read:charge_points',
      status: 200,
      params,
      response: schemas.chargePoint,
      handle: ({ principal: { organizationId }, params: { id }, req }) => show(req, organizationId, id),
    }),
    route({
      method: 'patch',
      path: '/charge-points/{id}',
      operationId: 'updateChargePoint',
      summary: 'Change a charge point',
      description:
        'The identity cannot be changed: register another charge point. A connected charger whose new settings forbid its connection is disconnected. Without a key (`has_key`), a profile above 0 needs `rotate-key` before the charger can connect.',
      tag,
      access: 'write:charge_points',
      status: 200,
      params,
      body: schemas.chargePointChanges,
      response: schemas.chargePoint,
      handle: async ({ principal: { organizationId, within }, params: { id }, body, req }) => {
        if (within?.mustNameSite === true && body.site_id === null) throw needsSite();
        const changes: registry.ChargePointChanges = {
          name: body.name,
          siteId: body.site_id,
          vendor: body.vendor,
          model: body.model,
          serialNumber: body.serial_number,
          securityProfile: body.security_profile,
          nextSecurityProfile: body.next_security_profile,
          registration: body.registration,
          heartbeatIntervalS: body.heartbeat_interval_s,
          strict: body.strict,
          assumeProtocol: body.assume_protocol,
          authorizationPolicy: body.authorization,
          localList: body.local_list,
          driverMessages: body.driver_messages,
          connectorStandard: body.connector_standard,
          connectorFormat: body.connector_format,
          powerType: body.power_type,
        };
        const outcome = await registry.updateChargePoint(db, organizationId, id, changes, clock.now());
        if (outcome === 'no_such_site') throw noSuchSite();
        if (outcome === 'unknown') throw unknown();
        if (outcome === 'not_higher') throw notHigher();
        onChanged(id);
        return show(req, organizationId, id);
      },
    }),
    route({
      method: 'delete',
      path: '/charge-points/{id}',
      operationId: 'deleteChargePoint',
      summary: 'Delete a charge point',
      description:
        'Its sessions, meter values and events stay. A connected charger is disconnected. What is under way (commands, reservations, a commissioning run, a firmware update) ends with the code charge_point_deleted, and is told.',
      tag,
      access: 'write:charge_points',
      status: 204,
      params,
      errors: { 409: 'A session is running.' },
      handle: async ({ principal: { organizationId }, params: { id }, res }) => {
        const row = await reads.chargePointById(db, organizationId, id);
        if (row === undefined) throw unknown();
        const deletion = (await submit(
          { room: 'deletions', type: 'requested', chargePointId: id, receivedAt: clock.now(), onlyFor: organizationId },
          { patienceMs: PATIENCE_MS, traceId: traceIdOf(res) },
        )) as DeletionReply; // what the room promises, see ingest/inputs/deletions.ts
        if (deletion.at === 'unknown') throw unknown();
        if (deletion.at === 'charging') {
          const session = `/api/v1/sessions/${deletion.sessionId}`;
          throw new AppError(
            'conflict',
            `Charge point ${row.identity} has a running session; stop it (POST ${session}/stop) or close its record (POST ${session}/close) first`,
          );
        }
      },
    }),
    rotateKeyRoute(needs),
  ];
}

const unknown = (): AppError => new AppError('not_found', 'There is no such charge point');

const keyWithoutUse = (): AppError =>
  new AppError('validation_failed', 'The request body is not valid: key: security profile 0 knows no key', {
    details: [
      { field: 'key', message: 'security profile 0 knows no key; leave it out, or choose another security_profile' },
    ],
  });

const needsSite = (): AppError =>
  new AppError('validation_failed', 'The request body is not valid: site_id: must be one of your sites', {
    details: [{ field: 'site_id', message: 'must be one of your sites' }],
  });

const notHigher = (): AppError =>
  new AppError(
    'validation_failed',
    'The request body is not valid: next_security_profile: must be higher than security_profile',
    { details: [{ field: 'next_security_profile', message: 'must be higher than security_profile' }] },
  );

const noSuchSite = (): AppError =>
  new AppError('validation_failed', 'The request body is not valid: site_id: there is no such site', {
    details: [{ field: 'site_id', message: 'there is no such site' }],
  });

function byChargePoint(connectors: readonly reads.ConnectorView[]): Map<string, reads.ConnectorView[]> {
  const grouped = new Map<string, reads.ConnectorView[]>();
  for (const connector of connectors) {
    const own = grouped.get(connector.chargePointId);
    if (own === undefined) grouped.set(connector.chargePointId, [connector]);
    else own.push(connector);
  }
  return grouped;
}
