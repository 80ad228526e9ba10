/**
 * What tokens are compared by, in memory and in the columns of that name. Pure, so that machines may use it.
 * OCPP 1.6 §7.28: an IdToken is compared without case; blanks around one are typing mistakes (X13).
 */
export const tokenKey = (uid: string): string => uid.trim().toLowerCase();
