/** Until when a process runs. */
import type { Logger } from './telemetry/index.ts';

/**
 * Resolves at the first SIGTERM or SIGINT; one more ends the process where it stands, which loses nothing either. What comes
 * within the same second is the same one: for one Ctrl-C the terminal and npm each send a signal.
 */
export function endOf(log: Logger): Promise<void> {
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    const asked = (signal: NodeJS.Signals): void => {
      if (askedAt !== undefined) {
        if (performance.now() - askedAt > 1_000) process.exit(1);
        return;
      }
      askedAt = performance.now();
      log.info({ signal }, 'stopping: nobody new is let in, what is in hand is finished');
      resolve();
    };
    process.on('SIGTERM', asked);
    process.on('SIGINT', asked);
  });
}
