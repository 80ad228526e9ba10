/** The door of the room: contracts of cars, and the status of certificates (ISO 15118, OCSP). */
export type { CheckContract, ContractQuestion } from './check-contract.ts';
export { sayTogether } from './contract-rules.ts';
export { createIso15118, type Iso15118, type Iso15118Options, withoutIso15118 } from './iso15118.ts';
export type {
  ContractVerdict,
  EvCertificateAnswer,
  EvCertificateProvider,
  EvCertificateRequest,
  StatusAnswer,
  StatusQuestion,
} from './types.ts';
