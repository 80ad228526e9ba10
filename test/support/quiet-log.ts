/** A logger that says nothing. */
import type { Logger } from '../../src/database/logger.ts';

const nothing = (): void => undefined;
export const quiet: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
