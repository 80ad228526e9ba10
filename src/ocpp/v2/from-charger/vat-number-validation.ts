/** OCPP 2.1 C19 VatNumberValidation: may a company's name stand on the receipt? Who validates is the installation's choice. */
import { tidyVat, type ValidateVat } from '../../../payments/index.ts';
import type { FromCharger } from '../../contract.ts';
import { readText } from '../../reading.ts';
import { readEvseId } from '../fields.ts';

/** A driver waits at the terminal. */
const PATIENCE_MS = 10_000;

export const vatNumberValidation = (validate: ValidateVat): FromCharger => ({
  action: 'VatNumberValidation',

  async handle({ payload, link }) {
    const said = readText(payload['vatNumber'], 20) ?? '';
    const evseId = readEvseId(payload['evseId']);
    const answer = { vatNumber: said, ...(evseId !== undefined && { evseId }) };
    const { chargePointId, organizationId } = link;
    const verdict = await within(validate({ vatNumber: tidyVat(said), chargePointId, organizationId }));
    if (!verdict.accepted) {
      const additionalInfo = verdict.why.slice(0, 1024);
      return { ...answer, status: 'Rejected', statusInfo: { reasonCode: 'InvalidVatNumber', additionalInfo } };
    }
    const { company } = verdict;
    return { ...answer, status: 'Accepted', ...(company !== undefined && { company: { ...company } }) };
  },

  minimal: ({ payload }) => ({ vatNumber: readText(payload['vatNumber'], 20) ?? '', status: 'Rejected' }),
});

type Verdict = Awaited<ReturnType<ValidateVat>>;

/** A validator that fails or takes too long has not said that the number is right. */
function within(asked: Promise<Verdict>): Promise<Verdict> {
  const gone: Verdict = { accepted: false, why: 'it cannot be validated at the moment' };
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(gone), PATIENCE_MS);
    asked.then(resolve, () => resolve(gone)).finally(() => clearTimeout(timer));
  });
}
