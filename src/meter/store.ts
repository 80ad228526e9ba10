/** Meter samples: one wide row per instant; the primary key makes a repeated delivery idempotent (M5). */
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { MeterInput, MeterReading } from '../ingest/inputs.ts';
import { contextNumber } from './contexts.ts';

const APPEND: Statement = {
  name: 'meter_append',
  text: `INSERT INTO meter_samples (charge_point_number, evse_id, connector_id, at, context, transaction_id, energy_wh, power_w,
                                    current_a, voltage_v, soc_percent, extra)
         SELECT * FROM unnest($1::int4[], $2::int2[], $3::int2[], $4::timestamptz[], $5::int2[], $6::int4[], $7::int8[], $8::float4[],
                              $9::float4[], $10::float4[], $11::float4[], $12::jsonb[])
         ON CONFLICT DO NOTHING`,
};

type Sample = { readonly root: Root; readonly input: MeterInput; readonly reading: MeterReading };

const LARGEST_INT2 = 32_767;
const LARGEST_FLOAT4 = 3e38;
const small = (value: number): number => Math.min(Math.max(Math.trunc(value), -1), LARGEST_INT2);
const real = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) || Math.abs(value) > LARGEST_FLOAT4 ? null : value;
/** A register that no int8 takes is kept nowhere else than in the frame log. */
const register = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER
    ? null
    : Math.round(value);

export async function appendSamples(
  tx: Tx,
  changes: readonly { readonly root: Root; readonly after: readonly MeterInput[] }[],
): Promise<void> {
  const samples: Sample[] = changes.flatMap(({ root, after }) =>
    after.flatMap((input) => input.readings.map((reading) => ({ root, input, reading }))),
  );
  if (samples.length === 0) return;
  await tx.rows(APPEND, [
    samples.map(({ root }) => root.number),
    samples.map(({ input }) => small(input.evseId)),
    samples.map(({ input }) => small(input.connectorId)),
    samples.map(({ reading }) => reading.at.at),
    samples.map(({ reading }) => contextNumber(reading.context)),
    samples.map(({ input }) => input.transactionId),
    samples.map(({ reading }) => register(reading.energyWh)),
    samples.map(({ reading }) => real(reading.powerW)),
    samples.map(({ reading }) => real(reading.currentA)),
    samples.map(({ reading }) => real(reading.voltageV)),
    samples.map(({ reading }) => real(reading.socPercent)),
    samples.map(({ reading }) =>
      reading.extra === undefined || reading.extra.length === 0 ? null : JSON.stringify(reading.extra),
    ),
  ]);
}
