/**
 * The log: one JSON line per unit of work, to standard output; on a terminal one readable line. `error` means that a person
 * must act. Secrets never pass (redact.ts).
 */
import { pino } from 'pino';
import { prettyLine } from './pretty.ts';
import { cleanFields, maskText } from './redact.ts';

type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** An error goes under the name `err`. */
export type Logger = {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** The same log; these fields stand on each of its lines. */
  child(fields: object): Logger;
};

type Options = {
  readonly level: LogLevel;
  /** Readable lines instead of JSON. Default: whether standard output is a terminal. */
  readonly pretty?: boolean;
  /** Where lines go; default: standard output, written at once, so that a crash loses none. */
  readonly out?: { write(line: string): void };
};

export function createLogger({
  level,
  out,
  pretty = out === undefined && process.stdout.isTTY === true,
}: Options): Logger {
  const write = (line: string): string => maskText(pretty ? prettyLine(line) : line);
  const log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: 'message',
      errorKey: 'err',
      serializers: { err: (value: unknown) => value },
      formatters: { level: (label) => ({ level: label }), log: cleanFields },
      hooks: { streamWrite: write },
    },
    out ?? pino.destination({ dest: 1, sync: true }),
  );
  return facade(log);
}

/** The same log, with each line that a person may have to look at told to `onLine`: for a metric. */
export const countLines = (log: Logger, onLine: (level: 'warn' | 'error') => void): Logger => ({
  debug: (fields, message) => log.debug(fields, message),
  info: (fields, message) => log.info(fields, message),
  warn(fields, message) {
    onLine('warn');
    log.warn(fields, message);
  },
  error(fields, message) {
    onLine('error');
    log.error(fields, message);
  },
  child: (fields) => countLines(log.child(fields), onLine),
});

type Lines = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error'> & { child(fields: object): Lines };

const facade = (log: Lines): Logger => ({
  debug: (fields, message) => log.debug(fields, message),
  info: (fields, message) => log.info(fields, message),
  warn: (fields, message) => log.warn(fields, message),
  error: (fields, message) => log.error(fields, message),
  child: (fields) => facade(log.child(cleanFields(fields))),
});
