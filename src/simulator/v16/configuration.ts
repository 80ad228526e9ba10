/** The configuration keys of an OCPP 1.6 charger (§9), with what may be read, what may be written, and which values are taken. */
import type { Settings } from '../settings.ts';

type Rule = 'integer' | 'boolean' | 'text' | 'csl' | 'key' | 'profile';
type Key = { value: string; readonly writable: boolean; readonly rule: Rule; readonly secret: boolean };
export type SetOutcome = 'Accepted' | 'RebootRequired' | 'Rejected' | 'NotSupported';

export type Configuration = {
  read(key: string): string;
  write(key: string, value: unknown): SetOutcome;
  /** All keys, or the known and unknown ones of those asked for; at most GetConfigurationMaxKeys. */
  list(keys: readonly string[] | undefined): {
    readonly configurationKey: readonly { readonly key: string; readonly readonly: boolean; readonly value?: string }[];
    readonly unknownKey: readonly string[];
  };
};

const rw = (rule: Rule, value: string): Key => ({ value, writable: true, rule, secret: false });
const ro = (value: string): Key => ({ value, writable: false, rule: 'text', secret: false });

const MEASURANDS = new Set([
  'Current.Import',
  'Energy.Active.Import.Register',
  'Power.Active.Import',
  'SoC',
  'Temperature',
  'Voltage',
]);

function keySet(connectors: number): Map<string, Key> {
  return new Map<string, Key>([
    // §9.1 core profile
    ['AllowOfflineTxForUnknownId', rw('boolean', 'true')],
    ['AuthorizationCacheEnabled', rw('boolean', 'false')],
    ['AuthorizeRemoteTxRequests', rw('boolean', 'false')],
    ['ClockAlignedDataInterval', rw('integer', '0')],
    ['ConnectionTimeOut', rw('integer', '60')],
    ['ConnectorPhaseRotation', rw('csl', 'NotApplicable')],
    ['GetConfigurationMaxKeys', ro('50')],
    ['HeartbeatInterval', rw('integer', '300')],
    ['LocalAuthorizeOffline', rw('boolean', 'true')],
    ['LocalPreAuthorize', rw('boolean', 'false')],
    ['MaxEnergyOnInvalidId', rw('integer', '0')],
    ['MeterValuesAlignedData', rw('csl', 'Energy.Active.Import.Register')],
    [
      'MeterValuesSampledData',
      rw('csl', 'Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,SoC'),
    ],
    ['MeterValuesSampledDataMaxLength', ro('8')],
    ['MeterValueSampleInterval', rw('integer', '60')],
    ['NumberOfConnectors', ro(String(connectors))],
    ['ResetRetries', rw('integer', '3')],
    ['StopTransactionOnEVSideDisconnect', rw('boolean', 'true')],
    ['StopTransactionOnInvalidId', rw('boolean', 'true')],
    ['StopTxnAlignedData', rw('csl', '')],
    ['StopTxnSampledData', rw('csl', 'Energy.Active.Import.Register')],
    [
      'SupportedFeatureProfiles',
      ro('Core,RemoteTrigger,FirmwareManagement,SmartCharging,LocalAuthListManagement,Reservation'),
    ],
    ['TransactionMessageAttempts', rw('integer', '3')],
    ['TransactionMessageRetryInterval', rw('integer', '30')],
    ['UnlockConnectorOnEVSideDisconnect', rw('boolean', 'true')],
    ['WebSocketPingInterval', rw('integer', '0')],
    ['SupportedFileTransferProtocols', ro('HTTP,HTTPS')],
    // §9.2, §9.3 local authorization list, reservations
    ['LocalAuthListEnabled', rw('boolean', 'true')],
    ['LocalAuthListMaxLength', ro('1000')],
    ['SendLocalListMaxLength', ro('100')],
    ['ReserveConnectorZeroSupported', ro('false')],
    // §9.4 smart charging profile
    ['ChargeProfileMaxStackLevel', ro('8')],
    ['ChargingScheduleAllowedChargingRateUnit', ro('Current,Power')],
    ['ChargingScheduleMaxPeriods', ro('24')],
    ['ConnectorSwitch3to1PhaseSupported', ro('true')],
    ['MaxChargingProfilesInstalled', ro('10')],
    // Security whitepaper, edition 3, §2.7
    ['AuthorizationKey', { value: '', writable: true, rule: 'key', secret: true }],
    ['SecurityProfile', rw('profile', '1')],
    ['AdditionalRootCertificateCheck', ro('false')],
    ['CertificateSignedMaxChainSize', ro('10000')],
    ['CertificateStoreMaxLength', ro('10')],
    ['CpoName', rw('text', '')],
    // A vendor's own
    ['DisplayBrightness', rw('integer', '80')],
    ['FreevendEnabled', rw('boolean', 'false')],
  ]);
}

