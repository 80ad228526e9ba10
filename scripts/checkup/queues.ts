/** What scripts/doctor asks the tables: what waits for how long, what was put into quarantine, and whether anybody is at work. */
import type pg from 'pg';
import { ageText, type Finding, fault, ok, warning } from './finding.ts';

type Queue = { readonly name: string; readonly sql: string; readonly remedy: string };
export type Waiting = { readonly overdue: number; readonly oldestS: number };

/** Overdue: it should have been taken by whoever looks for it. Each is an index scan over what is due. */
const QUEUES: readonly Queue[] = [
  {
    name: 'webhook deliveries',
    // Of an endpoint in order those behind the first wait for it, not for us; those of one that is switched off are held.
    sql: `SELECT d.next_attempt_at AS due FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id AND e.active AND e.deleted_at IS NULL
           WHERE d.status = 'pending' AND d.next_attempt_at < now() AND (d.leased_until IS NULL OR d.leased_until < now())
             AND NOT EXISTS (SELECT FROM webhook_deliveries h WHERE e.ordered AND h.endpoint_id = d.endpoint_id AND h.ordered_key = d.ordered_key
                                AND h.status = 'pending' AND (h.sequence, h.id) < (d.sequence, d.id))`,
    remedy: 'Receivers that hang, or too few processes: docs/operations.md, DynamoWebhooksWait.',
  },
  {
    name: 'commands',
    sql: 'SELECT due_at AS due FROM commands WHERE due_at < now()',
    remedy: 'The log names the job that fails: docs/operations.md, DynamoJobFailing.',
  },
  {
    name: 'e-mails of alerts',
    sql: `SELECT next_attempt_at AS due FROM alert_emails WHERE status = 'pending' AND next_attempt_at < now()`,
    remedy: 'Is the mail server of SMTP_URL there? The log says what it answers.',
  },
  {
    name: 'scheduled exports',
    sql: 'SELECT due_at AS due FROM export_schedules WHERE due_at < now() UNION ALL SELECT due_at FROM export_files WHERE due_at < now()',
    remedy: 'The log names the job that fails: docs/operations.md, DynamoJobFailing.',
  },
];
const LATE_S = 120;
const VERY_LATE_S = 3600;
/** Counted no further: the answer would be the same. */
const MOST = 10_000;

export function judgeQueue(name: string, { overdue, oldestS }: Waiting, isRunning: boolean, remedy: string): Finding {
  if (overdue === 0 || oldestS < LATE_S) return ok('queues', `${name}: nothing is late`);
  const what = `${name}: ${overdue >= MOST ? `${MOST} or more` : overdue} wait longer than they should, the first for ${ageText(oldestS)}`;
  if (!isRunning) return warning('queues', `${what}; no server runs`, 'Start the server: it makes up for it.');
  return oldestS > VERY_LATE_S ? fault('queues', what, remedy) : warning('queues', what, remedy);
}

export function judgeQuarantine(lastDay: number): Finding {
  if (lastDay === 0) return ok('quarantine', 'no message was put into quarantine within a day');
  return warning(
    'quarantine',
    `${lastDay} messages were put into quarantine within a day`,
    'They were answered and are kept (quarantined_messages). Send their reason to who keeps this software: docs/operations.md, DynamoInputPoisoned.',
  );
}

export async function checkQueues(client: pg.Client): Promise<Finding[]> {
  const ask = async <Row extends object>(sql: string): Promise<Row[]> => (await client.query<Row>(sql)).rows;
  const [alive] = await ask<{ count: number; hosts: string | null }>(
    `SELECT count(*)::int AS count, string_agg(DISTINCT host, ', ') AS hosts FROM nodes WHERE stopped_at IS NULL AND seen_at > now() - interval '30 seconds'`,
  );
  const running = alive?.count ?? 0;
  const findings = [
    running === 0
      ? ok('processes', 'no server runs on this database')
      : ok('processes', `${running} processes serve, on ${alive?.hosts}`),
  ];
  for (const { name, sql, remedy } of QUEUES) {
    const [waiting] = await ask<Waiting>(
      `SELECT count(*)::int AS overdue, coalesce(extract(epoch FROM now() - min(due)), 0)::float8 AS "oldestS" FROM (SELECT due FROM (${sql}) AS all_due LIMIT ${MOST}) AS late`,
    );
    findings.push(judgeQueue(name, waiting ?? { overdue: 0, oldestS: 0 }, running > 0, remedy));
  }
  const [put] = await ask<{ count: number }>(
    `SELECT count(*)::int AS count FROM (SELECT FROM quarantined_messages WHERE received_at > now() - interval '1 day' LIMIT ${MOST}) AS put`,
  );
  findings.push(judgeQuarantine(put?.count ?? 0));
  return findings;
}
