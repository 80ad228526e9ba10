/** Alerts as REST shows them. */
import { z } from 'zod';
import { instantOut } from '../platform/fields.ts';
import { FLAPPING } from './machine.ts';
import type { AlertView, CommentView } from './read-store.ts';
import { ruleIds, ruleOf } from './rules/index.ts';
import { isOpen, resolutions, severities, statuses } from './types.ts';

export const alertSchema = z
  .object({
    id: z.string(),
    rule: z.string().meta({ description: `Of: ${ruleIds.join(', ')}` }),
    status: z.enum(statuses),
    severity: z.enum(severities),
    title: z.string(),
    reason: z.string().meta({ description: 'What is wrong, in a sentence' }),
    remedy: z.string().nullable().meta({ description: 'What to do about it' }),
    evidence: z.record(z.string(), z.unknown()).meta({ description: 'What it was judged by' }),
    charge_point_id: z.string().nullable().meta({ description: 'null: it belongs to no single charge point' }),
    charge_point_identity: z
      .string()
      .nullable()
      .meta({ description: 'null: as above, or it was deleted or handed over' }),
    site_id: z.string().nullable(),
    evse_id: z.int(),
    connector_id: z.int().meta({ description: '0: the charge point itself' }),
    subject: z
      .string()
      .nullable()
      .meta({ description: 'What tells apart several at one place: a monitor, an endpoint' }),
    charge_points: z.int().meta({ description: 'Of a group: how many are folded into it; else 0' }),
    occurrences: z.int().meta({ description: 'How often it happened while the alert was open' }),
    flapping: z
      .boolean()
      .meta({ description: 'It opened so often in a row that it stays open until it has been quiet' }),
    since: instantOut.meta({ description: 'Since when it is so' }),
    last_at: instantOut,
    due_at: instantOut.nullable().meta({ description: 'pending: when it triggers; flapping: when it may be resolved' }),
    triggered_at: instantOut.nullable(),
    acknowledged_at: instantOut.nullable(),
    acknowledged_by: z.string().nullable(),
    resolved_at: instantOut.nullable(),
    resolution: z.enum(resolutions).nullable(),
    resolved_by: z.string().nullable(),
    created_at: instantOut,
  })
  .meta({ id: 'Alert' });

export const commentSchema = z.object({
  id: z.string(),
  kind: z.enum(['comment', 'acknowledged', 'resolved']),
  author: z.string().meta({ description: 'key_… or usr_…' }),
  text: z.string().nullable(),
  created_at: instantOut,
});

export const alertDetail = alertSchema
  .extend({
    comments: z.array(commentSchema).meta({ description: 'Oldest first' }),
    charge_point_ids: z.array(z.string()).meta({ description: 'Of a group, 1,000 at most' }),
  })
  .meta({ id: 'AlertDetail' });

export const present = (row: AlertView): z.input<typeof alertSchema> => ({
  id: row.id,
  rule: row.rule,
  status: row.status,
  severity: row.severity,
  title: row.title,
  reason: row.reason,
  remedy: ruleOf(row.rule)?.remedy ?? null,
  evidence: evidenceOf(row.evidence),
  charge_point_id: row.chargePointId === row.organizationId ? null : row.chargePointId,
  charge_point_identity: row.identity,
  site_id: row.siteId,
  evse_id: row.evseId,
  connector_id: row.connectorId,
  subject: row.subject === '' ? null : row.subject,
  charge_points: row.members,
  occurrences: row.occurrences,
  flapping: isOpen(row) && row.streak >= FLAPPING,
  since: row.since,
  last_at: row.lastAt,
  due_at: row.dueAt,
  triggered_at: row.triggeredAt,
  acknowledged_at: row.acknowledgedAt,
  acknowledged_by: row.acknowledgedBy,
  resolved_at: row.resolvedAt,
  resolution: row.resolution,
  resolved_by: row.resolvedBy,
  created_at: row.createdAt,
});

const evidenceOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

export const presentComment = (row: CommentView): z.input<typeof commentSchema> => ({
  id: row.id,
  kind: row.kind === 'acknowledged' || row.kind === 'resolved' ? row.kind : 'comment',
  author: row.author,
  text: row.text,
  created_at: row.createdAt,
});
