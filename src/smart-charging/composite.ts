/** Reads a composite schedule out of a charger's answer, as it was given: OCPP 1.6 §6.22 (2.x says `schedule`). Never throws. */
export type CompositeSchedule = {
  readonly start_at: string | null;
  readonly unit: string;
  readonly duration_s: number | null;
  readonly periods: { start_s: number; limit: number; phases: number | null }[];
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const whole = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
const text = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, 64) : null);

export function readComposite(result: unknown): CompositeSchedule | undefined {
  if (!isRecord(result)) return undefined;
  const schedule = result['chargingSchedule'];
  if (!isRecord(schedule) || !Array.isArray(schedule['chargingSchedulePeriod'])) return undefined;
  return {
    start_at: text(result['scheduleStart']) ?? text(schedule['startSchedule']),
    unit: text(schedule['chargingRateUnit']) ?? 'W',
    duration_s: whole(schedule['duration']),
    periods: schedule['chargingSchedulePeriod'].slice(0, 1000).flatMap((period: unknown) => {
      if (!isRecord(period)) return [];
      const start = whole(period['startPeriod']);
      const limit = period['limit'];
      if (start === null || typeof limit !== 'number') return [];
      return [{ start_s: start, limit, phases: whole(period['numberPhases']) }];
    }),
  };
}
