/** The shapes of charge points in requests and answers. */
import { z } from 'zod';
import { connectorStatuses } from '../events/index.ts';
import { idField, instantOut, nameField } from '../platform/fields.ts';
import { IDENTITY, IDENTITY_RULE } from '../platform/identity.ts';
import { connectorFormats, connectorStandards, powerTypes } from '../platform/ocpi-words.ts';
import { policies } from '../tokens/index.ts';

const label = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, { error: 'must not contain control characters' });
const localLists = ['off', 'manual', 'auto'] as const;
const registrations = ['accepted', 'pending', 'rejected'] as const;
const protocols = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const;
export const lifecycles = ['registered', 'commissioning', 'commissioned', 'decommissioned'] as const;
export { connectorStatuses, registrations };

/** OCPP 1.6 takes 20 characters here and there, 2.x 48; the installation takes 48. */
export const identityField = z
  .string()
  .regex(IDENTITY, { error: `must be ${IDENTITY_RULE}` })
  .refine((identity) => identity !== '.' && identity !== '..', { error: 'must not be . or .., which no URL can name' })
  .meta({ description: 'OCPP identity: the last part of the address that the charger connects to' });

const settings = {
  name: nameField.nullable().optional(),
  site_id: idField('site').nullable().optional(),
  vendor: label(50).nullable().optional(),
  model: label(50).nullable().optional(),
  serial_number: label(50).nullable().optional(),
  security_profile: z.int().min(0).max(3).optional().meta({
    description: 'OCPP security profile: 0 none, 1 Basic over ws, 2 Basic over wss, 3 client certificate. Default 1',
  }),
  registration: z
    .enum(registrations)
    .optional()
    .meta({ description: 'The answer to BootNotification. Default accepted' }),
  heartbeat_interval_s: z.int().min(10).max(86_400).optional().meta({ description: 'Default 300' }),
  strict: z
    .boolean()
    .optional()
    .meta({ description: 'For certification labs: every schema violation gets its CALLERROR. Default false' }),
  assume_protocol: z
    .enum(protocols)
    .nullable()
    .optional()
    .meta({ description: 'For a charger that offers no subprotocol; without it such a charger is refused' }),
  authorization: z.enum(policies).nullable().optional().meta({
    description:
      "Who may charge: list, tokens that are known; open, unknown ones too, and they are collected; free, everybody, and nobody pays. null: as the organization's authorization says",
  }),
  local_list: z.enum(localLists).optional().meta({
    description:
      'Its local authorization list: off, left alone; manual, synchronized on request; auto, kept up to date. Default manual',
  }),
  driver_messages: z.boolean().nullable().optional().meta({
    description:
      "Whether its drivers are shown prices and costs, if it says that it shows them. null: as the organization's driver_messages says",
  }),
  connector_standard: z
    .enum(connectorStandards)
    .nullable()
    .optional()
    .meta({ description: 'Of its connectors, in the words of OCPI 2.2.1: charge detail records need it' }),
  connector_format: z.enum(connectorFormats).nullable().optional(),
  power_type: z.enum(powerTypes).nullable().optional(),
};
/** OCPP asks for 16 to 40 characters (2.x) or 16 to 20 bytes (1.6); fleets that come from elsewhere have shorter ones. */
const chosenKey = z
  .string()
  .regex(/^[!-~]{8,64}$/, { error: 'must be 8 to 64 visible ASCII characters' })
  .optional()
  .meta({
    description:
      'The password that the charger has already, for one that comes from another system. Left out, one is generated, which is ' +
      'better: 160 random bits. OCPP asks for at least 16 characters',
  });
export const newChargePoint = z.strictObject({ identity: identityField, ...settings, key: chosenKey }).meta({
  examples: [{ identity: 'CP-7', name: 'Depot North, bay 7', vendor: 'ABB', model: 'Terra AC', security_profile: 1 }],
});
export const newKey = z.strictObject({ key: chosenKey }).optional();
const raise = z
  .int()
  .min(1)
  .max(3)
  .nullable()
  .optional()
  .meta({
    description:
      'A higher security profile that the charger is being moved to, which opens beside the present one until it is used. Set by itself when ' +
      'the charger accepts SecurityProfile (1.6) or an order of network profiles (2.x). null: none. Setting security_profile clears it',
  });
