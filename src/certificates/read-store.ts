/** What REST and the signing job read of certificates. */
import type { Database, Statement } from '../database/contract.ts';
import { contractRootTypes, type InstalledRow, isForCars, type RequestRow } from './types.ts';

export type StoredRequest = RequestRow & { readonly chargePointId: string };
export type Due = {
  readonly id: string;
  readonly status: RequestRow['status'];
  readonly use: RequestRow['use'];
  readonly wantedRoot: RequestRow['wantedRoot'];
  readonly csr: string;
  readonly commandId: string | null;
  readonly chargePointId: string;
  readonly organizationId: string;
  readonly identity: string;
};
type Known = {
  readonly identity: string;
  readonly serial: string | null;
  readonly reported: string | null;
  readonly organization: string;
  /** Which of these serial numbers name another charge point. */
  readonly taken: readonly string[];
};

// Claims the one that is due longest, for two minutes: another process leaves it alone. One only, as each may be asked of a signer
// for a minute. Plan: certificate_requests_due, open ones only.
const CLAIM: Statement = {
  name: 'certificate_requests_claim',
  text: `WITH due AS (
           SELECT r.id FROM certificate_requests r
            WHERE r.due_at <= $1::timestamptz ORDER BY r.due_at LIMIT 1 FOR UPDATE SKIP LOCKED
         )
         UPDATE certificate_requests r SET due_at = $1::timestamptz + interval '2 minutes'
           FROM due, charge_points c WHERE r.id = due.id AND c.id = r.charge_point_id
         RETURNING r.id, r.status, r.use, r.wanted_root AS "wantedRoot", r.csr, r.command_id AS "commandId", r.charge_point_id AS "chargePointId",
                   r.organization_id AS "organizationId", c.identity`,
};
// A deleted charge point's requests end with it. Plan: certificate_requests_due.
const CLOSE_ORPHANS: Statement = {
  name: 'certificate_requests_close_orphans',
  text: `UPDATE certificate_requests r SET status = 'failed', error_code = 'not_sent', due_at = NULL, completed_at = $1::timestamptz,
                error_message = 'The charge point was deleted'
          WHERE r.due_at <= $1::timestamptz AND NOT EXISTS (SELECT FROM charge_points c WHERE c.id = r.charge_point_id)`,
};
// A certificate names by CN and O: those of all organizations of that name count. An identity goes before any serial number, one
// that an operator registered before one that a charger reports: what chargers say of themselves takes no name from others.
// Plan: primary keys, charge_points_identity_key, charge_points_serial_number_idx.
const KNOWN: Statement = {
  name: 'certificate_names_of_charge_point',
  text: `SELECT c.identity, c.serial_number AS serial, s.reported_serial AS reported, o.name AS organization,
                ARRAY(SELECT x.identity FROM charge_points x JOIN organizations y ON y.id = x.organization_id
                       WHERE x.identity IN (c.serial_number, s.reported_serial) AND x.id <> c.id
                         AND lower(btrim(y.name)) = lower(btrim(o.name))
                       UNION
                      SELECT x.serial_number FROM charge_points x JOIN organizations y ON y.id = x.organization_id
                       WHERE x.serial_number = s.reported_serial AND s.reported_serial IS DISTINCT FROM c.serial_number
                         AND x.id <> c.id AND lower(btrim(y.name)) = lower(btrim(o.name))) AS taken
           FROM charge_points c JOIN organizations o ON o.id = c.organization_id
           LEFT JOIN charge_point_states s ON s.charge_point_id = c.id
          WHERE c.id = $1 AND c.organization_id = $2`,
};
// The fingerprint of the first certificate of a chain.
const LEAF = `encode(sha256(decode(split_part(split_part(r.chain, '-----BEGIN CERTIFICATE-----', 2), '-----END', 1), 'base64')), 'hex')`;
// Of any organization: who shows a certificate is not known yet. Plan: certificate_requests_leaf, an index of that expression.
const SIGNED_FOR: Statement = {
  name: 'certificates_signed_for',
  text: `SELECT DISTINCT ON (1) ${LEAF} AS fingerprint, r.charge_point_id AS "chargePointId", r.use
           FROM certificate_requests r WHERE r.chain IS NOT NULL AND ${LEAF} = ANY($1::text[]) ORDER BY 1, r.id DESC`,
};

/** Beyond these a contract is not looked for. */
const MOST_ROOTS = 100;
// Plan: installed_certificates_roots, which holds roots of contracts only.
const ROOTS: Statement = {
  name: 'certificates_contract_roots',
  text: `SELECT DISTINCT certificate FROM installed_certificates
          WHERE organization_id = $1 AND certificate IS NOT NULL AND type = ANY($2::text[]) ORDER BY 1 LIMIT $3`,
};
/** PEM. What an operator has installed on charge points of this organization to judge contracts by, and has not deleted there. */
export async function trustedContractRoots(db: Pick<Database, 'rows'>, organizationId: string): Promise<string[]> {
  const rows = await db.rows<{ certificate: string }>(ROOTS, [organizationId, contractRootTypes, MOST_ROOTS]);
  return rows.map(({ certificate }) => certificate);
}

/** `opens`: the charge point whose connections it is for, registered still or not; undefined: none, it is for cars. */
export type SignedFor = { readonly opens: string | undefined };
/** One or undefined (not signed here) per fingerprint (SHA-256, lower-case hexadecimal), in their order. */
export async function signedFor(
  db: Pick<Database, 'rows'>,
  fingerprints: readonly string[],
): Promise<(SignedFor | undefined)[]> {
  type Row = { fingerprint: string; chargePointId: string; use: RequestRow['use'] };
  const rows = await db.rows<Row>(SIGNED_FOR, [[...new Set(fingerprints)]]);
  const found = new Map(
    rows.map(({ fingerprint, chargePointId, use }) => [
      fingerprint,
      { opens: isForCars(use) ? undefined : chargePointId },
    ]),
  );
  return fingerprints.map((fingerprint) => found.get(fingerprint));
}

export type CertificateStore = ReturnType<typeof certificateStore>;

export function certificateStore(db: Pick<Database, 'prisma' | 'rows'>) {
  const { prisma } = db;
  return {
    /** Newest first; up to `limit` + 1 of them. Only saveCertificates writes these tables: their texts are of these types. */
    async requests(query: {
      readonly organizationId: string;
      readonly chargePointId: string;
      readonly page: { readonly after: string | undefined; readonly limit: number };
    }): Promise<StoredRequest[]> {
      const { organizationId, chargePointId, page } = query;
      const rows = await prisma.certificateRequest.findMany({
        where: { organizationId, chargePointId, ...(page.after !== undefined && { id: { lt: page.after } }) },
        orderBy: { id: 'desc' },
        take: page.limit + 1,
      });
      return rows as unknown as StoredRequest[];
    },
    /** At most 200 (machine.ts), also what it lists no more (isHeld). */
    async installed(organizationId: string, chargePointId: string): Promise<InstalledRow[]> {
      const where = { organizationId, chargePointId };
      return (await prisma.installedCertificate.findMany({
        where,
        orderBy: [{ type: 'asc' }, { id: 'asc' }],
        take: 200,
      })) as unknown as InstalledRow[];
    },
    claimDue: async (now: Date): Promise<Due | undefined> => (await db.rows<Due>(CLAIM, [now]))[0],
    closeOrphans: async (now: Date): Promise<void> => void (await db.rows(CLOSE_ORPHANS, [now])),
    known: async (organizationId: string, chargePointId: string): Promise<Known | undefined> =>
      (await db.rows<Known>(KNOWN, [chargePointId, organizationId]))[0],
  };
}
