/** The words of what happened, and of bringing it to an endpoint afterwards. */
import { words } from './words.ts';

export const eventTexts = words(
  {
    title: 'Events',
    show: 'Events',
    hint: 'What happens, as it happens: exactly what endpoints are sent. Kept for 30 days unless your server says otherwise.',
    all: 'All events',
    type: 'Event',
    empty: 'Nothing has happened yet',
    emptyHint: 'Connect a charger, or let somebody charge: it appears here the same moment.',
    columns: { event: 'Event', about: 'About', at: 'When' },
    one: 'Event',
    deliveries: 'Deliveries',
    noDeliveries: 'No endpoint wanted it.',
    recover: 'Send what was missed',
    recoverHint: 'Makes deliveries of what happened before, oldest first; what was delivered is not sent again.',
    since: 'Since',
    kind: 'What',
    kinds: {
      failed: 'What failed and was not delivered since',
      missed: 'What this endpoint was never sent',
    },
    count: 'Count first',
    counted: (deliveries: number, looked: number) =>
      `${deliveries} ${deliveries === 1 ? 'delivery' : 'deliveries'} would be made of ${looked} ${looked === 1 ? 'event' : 'events'}.`,
    more: 'There are more events than were looked at: it would be more.',
    none: 'There is nothing to send.',
    go: 'Send them',
    running: (created: number) => `Being sent: ${created} deliveries so far …`,
    completed: (created: number) => `Done: ${created} ${created === 1 ? 'delivery was' : 'deliveries were'} made.`,
    cancelled: (created: number) => `Stopped after ${created} deliveries.`,
    stop: 'Stop',
  },
  {
    title: 'Ereignisse',
    show: 'Ereignisse',
    hint: 'Was geschieht, wenn es geschieht: genau das, was Endpunkte bekommen. 30 Tage aufgehoben, wenn Ihr Server nichts anderes sagt.',
    all: 'Alle Ereignisse',
    type: 'Ereignis',
    empty: 'Noch ist nichts geschehen',
    emptyHint: 'Verbinden Sie einen Ladepunkt oder lassen Sie jemanden laden: Es erscheint im selben Augenblick hier.',
    columns: { event: 'Ereignis', about: 'Betrifft', at: 'Wann' },
    one: 'Ereignis',
    deliveries: 'Zustellungen',
    noDeliveries: 'Kein Endpunkt wollte es.',
    recover: 'Verpasstes senden',
    recoverHint:
      'Macht Zustellungen aus dem, was früher geschah, das Älteste zuerst; was zugestellt ist, wird nicht noch einmal gesendet.',
    since: 'Seit',
    kind: 'Was',
    kinds: {
      failed: 'Was fehlschlug und seither nicht zugestellt wurde',
      missed: 'Was diesem Endpunkt nie gesendet wurde',
    },
    count: 'Erst zählen',
    counted: (deliveries: number, looked: number) =>
      `${deliveries} Zustellungen würden aus ${looked} Ereignissen gemacht.`,
    more: 'Es gibt mehr Ereignisse, als angesehen wurden: Es wären mehr.',
    none: 'Es gibt nichts zu senden.',
    go: 'Senden',
    running: (created: number) => `Wird gesendet: bisher ${created} Zustellungen …`,
    completed: (created: number) =>
      `Fertig: ${created} ${created === 1 ? 'Zustellung wurde' : 'Zustellungen wurden'} gemacht.`,
    cancelled: (created: number) => `Angehalten nach ${created} Zustellungen.`,
    stop: 'Anhalten',
  },
);
