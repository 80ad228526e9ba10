/** What events of charging sessions tell: schemas, meanings and examples, for the catalogue. */
import { z } from 'zod';
import { instant } from './fields.ts';

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

export const sessionData = {
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
    needs_review: z
      .literal(true)
      .optional()
      .describe(
        'Its energy or its times may be wrong: it is not billed until a person has approved or corrected it (additive)',
      ),
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
} as const;

const session = {
  session_id: 'ses_01KAT3Z6Y8Q0000000000000AC',
  transaction_id: 4711,
  evse_id: 1,
  connector_id: 1,
  token: '04A1B2C3',
};

export const sessionWords = {
  'session.started': {
    description: 'A charging session begins',
    example: { sequence: 3, ...session, authorization: 'accepted', meter_start_wh: 1200 },
  },
  'session.ended': {
    description: 'A charging session completes',
    example: {
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
    example: {
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
    example: {
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
} as const;
