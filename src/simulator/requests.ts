/** What the CSMS asks: answered by the version's dialect, acted upon afterwards; or neither, as the charger's state and manners are. */
import type { Controls, Dialect } from './dialect.ts';
import type { Link } from './link.ts';
import type { Registration } from './registration.ts';
import type { Request } from './rpc.ts';
import type { Speech } from './speech.ts';
import type { Answer, Tell, Traits } from './types.ts';

export function createRequests(needs: {
  readonly dialect: Dialect;
  readonly registration: Registration;
  readonly link: Link;
  readonly traits: Traits;
  readonly tell: Tell;
  readonly speech: () => Speech;
  readonly controls: () => Controls;
}): (asked: Request) => void {
  const { dialect, registration, link, traits, tell } = needs;
  return (asked) => {
    const { action, payload } = asked;
    const state = registration.state();
    if (state !== 'accepted' && traits.restartsWhenCalledBeforeBoot) {
      tell({ what: 'asked', action, payload, answered: 'by starting over' });
      link.bounce('abruptly', 1000);
      return;
    }
    // OCPP 1.6 §4.2, 2.x B03: a rejected charger does not answer either.
    if (!traits.answersCalls || state === 'rejected') {
      tell({ what: 'asked', action, payload, answered: 'never' });
      return;
    }
    const answer: Answer = dialect.answer(asked, needs.controls());
    const afterwards = answer.ok ? answer.afterwards : undefined;
    if (traits.actsBeforeAnswering) afterwards?.();
    needs.speech().reply(asked, answer);
    const answered = answer.ok ? String(answer.result['status'] ?? 'answered') : answer.code;
    tell({ what: 'asked', action, payload, answered });
    if (!traits.actsBeforeAnswering) afterwards?.();
  };
}
