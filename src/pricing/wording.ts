/** The few words that drivers read of prices and costs, by language, and how numbers are written there. Pure data. */

export type Wording = {
  readonly point: '.' | ',';
  /** An hour and a minute, as units. */
  readonly hour: string;
  readonly minute: string;
  readonly perSession: string;
  readonly idle: string;
  readonly after: string;
  readonly from: string;
  readonly upTo: string;
  readonly otherwise: string;
  readonly free: string;
  readonly energy: string;
  readonly time: string;
  readonly tax: string;
  readonly total: string;
  readonly receipt: string;
};

const wordings = {
  en: {
    ...{ point: '.', hour: 'h', minute: 'min', perSession: 'per session', idle: 'idle', after: 'after', from: 'from' },
    ...{ upTo: 'up to', otherwise: 'otherwise', free: 'free of charge', energy: 'Energy', time: 'time', tax: 'tax' },
    ...{ total: 'total', receipt: 'Receipt' },
  },
  de: {
    ...{ point: ',', hour: 'h', minute: 'min', perSession: 'pro Ladevorgang', idle: 'Standzeit', after: 'nach' },
    ...{ from: 'ab', upTo: 'bis', otherwise: 'sonst', free: 'kostenlos', energy: 'Energie', time: 'Zeit' },
    ...{ tax: 'Steuer', total: 'gesamt', receipt: 'Beleg' },
  },
  fr: {
    ...{ point: ',', hour: 'h', minute: 'min', perSession: 'par session', idle: 'stationnement', after: 'après' },
    ...{ from: 'dès', upTo: "jusqu'à", otherwise: 'sinon', free: 'gratuit', energy: 'Énergie', time: 'durée' },
    ...{ tax: 'TVA', total: 'total', receipt: 'Reçu' },
  },
  nl: {
    ...{
      point: ',',
      hour: 'u',
      minute: 'min',
      perSession: 'per sessie',
      idle: 'stilstand',
      after: 'na',
      from: 'vanaf',
    },
    ...{ upTo: 'tot', otherwise: 'anders', free: 'gratis', energy: 'Energie', time: 'tijd', tax: 'btw' },
    ...{ total: 'totaal', receipt: 'Bon' },
  },
  es: {
    ...{
      point: ',',
      hour: 'h',
      minute: 'min',
      perSession: 'por sesión',
      idle: 'ocupación',
      after: 'tras',
      from: 'desde',
    },
    ...{ upTo: 'hasta', otherwise: 'si no', free: 'gratis', energy: 'Energía', time: 'tiempo', tax: 'IVA' },
    ...{ total: 'total', receipt: 'Recibo' },
  },
} as const satisfies Readonly<Record<string, Wording>>;

/** Of a language that is not known here: English. `de-AT` and `de_AT` are German. */
export function wordingOf(language: string): Wording {
  const base = baseOf(language);
  return Object.hasOwn(wordings, base) ? wordings[base as keyof typeof wordings] : wordings.en; // as: it is a key
}

export const baseOf = (language: string): string => language.split(/[-_]/, 1)[0]?.toLowerCase() ?? '';

const MOST_LANGUAGES = 10;
const LANGUAGE = /^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,2}$/;

/** The languages that a charger says it shows, as it writes them: `nl,nb_NO`. What is no language is passed over. */
export const languagesIn = (list: string | null | undefined): readonly string[] => [
  ...new Set(
    (list ?? '')
      .slice(0, 500)
      .split(',')
      .map((each) => each.trim())
      .filter((each) => LANGUAGE.test(each))
      .slice(0, MOST_LANGUAGES),
  ),
];
