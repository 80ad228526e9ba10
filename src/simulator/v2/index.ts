/** OCPP 2.0.1 and 2.1 as a simulated station speaks them: one room, in which 2.1 has more words. */
import { readBoot } from '../boot-answer.ts';
import type { Controls, CreateDialect, Shown } from '../dialect.ts';
import { answer } from './answers.ts';
import { runScheduledResets } from './answers-availability.ts';
import type { Device } from './device.ts';
import { authorize, boot, instant, plugStatuses, readIdTokenInfo, readParent } from './messages.ts';
import { createModel } from './model/index.ts';
import { settingsOf, setUp } from './settings.ts';
import { createSigning } from './signing.ts';
import { createTokens } from './tokens.ts';
import { createTransactionLog } from './transaction-log.ts';
import { createTransactions, type V2Transactions } from './transactions.ts';
import { bootReasonOf, type V2Version } from './words.ts';

export const createV2 =
  (version: V2Version): CreateDialect =>
  ({ identity, station, specs, settings, configurationNeedsReboot }) => {
    const model = createModel({ station, specs, more: [], needsReboot: configurationNeedsReboot });
    setUp(model, settings);
    model.note('SecurityCtrlr.Identity', identity);
    const log = createTransactionLog();
    const tokens = createTokens(model);
    let transactions: V2Transactions | undefined;
    const device: Device = {
      version,
      model,
      tokens,
      log,
      transactions() {
        if (transactions === undefined) throw new Error('the station is not wired yet');
        return transactions;
      },
      bootReason: 'PowerUp',
      scheduledResets: new Set(),
      plugsOut: new Set(),
      isRegistered: false,
    };
    const statusesOf = (shown: Shown): readonly string[] =>
      plugStatuses(shown, (evseId, plug) => device.plugsOut.has(`${evseId}.${plug}`));

    /** What can be seen of connectors in the device model is what they show. */
    function show(controls: Controls): void {
      for (const id of controls.connectorIds()) {
        const words = () => statusesOf(controls.shown(id));
        model.bind(
          `EVSE@${id}.AvailabilityState`,
          () => words().find((word) => word !== 'Unavailable') ?? 'Unavailable',
        );
        for (const [index] of words().entries())
          model.bind(`Connector@${id}.${index + 1}.AvailabilityState`, () => words()[index] ?? 'Unavailable');
        const reading = () => controls.reading(id, 'Sample.Periodic');
        model.bind(`EVSE@${id}.Power`, () => String(reading()?.powerW ?? 0));
        model.bind(`FiscalMetering@${id}.EnergyImport[Register]`, () => String(reading()?.registerWh ?? 0));
      }
      model.bind('ChargingStation.AvailabilityState', () => controls.shown(0).status);
      model.bind('ChargingStation.FirmwareVersion', () => controls.firmwareVersion());
      model.bind('Controller.FirmwareVersion', () => controls.firmwareVersion());
      model.bind('ClockCtrlr.DateTime', () => instant(controls.now()));
    }

    return {
      subprotocol: `ocpp${version}`,
      settings: settingsOf(model),
      boot: (of, triggered) => boot(of, triggered ? 'Triggered' : device.bootReason),
      readBoot,
      setHeartbeatInterval: (seconds) => model.note('OCPPCommCtrlr.HeartbeatInterval', String(Math.round(seconds))),
      heartbeat: () => ({ action: 'Heartbeat', payload: {} }),
      statusText: (shown) => statusesOf(shown).join(' '),
      statuses: (shown, at) =>
        statusesOf(shown).map((connectorStatus, index) => ({
          action: 'StatusNotification',
          payload: { timestamp: instant(at), connectorStatus, evseId: shown.connectorId, connectorId: index + 1 },
        })),
      authorize: (token) => authorize(tokens.idToken(token)),
      readAuthorize: readIdTokenInfo,
      readParent,
      heard: (token, result, now) => tokens.heard(token, result['idTokenInfo'], now),
      setTokenType: tokens.setType,
      localAuthorization: tokens.find,
      transactions(needs) {
        const signing = createSigning(identity, () => model.read('SampledDataCtrlr.SignReadings') === 'true');
        transactions = createTransactions({ version, model, log, tokens, signing }, needs);
        return transactions;
      },
      sessionsChanged: (controls) => runScheduledResets(controls, device),
      wired: show,
      registered() {
        device.isRegistered = true;
        device.bootReason = 'PowerUp';
      },
      rebooting(reason) {
        device.isRegistered = false;
        if (device.bootReason === 'PowerUp') device.bootReason = bootReasonOf(reason);
        device.scheduledResets.clear();
        for (const transaction of log.ongoing()) {
          const { session } = transaction;
          if (session === undefined || session.end !== undefined) device.transactions().endOpen(transaction, reason);
        }
      },
      answer: (request, controls) => answer(request, controls, device),
    };
  };
