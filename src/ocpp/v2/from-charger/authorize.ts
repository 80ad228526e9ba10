/** OCPP 2.0.1 C01 Authorize: the token, and with it (C07) the contract of a car. Asks only; starts nothing. */
import { type Iso15118, sayTogether } from '../../../iso15118/index.ts';
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readContract } from '../contract-fields.ts';
import { readIdToken } from '../fields.ts';
import { CERTIFICATE_STATUS, idTokenInfo } from '../words.ts';

/** C07: of the certificates, whatever the token itself may. */
const REFUSALS = { expired: 'Expired', invalid: 'Invalid' } as const;

export const authorize = ({ door, iso15118 }: Pick<Needs, 'door'> & { readonly iso15118: Iso15118 }): FromCharger => ({
  action: 'Authorize',

  async handle({ payload, link, receivedAt }) {
    const token = readIdToken(payload['idToken']);
    if (token === undefined) throw new UnusableMessage('there is no idToken');
    // C02: whoever presses a start button need not say who he is.
    if (token.uid === null) return { idTokenInfo: idTokenInfo({ authorization: 'accepted' }) };
    if (token.uid === '') return { idTokenInfo: idTokenInfo({ authorization: 'invalid' }) };
    const contract = readContract(payload, token);
    const [reply, verdict] = await Promise.all([
      door({
        room: 'tokens',
        type: 'authorize',
        chargePointId: link.chargePointId,
        receivedAt,
        tokenUid: token.uid,
        isTyped: token.isTyped,
      }),
      contract && iso15118.checkContract({ ...contract, organizationId: link.organizationId }),
    ]);
    if (verdict === undefined) return { idTokenInfo: idTokenInfo(reply) };
    const said = sayTogether(reply.authorization, verdict);
    const info = said.refusal === undefined ? idTokenInfo(reply) : { status: REFUSALS[said.refusal] };
    return { idTokenInfo: info, certificateStatus: CERTIFICATE_STATUS[said.verdict] };
  },

  minimal: () => ({ idTokenInfo: idTokenInfo({ authorization: 'invalid' }) }),
});
