/**
 * Meter samples: one wide row per instant. A repeated delivery writes nothing (M5); one that says more of the instant, as chargers do
 * that send a message for each measurand, adds what was not known, and never changes what was.
 */
import type { Statement, Tx } from '../database/contract.ts';
import type { Root } from '../ingest/contract.ts';
import type { MeterInput, MeterReading } from '../ingest/inputs.ts';
import { contextNumber } from './contexts.ts';

const FIGURES = ['energy_wh', 'power_w', 'current_a', 'voltage_v', 'soc_percent'] as const;
/** A charger that says something else of one instant again and again makes no row grow without end. */
const MOST_EXTRA = 100;

/** Of the rest that was said what is not kept yet, and finds room. */
const MORE = `SELECT said.each, said.nth FROM jsonb_array_elements(excluded.extra) WITH ORDINALITY AS said(each, nth)
            WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(m.extra) AS kept(each) WHERE kept.each = said.each)
            ORDER BY said.nth LIMIT greatest(0, ${MOST_EXTRA} - coalesce(jsonb_array_length(m.extra), 0))`;

// What is of another session, or of none where that is of one, is told of another meter's moment. Plan: meter_samples_pkey.
const APPEND: Statement = {
  name: 'meter_append',
  text: `INSERT INTO meter_samples AS m (charge_point_number, evse_id, connector_id, at, context, transaction_id, ${FIGURES.join(', ')}, extra)
         SELECT * FROM unnest($1::int4[], $2::int2[], $3::int2[], $4::timestamptz[], $5::int2[], $6::int4[], $7::int8[], $8::float4[],
                              $9::float4[], $10::float4[], $11::float4[], $12::jsonb[])
         ON CONFLICT (charge_point_number, evse_id, connector_id, at, context) DO UPDATE SET
           ${['transaction_id', ...FIGURES].map((each) => `${each} = coalesce(m.${each}, excluded.${each})`).join(', ')},
           extra = CASE WHEN m.extra IS NULL THEN excluded.extra
                        ELSE m.extra || coalesce((SELECT jsonb_agg(more.each ORDER BY more.nth) FROM (${MORE}) more), '[]') END
         WHERE coalesce(m.transaction_id, excluded.transaction_id) IS NOT DISTINCT FROM excluded.transaction_id
           AND (${FIGURES.map((each) => `m.${each} IS NULL AND excluded.${each} IS NOT NULL`).join(' OR ')} OR EXISTS (${MORE}))`,
};

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

type Row = {
  readonly number: number;
  readonly evseId: number;
  readonly connectorId: number;
  readonly at: Date;
  readonly context: number;
  readonly transactionId: number | null;
  readonly figures: readonly (number | null)[];
  readonly extra: NonNullable<MeterReading['extra']>;
};

const rowOf = ({ number }: Root, input: MeterInput, reading: MeterReading): Row => ({
  number,
  evseId: small(input.evseId),
  connectorId: small(input.connectorId),
  at: reading.at.at,
  context: contextNumber(reading.context),
  transactionId: input.transactionId,
  // As in FIGURES.
  figures: [
    register(reading.energyWh),
    real(reading.powerW),
    real(reading.currentA),
    real(reading.voltageV),
    real(reading.socPercent),
  ],
  extra: reading.extra ?? [],
});

/** One row per key, as the statement would make of them one after the other: it takes none twice. */
function merged(rows: readonly Row[]): readonly Row[] {
  if (rows.length < 2) return rows;
  const byKey = new Map<string, Row>();
  for (const row of rows) {
    const key = `${row.evseId} ${row.connectorId} ${row.at.getTime()} ${row.context}`;
    const before = byKey.get(key);
    if (before === undefined) byKey.set(key, row);
    else if ((before.transactionId ?? row.transactionId) === row.transactionId)
      byKey.set(key, {
        ...row,
        figures: before.figures.map((figure, i) => figure ?? row.figures[i] ?? null),
        extra: withMore(before.extra, row.extra),
      });
  }
  return [...byKey.values()];
}

function withMore(kept: Row['extra'], said: Row['extra']): Row['extra'] {
  if (kept.length === 0 || said.length === 0) return kept.length === 0 ? said : kept;
  const known = new Set(kept.map((each) => JSON.stringify(each)));
  const more = said.filter((each) => !known.has(JSON.stringify(each)));
  return [...kept, ...more.slice(0, Math.max(0, MOST_EXTRA - kept.length))];
}

export async function appendSamples(
  tx: Tx,
  changes: readonly { readonly root: Root; readonly after: readonly MeterInput[] }[],
): Promise<void> {
  const rows = changes.flatMap(({ root, after }) =>
    merged(after.flatMap((input) => input.readings.map((reading) => rowOf(root, input, reading)))),
  );
  if (rows.length === 0) return;
  await tx.rows(APPEND, [
    rows.map(({ number }) => number),
    rows.map(({ evseId }) => evseId),
    rows.map(({ connectorId }) => connectorId),
    rows.map(({ at }) => at),
    rows.map(({ context }) => context),
    rows.map(({ transactionId }) => transactionId),
    ...FIGURES.map((_, i) => rows.map(({ figures }) => figures[i])),
    rows.map(({ extra }) => (extra.length === 0 ? null : JSON.stringify(extra))),
  ]);
}