const costKeys = (languages: string): readonly (readonly [string, Key])[] => [
  ['CustomDisplayCostAndPrice', ro('true')],
  ['CustomMultiLanguageMessages', ro('true')],
  ['SupportedLanguages', ro(languages)],
  ['Language', rw('text', 'en')],
  ['NumberOfDecimalsForCostValues', rw('integer', '3')],
  ['CustomIdleFeeAfterStop', rw('boolean', 'false')],
  ['DefaultPrice', rw('text', '')],
  ...languages.split(',').map((each) => [`DefaultPriceText,${each.trim()}`, rw('text', '')] as const),
];

function isTaken({ rule, value: held }: Key, key: string, value: string): boolean {
  switch (rule) {
    case 'integer':
      return /^\d{1,9}$/.test(value);
    case 'boolean':
      return /^(true|false)$/i.test(value);
    case 'csl':
      return (
        !/^MeterValues|^StopTxn/.test(key) ||
        value.split(',').every((word) => word.trim() === '' || MEASURANDS.has(word.trim()))
      );
    case 'profile':
      // A05: it is only ever raised.
      return /^[123]$/.test(value) && value >= held;
    case 'key':
      return value.length >= 16 && value.length <= 40;
    case 'text':
      return value.length <= 500;
  }
}

export function createConfiguration(options: {
  connectors: number;
  initial: Readonly<Record<string, string>>;
  needsReboot: boolean;
}): Configuration {
  const keys = keySet(options.connectors);
  // OCA's note §3: a charger that shows prices and costs has these besides.
  if (options.initial['CustomDisplayCostAndPrice'] !== undefined)
    for (const [key, setting] of costKeys(options.initial['SupportedLanguages'] ?? 'en,de,nl')) keys.set(key, setting);
  for (const [key, value] of Object.entries(options.initial)) {
    const known = keys.get(key);
    keys.set(key, known === undefined ? rw('text', value) : { ...known, value });
  }
  const shown = ([key, { value, writable, secret }]: readonly [string, Key]) => ({
    key,
    readonly: !writable,
    ...(secret ? {} : { value }),
  });

  return {
    read: (key) => keys.get(key)?.value ?? '',
    write(key, value) {
      const known = keys.get(key);
      if (known === undefined) return 'NotSupported';
      const text = String(value).trim();
      if (!known.writable || !isTaken(known, key, text)) return 'Rejected';
      known.value = known.rule === 'boolean' ? text.toLowerCase() : text;
      return options.needsReboot ? 'RebootRequired' : 'Accepted';
    },
    list(asked) {
      const most = Number(keys.get('GetConfigurationMaxKeys')?.value);
      if (asked === undefined || asked.length === 0) {
        return { configurationKey: [...keys].slice(0, most).map(shown), unknownKey: [] };
      }
      const wanted = asked.slice(0, most);
      return {
        configurationKey: wanted.flatMap((key) => {
          const known = keys.get(key);
          return known === undefined ? [] : [shown([key, known])];
        }),
        unknownKey: wanted.filter((key) => !keys.has(key)),
      };
    },
  };
}

export function settingsOf(configuration: Configuration): Settings {
  const integer = (key: string) => () => Number(configuration.read(key));
  const flag = (key: string) => () => configuration.read(key) === 'true';
  return {
    heartbeatIntervalS: integer('HeartbeatInterval'),
    sampleIntervalS: integer('MeterValueSampleInterval'),
    connectionTimeoutS: integer('ConnectionTimeOut'),
    messageAttempts: integer('TransactionMessageAttempts'),
    messageRetryS: integer('TransactionMessageRetryInterval'),
    stopsOnRefusedToken: flag('StopTransactionOnInvalidId'),
    authorizesRemoteStarts: flag('AuthorizeRemoteTxRequests'),
    preAuthorizes: flag('LocalPreAuthorize'),
    authorizesOffline: flag('LocalAuthorizeOffline'),
    allowsOfflineStart: flag('AllowOfflineTxForUnknownId'),
    pingIntervalS: integer('WebSocketPingInterval'),
  };
}
