/** Which message of a version of OCPP is served how: tables for README.md and docs, made from what is registered. */
import type { FriendlyCommand } from '../../src/commands/index.ts';
import type { Protocol, Version } from '../../src/ocpp/contract.ts';
import { loadSchemas } from '../../src/ocpp/rpc.ts';
import * as v2 from '../../src/ocpp/v2/index.ts';
import * as v16 from '../../src/ocpp/v16/index.ts';

export type Coverage = {
  readonly action: string;
  readonly fromCharger: boolean;
  readonly toCharger: boolean;
  /** Routes that send it, below /charge-points/{id} where nothing else is said, beside `commands`. */
  readonly routes: readonly string[];
};

/** The security whitepaper's; all others stand in OCPP 1.6 itself. */
const SECURITY_EXTENSION: ReadonlySet<string> = new Set([
  'CertificateSigned',
  'DeleteCertificate',
  'ExtendedTriggerMessage',
  'GetInstalledCertificateIds',
  'GetLog',
  'InstallCertificate',
  'LogStatusNotification',
  'SecurityEventNotification',
  'SignCertificate',
  'SignedFirmwareStatusNotification',
  'SignedUpdateFirmware',
]);

const TARIFF = {
  tariffId: 'x',
  terms: { currency: 'EUR', pricesIncludeTax: false, taxPercent: '0', components: [] },
} as const;

