/** Reads a composite schedule out of a charger's answer, as it was given: OCPP 1.6 §6.22, 2.x K08. Never throws. */
export type CompositeSchedule = {
  readonly start_at: string | null;
  readonly unit: string;
  readonly duration_s: number | null;
  readonly periods: {
    start_s: number;
    /** null: there is none but what else stands here (2.1). */
    limit: number | null;
    phases: number | null;
    discharge_limit?: number;
    setpoint?: number;
  }[];
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** Some chargers write numbers as texts, and their answer is kept as it came. */
const number = (value: unknown): number | undefined => {
  const said = typeof value === 'string' && value.length <= 64 && value.trim() !== '' ? Number(value) : value;
  return typeof said === 'number' && Number.isFinite(said) ? said : undefined;
};
const whole = (value: unknown): number | null => {
  const said = number(value);
  return Number.isSafeInteger(said) ? (said ?? null) : null;
};
const text = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, 64) : null);

/** undefined: there is none that can be read. One without any readable period would say that there is no limit. */
export function readComposite(result: unknown): CompositeSchedule | undefined {
  if (!isRecord(result)) return undefined;
  // 2.x has all of it in one place, 1.6 the beginning beside it.
  const schedule = result['chargingSchedule'] ?? result['schedule'];
  if (!isRecord(schedule) || !Array.isArray(schedule['chargingSchedulePeriod'])) return undefined;
  const said: readonly unknown[] = schedule['chargingSchedulePeriod'];
  const periods = said.slice(0, 1000).flatMap(readPeriod);
  if (periods.length === 0 && said.length > 0) return undefined;
  const start = result['scheduleStart'] ?? schedule['scheduleStart'] ?? schedule['startSchedule'];
  return {
    start_at: text(start),
    unit: text(schedule['chargingRateUnit']) ?? 'W',
    duration_s: whole(schedule['duration']),
    periods,
  };
}

function readPeriod(period: unknown): CompositeSchedule['periods'] {
  if (!isRecord(period)) return [];
  const [limit, discharge, setpoint] = ['limit', 'dischargeLimit', 'setpoint'].map((name) => number(period[name]));
  const begins = whole(period['startPeriod']);
  if (begins === null || (limit ?? discharge ?? setpoint) === undefined) return [];
  return [
    {
      start_s: begins,
      limit: limit ?? null,
      phases: whole(period['numberPhases']),
      ...(discharge !== undefined && { discharge_limit: discharge }),
      ...(setpoint !== undefined && { setpoint }),
    },
  ];
}
