/** OCPP 2.0.1 C01 Authorize: the token, and with it (C07) the contract of a car. Asks only; starts nothing. */
import { type Iso15118, sayTogether } from '../../../iso15118/index.ts';
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import { readContract } from '../contract-fields.ts';
import { readIdToken } from '../fields.ts';
import type { V2Needs } from '../needs.ts';
import { tariffToWire, whyNotSayable } from '../tariff.ts';
import { CERTIFICATE_STATUS, idTokenInfo } from '../words.ts';

/** C07: of the certificates, whatever the token itself may. */
const REFUSALS = { expired: 'Expired', invalid: 'Invalid' } as const;

type AuthorizeNeeds = Pick<V2Needs, 'door' | 'protocol' | 'driverTariff'> & { readonly iso15118: Iso15118 };

export const authorize = ({ door, iso15118, protocol, driverTariff }: AuthorizeNeeds): FromCharger => ({
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
        ...(token.isPayment && { isPayment: token.isPayment }),
      }),
      contract && iso15118.checkContract({ ...contract, organizationId: link.organizationId }),
    ]);
    const mayHaveTariff = reply.authorization === 'accepted' && reply.hasOwnTariff === true;
    const tariff = mayHaveTariff ? await tariffOf(driverTariff, protocol, link, token.uid) : {};
    if (verdict === undefined) return { idTokenInfo: idTokenInfo(reply), ...tariff };
    const said = sayTogether(reply.authorization, verdict);
    const info = said.refusal === undefined ? idTokenInfo(reply) : { status: REFUSALS[said.refusal] };
    const isGood = said.refusal === undefined;
    return { idTokenInfo: info, certificateStatus: CERTIFICATE_STATUS[said.verdict], ...(isGood && tariff) };
  },

  minimal: () => ({ idTokenInfo: idTokenInfo({ authorization: 'invalid' }) }),
});

type Link = { readonly organizationId: string; readonly chargePointId: string };

/** 2.1 I08: a driver's own, for a station that computes costs. One that OCPP has no words for is not sent: ours counts. */
async function tariffOf(
  driverTariff: V2Needs['driverTariff'],
  protocol: V2Needs['protocol'],
  { organizationId, chargePointId }: Link,
  tokenUid: string,
): Promise<Record<string, unknown>> {
  if (protocol !== 'ocpp2.1') return {};
  const tariff = await driverTariff({ organizationId, chargePointId, tokenUid });
  return tariff === undefined || whyNotSayable(tariff.terms) !== undefined ? {} : { tariff: tariffToWire(tariff) };
}
