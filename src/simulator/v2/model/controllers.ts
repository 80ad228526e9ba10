/** The controllers of the specification (2.0.1 part 2, chapter 2 of the appendices: referenced components and variables). */
import { type Component, ro, rw, secret } from './variable.ts';

export const MEASURANDS = [
  'Current.Import',
  'Energy.Active.Import.Register',
  'Frequency',
  'Power.Active.Import',
  'SoC',
  'Voltage',
] as const;
const TX_POINTS = ['EVConnected', 'Authorized', 'PowerPathClosed'];
const USUAL = 'Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,SoC';
const AVAILABLE = ro.flag('Available', true, { constant: true });
const ENABLED = rw.flag('Enabled', true);

const communication: Component = {
  name: 'OCPPCommCtrlr',
  variables: [
    ro.int('ActiveNetworkProfile', 1),
    ro.members('FileTransferProtocols', 'HTTP,HTTPS', { words: ['HTTP', 'HTTPS', 'FTP', 'FTPS', 'SFTP'] }),
    rw.int('HeartbeatInterval', 300, { unit: 's', min: 1, max: 604_800 }),
    rw.int('MessageAttempts', 3, { instance: 'TransactionEvent', min: 0, max: 100 }),
    rw.int('MessageAttemptInterval', 30, { instance: 'TransactionEvent', unit: 's', min: 0, max: 86_400 }),
    ro.int('MessageTimeout', 30, { instance: 'Default', unit: 's' }),
    rw.sequence('NetworkConfigurationPriority', '1', { words: ['1', '2', '3'], needsReboot: true }),
    rw.int('NetworkProfileConnectionAttempts', 3, { min: 1, max: 100 }),
    rw.int('OfflineThreshold', 60, { unit: 's', min: 0, max: 604_800 }),
    rw.flag('QueueAllMessages', false),
    rw.int('ResetRetries', 3, { min: 0, max: 100 }),
    rw.int('RetryBackOffRandomRange', 10, { unit: 's', min: 0, max: 3600 }),
    rw.int('RetryBackOffRepeatTimes', 5, { min: 0, max: 100 }),
    rw.int('RetryBackOffWaitMinimum', 1, { unit: 's', min: 0, max: 3600 }),
    rw.flag('UnlockOnEVSideDisconnect', true),
    rw.int('WebSocketPingInterval', 0, { unit: 's', min: 0, max: 86_400 }),
    ro.int('FieldLength', 2500, { instance: 'Get15118EVCertificateResponse.exiResponse', constant: true }),
  ],
};

const security: Component = {
  name: 'SecurityCtrlr',
  variables: [
    secret('BasicAuthPassword', '', { min: 16, max: 40 }),
    ro.text('Identity', '', { max: 48 }),
    rw.text('OrganizationName', '', { max: 64 }),
    ro.int('CertificateEntries', 0, { max: 20 }),
    ro.int('SecurityProfile', 1, { min: 0, max: 3 }),
    ro.flag('AdditionalRootCertificateCheck', false, { constant: true }),
    rw.int('CertSigningRepeatTimes', 3, { min: 0, max: 20 }),
    rw.int('CertSigningWaitMinimum', 60, { unit: 's', min: 0, max: 86_400 }),
    ro.int('MaxCertificateChainSize', 10_000, { constant: true }),
  ],
};

const authorization: readonly Component[] = [
  {
    name: 'AuthCtrlr',
    variables: [
      ENABLED,
      ro.int('AdditionalInfoItemsPerMessage', 5, { constant: true }),
      rw.flag('AuthorizeRemoteStart', false),
      rw.flag('LocalAuthorizeOffline', true),
      rw.flag('LocalPreAuthorize', false),
      rw.text('MasterPassGroupId', '', { max: 36 }),
      rw.flag('OfflineTxForUnknownIdEnabled', true),
      rw.flag('DisableRemoteAuthorization', false),
    ],
  },
  {
    name: 'AuthCacheCtrlr',
    variables: [
      AVAILABLE,
      rw.flag('Enabled', true),
      rw.int('LifeTime', 86_400, { unit: 's', min: 0, max: 31_536_000 }),
      ro.int('Storage', 0, { unit: 'B', max: 64_000 }),
      rw.option('Policy', 'LRU', { words: ['LRU', 'LFU', 'FIFO', 'CUSTOM'] }),
      rw.flag('DisablePostAuthorize', false),
    ],
  },
  {
    name: 'LocalAuthListCtrlr',
    variables: [
      AVAILABLE,
      rw.flag('Enabled', true),
      ro.int('Entries', 0, { max: 1000 }),
      ro.int('ItemsPerMessage', 100, { constant: true }),
      ro.int('BytesPerMessage', 60_000, { constant: true }),
      ro.int('Storage', 0, { unit: 'B', max: 200_000 }),
      rw.flag('DisablePostAuthorize', false),
    ],
  },
];

