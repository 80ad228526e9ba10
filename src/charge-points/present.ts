/** A charge point and its connectors as REST shows them. */
import type { z } from 'zod';
import type { ChargePointRow, ConnectorView } from './registry-read-store.ts';
import type { chargePoint } from './schemas.ts';

export type ChargePointAnswer = z.input<typeof chargePoint>;

/** Words of a closed list, as the database keeps them in a text. The answer's schema refuses any other. */
type Words = Pick<
  ChargePointAnswer,
  | 'registration'
  | 'lifecycle'
  | 'assume_protocol'
  | 'authorization'
  | 'local_list'
  | 'connector_standard'
  | 'connector_format'
  | 'power_type'
>;
type Status = NonNullable<ChargePointAnswer['status']>;

export function presentChargePoint(
  row: ChargePointRow,
  connectors: readonly ConnectorView[],
  ocppUrl: string,
): ChargePointAnswer {
  const { registration, lifecycle, assumeProtocol, authorizationPolicy, localList } = row;
  const words = {
    registration,
    lifecycle,
    assume_protocol: assumeProtocol,
    authorization: authorizationPolicy,
    local_list: localList,
    connector_standard: row.connectorStandard,
    connector_format: row.connectorFormat,
    power_type: row.powerType,
  } as Words;
  const station = connectors.find((each) => each.evseId === 0 && each.connectorId === 0);
  return {
    id: row.id,
    identity: row.identity,
    name: row.name,
    site_id: row.siteId,
    vendor: row.vendor,
    model: row.model,
    serial_number: row.serialNumber,
    security_profile: row.securityProfile,
    next_security_profile: row.nextSecurityProfile,
    ...words,
    heartbeat_interval_s: row.heartbeatIntervalS,
    strict: row.strict,
    driver_messages: row.driverMessages,
    has_key: row.hasKey,
    key_rotation: row.keyRotation as ChargePointAnswer['key_rotation'], // key-rotation.ts writes it
    ocpp_url: ocppUrl,
    connected: row.connected,
    connected_at: row.connectedAt,
    disconnected_at: row.disconnectedAt,
    last_seen_at: row.lastSeenAt,
    protocol: row.protocol,
    remote_address: row.remoteAddress,
    booted_at: row.bootedAt,
    boot_status: row.bootStatus,
    pending: row.connected && row.bootStatus === 'pending',
    degraded: row.degraded,
    reboot_pending: row.rebootPending,
    firmware_version: row.firmwareVersion,
    firmware_status: row.firmwareStatus,
    firmware_status_at: row.firmwareStatusAt,
    diagnostics_status: row.diagnosticsStatus,
    diagnostics_status_at: row.diagnosticsStatusAt,
    clock_offset_ms: row.clockOffsetMs,
    reported: {
      vendor: row.reportedVendor,
      model: row.reportedModel,
      serial_number: row.reportedSerial,
      iccid: row.iccid,
      imsi: row.imsi,
      meter_type: row.meterType,
      meter_serial: row.meterSerial,
    },
    status: station === undefined ? null : presentStatus(station),
    evses: evsesOf(connectors.filter((each) => each !== station)),
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  };
}

/** `connectors` are sorted by evse and connector. */
function evsesOf(connectors: readonly ConnectorView[]): ChargePointAnswer['evses'] {
  const evses = new Map<number, ChargePointAnswer['evses'][number]>();
  for (const connector of connectors) {
    const evse = evses.get(connector.evseId) ?? { evse_id: connector.evseId, connectors: [] };
    evse.connectors.push({ connector_id: connector.connectorId, ...presentStatus(connector) });
    evses.set(connector.evseId, evse);
  }
  return [...evses.values()];
}

const presentStatus = (connector: ConnectorView): Status => ({
  status: connector.status as Status['status'],
  raw_status: connector.rawStatus,
  error_code: connector.errorCode,
  info: connector.info,
  vendor_id: connector.vendorId,
  vendor_error_code: connector.vendorErrorCode,
  status_at: connector.statusAt,
});
