/** How much of the time an EVSE could be used, and was. */
import { words } from './words.ts';

export const uptime = words(
  {
    range: 'Time',
    days: (count: number) => `The last ${count} days`,
    uptime: 'Uptime',
    share: 'of the observed time it could be used',
    occupied: 'Occupied',
    charging: 'Charging',
    sessions: 'Sessions',
    energy: 'Energy',
    offline: 'Offline',
    faulted: 'Faulted',
    unavailable: 'Out of service',
    excluded: 'Announced work, not counted',
    observed: 'Observed',
    barLabel: (percent: string) => `Uptime ${percent}`,
    unknown: 'not observed',
    empty: 'There is nothing to reckon yet.',
    emptyHint: 'Uptime is counted per EVSE from the moment the charger has told of one.',
    explain:
      'Down is an EVSE whose charger is offline while nobody charges, or that is faulted or out of service. Maintenance that was announced does not count.',
  },
  {
    range: 'Zeit',
    days: (count) => `Die letzten ${count} Tage`,
    uptime: 'Verfügbarkeit',
    share: 'der beobachteten Zeit nutzbar',
    occupied: 'Belegt',
    charging: 'Laden',
    sessions: 'Ladevorgänge',
    energy: 'Energie',
    offline: 'Offline',
    faulted: 'Gestört',
    unavailable: 'Außer Betrieb',
    excluded: 'Angekündigte Arbeiten, nicht gezählt',
    observed: 'Beobachtet',
    barLabel: (percent) => `Verfügbarkeit ${percent}`,
    unknown: 'nicht beobachtet',
    empty: 'Noch gibt es nichts zu rechnen.',
    emptyHint: 'Die Verfügbarkeit zählt je EVSE ab dem Moment, in dem das Ladegerät von ihm erzählt hat.',
    explain:
      'Nicht verfügbar ist eine EVSE, deren Ladegerät offline ist, während niemand lädt, oder die gestört oder außer Betrieb ist. Angekündigte Wartung zählt nicht.',
  },
);