const transactions: readonly Component[] = [
  {
    name: 'TxCtrlr',
    variables: [
      ro.decimal('ChargingTime', 0, { unit: 's' }),
      rw.int('EVConnectionTimeOut', 60, { unit: 's', min: 1, max: 3600 }),
      rw.int('MaxEnergyOnInvalidId', 0, { unit: 'Wh', min: 0, max: 100_000 }),
      rw.flag('StopTxOnEVSideDisconnect', true),
      rw.flag('StopTxOnInvalidId', true),
      rw.flag('TxBeforeAcceptedEnabled', false),
      rw.members('TxStartPoint', 'PowerPathClosed', { words: TX_POINTS }),
      rw.members('TxStopPoint', 'PowerPathClosed', { words: TX_POINTS }),
    ],
  },
  {
    name: 'SampledDataCtrlr',
    variables: [
      AVAILABLE,
      ENABLED,
      rw.flag('SignReadings', false),
      rw.flag('RegisterValuesWithoutPhases', true),
      rw.int('TxEndedInterval', 0, { unit: 's', min: 0, max: 86_400 }),
      rw.members('TxEndedMeasurands', 'Energy.Active.Import.Register', { words: MEASURANDS }),
      rw.members('TxStartedMeasurands', 'Energy.Active.Import.Register', { words: MEASURANDS }),
      rw.int('TxUpdatedInterval', 60, { unit: 's', min: 0, max: 86_400 }),
      rw.members('TxUpdatedMeasurands', USUAL, { words: MEASURANDS }),
    ],
  },
  {
    name: 'AlignedDataCtrlr',
    variables: [
      AVAILABLE,
      ENABLED,
      rw.int('Interval', 0, { unit: 's', min: 0, max: 86_400 }),
      rw.members('Measurands', 'Energy.Active.Import.Register,Power.Active.Import', { words: MEASURANDS }),
      rw.flag('SendDuringIdle', false),
      rw.flag('SignReadings', false),
      rw.int('TxEndedInterval', 0, { unit: 's', min: 0, max: 86_400 }),
      rw.members('TxEndedMeasurands', '', { words: MEASURANDS }),
    ],
  },
];

const perMessage = (name: string, items: number, of: readonly string[]) =>
  of.map((instance) => ro.int(name, items, { instance, constant: true }));