/** A wish of every kind that has a route of its own, and the route. */
const ROUTES: readonly (readonly [string, FriendlyCommand])[] = [
  ['start', { do: 'start', tokenUid: 'TAG' }],
  ['stop', { do: 'stop', transactionId: 1, ocppTransactionId: 'T' }],
  ['reset', { do: 'reset', kind: 'soft' }],
  ['unlock', { do: 'unlock', connectorId: 1 }],
  ['availability', { do: 'availability', connectorId: 0, operative: true }],
  ['clear-cache', { do: 'clear_cache' }],
  ['data-transfer', { do: 'data_transfer', vendorId: 'com.example' }],
  ['configuration', { do: 'read_configuration', keys: ['OCPPCommCtrlr.HeartbeatInterval'] }],
  [
    'configuration',
    { do: 'change_configuration', settings: [{ key: 'OCPPCommCtrlr.HeartbeatInterval', value: '300' }] },
  ],
  [
    'reservations',
    { do: 'reserve', ocppId: 1, connectorId: 1, tokenUid: 'TAG', parentIdTag: undefined, expiresAt: new Date(0) },
  ],
  ['reservations', { do: 'cancel_reservation', ocppId: 1 }],
  ['local-list', { do: 'local_list_version' }],
  ['local-list', { do: 'send_local_list', version: 1, full: true, put: [], removed: [] }],
  ['charging-profiles', { do: 'clear_charging_profiles', criteria: {} }],
  ['composite-schedule', { do: 'composite_schedule', connectorId: 1, durationS: 60 }],
  [
    'charging-profiles',
    {
      do: 'set_charging_profile',
      profile: {
        profileId: 1,
        connectorId: 0,
        purpose: 'tx_default',
        stackLevel: 0,
        kind: 'relative',
        schedule: { unit: 'A', periods: [{ startS: 0, limit: 16 }] },
      },
    },
  ],
  ['trigger', { do: 'trigger', message: 'heartbeat' }],
  ['trigger', { do: 'trigger', message: 'sign_certificate' }],
  ['certificates', { do: 'install_certificate', type: 'central_system_root', certificate: '' }],
  ['certificates', { do: 'list_certificates', types: ['central_system_root'] }],
  [
    'certificates',
    {
      do: 'delete_certificate',
      hash: { hashAlgorithm: 'SHA256', issuerNameHash: '', issuerKeyHash: '', serialNumber: '' },
    },
  ],
  [
    'firmware-updates',
    { do: 'update_firmware', requestId: 1, location: 'https://example.com/', retrieveAt: new Date(0) },
  ],
  [
    'firmware-updates',
    {
      ...{ do: 'update_firmware', requestId: 1, location: 'https://example.com/', retrieveAt: new Date(0) },
      signed: { certificate: '', signature: '' },
    },
  ],
  ['firmware-publications', { do: 'publish_firmware', requestId: 1, location: 'https://example.com/', checksum: '' }],
  ['firmware-publications/withdraw', { do: 'unpublish_firmware', checksum: '' }],
  ['charging-profile-reports', { do: 'report_charging_profiles', requestId: 1, criteria: {} }],
  ['charging-profiles/{id}/values', { do: 'update_dynamic_profile', profileId: 1, rates: { limit: 16 } }],
  ['sessions/{id}/priority-charging', { do: 'priority_charging', ocppTransactionId: 'T', active: true }],
  ['sessions/{id}/energy-transfer', { do: 'allow_energy_transfer', ocppTransactionId: 'T', modes: ['dc'] }],
  ['sessions/{id}/tariff', { do: 'change_tariff', ocppTransactionId: 'T', tariff: TARIFF }],
  ['default-tariff', { do: 'set_default_tariff', evseId: 0, tariff: TARIFF }],
  ['read-tariffs', { do: 'read_tariffs', evseId: 0 }],
  ['clear-tariffs', { do: 'clear_tariffs' }],
  ['afrr-signal', { do: 'afrr_signal', signal: 0, at: new Date(0) }],
  ['der-controls', { do: 'clear_der_controls', criteria: { isDefault: true } }],
  ['der-control-reports', { do: 'report_der_controls', requestId: 1, criteria: {} }],
  ['device-model/reports', { do: 'device', ask: { of: 'base_report', requestId: 1, base: 'full_inventory' } }],
  ['device-model/reports', { do: 'device', ask: { of: 'report', requestId: 1, criteria: [], components: [] } }],
  ['monitors/reports', { do: 'device', ask: { of: 'monitoring_report', requestId: 1, criteria: [], components: [] } }],
  ['monitors', { do: 'device', ask: { of: 'set_monitors', monitors: [] } }],
  ['monitors/clear', { do: 'device', ask: { of: 'clear_monitors', monitorIds: [1] } }],
  ['monitoring/base', { do: 'device', ask: { of: 'monitoring_base', base: 'all' } }],
  ['monitoring/level', { do: 'device', ask: { of: 'monitoring_level', severity: 5 } }],
  ['event-streams/refresh', { do: 'device', ask: { of: 'list_streams' } }],
  ['event-streams/adjust', { do: 'device', ask: { of: 'adjust_stream', streamId: 1 } }],
  ['network-profiles', { do: 'device', ask: { of: 'network_profile', slot: 1, connection: {} } }],
  [
    'customer-information',
    {
      do: 'customer_information',
      requestId: 1,
      report: true,
      clear: false,
      subject: { by: 'identifier', identifier: 'x' },
    },
  ],
  ['battery-swaps', { do: 'request_battery_swap', requestId: 1, tokenUid: 'TAG', tokenType: undefined }],
  ['web-payment-started', { do: 'web_payment_started', evseId: 1, withinS: 60 }],
  [
    'der-controls',
    {
      do: 'set_der_control',
      control: {
        controlId: 'x',
        isDefault: true,
        type: 'limit_max_discharge',
        priority: 0,
        settings: { limitMaxDischarge: { pctMaxDischargePower: 50 } },
      },
    },
  ],
  [
    'display-messages',
    {
      do: 'set_display_message',
      message: { messageId: 1, priority: 'normal_cycle', text: { format: 'utf8', content: 'x' }, extra: [] },
    },
  ],
  ['display-messages', { do: 'clear_display_message', messageId: 1 }],
  ['display-messages', { do: 'get_display_messages', requestId: 1 }],
  ['diagnostics', { do: 'upload', kind: 'diagnostics', requestId: 1, url: 'https://example.com/' }],
  ['diagnostics', { do: 'upload', kind: 'security_log', requestId: 1, url: 'https://example.com/' }],
];

const handlers = {
  submit: () => Promise.resolve(undefined),
  nextTransactionId: () => Promise.resolve(1),
  newId: (prefix: string) => prefix,
  clock: { now: () => new Date(0) },
};
const versions: Readonly<Record<Protocol, { version: Version; friendly: typeof v2.friendly }>> = {
  'ocpp1.6': { version: v16.createV16(handlers), friendly: v16.friendly },
  'ocpp2.0.1': { version: v2.createV2({ ...handlers, protocol: 'ocpp2.0.1' }), friendly: v2.friendly },
  'ocpp2.1': { version: v2.createV2({ ...handlers, protocol: 'ocpp2.1' }), friendly: v2.friendly },
};

