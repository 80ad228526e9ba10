/**
 * Every domain event there is: name, meaning, zod schema of `data`, example. Webhook subscriptions, OpenAPI and the tests read it.
 * The 14 of the seed never change meaning; additive ones are marked. Fields of BASE are filled in by the event writer.
 */
import { z } from 'zod';
import { alertData, alertExamples, ofNoneOrOne } from './alerts.ts';
import { commissioningData, commissioningExamples } from './commissioning.ts';

const instant = z.iso.datetime({ precision: 3 }).describe('RFC 3339, UTC, milliseconds');

/** On every event of a charge point. */
export const eventBase = z.object({
  organization_id: z.string(),
  charge_point_id: z.string(),
  charge_point_identity: z.string().describe('OCPP identity'),
  occurred_at: instant.describe("When it happened, by the charger's clock where that is sane"),
  received_at: instant.describe('When the server learned of it'),
  sequence: z.int().positive().describe('Increases by one with every event of this charge point'),
  historical: z.literal(true).optional().describe('Replayed by a charger that had been offline'),
  test: z.literal(true).optional().describe('A sample that somebody asked for; nothing happened'),
});

export const connectorStatuses = [
  'available',
  'preparing',
  'charging',
  'suspended_ev',
  'suspended_evse',
  'finishing',
  'reserved',
  'unavailable',
  'faulted',
  'occupied',
  'unknown',
] as const;
const connectorStatus = z.enum(connectorStatuses);

export const reservationStatuses = ['requested', 'active', 'used', 'expired', 'cancelled', 'failed'] as const;

const amount = z.string().describe('Decimal, with the digits of the currency');
const currency = z.string().length(3).describe('ISO 4217');
const cost = z.object({ currency, total: amount.describe('What the driver pays, with tax') });
const costLine = z.object({
  type: z.enum(['energy', 'time', 'idle', 'flat', 'reservation', 'minimum', 'maximum']),
  component: z.int().nonnegative().optional().describe('Which one of the tariff, from 0'),
  label: z.string().optional(),
  quantity: z.string().describe('As measured, in `unit`'),
  billed: z.string().describe('After the step'),
  unit: z.enum(['Wh', 's', 'piece']),
  price: z.string(),
  per: z.enum(['kWh', 'h', 'min', 'session']),
  amount: amount.describe('With tax if prices_include_tax, otherwise without'),
  tax_percent: z.string(),
});

const isTest = z
  .literal(true)
  .optional()
  .describe('The test transaction of a commissioning run; nobody pays (additive)');

