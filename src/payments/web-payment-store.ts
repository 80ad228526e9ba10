/** SQL of QR codes: which stations show them, or may, and by which secrets. Secrets are sealed. */
import type { Database, Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { PaymentInput } from '../ingest/inputs.ts';
import type { PaymentState, WebPaymentOffer } from './types.ts';
import type { QrParts } from './url-template.ts';

type Db = Pick<Database, 'rows'>;

export type WebPaymentRow = {
  readonly chargePointId: string;
  readonly identity: string;
  /** 0: the station shows one for all of its EVSEs. */
  readonly evseId: number;
  /** The station has not answered, and may show them. */
  readonly isOffered: boolean;
  readonly urlTemplate: string;
  readonly validityS: number;
  readonly length: number;
  readonly secret: Uint8Array;
  /** The one before, where the station has taken a new one since. */
  readonly previousSecret: Uint8Array | null;
  readonly setBy: string;
  readonly updatedAt: Date;
};

/** Offers of one EVSE that no answer came to; of more the oldest are forgotten. */
const MOST_OFFERS = 4;

// Plan: web_payment_offers_pkey.
const LOAD_OFFERS: Statement = {
  name: 'web_payment_offers_load',
  text: `SELECT o.charge_point_id AS "chargePointId", o.command_id AS "commandId", o.evse_id AS "evseId",
                o.url_template AS "urlTemplate", o.validity_s AS "validityS", o.length, o.secret, o.set_by AS "setBy",
                o.created_at AS "createdAt"
           FROM unnest($1::text[], $2::text[]) AS v(charge_point_id, command_id)
           JOIN web_payment_offers o USING (charge_point_id, command_id)`,
};
const OFFER: Statement = {
  name: 'web_payment_offers_save',
  text: `INSERT INTO web_payment_offers
           (organization_id, charge_point_id, command_id, evse_id, url_template, validity_s, length, secret, set_by, created_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::int4[], $5::text[], $6::int4[], $7::int4[], $8::bytea[], $9::text[], $10::timestamptz[])`,
};
// Its own statement: it must see what OFFER has written.
const FORGET_OLDEST: Statement = {
  name: 'web_payment_offers_forget_oldest',
  text: `DELETE FROM web_payment_offers o USING unnest($1::text[], $2::int4[]) AS v(charge_point_id, evse_id)
          WHERE o.charge_point_id = v.charge_point_id AND o.evse_id = v.evse_id AND o.command_id NOT IN (
                SELECT n.command_id FROM web_payment_offers n WHERE n.charge_point_id = o.charge_point_id AND n.evse_id = o.evse_id
                 ORDER BY n.created_at DESC, n.command_id DESC LIMIT ${MOST_OFFERS})`,
};
/** It shows these from now on, and none that it was offered before; of several in one batch the last. */
const TAKE: Statement = {
  name: 'web_payments_take',
  text: `WITH taken AS (
           DELETE FROM web_payment_offers o USING unnest($1::text[], $2::int4[], $3::text[], $4::timestamptz[]) AS v(charge_point_id, evse_id, command_id, created_at)
            WHERE o.charge_point_id = v.charge_point_id AND o.evse_id = v.evse_id AND (o.created_at, o.command_id) <= (v.created_at, v.command_id)
           RETURNING o.*, o.command_id = v.command_id AS is_it)
         INSERT INTO web_payments (organization_id, charge_point_id, evse_id, url_template, validity_s, length, secret, set_by, updated_at)
         SELECT DISTINCT ON (charge_point_id, evse_id)
                organization_id, charge_point_id, evse_id, url_template, validity_s, length, secret, set_by, created_at
           FROM taken WHERE is_it ORDER BY charge_point_id, evse_id, created_at DESC, command_id DESC
         ON CONFLICT (charge_point_id, evse_id) DO UPDATE
           SET url_template = excluded.url_template, validity_s = excluded.validity_s, length = excluded.length,
               previous_secret = web_payments.secret, secret = excluded.secret, set_by = excluded.set_by, updated_at = excluded.updated_at`,
};
const REFUSE: Statement = {
  name: 'web_payment_offers_refuse',
  text: `DELETE FROM web_payment_offers o USING unnest($1::text[], $2::int4[], $3::text[]) AS v(charge_point_id, evse_id, command_id)
          WHERE o.charge_point_id = v.charge_point_id AND o.evse_id = v.evse_id AND o.command_id = v.command_id`,
};

/** By charge point, then by command. */
export async function loadOffers(
  tx: Tx,
  inputs: readonly PaymentInput[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, WebPaymentOffer>>> {
  const asked = inputs.flatMap((input) => (input.type === 'settled' ? [] : [input]));
  const found = new Map<string, Map<string, WebPaymentOffer>>();
  if (asked.length === 0) return found;
  const rows = await tx.rows<Omit<WebPaymentOffer, 'state'> & { chargePointId: string; commandId: string }>(
    LOAD_OFFERS,
    [asked.map(({ chargePointId }) => chargePointId), asked.map(({ commandId }) => commandId)],
  );
  for (const { chargePointId, commandId, ...offer } of rows) {
    const known = found.get(chargePointId) ?? new Map<string, WebPaymentOffer>();
    found.set(chargePointId, known.set(commandId, { ...offer, state: 'offered' }));
  }
  return found;
}

type Change = { readonly root: Root; readonly before: PaymentState; readonly after: PaymentState };
type Moved = { readonly root: Root; readonly commandId: string; readonly offer: WebPaymentOffer };

/** In the transaction that queues the command, or ends it: what a station shows is known here at each moment. */
export async function saveOffers(tx: Tx, changes: readonly Change[]): Promise<void> {
  const moved = changes.flatMap(({ root, before, after }) =>
    [...after.offers].flatMap(([commandId, offer]) =>
      before.offers.get(commandId) === offer ? [] : [{ root, commandId, offer, isNew: !before.offers.has(commandId) }],
    ),
  );
  const fresh = moved.filter(({ isNew }) => isNew);
  const taken = moved.filter(({ offer }) => offer.state === 'taken');
  const refused = moved.filter(({ offer }) => offer.state === 'refused');
  const where = (of: readonly Moved[]) => [
    of.map(({ root }) => root.chargePointId),
    of.map(({ offer }) => offer.evseId),
  ];
  const commands = (of: readonly Moved[]) => of.map(({ commandId }) => commandId);
  // In this order: one may be offered and answered in one batch.
  if (fresh.length > 0)
    await Promise.all([
      tx.rows(OFFER, [
        fresh.map(({ root }) => root.organizationId),
        fresh.map(({ root }) => root.chargePointId),
        commands(fresh),
        fresh.map(({ offer }) => offer.evseId),
        fresh.map(({ offer }) => offer.urlTemplate),
        fresh.map(({ offer }) => offer.validityS),
        fresh.map(({ offer }) => offer.length),
        fresh.map(({ offer }) => offer.secret),
        fresh.map(({ offer }) => offer.setBy),
        fresh.map(({ offer }) => offer.createdAt),
      ]),
      tx.rows(FORGET_OLDEST, where(fresh)),
    ]);
  if (taken.length > 0)
    await tx.rows(TAKE, [...where(taken), commands(taken), taken.map(({ offer }) => offer.createdAt)]);
  if (refused.length > 0) await tx.rows(REFUSE, [...where(refused), commands(refused)]);
}

const SHARED = 'charge_point_id, organization_id, evse_id, url_template, validity_s, length, secret, set_by';
/** What it shows, and what it may. */
const ALL = `(SELECT ${SHARED}, previous_secret, updated_at, false AS is_offered FROM web_payments
               UNION ALL SELECT ${SHARED}, NULL, created_at, true FROM web_payment_offers) w`;
const FIELDS = `w.charge_point_id AS "chargePointId", c.identity, w.evse_id AS "evseId", w.is_offered AS "isOffered",
  w.url_template AS "urlTemplate", w.validity_s AS "validityS", w.length, w.secret, w.previous_secret AS "previousSecret",
  w.set_by AS "setBy", w.updated_at AS "updatedAt"
  FROM ${ALL} JOIN charge_points c ON c.id = w.charge_point_id`;

// Plan: the primary keys of both.
const LIST: Statement = {
  name: 'web_payments_list',
  text: `SELECT ${FIELDS} WHERE w.organization_id = $1 AND w.charge_point_id = $2
          ORDER BY w.evse_id, w.is_offered, w.updated_at DESC LIMIT 1000`,
};
// Plan: charge_points' unique index of identities, then the primary keys of both.
const FIND: Statement = {
  name: 'web_payments_find',
  text: `SELECT ${FIELDS} WHERE w.organization_id = $1 AND c.organization_id = $1 AND c.identity = ANY($2::text[]) AND w.evse_id = ANY($3::int4[])
          ORDER BY w.evse_id DESC LIMIT 1000`,
};
// Plan: web_payments_organization_id_idx and that of the offers.
const TEMPLATES: Statement = {
  name: 'web_payments_templates',
  text: `SELECT url_template AS "urlTemplate" FROM web_payments WHERE organization_id = $1
          UNION SELECT url_template FROM web_payment_offers WHERE organization_id = $1 LIMIT 1000`,
};
const FORGET: Statement = {
  name: 'web_payments_forget',
  text: `WITH offered AS (DELETE FROM web_payment_offers WHERE organization_id = $1 AND charge_point_id = $2 AND evse_id = $3 RETURNING evse_id),
              shown AS (DELETE FROM web_payments WHERE organization_id = $1 AND charge_point_id = $2 AND evse_id = $3 RETURNING evse_id)
         SELECT evse_id FROM offered UNION ALL SELECT evse_id FROM shown`,
};

type Where = { readonly organizationId: string; readonly chargePointId: string };

export const listWebPayments = (db: Db, { organizationId, chargePointId }: Where): Promise<WebPaymentRow[]> =>
  db.rows(LIST, [organizationId, chargePointId]);

/** Those of the stations, for these EVSEs and for the whole station. */
export const webPaymentsOf = (db: Db, organizationId: string, named: readonly QrParts[]): Promise<WebPaymentRow[]> =>
  db.rows(FIND, [
    organizationId,
    [...new Set(named.map(({ chargingStationId }) => chargingStationId))],
    [...new Set([0, ...named.map(({ evse }) => evse)])],
  ]);

export async function templatesOf(db: Db, organizationId: string): Promise<string[]> {
  const rows = await db.rows<{ urlTemplate: string }>(TEMPLATES, [organizationId]);
  return rows.map(({ urlTemplate }) => urlTemplate);
}

/** Whether there was one. */
export const forgetWebPayment = async (db: Db, where: Where, evseId: number): Promise<boolean> =>
  (await db.rows(FORGET, [where.organizationId, where.chargePointId, evseId])).length > 0;
