/** The words of the reports. */
import { words } from './words.ts';

export const reportTexts = words(
  {
    title: 'Reports',
    tabs: { totals: 'Totals', uptime: 'Uptime and use' },
    spans: { 7: '7 days', 30: '30 days', 90: '90 days', 365: 'A year' },
    span: 'Time',
    groupBy: 'By',
    groups: {
      day: 'Day',
      month: 'Month',
      site: 'Site',
      charge_point: 'Charge point',
      evse: 'EVSE',
      token: 'Token',
    },
    download: 'Download (CSV)',
    sessions: 'Sessions',
    energy: 'Energy',
    duration: 'Duration',
    revenue: 'Revenue',
    underReview: (count: number) =>
      count === 1
        ? '1 session is left out until its price is approved'
        : `${count} sessions are left out until their prices are approved`,
    chart: (what: string) => `${what} over time`,
    noSite: 'No site',
    noToken: 'Without a token',
    empty: 'Nothing happened in this time.',
    emptyHint:
      'Sessions, energy and revenue appear here as soon as somebody charges. Choose a longer time to see more.',
    columns: { uptime: 'Uptime', use: 'In use', charging: 'Charges', offline: 'Offline', faulted: 'Faulted' },
    unobserved: 'not observed yet',
    uptimeHint:
      'Down is an EVSE whose charger is offline while nobody charges there, or that is faulted or out of service; maintenance windows are left out.',
    uptimeEmpty: 'No EVSE has reported yet.',
  },
  {
    title: 'Auswertungen',
    tabs: { totals: 'Summen', uptime: 'Verfügbarkeit und Nutzung' },
    spans: { 7: '7 Tage', 30: '30 Tage', 90: '90 Tage', 365: 'Ein Jahr' },
    span: 'Zeit',
    groupBy: 'Nach',
    groups: {
      day: 'Tag',
      month: 'Monat',
      site: 'Standort',
      charge_point: 'Ladepunkt',
      evse: 'EVSE',
      token: 'Token',
    },
    download: 'Herunterladen (CSV)',
    sessions: 'Ladevorgänge',
    energy: 'Energie',
    duration: 'Dauer',
    revenue: 'Umsatz',
    underReview: (count: number) =>
      count === 1
        ? '1 Ladevorgang fehlt, bis sein Preis bestätigt ist'
        : `${count} Ladevorgänge fehlen, bis ihre Preise bestätigt sind`,
    chart: (what: string) => `${what} über die Zeit`,
    noSite: 'Kein Standort',
    noToken: 'Ohne Token',
    empty: 'In dieser Zeit geschah nichts.',
    emptyHint:
      'Ladevorgänge, Energie und Umsatz erscheinen hier, sobald jemand lädt. Wählen Sie eine längere Zeit, um mehr zu sehen.',
    columns: { uptime: 'Verfügbar', use: 'Belegt', charging: 'Lädt', offline: 'Offline', faulted: 'Gestört' },
    unobserved: 'noch nicht beobachtet',
    uptimeHint:
      'Nicht verfügbar ist eine EVSE, deren Ladepunkt offline ist, während dort niemand lädt, oder die gestört oder außer Betrieb ist; Wartungsfenster zählen nicht.',
    uptimeEmpty: 'Noch keine EVSE hat sich gemeldet.',
  },
);
