/** OCPP 1.6J: which message goes where, as data. No SQL, no rules; what is offered is listed in docs/ocpp-1.6.md. */
import { createDataTransfers, type DataTransfers } from '../../data-transfer/index.ts';
import type { Ingest } from '../../ingest/contract.ts';
import type { Clock } from '../../platform/clock.ts';
import type { IdPrefix } from '../../platform/ids.ts';
import { createClockWatch } from '../clock-watch.ts';
import type { FromCharger, SignCertificate, ToCharger, Version } from '../contract.ts';
import { createDoor } from '../door.ts';
import { dataTransfer } from '../from-charger/data-transfer.ts';
import { heartbeat } from '../from-charger/heartbeat.ts';
import { securityEventNotification } from '../from-charger/security-event-notification.ts';
import type { Needs } from '../handler-needs.ts';
import { authorize } from './from-charger/authorize.ts';
import { bootNotification } from './from-charger/boot-notification.ts';
import { connectorUnplugged } from './from-charger/connector-unplugged.ts';
import { diagnosticsStatusNotification } from './from-charger/diagnostics-status-notification.ts';
import { firmwareStatusNotification } from './from-charger/firmware-status-notification.ts';
import { logStatusNotification } from './from-charger/log-status-notification.ts';
import { meterValues } from './from-charger/meter-values.ts';
import { signCertificate } from './from-charger/sign-certificate.ts';
import { signedFirmwareStatusNotification } from './from-charger/signed-firmware-status-notification.ts';
import { startTransaction } from './from-charger/start-transaction.ts';
import { statusNotification } from './from-charger/status-notification.ts';
import { stopTransaction } from './from-charger/stop-transaction.ts';
import { toCharger } from './to-charger/index.ts';

export { friendly, refuse, whyNot } from './friendly.ts';

export type V16Options = {
  readonly submit: Ingest['submit'];
  /** A fresh positive int32 from the installation's sequence; rejects while the database is away. */
  readonly nextTransactionId: () => Promise<number>;
  readonly newId: (prefix: IdPrefix) => string;
  readonly clock: Clock;
  /** Vendors' messages that somebody here understands; all others are answered UnknownVendorId or UnknownMessageId. */
  readonly dataTransfers?: DataTransfers;
  /** Absent: nobody here signs, and a charger that asks is told so. */
  readonly signCertificate?: SignCertificate;
};

export function createV16({
  submit,
  nextTransactionId,
  newId,
  clock,
  dataTransfers,
  signCertificate: sign,
}: V16Options): Version {
  const clocks = createClockWatch({ submit });
  const needs: Needs = { door: createDoor(submit), clocks, clock, nextTransactionId, newId };
  return {
    protocol: 'ocpp1.6',
    fromCharger: byAction<FromCharger>([
      authorize(needs),
      bootNotification(needs),
      dataTransfer(dataTransfers ?? createDataTransfers([]), [connectorUnplugged(needs)]),
      diagnosticsStatusNotification(needs),
      firmwareStatusNotification(needs),
      heartbeat(needs),
      logStatusNotification(needs),
      meterValues(needs),
      securityEventNotification(needs),
      signCertificate(sign ?? nobodySigns),
      signedFirmwareStatusNotification(needs),
      startTransaction(needs),
      statusNotification(needs),
      stopTransaction(needs),
    ]),
    toCharger: byAction<ToCharger>(toCharger),
  };
}

const nobodySigns: SignCertificate = () => Promise.resolve('rejected');

const byAction = <Each extends { readonly action: string }>(all: readonly Each[]): ReadonlyMap<string, Each> =>
  new Map(all.map((each) => [each.action, each]));
