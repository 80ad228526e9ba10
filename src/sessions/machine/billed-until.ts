/** Until when a session is billed. Pure. */
export type Standing = {
  /** 1.6, ConnectorUnplugged: its vehicle was gone then. */
  readonly unpluggedAt: Date | null;
  /** Its charger says that standing there goes on to cost after the stop. */
  readonly isIdleAfterStop: boolean;
  /** Its tariff has a component for standing there. */
  readonly hasIdle: boolean;
};

/** Its end; or, where standing there went on to cost after the stop, when its vehicle left. */
export const billedUntil = (endedAt: Date, { unpluggedAt, isIdleAfterStop, hasIdle }: Standing): Date =>
  isIdleAfterStop && hasIdle && unpluggedAt !== null && unpluggedAt > endedAt ? unpluggedAt : endedAt;
