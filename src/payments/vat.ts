/**
 * Is this the VAT number of a company (2.1 C19 VatNumberValidation)? Built in is only what can be told without asking anybody: its
 * form, by country. An installation that wants to know more hands in a validator of its own (createApp, `validateVatNumber`).
 */
import type { VatCompany } from '../ingest/inputs.ts';

export type VatVerdict =
  | { readonly accepted: true; readonly company?: VatCompany | undefined }
  | { readonly accepted: false; readonly why: string };

/** Resolves within seconds: a driver waits. What it throws is answered as not valid. */
export type ValidateVat = (request: {
  /** As it was typed, trimmed; without blanks, dots and dashes, in upper case: {@link tidyVat}. */
  readonly vatNumber: string;
  readonly chargePointId: string;
  readonly organizationId: string;
}) => Promise<VatVerdict>;

export const tidyVat = (text: string): string => text.toUpperCase().replace(/[\s.\-/]/g, '');

/** Behind the two letters of the country: the forms of the member states as VIES describes them, and of some neighbours. */
const FORMS: Readonly<Record<string, RegExp>> = {
  AT: /^U\d{8}$/,
  BE: /^[01]\d{9}$/,
  BG: /^\d{9,10}$/,
  CH: /^E\d{9}(MWST|TVA|IVA)?$/,
  CY: /^\d{8}[A-Z]$/,
  CZ: /^\d{8,10}$/,
  DE: /^\d{9}$/,
  DK: /^\d{8}$/,
  EE: /^\d{9}$/,
  EL: /^\d{9}$/,
  ES: /^([A-Z]\d{7}[A-Z0-9]|\d{8}[A-Z])$/,
  FI: /^\d{8}$/,
  FR: /^[A-HJ-NP-Z0-9]{2}\d{9}$/,
  GB: /^(\d{9}|\d{12}|GD[0-4]\d{2}|HA[5-9]\d{2})$/,
  HR: /^\d{11}$/,
  HU: /^\d{8}$/,
  IE: /^(\d{7}[A-W][A-I]?|\d[A-Z+*]\d{5}[A-W])$/,
  IT: /^\d{11}$/,
  LT: /^(\d{9}|\d{12})$/,
  LU: /^\d{8}$/,
  LV: /^\d{11}$/,
  MT: /^\d{8}$/,
  NL: /^[A-Z0-9+*]{10}\d{2}$/,
  NO: /^\d{9}(MVA)?$/,
  PL: /^\d{10}$/,
  PT: /^\d{9}$/,
  RO: /^[1-9]\d{1,9}$/,
  SE: /^\d{10}01$/,
  SI: /^\d{8}$/,
  SK: /^\d{10}$/,
  XI: /^(\d{9}|\d{12}|GD[0-4]\d{2}|HA[5-9]\d{2})$/,
};

/** By its form alone: it does not tell whether the company exists. */
export function vatFault(vatNumber: string): string | undefined {
  const country = vatNumber.slice(0, 2);
  const form = FORMS[country];
  if (form === undefined) return `no country whose numbers begin with ${country} is known`;
  return form.test(vatNumber.slice(2)) ? undefined : `it has not the form of a number of ${country}`;
}

export const validateByForm: ValidateVat = ({ vatNumber }) => {
  const fault = vatFault(vatNumber);
  return Promise.resolve(fault === undefined ? { accepted: true } : { accepted: false, why: fault });
};

export const refuseAll: ValidateVat = () =>
  Promise.resolve({ accepted: false, why: 'VAT numbers are not validated here' });
