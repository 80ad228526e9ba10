/** OCPP 1.6J as a simulated charger speaks it. */
import { readBoot } from '../boot-answer.ts';
import type { Controls, CreateDialect, Shown } from '../dialect.ts';
import { answer } from './answers.ts';
import { createConfiguration, settingsOf } from './configuration.ts';
import { createDevice } from './device.ts';
import { boot, instant, meter, readIdTagInfo, readParent, stop } from './messages.ts';
import { createTransactions } from './transactions.ts';

export const createV16: CreateDialect = ({ specs, settings, configurationNeedsReboot }) => {
  const configuration = createConfiguration({
    connectors: specs.length,
    initial: settings,
    needsReboot: configurationNeedsReboot,
  });
  const device = createDevice(configuration);
  const measurands = (key: string) =>
    configuration
      .read(key)
      .split(',')
      .map((word) => word.trim());
  const steering = settingsOf(configuration);
  let wired: Controls | undefined;
  return {
    subprotocol: 'ocpp1.6',
    settings: steering,
    boot,
    readBoot,
    setHeartbeatInterval: (seconds) => void configuration.write('HeartbeatInterval', String(Math.round(seconds))), // an odd value keeps the old one
    heartbeat: () => ({ action: 'Heartbeat', payload: {} }),
    statusText: ({ status, errorCode }: Shown) => `${status} ${errorCode}`,
    statuses: ({ connectorId, status, errorCode }, at) => [
      { action: 'StatusNotification', payload: { connectorId, errorCode, status, timestamp: instant(at) } },
    ],
    authorize: (token) => ({ action: 'Authorize', payload: { idTag: token } }),
    readAuthorize: readIdTagInfo,
    readParent,
    localAuthorization: device.localList.find,
    transactions: (needs) =>
      createTransactions(
        {
          stopsOnRefusedToken: steering.stopsOnRefusedToken,
          meter: (connectorId, session, reading) =>
            meter(connectorId, session, reading, measurands('MeterValuesSampledData')),
          stop: (session) => stop(session, measurands('StopTxnSampledData')),
          tellsUnplugging: () => configuration.read('CustomIdleFeeAfterStop') === 'true',
        },
        needs,
      ),
    answer: (request, controls) => answer(request, controls, device),
    wired(controls) {
      wired = controls;
    },
    shownChanged() {
      if (wired !== undefined) device.costs.statusChanged(wired);
    },
    sessionsChanged: (controls) => device.profiles.apply(controls),
  };
};
