/** Reading contexts of OCPP (1.6 §7.37, 2.x ReadingContextEnumType) as the small number they are stored as. Never renumber. */
const CONTEXTS = {
  sample_periodic: 0,
  sample_clock: 1,
  transaction_begin: 2,
  transaction_end: 3,
  interruption_begin: 4,
  interruption_end: 5,
  trigger: 6,
  other: 7,
} as const;

export type MeterContext = keyof typeof CONTEXTS;

export const contextNumber = (name: string): number =>
  name in CONTEXTS ? CONTEXTS[name as MeterContext] : CONTEXTS.other;

export const contextName = (stored: number): MeterContext =>
  (Object.entries(CONTEXTS).find(([, number]) => number === stored)?.[0] as MeterContext | undefined) ?? 'other';
