/** REST: QR codes of stations, and whether one that somebody scanned is theirs (2.1 C25). Secrets are shown to nobody. */
import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { ownChargePoint } from '../charge-points/index.ts';
import { asking, commandSchema, type IssueCommand, presentCommand, queueFor } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { instantOut, intParam } from '../http/kit/fields.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { keyOfVariable } from '../platform/variable-key.ts';
import { type Cipher, SealedError } from '../secrets/index.ts';
import { isTotp, TOTP_VERSION } from './totp.ts';
import { type QrParts, readQrUrl, templateFault } from './url-template.ts';
import {
  forgetWebPayment,
  listWebPayments,
  templatesOf,
  type WebPaymentRow,
  webPaymentsOf,
} from './web-payment-store.ts';

const tag = 'Payments';
const path = '/charge-points/{id}/web-payments';
const LETTERS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const SECRET_LENGTH = 40;
const evseId = z.int().min(0).max(1000).default(0).describe('0: one QR code for all EVSEs of the station');

const shown = z
  .object({
    evse_id: z.int(),
    url_template: z.string(),
    totp_version: z.literal(TOTP_VERSION),
    validity_s: z.int(),
    length: z.int(),
    state: z
      .enum(['shown', 'offered'])
      .describe(
        'offered: the station has not said that it took them, or not all of it, and may show them; both are taken',
      ),
    set_by: z.string(),
    updated_at: instantOut,
  })
  .meta({ id: 'WebPayment' });
const present = (row: WebPaymentRow): z.input<typeof shown> => ({
  evse_id: row.evseId,
  url_template: row.urlTemplate,
  totp_version: TOTP_VERSION,
  validity_s: row.validityS,
  length: row.length,
  state: row.isOffered ? 'offered' : 'shown',
  set_by: row.setBy,
  updated_at: row.updatedAt,
});

const verdict = z
  .object({
    valid: z.boolean(),
    reason: z
      .enum(['malformed', 'unknown', 'wrong_version', 'wrong_totp'])
      .nullable()
      .describe('unknown: no such station, or no QR code of that EVSE; wrong_totp: too old, or not of that station'),
    charge_point_id: z.string().nullable(),
    evse_id: z.int().nullable(),
    max_energy_wh: z.int().nullable().describe('What the driver has chosen at the station'),
    max_time_s: z.int().nullable(),
    max_cost: z.string().nullable(),
  })
  .meta({ id: 'WebPaymentVerdict' });
type Verdict = z.input<typeof verdict>;
/** The later says more; null: it is valid. */
const REASONS: readonly Verdict['reason'][] = ['malformed', 'unknown', 'wrong_version', 'wrong_totp', null];
const weightOf = ({ reason }: Verdict): number => REASONS.indexOf(reason);
const refused = (reason: NonNullable<Verdict['reason']>): Verdict => ({
  ...{ valid: false, reason, charge_point_id: null, evse_id: null },
  ...{ max_energy_wh: null, max_time_s: null, max_cost: null },
});

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly issue: IssueCommand;
  readonly cipher: Cipher;
  readonly clock: Clock;
};

