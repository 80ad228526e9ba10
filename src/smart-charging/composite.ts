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
const whole = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
const text = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, 64) : null);

export function readComposite(result: unknown): CompositeSchedule | undefined {
  if (!isRecord(result)) return undefined;
  // 2.x has all of it in one place, 1.6 the beginning beside it.
  const schedule = result['chargingSchedule'] ?? result['schedule'];
  if (!isRecord(schedule) || !Array.isArray(schedule['chargingSchedulePeriod'])) return undefined;
  const start = result['scheduleStart'] ?? schedule['scheduleStart'] ?? schedule['startSchedule'];
  return {
    start_at: text(start),
    unit: text(schedule['chargingRateUnit']) ?? 'W',
    duration_s: whole(schedule['duration']),
    periods: schedule['chargingSchedulePeriod'].slice(0, 1000).flatMap((period: unknown) => {
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
    }),
  };
}
