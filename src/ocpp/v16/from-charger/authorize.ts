/** OCPP 1.6 §4.1 Authorize. Asks only; starts nothing. */
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readIdTag } from '../fields.ts';
import { idTagInfo } from '../words.ts';

export const authorize = ({ door }: Pick<Needs, 'door'>): FromCharger => {
  const invalid = () => ({ idTagInfo: idTagInfo({ authorization: 'invalid' }) });
  return {
    action: 'Authorize',

    async handle({ payload, link, receivedAt, traceId }) {
      const tokenUid = readIdTag(payload['idTag']);
      if (tokenUid === undefined) {
        // A reader that read nothing is a clear question with a clear answer; anything else is beyond reading.
        if (typeof payload['idTag'] === 'string') return invalid();
        throw new UnusableMessage('there is no idTag');
      }
      const reply = await door(
        {
          room: 'tokens',
          type: 'authorize',
          chargePointId: link.chargePointId,
          receivedAt,
          tokenUid,
          readsPrice: true,
        },
        traceId,
      );
      return { idTagInfo: idTagInfo(reply) };
    },

    minimal: invalid,
  };
};
