/**
 * How many digits a currency has after the point (ISO 4217, minor unit). A table of its own: that of Intl follows the habits
 * of shops where they differ from the standard (the Iraqi dinar has three digits, and Intl says none).
 */
const none = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF';
const three = 'BHD IQD JOD KWD LYD OMR TND';
const four = 'CLF UYW';

const digits = new Map<string, number>([
  ...none.split(' ').map((code) => [code, 0] as const),
  ...three.split(' ').map((code) => [code, 3] as const),
  ...four.split(' ').map((code) => [code, 4] as const),
]);

export const currencyDigits = (currency: string): number => digits.get(currency) ?? 2;
