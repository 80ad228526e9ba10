/** What identifies and steers a charger, whatever the version calls it. Types only. */

export type Station = {
  readonly vendor: string;
  readonly model: string;
  readonly serialNumber: string;
  readonly firmwareVersion: string;
};

/** The settings that steer the charger, whatever the version calls them. */
export type Settings = {
  heartbeatIntervalS(): number;
  sampleIntervalS(): number;
  connectionTimeoutS(): number;
  messageAttempts(): number;
  messageRetryS(): number;
  /** OCPP 1.6 StopTransactionOnInvalidId, 2.x StopTxOnInvalidId */
  stopsOnRefusedToken(): boolean;
  authorizesRemoteStarts(): boolean;
  /** The local list (2.x: and the cache) is believed without asking the CSMS. */
  preAuthorizes(): boolean;
  /** The local list is believed while the CSMS cannot be asked. */
  authorizesOffline(): boolean;
  /** Whether an unknown driver may charge while the CSMS cannot be asked. */
  allowsOfflineStart(): boolean;
  pingIntervalS(): number;
  /** 2.x: having been away for longer than this, it tells every status anew. */
  offlineThresholdS?(): number;
};
