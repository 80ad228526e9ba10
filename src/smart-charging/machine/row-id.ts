import { ulidIn } from '../../platform/derived-id.ts';

/** The id of a profile's row, drawn from its command's, as that is unique: a decision that is taken again finds the same. */
export const rowIdOfCommand = (commandId: string): string => `chp_${ulidIn(commandId)}`;
