/** REST: tariffs inside of stations of OCPP 2.1, which compute and show the cost themselves (2.1 I08–I11). */
import { z } from 'zod';
import { ownChargePoint } from '../charge-points/index.ts';
import { asking, commandSchema, createSend, type IssueCommand, type StationTariff } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { idField, idParam } from '../http/kit/fields.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { AppError } from '../platform/errors.ts';
import { instantIn } from '../platform/fields.ts';
import { tariffById, versionOf } from './store.ts';
import { shownTerms, termsOf } from './terms.ts';

const { timeoutS, errors } = asking;
const tag = 'Tariffs';
const common = {
  method: 'post',
  tag,
  access: asking.access,
  status: 202,
  errors,
  params: asking.params,
  query: z.strictObject(asking.query),
  response: commandSchema,
} as const;
const which = {
  tariff_id: idField('tar').meta({ examples: ['tar_01KAT3Z6Y8Q0000000000000AA'] }),
  version: z.int().min(1).max(999_999_999).optional().describe('Default: the newest'),
};
const evse = z.int().min(0).max(1000);

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly issue: IssueCommand;
  /** src/sessions sessionById */
  readonly sessionById: (
    db: Pick<Database, 'rows'>,
    organizationId: string,
    id: string,
  ) => Promise<
    | { readonly chargePointId: string; readonly ocppTransactionId: string | null; readonly endedAt: Date | null }
    | undefined
  >;
};

export function stationTariffRoutes({ db, issue, sessionById }: Needs): AnyRoute[] {
  const send = createSend(issue);

  /** As a station is given it: named by its id and version, so that what it reports can be told apart. */
  async function tariffOf(
    organizationId: string,
    { tariff_id: id, version }: { tariff_id: string; version?: number | undefined },
  ): Promise<StationTariff> {
    const tariff = await tariffById(db, organizationId, id);
    const found = version === undefined ? tariff : await versionOf(db, organizationId, id, version);
    if (tariff === undefined || found === undefined) {
      throw new AppError('validation_failed', 'The request body is not valid: tariff_id: there is no such tariff', {
        details: [{ field: 'tariff_id', message: 'there is no such tariff, or no such version of it' }],
      });
    }
    const terms = termsOf(shownTerms.parse(found.terms));
    return { tariffId: `${id}:${found.version}`, terms, description: tariff.description ?? tariff.name };
  }

  return [
    route({
      ...common,
      path: '/charge-points/{id}/default-tariff',
      operationId: 'setDefaultTariff',
      summary: 'Give a charge point the tariff that it computes with',
      description:
        'OCPP 2.1. It holds for drivers who bring none. A tariff with steps, with several rates of tax for one component, or with a ' +
        'flat price that depends on energy, duration or power cannot be said in OCPP 2.1, and is refused.',
      body: z.strictObject({
        ...which,
        evse_id: evse.default(0).describe('0: all EVSEs that have none of their own'),
        valid_from: instantIn.optional().describe('Until then the one before holds; default: at once'),
        timeout_s: timeoutS,
      }),
      async handle(asked) {
        const { organizationId } = asked.principal;
        await ownChargePoint(db, organizationId, asked.params.id);
        const { evse_id: evseId, valid_from: validFrom } = asked.body;
        const tariff = await tariffOf(organizationId, asked.body);
        return send(asked, { do: 'set_default_tariff', evseId, tariff: { ...tariff, validFrom } });
      },
    }),
    route({
      ...common,
      path: '/charge-points/{id}/read-tariffs',
      operationId: 'readStationTariffs',
      summary: 'Ask a charge point which tariffs it holds',
      description:
        'OCPP 2.1. The `result` of the command lists them; a tariff_id is that of a tariff here, a colon, its version.',
      body: z.strictObject({ evse_id: evse.default(0).describe('0: all'), timeout_s: timeoutS }),
      handle: (asked) => send(asked, { do: 'read_tariffs', evseId: asked.body.evse_id }),
    }),
    route({
      ...common,
      path: '/charge-points/{id}/clear-tariffs',
      operationId: 'clearStationTariffs',
      summary: 'Take tariffs out of a charge point',
      description: 'OCPP 2.1. Without a body: all of them. Sessions that run keep theirs.',
      body: z
        .strictObject({
          evse_id: evse.optional(),
          tariff_ids: z
            .array(z.string().min(1).max(60))
            .min(1)
            .max(100)
            .optional()
            .describe('As read-tariffs lists them'),
          timeout_s: timeoutS,
        })
        .default({}),
      handle(asked) {
        const { evse_id: evseId, tariff_ids: tariffIds } = asked.body;
        return send(asked, { do: 'clear_tariffs', evseId, tariffIds });
      },
    }),
    route({
      ...common,
      path: '/sessions/{id}/tariff',
      operationId: 'changeSessionTariff',
      summary: 'Change the tariff that a charge point computes a running session with',
      description: 'OCPP 2.1. The currency stays; what was used until then is computed by the old one.',
      params: z.object({ id: idParam('ses') }),
      errors: {
        ...errors,
        404: 'There is no such session',
        409: 'The charge point is offline, that session is over, or its charge point speaks OCPP 1.6',
      },
      body: z.strictObject({ ...which, timeout_s: timeoutS }),
      async handle({ params, query, body, principal, res }) {
        const { organizationId } = principal;
        const session = await sessionById(db, organizationId, params.id);
        if (session === undefined) throw new AppError('not_found', 'There is no such session');
        if (session.endedAt !== null) throw new AppError('conflict', 'This session has already ended');
        const { ocppTransactionId } = session;
        if (ocppTransactionId === null)
          throw new AppError('conflict', 'The charge point of this session speaks OCPP 1.6, which has no tariffs');
        const tariff = await tariffOf(organizationId, body);
        const asked = { params: { id: session.chargePointId }, query, body, principal, res };
        return send(asked, { do: 'change_tariff', ocppTransactionId, tariff });
      },
    }),
  ];
}
