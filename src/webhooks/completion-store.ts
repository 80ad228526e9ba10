/**
 * What came of attempts, many per statement: the deliveries that are still ours, a row for each attempt, and how their endpoints
 * fare. One statement, so that none of it is ever there without the rest.
 */
import type { Database, Statement } from '../database/contract.ts';
import { healthChanges } from './health.ts';
import type { Completion, DeliveryState } from './types.ts';

/**
 * Plan: Function Scan → Nested Loop → Index Scan using webhook_deliveries_pkey; the same over webhook_endpoints_pkey, which is
 * written only if something changes: `touched` locks in the order of the ids, so that two processes cannot block each other.
 */
const COMPLETE: Statement = {
  name: 'webhooks_complete',
  text: `
  WITH done AS (
    UPDATE webhook_deliveries d
       SET status = c.status, attempts = c.attempts, response_status = c.response_status, last_error = c.last_error,
           first_attempt_at = c.first_attempt_at, next_attempt_at = c.next_attempt_at, not_before = c.not_before,
           completed_at = c.completed_at, lease_token = NULL, leased_until = NULL
      FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::text[], $7::timestamptz[],
                  $8::timestamptz[], $9::timestamptz[], $10::timestamptz[])
             AS c(id, token, status, attempts, response_status, last_error, first_attempt_at, next_attempt_at, not_before,
                  completed_at)
     WHERE d.id = c.id AND d.lease_token = c.token
    RETURNING d.id
  ), kept AS (
    INSERT INTO webhook_attempts (delivery_id, number, started_at, duration_ms, url, response_status, error, response_body,
                                  response_headers, signature, previous_signature, standard_signature)
    SELECT a.delivery_id, a.number, a.started_at, a.duration_ms, a.url, a.response_status, a.error, a.response_body,
           a.response_headers::jsonb, a.signature, a.previous_signature, a.standard_signature
      FROM unnest($12::text[], $13::int[], $14::timestamptz[], $15::int[], $16::text[], $17::int[], $18::text[], $19::text[],
                  $20::text[], $21::text[], $22::text[], $23::text[])
             AS a(delivery_id, number, started_at, duration_ms, url, response_status, error, response_body, response_headers,
                  signature, previous_signature, standard_signature)
      JOIN done ON done.id = a.delivery_id
        ON CONFLICT DO NOTHING
  ), h AS (
    SELECT * FROM unnest($24::text[], $25::int[], $26::timestamptz[], $27::timestamptz[], $28::text[], $29::timestamptz[])
                    AS h(id, failures, failed_at, succeeded_at, gone_url, last_failed_at)
  ), touched AS MATERIALIZED (
    SELECT e.id, e.failing_since, h.failures, h.failed_at, h.last_failed_at, h.succeeded_at,
           coalesce(h.gone_url = e.url AND e.active, false) AS gone
      FROM h JOIN webhook_endpoints e ON e.id = h.id
     WHERE e.deleted_at IS NULL
       AND (h.last_failed_at IS NOT NULL OR h.gone_url = e.url AND e.active
            OR h.succeeded_at IS NOT NULL AND (e.failing_since IS NOT NULL OR e.failures > 0 OR e.last_success_at IS NULL
                                               OR e.last_success_at < h.succeeded_at - interval '1 minute'))
     ORDER BY e.id
       FOR NO KEY UPDATE OF e
  ), health AS (
    UPDATE webhook_endpoints e
       SET failures = CASE WHEN t.succeeded_at IS NULL THEN e.failures ELSE 0 END + t.failures,
           failing_since = CASE WHEN t.succeeded_at IS NULL THEN coalesce(e.failing_since, t.failed_at) ELSE t.failed_at END,
           last_failure_at = greatest(e.last_failure_at, t.last_failed_at),
           well_since = CASE WHEN t.failures > 0 THEN NULL WHEN t.last_failed_at IS NULL THEN coalesce(e.well_since, t.succeeded_at)
                             ELSE t.succeeded_at END,
           last_success_at = greatest(e.last_success_at, t.succeeded_at),
           active = e.active AND NOT t.gone,
           disabled_reason = CASE WHEN t.gone THEN 'gone' ELSE e.disabled_reason END,
           updated_at = CASE WHEN t.gone THEN $11 ELSE e.updated_at END
      FROM touched t WHERE e.id = t.id
  )
  SELECT id, NULL::timestamptz AS "failingSince" FROM done
   UNION ALL
  SELECT id, failing_since FROM touched WHERE failing_since IS NOT NULL AND succeeded_at IS NOT NULL`,
};