const dataSchemas = {
  ...commissioningData,
  'charge_point.connected': z.object({
    protocol: z.enum(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1']),
    security_profile: z.int().min(0).max(3),
    remote_address: z.string(),
  }),
  'charge_point.disconnected': z.object({
    reason: z.string().describe('closed, timeout, error, node_lost, kicked, …'),
    connected_for_s: z.int().nonnegative(),
  }),
  'charge_point.status_changed': z.object({
    evse_id: z.int().nonnegative(),
    connector_id: z.int().nonnegative().describe('0: the charge point itself'),
    previous_status: connectorStatus.nullable(),
    status: connectorStatus,
    error_code: z.string().nullable(),
    info: z.string().nullable(),
    vendor_error_code: z.string().nullable(),
  }),
  'session.started': z.object({
    session_id: z.string(),
    transaction_id: z.int().describe('Our own number of it, and what an OCPP 1.6 charger calls it'),
    ocpp_transaction_id: z.string().optional().describe('What an OCPP 2.x charger calls it (additive)'),
    evse_id: z.int(),
    connector_id: z.int(),
    token: z.string().nullable(),
    authorization: z.enum([
      'accepted',
      'blocked',
      'expired',
      'invalid',
      'not_at_this_location',
      'concurrent_tx',
      'no_credit',
    ]),
    meter_start_wh: z.int(),
    command_id: z.string().optional().describe('The remote start that led to it'),
    is_test: isTest,
    reconstructed: z.literal(true).optional().describe('Only its stop ever arrived'),
  }),
  'session.ended': z.object({
    session_id: z.string(),
    transaction_id: z.int().describe('Our own number of it, and what an OCPP 1.6 charger calls it'),
    ocpp_transaction_id: z.string().optional().describe('What an OCPP 2.x charger calls it (additive)'),
    evse_id: z.int(),
    connector_id: z.int(),
    token: z.string().nullable(),
    status: z.enum(['ended', 'closed_by_system']),
    started_at: instant,
    energy_wh: z.int().nonnegative(),
    duration_s: z.int().nonnegative(),
    stop_reason: z.string().nullable(),
    cost: cost.nullable().describe('null: no tariff applies, or it cannot be priced and waits for a person'),
    flags: z.array(z.string()).describe('Why a person should look at it; empty: nothing odd'),
    is_test: isTest,
    reconstructed: z.literal(true).optional(),
  }),
  'session.cost_updated': z.object({
    session_id: z.string(),
    transaction_id: z.int().describe('Our own number of it, and what an OCPP 1.6 charger calls it'),
    ocpp_transaction_id: z.string().optional().describe('What an OCPP 2.x charger calls it (additive)'),
    evse_id: z.int(),
    connector_id: z.int(),
    currency,
    total: amount.describe('What the driver pays, with tax'),
    total_excl_tax: amount,
    tax: amount,
    prices_include_tax: z.boolean(),
    lines: z.array(costLine).describe('They add up to total if prices_include_tax, otherwise to total_excl_tax'),
    energy_wh: z.int().nonnegative(),
    is_final: z.boolean().describe('The session has ended. Once; then only corrections follow'),
    is_test: isTest,
    correction: z
      .object({ reason: z.string(), previous_total: amount.nullable() })
      .optional()
      .describe('The final cost that was told before was another one (additive)'),
  }),
  'session.limit_reached': z.object({
    session_id: z.string(),
    limit: z.enum(['energy', 'time', 'cost', 'soc']).describe('What was reached'),
    reached_by: z
      .enum(['station', 'csms'])
      .describe('Who found out. csms: the charge point was asked to stop the session'),
    max_energy_wh: z.number().nullable(),
    max_time_s: z.number().nullable(),
    max_cost: z.string().nullable().describe('In the currency of the tariff'),
    max_soc_percent: z.number().nullable(),
  }),
  'security.event': z.object({
    security_event_id: z.string(),
    type: z.string().describe("From OCA's list of security events, or a vendor's own"),
    critical: z.boolean().describe("By OCA's list: a charger has to report it"),
    severity: z.enum(['info', 'warning', 'critical']).describe('How soon a person should look'),
    tech_info: z.string().nullable(),
  }),
  ...alertData,
  'command.completed': z.object({
    command_id: z.string(),
    action: z.string().describe("In the words of the charge point's version of OCPP"),
    status: z.enum(['accepted', 'rejected', 'failed', 'timed_out', 'cancelled']),
    requested_by: z.string().describe('key_… or usr_…'),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    session_id: z.string().nullable().describe('The session that a remote start led to'),
  }),
  'reservation.updated': z.object({
    reservation_id: z.string(),
    ocpp_reservation_id: z.int(),
    connector_id: z.int().nonnegative().describe('0: any connector'),
    token: z.string(),
    previous_status: z.enum(reservationStatuses).nullable().describe('null: it is new'),
    status: z.enum(reservationStatuses),
    reason: z
      .string()
      .nullable()
      .describe('Why it failed or was cancelled: occupied, faulted, no_answer, requested, …'),
    expires_at: instant,
    session_id: z.string().nullable().describe('The session that used it'),
  }),
  'handover.completed': z.object({
    handover_id: z.string(),
    mode: z.enum(['installer_to_owner', 'ownership_transfer']),
    side: z
      .enum(['from', 'to'])
      .describe('Whether the organization of this event gave the charge point away, or got it'),
    from_organization_id: z.string(),
    to_organization_id: z
      .string()
      .nullable()
      .describe('null on the side that gave it away, unless it had named the receiver'),
    note: z.string().nullable(),
    initiated_at: instant,
    accepted_at: instant,
    initiated_by: z.string().nullable().describe('key_… or usr_…; on the side that gave it away only'),
    accepted_by: z.string().nullable().describe('key_… or usr_…; on the side that got it only'),
    site_id: z.string().nullable().describe('Where it stands now; on the side that got it only'),
    key_change: z
      .enum(['none', 'pending', 'offered', 'awaiting_reconnect', 'changed', 'not_changed'])
      .nullable()
      .describe('How far its new key is (docs/handover.md); on the side that got it only'),
  }),
  'firmware.update_started': z.object({
    update_id: z.string(),
    rollout_id: z.string().nullable().describe('The rollout that it is part of'),
    from_version: z.string().nullable().describe('As the charger said at its last boot; null: it never has'),
    target_version: z.string(),
    requested_at: instant,
  }),
  'firmware.update_completed': z.object({
    update_id: z.string(),
    rollout_id: z.string().nullable(),
    from_version: z.string().nullable(),
    to_version: z.string(),
    verified: z.boolean().describe('The charger has booted with another version than before'),
  }),
  'firmware.update_failed': z.object({
    update_id: z.string(),
    rollout_id: z.string().nullable(),
    from_version: z.string().nullable(),
    target_version: z.string(),
    status: z
      .string()
      .describe('How it ended; installed: the charger said so, and then booted with the version of before'),
    code: z.string().describe('rejected, download_failed, version_unchanged, no_progress, …'),
    message: z.string(),
    attempts: z.int().nonnegative(),
  }),
} as const;

export type EmittedType = keyof typeof dataSchemas;
export type EventData<T extends EmittedType> = z.infer<(typeof dataSchemas)[T]>;

/** What a machine emits; organization, charge point, sequence and the final text are added by the event writer. */
export type DomainEventInput = {
  [T in EmittedType]: {
    readonly type: T;
    readonly occurredAt: Date;
    readonly receivedAt: Date;
    readonly historical?: boolean;
    /** Whose it is, where that is not who holds the charge point as the transaction begins. */
    readonly owner?: { readonly organizationId: string; readonly siteId: string | null };
    readonly data: EventData<T>;
  };
}[EmittedType];

/** All types that can be subscribed to: the seed's 14 and the additive ones, whether their machine is running yet or not. */
export const eventTypes = [
  'charge_point.connected',
  'charge_point.disconnected',
  'charge_point.status_changed',
  'session.started',
  'session.ended',
  'session.cost_updated',
  'commissioning.started',
  'commissioning.completed',
  'commissioning.failed',
  'alert.triggered',
  'alert.resolved',
  'firmware.update_started',
  'firmware.update_completed',
  'handover.completed',
  'security.event',
  'command.completed',
  'webhook.test',
  'reservation.updated',
  'session.limit_reached',
  'firmware.update_failed',
] as const;
export type EventType = (typeof eventTypes)[number];

/** Beside the 14 of the seed. */
export const additiveTypes: ReadonlySet<EventType> = new Set<EventType>([
  'reservation.updated',
  'session.limit_reached',
  'firmware.update_failed',
  'security.event',
  'command.completed',
  'webhook.test',
]);

const example = {
  organization_id: 'org_01KAT3Z6Y8Q0000000000000AA',
  charge_point_id: 'cp_01KAT3Z6Y8Q0000000000000AB',
  charge_point_identity: 'CP-7',
  occurred_at: '2026-11-23T12:00:00.000Z',
  received_at: '2026-11-23T12:00:00.120Z',
};
const update = {
  update_id: 'fwu_01KAT3Z6Y8Q0000000000000AH',
  rollout_id: null,
  from_version: '7.0.3',
};
const session = {
  session_id: 'ses_01KAT3Z6Y8Q0000000000000AC',
  transaction_id: 4711,
  evse_id: 1,
  connector_id: 1,
  token: '04A1B2C3',
};

type CatalogueEntry = {
  readonly description: string;
  readonly data: z.ZodObject;
  readonly example: Record<string, unknown>;
};

export const catalogue: Readonly<Record<EventType, CatalogueEntry>> = {
  'charge_point.connected': {
    description: 'A charge point establishes a WebSocket connection',
    data: eventBase.extend(dataSchemas['charge_point.connected'].shape),
    example: { ...example, sequence: 1, protocol: 'ocpp1.6', security_profile: 1, remote_address: '203.0.113.7' },
  },
  'charge_point.disconnected': {
    description: 'A charge point loses its connection',
    data: eventBase.extend(dataSchemas['charge_point.disconnected'].shape),
    example: { ...example, sequence: 9, reason: 'timeout', connected_for_s: 86400 },
  },
  'charge_point.status_changed': {
    description: 'Connector status changes',
    data: eventBase.extend(dataSchemas['charge_point.status_changed'].shape),
    example: {
      ...example,
      sequence: 2,
      evse_id: 1,
      connector_id: 1,
      previous_status: 'available',
      status: 'preparing',
      error_code: null,
      info: null,
      vendor_error_code: null,
    },
  },
  'session.started': {
    description: 'A charging session begins',
    data: eventBase.extend(dataSchemas['session.started'].shape),
    example: { ...example, sequence: 3, ...session, authorization: 'accepted', meter_start_wh: 1200 },
  },
  'session.ended': {
    description: 'A charging session completes',
    data: eventBase.extend(dataSchemas['session.ended'].shape),
    example: {
      ...example,
      sequence: 8,
      ...session,
      status: 'ended',
      started_at: '2026-11-23T11:00:00.000Z',
      energy_wh: 7400,
      duration_s: 3600,
      stop_reason: 'EVDisconnected',
      cost: { currency: 'EUR', total: '3.63' },
      flags: [],
    },
  },
  'session.cost_updated': {
    description: 'Session cost is recalculated mid-session',
    data: eventBase.extend(dataSchemas['session.cost_updated'].shape),
    example: {
      ...example,
      sequence: 7,
      session_id: session.session_id,
      transaction_id: session.transaction_id,
      evse_id: 1,
      connector_id: 1,
      currency: 'EUR',
      total: '3.63',
      total_excl_tax: '3.05',
      tax: '0.58',
      prices_include_tax: true,
      lines: [
        {
          type: 'energy',
          component: 0,
          quantity: '7400',
          billed: '7400',
          unit: 'Wh',
          price: '0.49',
          per: 'kWh',
          amount: '3.63',
          tax_percent: '19',
        },
      ],
      energy_wh: 7400,
      is_final: false,
    },
  },
  'session.limit_reached': {
    description: 'A session has reached what it was limited to (additive)',
    data: eventBase.extend(dataSchemas['session.limit_reached'].shape),
    example: {
      ...example,
      sequence: 7,
      session_id: session.session_id,
      limit: 'energy',
      reached_by: 'csms',
      max_energy_wh: 20000,
      max_time_s: null,
      max_cost: null,
      max_soc_percent: null,
    },
  },
  'security.event': {
    description: 'A charge point reports a security event (additive)',
    data: eventBase.extend(dataSchemas['security.event'].shape),
    example: {
      ...example,
      sequence: 12,
      security_event_id: 'sev_01KAT3Z6Y8Q0000000000000AF',
      type: 'TamperDetectionActivated',
      critical: true,
      severity: 'critical',
      tech_info: 'front cover opened',
    },
  },
  'alert.triggered': {
    description: 'A monitoring alert fires',
    data: eventBase.extend(ofNoneOrOne.shape).extend(alertData['alert.triggered'].shape),
    example: { ...example, ...alertExamples['alert.triggered'] },
  },
  'alert.resolved': {
    description: 'A previously triggered alert clears',
    data: eventBase.extend(ofNoneOrOne.shape).extend(alertData['alert.resolved'].shape),
    example: { ...example, ...alertExamples['alert.resolved'] },
  },
  'command.completed': {
    description: 'A command to a charge point has its outcome (additive)',
    data: eventBase.extend(dataSchemas['command.completed'].shape),
    example: {
      ...example,
      sequence: 13,
      command_id: 'cmd_01KAT3Z6Y8Q0000000000000AD',
      action: 'Reset',
      status: 'accepted',
      requested_by: 'key_01KAT3Z6Y8Q0000000000000AE',
      error: null,
      session_id: null,
    },
  },
  'webhook.test': {
    description: 'Somebody tries out a webhook endpoint (additive)',
    data: z.object({
      organization_id: z.string(),
      endpoint_id: z.string(),
      occurred_at: instant,
      test: z.literal(true),
    }),
    example: {
      organization_id: example.organization_id,
      endpoint_id: 'whe_01KAT3Z6Y8Q0000000000000AD',
      occurred_at: example.occurred_at,
      test: true,
    },
  },
  'commissioning.started': {
    description: 'Charger commissioning process begins',
    data: eventBase.extend(dataSchemas['commissioning.started'].shape),
    example: { ...example, sequence: 15, ...commissioningExamples['commissioning.started'] },
  },
  'commissioning.completed': {
    description: 'Charger is fully commissioned and operational',
    data: eventBase.extend(dataSchemas['commissioning.completed'].shape),
    example: { ...example, sequence: 24, ...commissioningExamples['commissioning.completed'] },
  },
  'commissioning.failed': {
    description: 'Commissioning failed',
    data: eventBase.extend(dataSchemas['commissioning.failed'].shape),
    example: { ...example, sequence: 19, ...commissioningExamples['commissioning.failed'] },
  },
  'reservation.updated': {
    description: 'A reservation changes its status (additive)',
    data: eventBase.extend(dataSchemas['reservation.updated'].shape),
    example: {
      ...example,
      sequence: 14,
      reservation_id: 'rsv_01KAT3Z6Y8Q0000000000000AG',
      ocpp_reservation_id: 7,
      connector_id: 1,
      token: '04A1B2C3',
      previous_status: 'requested',
      status: 'active',
      reason: null,
      expires_at: '2026-11-23T13:00:00.000Z',
      session_id: null,
    },
  },
  'handover.completed': {
    description: 'A charger handover to a new operator completes',
    data: eventBase.extend(dataSchemas['handover.completed'].shape),
    example: {
      ...example,
      sequence: 15,
      handover_id: 'hnd_01KAT3Z6Y8Q0000000000000AH',
      mode: 'installer_to_owner',
      side: 'to',
      from_organization_id: 'org_01KAT3Z6Y8Q0000000000000AJ',
      to_organization_id: example.organization_id,
      note: 'Depot North',
      initiated_at: '2026-11-20T09:00:00.000Z',
      accepted_at: '2026-11-23T12:00:00.000Z',
      initiated_by: null,
      accepted_by: 'usr_01KAT3Z6Y8Q0000000000000AK',
      site_id: null,
      key_change: 'pending',
    },
  },
  'firmware.update_started': {
    description: 'Firmware update begins on a charge point',
    data: eventBase.extend(dataSchemas['firmware.update_started'].shape),
    example: {
      ...example,
      sequence: 15,
      ...update,
      target_version: '7.1.0',
      requested_at: '2026-11-23T11:58:00.000Z',
    },
  },
  'firmware.update_completed': {
    description: 'Firmware update finishes successfully',
    data: eventBase.extend(dataSchemas['firmware.update_completed'].shape),
    example: { ...example, sequence: 16, ...update, to_version: '7.1.0', verified: true },
  },
  'firmware.update_failed': {
    description: 'A firmware update has failed, or proved not to be one (additive)',
    data: eventBase.extend(dataSchemas['firmware.update_failed'].shape),
    example: {
      ...example,
      sequence: 17,
      ...update,
      target_version: '7.1.0',
      status: 'download_failed',
      code: 'download_failed',
      message: 'NoSpace: 3 MB free',
      attempts: 3,
    },
  },
};
