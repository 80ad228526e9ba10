/** OCPP 2.0.1 and 2.1 as a simulated station speaks them: one room, in which 2.1 has more words. */
import { readBoot } from '../boot-answer.ts';
import type { Controls, CreateDialect, Shown } from '../dialect.ts';
import { payloadOf } from '../payload.ts';
import { beginAligned } from './aligned.ts';
import { answer } from './answers.ts';
import { runScheduledResets } from './answers-availability.ts';
import { createGestures } from './deeds.ts';
import { createDevice, type Device } from './device.ts';
import type { Besides, Event } from './event.ts';
import { createLimits } from './limits.ts';
import { authorize, boot, instant, plugStatuses, readIdTokenInfo, readParent } from './messages.ts';
import { controllers21 } from './model/controllers-21.ts';
import { createModel } from './model/index.ts';
import { settingsOf, setUp } from './settings.ts';
import { showIn } from './shown.ts';
import { createSigning } from './signing.ts';
import type { Transaction } from './transaction-log.ts';
import { createTransactions, type V2Transactions } from './transactions.ts';
import { bootReasonOf, type V2Version } from './words.ts';

/** What a 2.1 station tells of the cost it works out itself (I07), and of its limit (E16). */
const costOf =
  ({ tariffs }: Device) =>
  (transaction: Transaction, { type, at, trigger }: Event): Besides => {
    tariffs.count(transaction, at, transaction.token);
    const tariffId = tariffs.tariffOf(transaction);
    const isTold = type === 'Ended' || trigger === 'MeterValuePeriodic' || trigger === 'TariffChanged';
    const costDetails = isTold ? tariffs.costDetails(transaction) : undefined;
    return {
      event: costDetails === undefined ? {} : { costDetails },
      info: {
        ...(tariffId === undefined ? {} : { tariffId }),
        ...(trigger === 'LimitSet' && transaction.limit !== undefined ? { transactionLimit: transaction.limit } : {}),
      },
    };
  };

export const createV2 =
  (version: V2Version): CreateDialect =>
  ({ identity, station, specs, settings, configurationNeedsReboot }) => {
    const model = createModel({
      station,
      specs,
      more: version === '2.1' ? controllers21 : [],
      needsReboot: configurationNeedsReboot,
    });
    setUp(model, settings);
    model.note('SecurityCtrlr.Identity', identity);
    let transactions: V2Transactions | undefined;
    let wired: Controls | undefined;
    const known = <T>(part: T | undefined): T => {
      if (part === undefined) throw new Error('the station is not wired yet');
      return part;
    };
    const device = createDevice(version, model, () => known(transactions));
    const { log, tokens } = device;
    const statusesOf = (shown: Shown): readonly string[] =>
      plugStatuses(shown, (evseId, plug) => device.plugsOut.has(`${evseId}.${plug}`));

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
      shownChanged: () => {
        if (device.isRegistered) device.monitors.check(known(wired));
      },
      authorize: (token) => authorize(tokens.idToken(token)),
      readAuthorize: readIdTokenInfo,
      readParent,
      heard(token, result, now) {
        tokens.heard(token, result['idTokenInfo'], now);
        if (version === '2.1') device.tariffs.setForToken(token, result['tariff']);
      },
      setTokenType: tokens.setType,
      localAuthorization: tokens.find,
      transactions(needs) {
        const signing = createSigning(identity, () => model.read('SampledDataCtrlr.SignReadings') === 'true');
        const limits = createLimits(
          device.tariffs,
          () => known(transactions),
          () => known(wired),
        );
        transactions = createTransactions(
          {
            version,
            model,
            log,
            tokens,
            signing,
            answered(transaction, said) {
              const cost = said['totalCost'];
              if (typeof cost === 'number') transaction.shownCost = cost;
              if (version === '2.1') limits.answered(transaction, said);
            },
            ...(version === '2.1' ? { besides: costOf(device) } : {}),
          },
          needs,
        );
        return transactions;
      },
      sessionsChanged(controls) {
        device.profiles.apply(controls);
        runScheduledResets(controls, device);
      },
      wired(controls) {
        wired = controls;
        showIn(model, statusesOf, controls);
        device.monitors.begin(controls);
        beginAligned(device, controls);
      },
      line: device.network.line,
      lineTried(isOpen) {
        if (isOpen) device.network.opened();
        else device.network.failed();
      },
      registered() {
        device.isRegistered = true;
        device.bootReason = 'PowerUp';
        if (!device.resumes) return;
        device.resumes = false;
        for (const transaction of log.ongoing()) known(transactions).update(transaction, 'TxResumed');
      },
      rebooting(reason) {
        device.isRegistered = false;
        if (device.bootReason === 'PowerUp') device.bootReason = bootReasonOf(reason);
        device.scheduledResets.clear();
        device.network.rebooted();
        for (const transaction of log.ongoing()) {
          const { session } = transaction;
          if (device.resumes) known(transactions).update(transaction, 'ResetCommand');
          else if (session === undefined || session.end !== undefined) known(transactions).endOpen(transaction, reason);
        }
      },
      isKept: (evseId, now) => (device.webPayments.get(evseId) ?? 0) > now.getTime(),
      gestures: createGestures(device, () => known(wired)),
      answer: (request, controls) => answer({ ...request, payload: payloadOf(request.payload) }, controls, device),
    };
  };