export type Recovered = { readonly endpointId: string; readonly failingSince: Date };

export type CompletionStore = {
  complete(
    completions: readonly Completion[],
    now: Date,
  ): Promise<{
    /** Deliveries that were still ours. */
    readonly saved: Set<string>;
    /** Endpoints that had failed, and now succeeded for the first time. */
    readonly recovered: Recovered[];
  }>;
};

export const createCompletionStore = (db: Pick<Database, 'rows'>): CompletionStore => ({
  async complete(completions, now) {
    const rows = await db.rows<{ id: string; failingSince: Date | null }>(COMPLETE, [
      ...deliveryColumns(completions),
      now,
      ...attemptColumns(completions),
      ...healthColumns(completions),
    ]);
    const saved = new Set<string>();
    const recovered: Recovered[] = [];
    for (const { id, failingSince } of rows)
      if (failingSince === null) saved.add(id);
      else recovered.push({ endpointId: id, failingSince });
    return { saved, recovered };
  },
});

function deliveryColumns(completions: readonly Completion[]): unknown[][] {
  const states = completions.map(({ state }) => state);
  return [
    completions.map(({ id }) => id),
    completions.map(({ leaseToken }) => leaseToken),
    states.map(({ status }) => status),
    states.map(({ attempts }) => attempts),
    states.map(({ responseStatus }) => responseStatus),
    states.map(lastErrorOf),
    states.map(({ firstAttemptAt }) => firstAttemptAt),
    states.map((state) => (state.status === 'pending' ? state.nextAttemptAt : null)),
    states.map((state) => (state.status === 'pending' ? state.notBefore : null)),
    states.map((state) => (state.status === 'pending' ? null : state.completedAt)),
  ];
}

function attemptColumns(completions: readonly Completion[]): unknown[][] {
  const made = completions.flatMap(({ id, attempt }) => (attempt === undefined ? [] : [{ id, ...attempt }]));
  return [
    made.map(({ id }) => id),
    made.map(({ number }) => number),
    made.map(({ startedAt }) => startedAt),
    made.map(({ durationMs }) => durationMs),
    made.map(({ url }) => url),
    made.map(({ responseStatus }) => responseStatus),
    made.map(({ error }) => error),
    made.map(({ reply }) => reply?.body ?? null),
    made.map(({ reply }) => (reply === undefined ? null : JSON.stringify(reply.headers))),
    made.map(({ signatures }) => signatures?.plain ?? null),
    made.map(({ signatures }) => signatures?.previous ?? null),
    made.map(({ signatures }) => signatures?.standard ?? null),
  ];
}

function healthColumns(completions: readonly Completion[]): unknown[][] {
  const changes = healthChanges(
    completions.flatMap(({ endpointId, attempt, state }) =>
      attempt === undefined
        ? []
        : [
            {
              endpointId,
              startedAt: attempt.startedAt,
              finishedAt: attempt.finishedAt,
              isSuccess: state.status === 'succeeded',
            },
          ],
    ),
  );
  const gone = new Map(completions.flatMap(({ disable, endpointId }) => (disable ? [[endpointId, disable.url]] : [])));
  return [
    changes.map(({ endpointId }) => endpointId),
    changes.map(({ failures }) => failures),
    changes.map(({ failedAt }) => failedAt),
    changes.map(({ succeededAt }) => succeededAt),
    changes.map(({ endpointId }) => gone.get(endpointId) ?? null),
    changes.map(({ lastFailedAt }) => lastFailedAt),
  ];
}

const lastErrorOf = (state: DeliveryState): string | null => (state.status === 'succeeded' ? null : state.lastError);
