/** Who asked what of a charge point. */
import { words } from './words.ts';

export const audit = words(
  {
    hint: 'Everything that people and programs asked of this charge point over the API, and what was refused to them.',
    empty: 'Nobody has asked anything of it yet.',
    columns: { when: 'When', who: 'Who', what: 'What', outcome: 'Outcome', detail: 'With what' },
    kinds: {
      api_key: 'API key',
      user: 'Person',
      charge_point: 'The charger',
      none: 'Nobody known',
      script: 'Script on the server',
    },
    outcomes: { done: 'Done', failed: 'Failed', refused: 'Refused', unknown: 'Not known' },
    repeated: (count: number) => `${count} times`,
  },
  {
    hint: 'Alles, worum Menschen und Programme diesen Ladepunkt über die API baten, und was ihnen verweigert wurde.',
    empty: 'Noch hat niemand etwas von ihm verlangt.',
    columns: { when: 'Wann', who: 'Wer', what: 'Was', outcome: 'Ausgang', detail: 'Womit' },
    kinds: {
      api_key: 'API-Schlüssel',
      user: 'Mensch',
      charge_point: 'Das Ladegerät',
      none: 'Unbekannt',
      script: 'Skript auf dem Server',
    },
    outcomes: { done: 'Erledigt', failed: 'Gescheitert', refused: 'Verweigert', unknown: 'Nicht bekannt' },
    repeated: (count) => `${count} Mal`,
  },
);