export function webPaymentRoutes({ db, issue, cipher, clock }: Needs): AnyRoute[] {
  const aad = (chargePointId: string, evse: number): string => `web-payment:${chargePointId}:${evse}`;
  const drawn = (): string => Array.from({ length: SECRET_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  /** Those that open: what was sealed under a key that the ring has lost, vouches for nothing. */
  const opened = ({ chargePointId, evseId: evse, secret, previousSecret }: WebPaymentRow): string[] =>
    [secret, previousSecret].flatMap((sealed) => {
      if (sealed === null) return [];
      try {
        return [cipher.decrypt(sealed, aad(chargePointId, evse)).toString('utf8')];
      } catch (cause) {
        if (cause instanceof SealedError) return [];
        throw cause;
      }
    });

  /** `rows`: of the station and the EVSE that the address names. */
  function judge(parts: QrParts, template: string, rows: readonly WebPaymentRow[]): Verdict {
    if (parts.version !== TOTP_VERSION) return refused('wrong_version');
    const row = rows.find(({ urlTemplate }) => urlTemplate === template);
    if (row === undefined) return refused('unknown');
    // A station that took one setting and refused another shows codes of either with those of the other.
    const secrets = rows.flatMap(opened);
    const isGenuine = rows.some((settings) => isTotp(parts.totp, secrets, settings, clock.now()));
    if (!isGenuine) return refused('wrong_totp');
    return {
      ...{ valid: true, reason: null, charge_point_id: row.chargePointId, evse_id: parts.evse },
      max_energy_wh: parts.maxEnergyWh ?? null,
      max_time_s: parts.maxTimeS ?? null,
      max_cost: parts.maxCost ?? null,
    };
  }

  return [
    route({
      method: 'put',
      path,
      operationId: 'setWebPayment',
      summary: 'Give a charging station what it needs to show QR codes for payments in the web',
      description:
        'OCPP 2.1 C25 (WebPaymentsCtrlr), 2.0.1 where the station has it. A secret is drawn and given to the station; codes by the ' +
        'one before are taken until it takes another one, and after a refusal as before. Whether a scanned code is genuine, POST /web-payments/verify says.',
      tag,
      access: asking.access,
      status: 202,
      errors: asking.errors,
      params: asking.params,
      query: z.strictObject(asking.query),
      body: z.strictObject({
        evse_id: evseId,
        url_template: z
          .string()
          .max(1000)
          .superRefine((template, context) => {
            const fault = templateFault(template);
            if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
          })
          .meta({ examples: ['https://pay.example.com/{chargingStationId}/{evse}/{totp}?v={version}'] }),
        validity_s: z
          .int()
          .min(6)
          .max(3600)
          .default(60)
          .describe('How long a code is good; the one before it and after it too'),
        length: z.int().min(8).max(32).default(16).describe('Characters of the one-time password'),
        timeout_s: asking.timeoutS,
      }),
      response: commandSchema,
      async handle({ params: { id: chargePointId }, query, body, principal, res }) {
        const { organizationId, id: setBy } = principal;
        await ownChargePoint(db, organizationId, chargePointId);
        const secret = drawn();
        const given = {
          ...{ evseId: body.evse_id, urlTemplate: body.url_template, validityS: body.validity_s, length: body.length },
          secret: cipher.encrypt(Buffer.from(secret, 'utf8'), aad(chargePointId, body.evse_id)),
          setBy,
        };
        const key = (variable: string) =>
          keyOfVariable({
            ...{ component: 'WebPaymentsCtrlr', componentInstance: null, connectorId: null, variable },
            ...{ evseId: body.evse_id === 0 ? null : body.evse_id, variableInstance: null, attribute: 'Actual' },
          });
        const settings = [
          { key: key('URLTemplate'), value: body.url_template },
          { key: key('TOTPVersion'), value: TOTP_VERSION },
          { key: key('ValidityTime'), value: String(body.validity_s) },
          { key: key('Length'), value: String(body.length) },
          { key: key('SharedSecret'), value: secret },
          { key: key('Enabled'), value: 'true' },
        ];
        const gone = new AbortController();
        res.once('close', () => gone.abort());
        const command = await issue({
          ...{
            organizationId,
            chargePointId,
            requestedBy: setBy,
            traceId: traceIdOf(res),
            timeoutS: body.timeout_s,
            wait: query.wait,
          },
          ...{ queueForS: queueFor(query), signal: gone.signal, command: { do: 'change_configuration', settings } },
          alongside: (commandId) => ({
            ...{ room: 'payments', type: 'web_payment_offered', chargePointId, receivedAt: clock.now() },
            ...{ commandId, settings: given },
          }),
        });
        return presentCommand(command);
      },
    }),
    route({
      method: 'get',
      path,
      operationId: 'listWebPayments',
      summary: 'List the QR codes for payments in the web that a charging station shows',
      tag,
      access: 'read:charge_points',
      status: 200,
      errors: { 404: asking.errors[404] },
      params: asking.params,
      response: z.object({ data: z.array(shown) }),
      async handle({ params: { id: chargePointId }, principal: { organizationId } }) {
        await ownChargePoint(db, organizationId, chargePointId);
        return { data: (await listWebPayments(db, { organizationId, chargePointId })).map(present) };
      },
    }),
    route({
      method: 'delete',
      path,
      operationId: 'forgetWebPayment',
      summary: 'Take no more QR codes of a charging station',
      description: 'The station shows them until WebPaymentsCtrlr.Enabled is set to false; nobody takes them.',
      tag,
      access: asking.access,
      status: 204,
      errors: { 404: 'There is no such charge point, or no QR code of that EVSE' },
      params: asking.params,
      query: z.strictObject({ evse_id: intParam({ min: 0, max: 1000, fallback: 0 }).optional() }),
      async handle({ params: { id: chargePointId }, query, principal: { organizationId } }) {
        await ownChargePoint(db, organizationId, chargePointId);
        if (!(await forgetWebPayment(db, { organizationId, chargePointId }, query.evse_id ?? 0)))
          throw new AppError('not_found', 'There is no QR code of that EVSE');
      },
    }),
    route({
      method: 'post',
      path: '/web-payments/verify',
      operationId: 'verifyWebPayment',
      summary: 'Ask whether the address of a scanned QR code is genuine, and for which outlet',
      description:
        'For the page that the QR code leads to, before anybody pays (OCPP 2.1 C25.FR.07–09). A code that is not valid must not ' +
        'lead to a payment. A code is good while it is shown and as long again before and after.',
      tag,
      access: 'write:commands',
      status: 200,
      body: z.strictObject({
        url: z
          .string()
          .min(1)
          .max(2000)
          .meta({ examples: ['https://pay.example.com/CP-7/1/8rU0bFq2XnLw9zKd?v=v1'] }),
      }),
      response: verdict,
      async handle({ body: { url }, principal: { organizationId } }) {
        // An address may fit the templates of several stations: the one that it names decides, by the template that it has itself.
        const readings = (await templatesOf(db, organizationId)).flatMap((template) => {
          const parts = readQrUrl(url, template);
          return parts === undefined ? [] : [{ template, parts }];
        });
        if (readings.length === 0) return refused('malformed');
        const named = readings.map(({ parts }) => parts);
        const rows = await webPaymentsOf(db, organizationId, named);
        const verdicts = readings.map(({ template, parts: { chargingStationId, evse }, parts }) =>
          judge(
            parts,
            template,
            rows.filter((row) => row.identity === chargingStationId && [evse, 0].includes(row.evseId)),
          ),
        );
        return verdicts.reduce((telling, each) => (weightOf(each) > weightOf(telling) ? each : telling));
      },
    }),
  ];
}
