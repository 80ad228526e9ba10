/** Going away and coming back: what runs is ended (or goes on), what is queued may go out first, then the charger is dark for a while. */
import type { Timers } from './clock.ts';
import type { Connector } from './connector.ts';
import type { Dialect } from './dialect.ts';
import type { Link } from './link.ts';
import type { Registration } from './registration.ts';
import type { Speech } from './speech.ts';
import type { StopReason, Tell } from './types.ts';

export function createReboot(needs: {
  readonly connectors: ReadonlyMap<number, Connector>;
  readonly dialect: Dialect;
  readonly registration: Registration;
  readonly link: Link;
  readonly speech: Speech;
  readonly timers: Timers;
  readonly rebootMs: number;
  readonly tell: Tell;
}): (reason: StopReason, resumes?: boolean) => void {
  const { connectors, link, speech, timers, rebootMs } = needs;
  let isRebooting = false;

  /** What the CSMS asked for gently lets what is queued go out first, for a while. */
  return (reason, resumes = false) => {
    if (isRebooting) return;
    isRebooting = true;
    needs.tell({ what: 'rebooting', reason });
    needs.dialect.rebooting?.(reason);
    for (const connector of resumes ? [] : connectors.values()) {
      connector.stop(reason);
      connector.forget();
    }
    const isGentle = reason === 'SoftReset' || reason === 'ImmediateReset';
    let isDark = false;
    const goDark = () => {
      if (isDark) return;
      isDark = true;
      needs.registration.forget();
      link.down(isGentle ? 'cleanly' : 'abruptly');
      speech.rebooted();
      timers.after(rebootMs, () => {
        isRebooting = false;
        link.up();
      });
    };
    if (!isGentle) goDark();
    else {
      timers.after(rebootMs, goDark);
      void speech.drained().then(goDark); // never rejects
    }
  };
}
