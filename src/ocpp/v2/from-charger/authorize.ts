/** OCPP 2.0.1 C01 Authorize: the token, and with it (C07) the contract of a car. Asks only; starts nothing. */
import { type Iso15118, sayTogether } from '../../../iso15118/index.ts';
import type { OwnTariff } from '../../../tariffs/index.ts';
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

  async handle({ payload, link, receivedAt, traceId }) {
    const token = readIdToken(payload['idToken']);
    if (token === undefined) throw new UnusableMessage('there is no idToken');
    // C02: whoever presses a start button need not say who he is.
    if (token.uid === null) return { idTokenInfo: idTokenInfo({ authorization: 'accepted' }) };
    if (token.uid === '') return { idTokenInfo: idTokenInfo({ authorization: 'invalid' }) };
    const contract = readContract(payload, token);
    const [reply, verdict] = await Promise.all([
      door(
        {
          room: 'tokens',
          type: 'authorize',
          chargePointId: link.chargePointId,
          receivedAt,
          tokenUid: token.uid,
          isTyped: token.isTyped,
          ...(token.isPayment && { isPayment: token.isPayment }),
        },
        traceId,
      ),
      contract && iso15118.checkContract({ ...contract, organizationId: link.organizationId }),
    ]);
    const mayHaveTariff = reply.authorization === 'accepted' && reply.hasOwnTariff === true;
    const own = mayHaveTariff ? await driverTariff({ ...placeOf(link), tokenUid: token.uid }) : undefined;
    const tariff = tariffOf(own, protocol);
    const read = { ...idTokenInfo(reply), ...messageOf(own) };
    if (verdict === undefined) return { idTokenInfo: read, ...tariff };
    const said = sayTogether(reply.authorization, verdict);
    const info = said.refusal === undefined ? read : { status: REFUSALS[said.refusal] };
    const isGood = said.refusal === undefined;
    return { idTokenInfo: info, certificateStatus: CERTIFICATE_STATUS[said.verdict], ...(isGood && tariff) };
  },

  minimal: () => ({ idTokenInfo: idTokenInfo({ authorization: 'invalid' }) }),
});

type Link = { readonly organizationId: string; readonly chargePointId: string };

const placeOf = ({ organizationId, chargePointId }: Link) => ({ organizationId, chargePointId });

/** 2.0.1 I01: what a driver reads of his own tariff. The station's display has its own limit; OCPP's is 512 characters. */
const messageOf = (own: OwnTariff | undefined): Record<string, unknown> =>
  own?.message === undefined
    ? {}
    : { personalMessage: { format: 'UTF8', ...languageOf(own.message.language), content: own.message.text } };

/** MessageContent takes eight characters. */
const languageOf = (language: string) => (language.length <= 8 ? { language } : {});

/** 2.1 I08: a driver's own, for a station that computes costs. One that OCPP has no words for is not sent: ours counts. */
const tariffOf = (own: OwnTariff | undefined, protocol: V2Needs['protocol']): Record<string, unknown> =>
  protocol !== 'ocpp2.1' || own === undefined || whyNotSayable(own.tariff.terms) !== undefined
    ? {}
    : { tariff: tariffToWire(own.tariff) };
