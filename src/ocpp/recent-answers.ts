/**
 * The last answers of one connection (R3): a charger that did not get an answer repeats its message under the same id and gets
 * the same answer, without a second effect. It must never take a new message for an old one: the whole text has to be equal.
 */

type Answered = { readonly asked: string; readonly answer: string; readonly at: number };

const KEPT = 8;
/** Longer messages are not kept: the rooms know repeated content by themselves. */
const MAX_TEXT = 2048;
/** Who repeats does so within a minute or two; later, a charger that counts its ids from one again means a new message. */
const MAX_AGE_MS = 120_000;

/**
 * What looks like an earlier one and yet is a new one, as some chargers use one id for all: the answers to these tell the time, a
 * connector may be free again, a token may be blocked since. To hear the same status or question twice changes nothing.
 */
const EACH_IS_NEW: ReadonlySet<string> = new Set(['Heartbeat', 'BootNotification', 'StatusNotification', 'Authorize']);
export const isWorthKeeping = (action: string): boolean => !EACH_IS_NEW.has(action);

export class RecentAnswers {
  readonly #answers: Answered[] = [];
  #next = 0;

  find(asked: string, now: number): string | undefined {
    for (const each of this.#answers) {
      if (each.asked === asked && now - each.at <= MAX_AGE_MS) return each.answer;
    }
    return undefined;
  }

  keep(asked: string, answer: string, now: number): void {
    if (asked.length > MAX_TEXT || answer.length > MAX_TEXT) return;
    this.#answers[this.#next] = { asked, answer, at: now };
    this.#next = (this.#next + 1) % KEPT;
  }
}
