/** What steers a 2.x station, read from its device model; and how the keys of OCPP 1.6 are called there. */
import type { Settings } from '../settings.ts';
import type { Model } from './model/index.ts';

/** So that whoever sets up a charger need not know its version (2.0.1 part 2, appendix: the 1.6 names of variables). */
const OF_16: Readonly<Record<string, string>> = {
  AllowOfflineTxForUnknownId: 'AuthCtrlr.OfflineTxForUnknownIdEnabled',
  AuthorizationCacheEnabled: 'AuthCacheCtrlr.Enabled',
  AuthorizeRemoteTxRequests: 'AuthCtrlr.AuthorizeRemoteStart',
  ClockAlignedDataInterval: 'AlignedDataCtrlr.Interval',
  ConnectionTimeOut: 'TxCtrlr.EVConnectionTimeOut',
  HeartbeatInterval: 'OCPPCommCtrlr.HeartbeatInterval',
  LocalAuthListEnabled: 'LocalAuthListCtrlr.Enabled',
  LocalAuthorizeOffline: 'AuthCtrlr.LocalAuthorizeOffline',
  LocalPreAuthorize: 'AuthCtrlr.LocalPreAuthorize',
  MaxEnergyOnInvalidId: 'TxCtrlr.MaxEnergyOnInvalidId',
  MeterValueSampleInterval: 'SampledDataCtrlr.TxUpdatedInterval',
  MeterValuesAlignedData: 'AlignedDataCtrlr.Measurands',
  MeterValuesSampledData: 'SampledDataCtrlr.TxUpdatedMeasurands',
  ResetRetries: 'OCPPCommCtrlr.ResetRetries',
  StopTransactionOnInvalidId: 'TxCtrlr.StopTxOnInvalidId',
  StopTxnSampledData: 'SampledDataCtrlr.TxEndedMeasurands',
  TransactionMessageAttempts: 'OCPPCommCtrlr.MessageAttempts[TransactionEvent]',
  TransactionMessageRetryInterval: 'OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]',
  WebSocketPingInterval: 'OCPPCommCtrlr.WebSocketPingInterval',
};

/** Past the rules of writing: these are what the station is delivered with. */
export function setUp(model: Model, settings: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(settings)) model.note(OF_16[name] ?? name, value);
}

export function settingsOf(model: Model): Settings {
  const integer = (name: string) => () => Number(model.read(name));
  const flag = (name: string) => () => model.read(name) === 'true';
  const sampled = flag('SampledDataCtrlr.Enabled');
  return {
    heartbeatIntervalS: integer('OCPPCommCtrlr.HeartbeatInterval'),
    sampleIntervalS: () => (sampled() ? Number(model.read('SampledDataCtrlr.TxUpdatedInterval')) : 0),
    connectionTimeoutS: integer('TxCtrlr.EVConnectionTimeOut'),
    messageAttempts: integer('OCPPCommCtrlr.MessageAttempts[TransactionEvent]'),
    messageRetryS: integer('OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]'),
    stopsOnRefusedToken: flag('TxCtrlr.StopTxOnInvalidId'),
    authorizesRemoteStarts: flag('AuthCtrlr.AuthorizeRemoteStart'),
    preAuthorizes: flag('AuthCtrlr.LocalPreAuthorize'),
    authorizesOffline: flag('AuthCtrlr.LocalAuthorizeOffline'),
    allowsOfflineStart: flag('AuthCtrlr.OfflineTxForUnknownIdEnabled'),
    pingIntervalS: integer('OCPPCommCtrlr.WebSocketPingInterval'),
    offlineThresholdS: integer('OCPPCommCtrlr.OfflineThreshold'),
  };
}
