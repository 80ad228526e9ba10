/**
 * What a charge point may call itself (docs/decisions/010-identities.md): the identifierString of OCPP 2.x, 48 characters, without the
 * colon, which Basic authentication cannot carry in a user name; and nothing at its beginning that a spreadsheet takes for a formula.
 */
export const IDENTITY = /^[A-Za-z0-9_.-][A-Za-z0-9*=+|@_.-]{0,47}$/;
export const IDENTITY_RULE = '1 to 48 characters of A-Z a-z 0-9 _ . - and, but for the first, * = + | @';
