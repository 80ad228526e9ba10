/** A timeline that somebody made up, for a preview: its shape, what is wrong with its times, and how pricing takes it. */
import { z } from 'zod';
import { instantIn, timezoneField } from '../platform/fields.ts';
import { phases, type Timeline } from '../pricing/index.ts';

const MOST_SAMPLES = 1000;
/** Pricing goes from one change of the calendar to the next: a timeline from outside must not have a million of them. */
const MOST_DAYS = 31;
const MOST_MS = MOST_DAYS * 86_400_000;

const plain = z.strictObject({
  timezone: timezoneField.optional().describe("Of the site; default: the organization's"),
  started_at: instantIn,
  ended_at: instantIn.optional().describe('Until when it is priced; default: its last sample'),
  samples: z
    .array(
      z.strictObject({
        at: instantIn,
        energy_wh: z.number().min(0).max(1_000_000_000).optional().describe('Of the session until then'),
        phase: z
          .enum(phases)
          .optional()
          .describe('Begins then: charging, idle (by the vehicle), paused (by the station). It begins charging'),
      }),
    )
    .max(MOST_SAMPLES)
    .default([]),
  reservation: z.strictObject({ from: instantIn, until: instantIn }).optional(),
});
type Plain = z.output<typeof plain>;

export const timelineBody = plain
  .superRefine((timeline, context) => {
    for (const { path, message } of faultsOf(timeline)) context.addIssue({ code: 'custom', path, message });
  })
  .meta({
    examples: [
      {
        timezone: 'Europe/Berlin',
        started_at: '2026-11-23T20:00:00Z',
        samples: [
          { at: '2026-11-23T22:00:00Z', energy_wh: 22_000, phase: 'idle' },
          { at: '2026-11-23T22:30:00Z', energy_wh: 22_000 },
        ],
      },
    ],
  });

type Fault = { readonly path: (string | number)[]; readonly message: string };

function faultsOf({ started_at: from, ended_at: end, samples, reservation }: Plain): Fault[] {
  const faults: Fault[] = [];
  const look = (path: (string | number)[], at: Date) => {
    if (at < from) faults.push({ path, message: 'must not be before started_at' });
    else if (at.getTime() > from.getTime() + MOST_MS)
      faults.push({ path, message: `must be at most ${MOST_DAYS} days after started_at` });
    else if (end !== undefined && at > end) faults.push({ path, message: 'must not be after ended_at' });
  };
  if (end !== undefined) look(['ended_at'], end);
  for (const [i, { at }] of samples.entries()) look(['samples', i, 'at'], at);
  if (reservation === undefined) return faults;
  const { from: reserved, until } = reservation;
  if (until < reserved) faults.push({ path: ['reservation', 'until'], message: 'must not be before reservation.from' });
  else if (until.getTime() > reserved.getTime() + MOST_MS)
    faults.push({
      path: ['reservation', 'until'],
      message: `must be at most ${MOST_DAYS} days after reservation.from`,
    });
  return faults;
}

export const timelineOf = (body: Plain, timezone: string): Timeline => ({
  timezone: body.timezone ?? timezone,
  startedAt: body.started_at,
  ...(body.ended_at !== undefined && { endedAt: body.ended_at }),
  samples: body.samples.map(({ at, energy_wh: energyWh, phase }) => ({ at, energyWh, phase })),
  ...(body.reservation !== undefined && { reservation: body.reservation }),
});