const management: readonly Component[] = [
  {
    name: 'DeviceDataCtrlr',
    variables: [
      ...perMessage('ItemsPerMessage', 32, ['GetReport', 'GetVariables', 'SetVariables']),
      ...perMessage('BytesPerMessage', 60_000, ['GetReport', 'GetVariables', 'SetVariables']),
      ro.int('ConfigurationValueSize', 1000, { constant: true }),
      ro.int('ReportingValueSize', 2500, { constant: true }),
      ro.int('ValueSize', 2500, { constant: true }),
    ],
  },
  {
    name: 'MonitoringCtrlr',
    variables: [
      AVAILABLE,
      ENABLED,
      ...perMessage('ItemsPerMessage', 32, ['SetVariableMonitoring', 'ClearVariableMonitoring']),
      ...perMessage('BytesPerMessage', 60_000, ['SetVariableMonitoring', 'ClearVariableMonitoring']),
      rw.int('OfflineQueuingSeverity', 4, { min: 0, max: 9 }),
      ro.option('ActiveMonitoringBase', 'All', { words: ['All', 'FactoryDefault', 'HardWiredOnly'] }),
      ro.int('ActiveMonitoringLevel', 9, { min: 0, max: 9 }),
    ],
  },
  {
    name: 'ReservationCtrlr',
    variables: [AVAILABLE, ENABLED, ro.flag('NonEvseSpecific', true, { constant: true })],
  },
  {
    name: 'SmartChargingCtrlr',
    variables: [
      AVAILABLE,
      ENABLED,
      ro.flag('ACPhaseSwitchingSupported', false, { constant: true }),
      ro.int('Entries', 0, { instance: 'ChargingProfiles', max: 20 }),
      rw.flag('ExternalControlSignalsEnabled', true),
      rw.decimal('LimitChangeSignificance', 1, { unit: 'Percent', min: 0, max: 100 }),
      rw.flag('NotifyChargingLimitWithSchedules', true),
      ro.int('PeriodsPerSchedule', 24, { constant: true }),
      ro.flag('Phases3to1', false, { constant: true }),
      ro.int('ProfileStackLevel', 8, { constant: true }),
      ro.members('RateUnit', 'A,W', { words: ['A', 'W'], constant: true }),
    ],
  },
  {
    name: 'TariffCostCtrlr',
    variables: [
      ...['Tariff', 'Cost'].flatMap((instance) => [
        ro.flag('Available', true, { instance, constant: true }),
        rw.flag('Enabled', true, { instance }),
      ]),
      rw.text('Currency', 'EUR', { min: 3, max: 3 }),
      rw.text('TariffFallbackMessage', 'The tariff cannot be shown now', { max: 255 }),
      rw.text('TotalCostFallbackMessage', 'The cost cannot be shown now', { max: 255 }),
    ],
  },
  {
    name: 'DisplayMessageCtrlr',
    variables: [
      AVAILABLE,
      ENABLED,
      ro.int('DisplayMessages', 0, { max: 20 }),
      ro.int('PersonalMessageSize', 512, { constant: true }),
      ro.members('SupportedFormats', 'ASCII,UTF8', { words: ['ASCII', 'HTML', 'URI', 'UTF8'] }),
      ro.members('SupportedPriorities', 'AlwaysFront,InFront,NormalCycle', {
        words: ['AlwaysFront', 'InFront', 'NormalCycle'],
      }),
    ],
  },
  {
    name: 'CustomizationCtrlr',
    variables: [rw.flag('CustomImplementationEnabled', true, { instance: 'org.dynamo.simulator' })],
  },
  {
    name: 'ClockCtrlr',
    variables: [
      ro.time('DateTime', ''),
      rw.text('NtpServerUri', 'pool.ntp.org', { instance: '1', max: 255 }),
      rw.option('NtpSource', 'manual', { words: ['DHCP', 'manual'] }),
      rw.int('TimeAdjustmentReportingThreshold', 20, { unit: 's', min: 0, max: 3600 }),
      rw.text('TimeOffset', '+00:00', { max: 6 }),
      rw.sequence('TimeSource', 'Heartbeat,NTP', {
        words: ['Heartbeat', 'NTP', 'GPS', 'RealTimeClock', 'MobileNetwork'],
      }),
      rw.text('TimeZone', 'Europe/Amsterdam', { max: 64 }),
    ],
  },
  {
    name: 'ISO15118Ctrlr',
    variables: [
      ro.flag('Available', true, { constant: true }),
      rw.flag('Enabled', true),
      rw.flag('CentralContractValidationAllowed', true),
      rw.flag('ContractCertificateInstallationEnabled', true),
      rw.flag('ContractValidationOffline', true),
      rw.text('CountryName', 'NL', { min: 2, max: 2 }),
      ro.int('MaxScheduleEntries', 24, { constant: true }),
      rw.text('OrganizationName', '', { max: 64 }),
      rw.flag('PnCEnabled', true),
      rw.flag('RequestMeteringReceipt', false),
      rw.text('SeccId', '', { max: 48 }),
      rw.flag('V2GCertificateInstallationEnabled', true),
    ],
  },
];

export const controllers: readonly Component[] = [
  communication,
  security,
  ...authorization,
  ...transactions,
  ...management,
];
