/** How the room takes part in the one door for every change. */
import { createHash } from 'node:crypto';
import type { Participant } from '../ingest/contract.ts';
import type { CertificateInput } from '../ingest/inputs.ts';
import { decide } from './machine.ts';
import { loadCertificates, saveCertificates } from './store.ts';
import type { CertificateState } from './types.ts';
import { factsOf } from './x509.ts';

/** The same certificate of the same charge point always has the same id: an answer that comes twice changes nothing. */
const idFor = (chargePointId: string) => (key: string) =>
  `crt_${createHash('sha256').update(`${chargePointId}|${key}`).digest('hex').slice(0, 26).toUpperCase()}`;

export const certificates: Participant<CertificateState, CertificateInput> = {
  room: 'certificates',
  load: loadCertificates,
  decide: (state, input, { root, now }) =>
    decide(state, input, now, { facts: factsOf, idOf: idFor(root.chargePointId) }),
  save: saveCertificates,
};
