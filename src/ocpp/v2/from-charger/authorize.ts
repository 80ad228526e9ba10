/** OCPP 2.0.1 C01 Authorize: the token. Asks only; starts nothing. */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readIdToken } from '../fields.ts';
import { idTokenInfo } from '../words.ts';

export const authorize = ({ door }: Pick<Needs, 'door'>): FromCharger => ({
  action: 'Authorize',

  async handle({ payload, link, receivedAt }) {
    const token = readIdToken(payload['idToken']);
    if (token === undefined) throw new UnusableMessage('there is no idToken');
    // C02: whoever presses a start button need not say who he is.
    if (token.uid === null) return { idTokenInfo: idTokenInfo({ authorization: 'accepted' }) };
    if (token.uid === '') return { idTokenInfo: idTokenInfo({ authorization: 'invalid' }) };
    const reply = await door({
      room: 'tokens',
      type: 'authorize',
      chargePointId: link.chargePointId,
      receivedAt,
      tokenUid: token.uid,
      isTyped: token.isTyped,
    });
    return { idTokenInfo: idTokenInfo(reply) };
  },

  minimal: () => ({ idTokenInfo: idTokenInfo({ authorization: 'invalid' }) }),
});
