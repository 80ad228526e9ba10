/** What the handlers of OCPP 2.x are given. Types only. */
import type { DataTransfers } from '../../data-transfer/index.ts';
import type { Iso15118 } from '../../iso15118/index.ts';
import type { ValidateVat } from '../../payments/index.ts';
import type { DriverTariff } from '../../tariffs/index.ts';
import type { Protocol, SignCertificate } from '../contract.ts';
import type { Needs } from '../handler-needs.ts';

export type V2Protocol = Exclude<Protocol, 'ocpp1.6'>;

export type V2Needs = Needs & {
  readonly protocol: V2Protocol;
  readonly dataTransfers: DataTransfers;
  readonly signCertificate: SignCertificate;
  readonly iso15118: Iso15118;
  readonly validateVat: ValidateVat;
  readonly driverTariff: DriverTariff;
};