export const chargePointChanges = z
  .strictObject({ ...settings, next_security_profile: raise })
  .meta({ examples: [{ name: 'Depot North, bay 8' }] });

const text = z.string().nullable();
const instant = instantOut.nullable();
const status = z.object({
  status: z.enum(connectorStatuses),
  raw_status: z.string().meta({ description: 'As the charger said it' }),
  error_code: text,
  info: text,
  vendor_id: text,
  vendor_error_code: text,
  status_at: instantOut,
});

export const chargePoint = z
  .object({
    id: z.string(),
    identity: z.string(),
    name: text,
    site_id: text,
    vendor: text,
    model: text,
    serial_number: text,
    security_profile: z.int(),
    next_security_profile: z.int().nullable().meta({
      description:
        'Expected of it: its first login with this one makes it its security_profile, and no lower one opens after that',
    }),
    registration: z.enum(registrations),
    heartbeat_interval_s: z.int(),
    strict: z.boolean(),
    assume_protocol: z.enum(protocols).nullable(),
    authorization: z.enum(policies).nullable(),
    local_list: z.enum(localLists),
    driver_messages: z.boolean().nullable(),
    connector_standard: z.enum(connectorStandards).nullable(),
    connector_format: z.enum(connectorFormats).nullable(),
    power_type: z.enum(powerTypes).nullable(),
    lifecycle: z.enum(lifecycles),
    has_key: z.boolean().meta({ description: 'Whether a key is set; it is never shown again' }),
    key_rotation: z
      .enum(['offered', 'handing_over', 'undecided', 'after_reboot', 'until_used'])
      .nullable()
      .meta({
        description:
          'A new key is on its way to the charger by OCPP: its command has not ended (offered), or ended without an answer ' +
          '(undecided: the next login tells), or the charger uses it after its next boot. Until then either key opens. ' +
          'After a handover: handing_over, its command has not ended; until_used, the charger has it and has not logged in with it',
      }),
    ocpp_url: z.string().meta({ description: 'What to configure in the charger' }),
    connected: z.boolean(),
    connected_at: instant,
    disconnected_at: instant,
    last_seen_at: instant,
    protocol: text.meta({ description: 'Of the current or last connection' }),
    remote_address: text,
    booted_at: instant,
    boot_status: text.meta({ description: 'What BootNotification was answered last' }),
    pending: z.boolean().meta({ description: 'Connected, and its boot is not accepted yet' }),
    degraded: z.boolean().meta({ description: 'It answers no calls any more' }),
    reboot_pending: z.boolean().meta({ description: 'A setting takes effect with the next reboot' }),
    firmware_version: text,
    firmware_status: text,
    firmware_status_at: instant,
    diagnostics_status: text,
    diagnostics_status_at: instant,
    clock_offset_ms: z.int().nullable().meta({ description: "The charger's clock minus the server's" }),
    reported: z
      .object({
        vendor: text,
        model: text,
        serial_number: text,
        iccid: text,
        imsi: text,
        meter_type: text,
        meter_serial: text,
      })
      .meta({ description: 'What the charger says of itself' }),
    status: status.nullable().meta({ description: 'Of the charge point as a whole, where it reports one' }),
    evses: z.array(z.object({ evse_id: z.int(), connectors: z.array(status.extend({ connector_id: z.int() })) })),
    created_at: instantOut,
    updated_at: instantOut,
  })
  .meta({ id: 'ChargePoint' });

export const createdChargePoint = chargePoint.extend({
  key: z.string().optional().meta({
    description: 'The password of the charger (AuthorizationKey, BasicAuthPassword). Shown once; none for profile 0',
  }),
});
export const rotatedKey = z.object({
  id: z.string(),
  identity: z.string(),
  key: z.string().optional().meta({ description: 'The new password of the charger. Shown once; not with via=ocpp' }),
  command_id: z
    .string()
    .optional()
    .meta({ description: 'With via=ocpp: the command that takes the key to the charger' }),
  key_rotation: chargePoint.shape.key_rotation,
});
