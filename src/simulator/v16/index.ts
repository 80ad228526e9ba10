/** OCPP 1.6J as a simulated charger speaks it. */
import type { CreateDialect } from '../dialect.ts';
import { answer } from './answers.ts';
import { createConfiguration, settingsOf } from './configuration.ts';
import { createDevice } from './device.ts';
import { boot, instant, meter, readBoot, readIdTagInfo, readParent, readStart, start, stop } from './messages.ts';

export const createV16: CreateDialect = ({ connectors, settings, configurationNeedsReboot }) => {
  const configuration = createConfiguration({ connectors, initial: settings, needsReboot: configurationNeedsReboot });
  const device = createDevice(configuration);
  const measurands = (key: string) =>
    configuration
      .read(key)
      .split(',')
      .map((word) => word.trim());
  return {
    subprotocol: 'ocpp1.6',
    settings: settingsOf(configuration),
    boot,
    readBoot,
    setHeartbeatInterval: (seconds) => void configuration.write('HeartbeatInterval', String(Math.round(seconds))), // an odd value keeps the old one
    heartbeat: () => ({ action: 'Heartbeat', payload: {} }),
    status: ({ connectorId, status, errorCode, at }) => ({
      action: 'StatusNotification',
      payload: { connectorId, errorCode, status, timestamp: instant(at) },
    }),
    authorize: (token) => ({ action: 'Authorize', payload: { idTag: token } }),
    readAuthorize: readIdTagInfo,
    readParent,
    localAuthorization: device.localList.find,
    start,
    readStart,
    meter: (connectorId, session, reading) =>
      meter(connectorId, session, reading, measurands('MeterValuesSampledData')),
    stop: (session) => stop(session, measurands('StopTxnSampledData')),
    answer: (request, controls) => answer(request, controls, device),
    sessionsChanged: (controls) => device.profiles.apply(controls),
  };
};
