/** OCPP 2.0.1 and 2.1: which message goes where, as data. One room serves both; what only 2.1 has stands in the lists since21. */
import { createDataTransfers, type DataTransfers } from '../../data-transfer/index.ts';
import type { Ingest } from '../../ingest/contract.ts';
import { type Iso15118, withoutIso15118 } from '../../iso15118/index.ts';
import { type ValidateVat, validateByForm } from '../../payments/index.ts';
import type { DriverTariff } from '../../tariffs/index.ts';
import { createClockWatch } from '../clock-watch.ts';
import type { SignCertificate, Version } from '../contract.ts';
import { createDoor } from '../door.ts';
import * as from from './from-charger/index.ts';
import type { V2Needs, V2Protocol } from './needs.ts';
import * as to from './to-charger/index.ts';

export { friendly, refuse, whyNot } from './friendly.ts';

export type V2Options = Pick<V2Needs, 'protocol' | 'nextTransactionId' | 'newId' | 'clock'> & {
  readonly submit: Ingest['submit'];
  /** Vendors' messages that somebody here understands; all others are answered UnknownVendorId or UnknownMessageId. */
  readonly dataTransfers?: DataTransfers;
  /** Absent: nobody here signs, and a station that asks is told so. */
  readonly signCertificate?: SignCertificate;
  /** Absent: no contract is good, no status known, and there are no certificates for cars. */
  readonly iso15118?: Iso15118;
  /** Default: by their form. */
  readonly validateVat?: ValidateVat;
  /** Absent: no driver has a tariff of his own. */
  readonly driverTariff?: DriverTariff;
};

export function createV2({
  submit,
  dataTransfers,
  signCertificate,
  iso15118,
  validateVat,
  driverTariff,
  ...given
}: V2Options): Version & {
  readonly protocol: V2Protocol;
} {
  const { protocol } = given;
  const needs: V2Needs = {
    ...given,
    door: createDoor(submit),
    clocks: createClockWatch({ submit }),
    dataTransfers: dataTransfers ?? createDataTransfers([]),
    validateVat: validateVat ?? validateByForm,
    driverTariff: driverTariff ?? (() => Promise.resolve(undefined)),
    signCertificate: signCertificate ?? (() => Promise.resolve('rejected')),
    iso15118: iso15118 ?? withoutIso15118,
  };
  const ofThis = <Each>({ inBoth, since21 }: { inBoth: readonly Each[]; since21: readonly Each[] }): readonly Each[] =>
    protocol === 'ocpp2.1' ? [...inBoth, ...since21] : inBoth;
  return {
    protocol,
    fromCharger: new Map(
      ofThis(from)
        .map((make) => make(needs))
        .map((each) => [each.action, each]),
    ),
    toCharger: new Map(ofThis(to).map((each) => [each.action, each])),
  };
}