export const versionOf = (protocol: Protocol): Version => versions[protocol].version;

/** Every message of a version, sorted by name. */
export function coverageOf(protocol: Protocol): Coverage[] {
  const { version, friendly } = versions[protocol];
  const routes = new Map<string, Set<string>>();
  for (const [name, wish] of ROUTES) {
    const action = friendly(wish)?.action;
    if (action !== undefined) routes.set(action, (routes.get(action) ?? new Set()).add(name));
  }
  return [...loadSchemas(protocol).keys()]
    .filter((key) => key.endsWith(' request'))
    .map((key) => key.slice(0, -' request'.length))
    .sort()
    .map((action) => ({
      action,
      fromCharger: version.fromCharger.has(action),
      toCharger: version.toCharger.has(action),
      routes: [...(routes.get(action) ?? [])],
    }));
}

const mark = (served: boolean): string => (served ? '✓' : '');

function table(rows: readonly Coverage[]): string {
  const lines = rows.map(({ action, fromCharger, toCharger, routes }) => {
    const friendlyRoutes = routes.map((route) => `\`${route}\``).join(', ');
    return `| ${action} | ${mark(fromCharger)} | ${mark(toCharger)} | ${friendlyRoutes} |`.replaceAll('|  |', '| |');
  });
  return ['| Message | From the charger | To the charger | Friendly route |', '|---|---|---|---|', ...lines].join('\n');
}

/** For docs/ocpp-1.6.md: every message. */
function tablesOf16(): string {
  const all = coverageOf('ocpp1.6');
  const core = all.filter(({ action }) => !SECURITY_EXTENSION.has(action));
  const security = all.filter(({ action }) => SECURITY_EXTENSION.has(action));
  return `## OCPP 1.6 (edition 2)\n${table(core)}\n\n## Security extension (whitepaper edition 3)\n${table(security)}`;
}

/** For docs/ocpp-2.x.md: every message of 2.0.1, and those that 2.1 adds. */
function tablesOf2(): string {
  const older = coverageOf('ocpp2.0.1');
  const known = new Set(older.map(({ action }) => action));
  const added = coverageOf('ocpp2.1').filter(({ action }) => !known.has(action));
  return `## In 2.0.1 and 2.1\n${table(older)}\n\n## New in 2.1\n${table(added)}`;
}

/** For README.md: how many. */
function summary(): string {
  const row = (name: string, rows: readonly Coverage[]): string => {
    const served = rows.filter(({ fromCharger, toCharger }) => fromCharger || toCharger).length;
    const from = rows.filter(({ fromCharger }) => fromCharger).length;
    const to = rows.filter(({ toCharger }) => toCharger).length;
    return `| ${name} | ${served} of ${rows.length} | ${from} | ${to} |`;
  };
  const of16 = coverageOf('ocpp1.6');
  return [
    '| | messages served | from the charger | to the charger |',
    '|---|---|---|---|',
    row(
      'OCPP 1.6J',
      of16.filter(({ action }) => !SECURITY_EXTENSION.has(action)),
    ),
    row(
      '1.6 security extension',
      of16.filter(({ action }) => SECURITY_EXTENSION.has(action)),
    ),
    row('OCPP 2.0.1', coverageOf('ocpp2.0.1')),
    row('OCPP 2.1', coverageOf('ocpp2.1')),
  ].join('\n');
}

/** The files, and what stands in them between `<!-- coverage -->` and `<!-- /coverage -->`. */
export const coverageFiles = {
  'README.md': summary,
  'docs/ocpp-1.6.md': tablesOf16,
  'docs/ocpp-2.x.md': tablesOf2,
} as const;

const PLACE = /(<!-- coverage -->\n)[\s\S]*?(\n<!-- \/coverage -->)/;

export function withCoverage(text: string, made: string): string {
  if (!PLACE.test(text)) throw new Error('there is no place for the table: <!-- coverage --> … <!-- /coverage -->');
  return text.replace(PLACE, (_all, before: string, after: string) => `${before}${made}${after}`);
}
