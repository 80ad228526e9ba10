/** Until when a process runs, and how long its end may take. */
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

/** What hangs, mostly on a database that does not answer, holds nobody up. Nothing that was acknowledged is lost. */
export function endHard(log: Logger, withinMs: number): void {
  setTimeout(() => {
    log.error({ withinMs }, 'stopping took too long: the process ends with what is still in hand');
    process.exit(1);
  }, withinMs).unref();
}
