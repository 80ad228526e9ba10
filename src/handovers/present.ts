/** Handovers as REST shows them: each side sees what is its own business, and the holder of the token what it is about to get. */
import { z } from 'zod';
import { instantOut } from '../platform/fields.ts';
import { checkNames } from './machine/checks.ts';
import { handoverStatuses } from './machine/rules.ts';
import type { HandoverView } from './read-store.ts';
import type { CareItem, HandoverStep, KeyChange } from './types.ts';

export const modes = ['installer_to_owner', 'ownership_transfer'] as const;
const keyChanges = [
  'none',
  'pending',
  'offered',
  'awaiting_reconnect',
  'changed',
  'not_changed',
] as const satisfies readonly KeyChange[];
const text = z.string().nullable();

export const checkSchema = z.object({
  check: z.enum(checkNames),
  status: z.enum(['passed', 'warning', 'waiting', 'blocked']).meta({
    description:
      'warning: worth knowing, stands in nobody’s way; waiting: it passes by itself, `when: idle` waits for it; blocked: it cannot be accepted so',
  }),
  message: z.string(),
});

export const handoverSchema = z
  .object({
    id: z.string(),
    direction: z.enum(['outgoing', 'incoming']).meta({ description: 'Seen from who asks' }),
    mode: z.enum(modes),
    status: z.enum(handoverStatuses),
    charge_point_id: z.string(),
    charge_point_identity: z.string(),
    vendor: text.meta({ description: 'While it is open; afterwards only to who holds the charge point' }),
    model: text.meta({ description: 'The same' }),
    from_organization_id: z.string(),
    to_organization_id: text.meta({
      description:
        'null: not known yet, or, for the side that gives it away, whoever took it with the token without being named',
    }),
    note: text,
    reason: text.meta({
      description: 'Why it was declined or cancelled, or failed: never_idle, commissioned, charge_point_deleted',
    }),
    waiting_for: z.array(z.enum(checkNames)).meta({ description: 'Accepted, and waiting for these checks to pass' }),
    initiated_by: text.meta({ description: 'Shown to its own side only' }),
    accepted_by: text.meta({ description: 'Shown to its own side only' }),
    site_id: text.meta({ description: 'Shown to the receiving side only' }),
    name: text.meta({ description: 'Shown to the receiving side only' }),
    key_change: z
      .enum(keyChanges)
      .nullable()
      .meta({
        description:
          'After the cutover, to the receiving side only: none: the charger has no key · pending: it is taken to it when it connects · ' +
          'offered: it has not answered · awaiting_reconnect: it took it, the old one opens until it logs in with the new one · ' +
          'changed · not_changed: it does not take one; rotate its key by hand',
      }),
    left_at_charger: z
      .array(
        z.object({
          what: z.enum(['reservation', 'charging_profiles', 'display_message', 'local_list']),
          number: z.int().nullable(),
          state: z.enum(['pending', 'asked', 'done', 'refused', 'not_supported']),
        }),
      )
      .meta({
        description:
          'To the receiving side only: what the charger held of the organization before, and whether it is gone',
      }),
    created_at: instantOut,
    expires_at: instantOut.meta({ description: 'Accepted: until then the charge point has to become idle' }),
    accepted_at: instantOut.nullable(),
    ended_at: instantOut.nullable(),
    updated_at: instantOut,
  })
  .meta({ id: 'Handover' });

export const createdHandover = handoverSchema.extend({
  token: z.string().meta({ description: 'Give it to the receiving organization. Shown once; good for one acceptance' }),
});
export const handoverDetail = handoverSchema.extend({
  history: z.array(
    z.object({
      at: instantOut,
      happening: z.string(),
      from_status: z.enum(handoverStatuses).nullable(),
      to_status: z.enum(handoverStatuses),
      side: z.enum(['from', 'to', 'system']),
      by: text.meta({ description: 'key_…, usr_… or system; of the other side: null' }),
      detail: text,
    }),
  ),
});
export const lookedUp = z.object({ handover: handoverSchema, checklist: z.array(checkSchema) });
export const checklistSchema = z.object({
  acceptable: z.boolean().meta({ description: 'Nothing blocks; what waits passes by itself' }),
  checklist: z.array(checkSchema),
});

export type HandoverAnswer = z.input<typeof handoverSchema>;

export function presentHandover(row: HandoverView, viewer: string): HandoverAnswer {
  const isFormer = viewer === row.organizationId;
  const mayKnow = !isFormer || row.named;
  // As the charge point is now: once the handover has ended, that is its holder's business.
  const maySee = row.endedAt === null || row.holderId === viewer;
  const ofNew = <T>(value: T): T | null => (isFormer ? null : value);
  return {
    id: row.id,
    direction: isFormer ? 'outgoing' : 'incoming',
    mode: row.mode,
    status: row.status,
    charge_point_id: row.chargePointId,
    charge_point_identity: row.chargePointIdentity,
    vendor: maySee ? row.vendor : null,
    model: maySee ? row.model : null,
    from_organization_id: row.organizationId,
    to_organization_id: mayKnow ? row.toOrganizationId : null,
    note: row.note,
    reason: row.reason,
    waiting_for: row.waitingFor.flatMap((name) => checkNames.filter((each) => each === name)),
    initiated_by: isFormer ? row.initiatedBy : null,
    accepted_by: ofNew(row.acceptedBy),
    site_id: ofNew(row.siteId),
    name: ofNew(row.name),
    key_change: ofNew(row.keyChange),
    left_at_charger: isFormer ? [] : row.care.map(presentItem),
    created_at: row.createdAt,
    expires_at: row.expiresAt,
    accepted_at: row.acceptedAt,
    ended_at: row.endedAt,
    updated_at: row.updatedAt,
  };
}

const presentItem = ({ what, number, state }: CareItem) => ({ what, number, state });

export const presentStep = (step: HandoverStep, row: HandoverView, viewer: string) => ({
  at: step.at,
  happening: step.happening,
  from_status: step.fromStatus,
  to_status: step.toStatus,
  side: sideOf(step, row),
  by: step.byOrganizationId === null || step.byOrganizationId === viewer ? step.by : null,
  detail: step.detail,
});
const sideOf = ({ byOrganizationId }: HandoverStep, row: HandoverView): 'from' | 'to' | 'system' =>
  byOrganizationId === null ? 'system' : byOrganizationId === row.organizationId ? 'from' : 'to';
