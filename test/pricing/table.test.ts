/** Sessions computed by hand: each restriction on both sides of its boundary, each rounding. The arithmetic stands in the title. */
import { expect, test } from '@jest/globals';
import { type Cost, price, type Terms, type Timeline } from '../../src/pricing/index.ts';
import { energy, flat, idle, reservation, session, terms, time } from './sessions.ts';

// 2026-03-02 is a Monday. In Europe/Berlin the clock jumps 02:00 → 03:00 on 2026-03-29 (at 01:00 UTC) and 03:00 → 02:00 on
// 2026-10-25 (at 01:00 UTC).
const MONDAY = '2026-03-02T10:00:00Z';
const oneHour = (kWh: number) => session(MONDAY, [[60, kWh]]);
const berlin = { timezone: 'Europe/Berlin' };
const yen = { currency: 'JPY' };
const net = (percent: string) => ({ pricesIncludeTax: false, taxPercent: percent });
const gross = (percent: string) => ({ pricesIncludeTax: true, taxPercent: percent });

/** A session in which nothing happens, reserved since then. */
const kept = (from: string) => session(MONDAY, [], { reservation: { from: new Date(from), until: new Date(MONDAY) } });

type Row = readonly [arithmetic: string, Timeline, Terms, total: string];
const rows: readonly Row[] = [
  // ---------------------------------------------------------------------------------------------------------- components
  ['12.345 kWh × 0.49 = 6.04905 → 6.05', oneHour(12.345), terms([energy('0.49')]), '6.05'],
  ['10 kWh × 0.3 = 3.00', oneHour(10), terms([energy('0.3')]), '3.00'],
  ['no energy × 0.49 = 0', session(MONDAY, [[60, 0]]), terms([energy('0.49')]), '0.00'],
  ['nothing happened at all: 0', session(MONDAY, []), terms([energy('0.49'), time('2')]), '0.00'],
  ['a tariff without components costs nothing', oneHour(10), terms([]), '0.00'],
  ['0.001 kWh × 4.999 = 0.004999 → 0.00', oneHour(0.001), terms([energy('4.999')]), '0.00'],
  ['0.001 kWh × 5 = 0.005, half up → 0.01', oneHour(0.001), terms([energy('5')]), '0.01'],
  ['90 min = 1.5 h × 2.40 = 3.60', session(MONDAY, [[90, 5]]), terms([time('2.40')]), '3.60'],
  ['20 min = ⅓ h × 1 = 0.333… → 0.33', session(MONDAY, [[20, 1]]), terms([time('1')]), '0.33'],
  [
    'three times ⅓ h × 1 is 1.00, not 0.99',
    session(MONDAY, [
      [20, 1],
      [40, 2],
      [60, 3],
    ]),
    terms([time('1')]),
    '1.00',
  ],
  ['1 s × 18 / 3600 = 0.005 → 0.01', session(MONDAY, [[1 / 60, 0]]), terms([time('18')]), '0.01'],
  ['flat 1.50, as soon as it begins', session(MONDAY, []), terms([flat('1.50')]), '1.50'],
  ['flat 1.50 once, however long', session(MONDAY, [[6000, 300]]), terms([flat('1.50')]), '1.50'],
  [
    'flat 1 + 20 kWh × 0.5 + 2 h × 0.75 = 1 + 10 + 1.5 = 12.50',
    session(MONDAY, [[120, 20]]),
    terms([flat('1'), energy('0.5'), time('0.75')]),
    '12.50',
  ],
  [
    '60 min charging, 30 min idle × 0.1 = 3.00',
    session(MONDAY, [
      [60, 9, 'idle'],
      [90, 9],
    ]),
    terms([idle('0.1')]),
    '3.00',
  ],
  [
    'the same: only 1 h of time × 2 = 2.00',
    session(MONDAY, [
      [60, 9, 'idle'],
      [90, 9],
    ]),
    terms([time('2')]),
    '2.00',
  ],
  [
    'grace 10 min: 30 − 10 = 20 min × 0.1 = 2.00',
    session(MONDAY, [[60, 9, 'idle'], [90]]),
    terms([idle('0.1', 600)]),
    '2.00',
  ],
  ['grace 30 min, idle 30 min: 0', session(MONDAY, [[60, 9, 'idle'], [90]]), terms([idle('0.1', 1800)]), '0.00'],
  [
    'grace 30 min, idle 31 min: 1 × 0.1 = 0.10',
    session(MONDAY, [[60, 9, 'idle'], [91]]),
    terms([idle('0.1', 1800)]),
    '0.10',
  ],
  [
    'grace once a session: idle 10 + 20 − grace 15 = 15 min × 0.1 = 1.50',
    session(MONDAY, [[30, 4, 'idle'], [40, 4, 'charging'], [70, 8, 'idle'], [90]]),
    terms([idle('0.1', 900)]),
    '1.50',
  ],
  [
    'paused by the station 30 min: neither time nor idle; 1 h × 2 = 2.00',
    session(MONDAY, [[60, 9, 'paused'], [90]]),
    terms([time('2'), idle('0.1')]),
    '2.00',
  ],
  [
    'reserved 45 min before: 0.75 h × 4 = 3.00',
    session(MONDAY, [], { reservation: { from: new Date('2026-03-02T09:15:00Z'), until: new Date(MONDAY) } }),
    terms([reservation('4')]),
    '3.00',
  ],
  ['not reserved: no reservation fee', oneHour(1), terms([reservation('4')]), '0.00'],
  [
    'an end later than the last reading: 2 h × 2 = 4.00',
    session(MONDAY, [[60, 9]], { endedAt: new Date('2026-03-02T12:00:00Z') }),
    terms([time('2')]),
    '4.00',
  ],
  // ---------------------------------------------------------------------------------------------------------- step sizes
  [
    '12.345 kWh in steps of 1 kWh → 13 × 0.49 = 6.37',
    oneHour(12.345),
    terms([energy('0.49', undefined, { stepWh: 1000 })]),
    '6.37',
  ],
  [
    '12 kWh in steps of 1 kWh stays 12 × 0.49 = 5.88',
    oneHour(12),
    terms([energy('0.49', undefined, { stepWh: 1000 })]),
    '5.88',
  ],
  [
    '61 min in steps of 15 min → 75 min × 2.4 / 60 = 3.00',
    session(MONDAY, [[61, 1]]),
    terms([time('2.4', undefined, { stepS: 900 })]),
    '3.00',
  ],
  [
    'idle 21 min − grace 10 = 11, in steps of 5 → 15 × 0.2 = 3.00',
    session(MONDAY, [[10, 1, 'idle'], [31]]),
    terms([idle('0.2', 600, undefined, { stepS: 300 })]),
    '3.00',
  ],
  ['no time used, no step: 0', session(MONDAY, []), terms([time('2', undefined, { stepS: 900 })]), '0.00'],
  [
    'reserved 50 min in steps of 30 min → 60 min × 4 = 4.00',
    session(MONDAY, [], { reservation: { from: new Date('2026-03-02T09:10:00Z'), until: new Date(MONDAY) } }),
    terms([reservation('4', undefined, { stepS: 1800 })]),
    '4.00',
  ],
  // --------------------------------------------------------------------------------------------------- minimum, maximum
  ['2 kWh × 0.5 = 1.00, at least 3', oneHour(2), terms([energy('0.5')], { minTotal: '3' }), '3.00'],
  ['6 kWh × 0.5 = 3.00, at least 3', oneHour(6), terms([energy('0.5')], { minTotal: '3' }), '3.00'],
  ['7 kWh × 0.5 = 3.50, at least 3', oneHour(7), terms([energy('0.5')], { minTotal: '3' }), '3.50'],
  ['nothing used, at least 3', session(MONDAY, []), terms([energy('0.5')], { minTotal: '3' }), '3.00'],
  ['50 kWh × 0.5 = 25.00, at most 20', oneHour(50), terms([energy('0.5')], { maxTotal: '20' }), '20.00'],
  ['40 kWh × 0.5 = 20.00, at most 20', oneHour(40), terms([energy('0.5')], { maxTotal: '20' }), '20.00'],
  // ----------------------------------------------------------------------------------------------------------------- tax
  ['net 10 × 0.5 = 5.00, + 19 % = 0.95 → 5.95', oneHour(10), terms([energy('0.5')], net('19')), '5.95'],
  ['gross 10 × 0.5 = 5.00, of which 19/119 → 5.00', oneHour(10), terms([energy('0.5')], gross('19')), '5.00'],
  [
    'net 3 × 0.333 = 0.999 → 1.00, + 7.7 % = 0.077 → 0.08 → 1.08',
    oneHour(3),
    terms([energy('0.333')], net('7.7')),
    '1.08',
  ],
  [
    'net 10 × 0.5 at 7 % and 1 h × 2 at 19 %: 5 + 0.35 + 2 + 0.38 = 7.73',
    oneHour(10),
    terms([energy('0.5', undefined, { taxPercent: '7' }), time('2')], net('19')),
    '7.73',
  ],
  [
    'net, at most 10: 30 × 0.5 = 15 → 10, + 20 % = 12.00',
    oneHour(30),
    terms([energy('0.5')], { ...net('20'), maxTotal: '10' }),
    '12.00',
  ],
  // ---------------------------------------------------------------------------------------------------------- currencies
  ['yen have no digits: 12.345 × 35 = 432.075 → 432', oneHour(12.345), terms([energy('35')], yen), '432'],
  ['12.5 × 35 = 437.5 → 438', oneHour(12.5), terms([energy('35')], yen), '438'],
  [
    'dinars have three: 12.345 × 0.1 = 1.2345 → 1.235',
    oneHour(12.345),
    terms([energy('0.1')], { currency: 'KWD' }),
    '1.235',
  ],
  // ------------------------------------------------------------------------------------------------------------ weekdays
  ['Monday: 10 × 0.3', oneHour(10), terms([energy('0.3', { weekdays: ['monday'] }), energy('0.6')]), '3.00'],
  [
    'Monday is not Sunday: 10 × 0.6',
    oneHour(10),
    terms([energy('0.3', { weekdays: ['sunday'] }), energy('0.6')]),
    '6.00',
  ],
  [
    'Sunday 23:00 to Monday 01:00 UTC, 10 kWh an hour: 10 × 0.3 + 10 × 0.6 = 9.00',
    session('2026-03-01T23:00:00Z', [[120, 20]]),
    terms([energy('0.3', { weekdays: ['saturday', 'sunday'] }), energy('0.6')]),
    '9.00',
  ],
  [
    'the same in Berlin (00:00 to 02:00 on Monday): 20 × 0.6 = 12.00',
    session('2026-03-01T23:00:00Z', [[120, 20]], berlin),
    terms([energy('0.3', { weekdays: ['saturday', 'sunday'] }), energy('0.6')]),
    '12.00',
  ],
  // --------------------------------------------------------------------------------------------------------- time of day
  [
    '09:30 to 10:30, cheap from 10:00: 5 × 0.6 + 5 × 0.3 = 4.50, cut inside the reading',
    session('2026-03-02T09:30:00Z', [[60, 10]]),
    terms([energy('0.3', { startTime: '10:00', endTime: '11:00' }), energy('0.6')]),
    '4.50',
  ],
  [
    'begins at 10:00 sharp: the start is inside, 10 × 0.3',
    oneHour(10),
    terms([energy('0.3', { startTime: '10:00', endTime: '11:00' }), energy('0.6')]),
    '3.00',
  ],
  [
    'begins at 11:00 sharp: the end is outside, 10 × 0.6',
    session('2026-03-02T11:00:00Z', [[60, 10]]),
    terms([energy('0.3', { startTime: '10:00', endTime: '11:00' }), energy('0.6')]),
    '6.00',
  ],
  [
    '22:00–06:00 over midnight, 21:00 to 07:00, 2 kWh an hour: 2 × 2 × 0.6 + 8 × 2 × 0.3 = 7.20',
    session('2026-03-02T21:00:00Z', [[600, 20]]),
    terms([energy('0.3', { startTime: '22:00', endTime: '06:00' }), energy('0.6')]),
    '7.20',
  ],
  [
    'to 00:00 is to midnight: 23:00 to 01:00, 10 × 0.3 + 10 × 0.6 = 9.00',
    session('2026-03-02T23:00:00Z', [[120, 20]]),
    terms([energy('0.3', { startTime: '18:00', endTime: '00:00' }), energy('0.6')]),
    '9.00',
  ],
  [
    'only an end: until 06:00, from 05:00 to 07:00, 1 h × 1 + 1 h × 3 = 4.00',
    session('2026-03-02T05:00:00Z', [[120, 1]]),
    terms([time('1', { endTime: '06:00' }), time('3')]),
    '4.00',
  ],
  [
    'Mondays 22:00–06:00: the wall clock decides, Tuesday 00:00 to 02:00 is no Monday: 2 h × 3 = 6.00',
    session('2026-03-03T00:00:00Z', [[120, 1]]),
    terms([time('1', { weekdays: ['monday'], startTime: '22:00', endTime: '06:00' }), time('3')]),
    '6.00',
  ],
  [
    'idle free at night: idle 21:30 to 22:30, charged until 22:00: 30 × 0.1 = 3.00',
    session('2026-03-02T21:00:00Z', [[30, 5, 'idle'], [90]]),
    terms([idle('0', undefined, { startTime: '22:00', endTime: '07:00' }), idle('0.1')]),
    '3.00',
  ],
  // ----------------------------------------------------------------------------------------------------- daylight saving
  [
    'spring, Berlin 01:00 to 04:00 is 2 h: cheap until 02:00, 1 h × 1 + 1 h × 3 = 4.00',
    session('2026-03-29T00:00:00Z', [[120, 1]], berlin),
    terms([time('1', { endTime: '02:00' }), time('3')]),
    '4.00',
  ],
  [
    'spring: 02:00–03:00 does not exist on that day: 2 h × 3 = 6.00',
    session('2026-03-29T00:00:00Z', [[120, 1]], berlin),
    terms([time('1', { startTime: '02:00', endTime: '03:00' }), time('3')]),
    '6.00',
  ],
  [
    'spring: 02:30–03:30 is its second half only: 03:00 to 03:30, 0.5 h × 1 + 1.5 h × 3 = 5.00',
    session('2026-03-29T00:00:00Z', [[120, 1]], berlin),
    terms([time('1', { startTime: '02:30', endTime: '03:30' }), time('3')]),
    '5.00',
  ],
  [
    'autumn, Berlin 01:00 to 04:00 is 4 h: 02:00–03:00 comes twice, 2 h × 1 + 2 h × 3 = 8.00',
    session('2026-10-24T23:00:00Z', [[240, 1]], berlin),
    terms([time('1', { startTime: '02:00', endTime: '03:00' }), time('3')]),
    '8.00',
  ],
  [
    'autumn: from 02:30 until 03:00, twice half an hour: 1 h × 1 + 3 h × 3 = 10.00',
    session('2026-10-24T23:00:00Z', [[240, 1]], berlin),
    terms([time('1', { startTime: '02:30', endTime: '03:00' }), time('3')]),
    '10.00',
  ],
  [
    'Sunday of the change has 25 h: 25 h × 1 = 25.00',
    session('2026-10-24T21:00:00Z', [[1620, 1]], berlin),
    terms([time('1', { weekdays: ['sunday'] })]),
    '25.00',
  ],
  // --------------------------------------------------------------------------------------------------------------- dates
  [
    'until 2026-03-03 excluded: Monday 23:00 to Tuesday 01:00, 10 × 0.3 + 10 × 0.6 = 9.00',
    session('2026-03-02T23:00:00Z', [[120, 20]]),
    terms([energy('0.3', { endDate: '2026-03-03' }), energy('0.6')]),
    '9.00',
  ],
  [
    'from 2026-03-03 included: the same the other way, 10 × 0.6 + 10 × 0.3 = 9.00',
    session('2026-03-02T23:00:00Z', [[120, 20]]),
    terms([energy('0.3', { startDate: '2026-03-03' }), energy('0.6')]),
    '9.00',
  ],
  [
    'a day before it: 10 × 0.6',
    oneHour(10),
    terms([energy('0.3', { startDate: '2026-03-03' }), energy('0.6')]),
    '6.00',
  ],
  [
    "dates are the site's: in Berlin it is 23:30 to 00:30, cheap until 2026-03-03 excluded: 5 × 0.3 + 5 × 0.6 = 4.50",
    session('2026-03-02T22:30:00Z', [[60, 10]], berlin),
    terms([energy('0.3', { endDate: '2026-03-03' }), energy('0.6')]),
    '4.50',
  ],
  [
    'one day only, from 2026-03-03 to 2026-03-04 excluded, 23:00 before to 01:00 after it, 26 h: 24 × 1 + 2 × 3 = 30.00',
    session('2026-03-02T23:00:00Z', [[1560, 1]]),
    terms([time('1', { startDate: '2026-03-03', endDate: '2026-03-04' }), time('3')]),
    '30.00',
  ],
  // -------------------------------------------------------------------------------------- restrictions of a reservation
  [
    'reserved 45 min before, the first 30 free: 15 min × 4 = 1.00',
    kept('2026-03-02T09:15:00Z'),
    terms([reservation('0', { maxDurationS: 1800 }), reservation('4')]),
    '1.00',
  ],
  [
    'reserved exactly the 30 min that are free: 0',
    kept('2026-03-02T09:30:00Z'),
    terms([reservation('0', { maxDurationS: 1800 }), reservation('4')]),
    '0.00',
  ],
  [
    'reserved 90 min, charged for from 60 min on: 0.5 h × 4 = 2.00',
    kept('2026-03-02T08:30:00Z'),
    terms([reservation('4', { minDurationS: 3600 })]),
    '2.00',
  ],
  [
    'reserved 09:00 to 10:00, dearer from 09:30 on: 0.5 h × 2 + 0.5 h × 4 = 3.00',
    kept('2026-03-02T09:00:00Z'),
    terms([reservation('4', { startTime: '09:30', endTime: '12:00' }), reservation('2')]),
    '3.00',
  ],
  [
    'reserved from Sunday 23:00 to Monday 10:00: 1 h × 3 + 10 h × 1 = 13.00',
    kept('2026-03-01T23:00:00Z'),
    terms([reservation('3', { weekdays: ['sunday'] }), reservation('1')]),
    '13.00',
  ],
  [
    'reserved over the date 2026-03-02: Sunday 22:00 to midnight × 3, then free: 6.00',
    kept('2026-03-01T22:00:00Z'),
    terms([reservation('3', { endDate: '2026-03-02' })]),
    '6.00',
  ],
  [
    'its duration is not that of the session: reserved 2 h, charged 30 min, time dearer from 1 h on: 0.5 × 1 = 0.50',
    session(MONDAY, [[30, 5]], { reservation: { from: new Date('2026-03-02T08:00:00Z'), until: new Date(MONDAY) } }),
    terms([time('9', { minDurationS: 3600 }), time('1')]),
    '0.50',
  ],
  ['reserved for no time at all: 0', kept(MONDAY), terms([reservation('4')]), '0.00'],
  // --------------------------------------------------------------------------------------------------- energy thresholds
  [
    'the first 10 kWh × 0.3, then 5 × 0.6 = 6.00, cut inside the reading',
    oneHour(15),
    terms([energy('0.3', { maxEnergyWh: 10_000 }), energy('0.6')]),
    '6.00',
  ],
  [
    'exactly 10 kWh are the first 10: 3.00',
    oneHour(10),
    terms([energy('0.3', { maxEnergyWh: 10_000 }), energy('0.6')]),
    '3.00',
  ],
  [
    'from 10 kWh on × 0.2: 10 × 0.5 + 5 × 0.2 = 6.00',
    oneHour(15),
    terms([energy('0.2', { minEnergyWh: 10_000 }), energy('0.5')]),
    '6.00',
  ],
  [
    'time is free once 10 kWh are in: 20 kWh in 2 h, 1 h × 2 = 2.00',
    session(MONDAY, [[120, 20]]),
    terms([time('2', { maxEnergyWh: 10_000 })]),
    '2.00',
  ],
  [
    'flat fee for those who take 10 kWh or more: 15 kWh → 2.00',
    oneHour(15),
    terms([flat('2', { minEnergyWh: 10_000 })]),
    '2.00',
  ],
  ['and 9 kWh → 0', oneHour(9), terms([flat('2', { minEnergyWh: 10_000 })]), '0.00'],
  // ----------------------------------------------------------------------------------------------------------- durations
  [
    'the first hour × 1, then × 5: 1 + 0.5 × 5 = 3.50',
    session(MONDAY, [[90, 1]]),
    terms([time('1', { maxDurationS: 3600 }), time('5')]),
    '3.50',
  ],
  ['exactly an hour × 1', session(MONDAY, [[60, 1]]), terms([time('1', { maxDurationS: 3600 }), time('5')]), '1.00'],
  [
    'energy dearer from 30 min on: 10 kWh an hour, 5 × 0.3 + 5 × 0.6 = 4.50',
    oneHour(10),
    terms([energy('0.6', { minDurationS: 1800 }), energy('0.3')]),
    '4.50',
  ],
  [
    'idle only from 4 h after the start: charged 3 h, idle 2 h: 60 min × 0.1 = 6.00',
    session(MONDAY, [[180, 30, 'idle'], [300]]),
    terms([idle('0.1', undefined, { minDurationS: 14_400 })]),
    '6.00',
  ],
  [
    'a flat fee from 1 h on: after 90 min 2.00',
    session(MONDAY, [[90, 1]]),
    terms([flat('2', { minDurationS: 3600 })]),
    '2.00',
  ],
  ['and after 59 min 0', session(MONDAY, [[59, 1]]), terms([flat('2', { minDurationS: 3600 })]), '0.00'],
  [
    'idle only within the first 2 h: charged 1 h, idle 2 h: 60 min × 0.1 = 6.00',
    session(MONDAY, [[60, 9, 'idle'], [180]]),
    terms([idle('0.1', undefined, { maxDurationS: 7200 })]),
    '6.00',
  ],
  [
    'idle dearer once 10 kWh are in: 9 kWh, idle 10 min × 0.1, 12 kWh, idle 10 min × 0.3: 1 + 3 = 4.00',
    session(MONDAY, [[30, 9, 'idle'], [40, 9, 'charging'], [60, 12, 'idle'], [70]]),
    terms([idle('0.3', undefined, { minEnergyWh: 10_000 }), idle('0.1')]),
    '4.00',
  ],
  [
    'idle on Sundays free, over midnight: idle from Sunday 23:00 to Monday 01:00: 60 min × 0.1 = 6.00',
    session('2026-03-01T22:00:00Z', [[60, 9, 'idle'], [180]]),
    terms([idle('0', undefined, { weekdays: ['sunday'] }), idle('0.1')]),
    '6.00',
  ],
  [
    'autumn, Berlin: an hour of standing free between 02:00 and 03:00 comes twice: idle 01:00 to 04:00 is 4 h, 2 h × 6 = 12.00',
    session('2026-10-24T22:00:00Z', [[60, 9, 'idle'], [300]], berlin),
    terms([idle('0', undefined, { startTime: '02:00', endTime: '03:00' }), idle('0.1')]),
    '12.00',
  ],
  // --------------------------------------------------------------------------------------------------------------- power
  [
    '30 kWh in the first hour (30 kW), 10 in the second: 30 × 0.6 + 10 × 0.3 = 21.00',
    session(MONDAY, [
      [60, 30],
      [120, 40],
    ]),
    terms([energy('0.6', { minPowerW: 22_000 }), energy('0.3')]),
    '21.00',
  ],
  [
    'exactly 22 kW is from 22 kW on: 22 × 0.6 = 13.20',
    oneHour(22),
    terms([energy('0.6', { minPowerW: 22_000 }), energy('0.3')]),
    '13.20',
  ],
  [
    'exactly 22 kW is not below 22 kW: 22 × 0.3 = 6.60',
    oneHour(22),
    terms([energy('0.6', { maxPowerW: 22_000 }), energy('0.3')]),
    '6.60',
  ],
  [
    'time below 5 kW costs double: 1 h × 4 + 1 h × 2 = 6.00',
    session(MONDAY, [
      [60, 4],
      [120, 14],
    ]),
    terms([time('4', { maxPowerW: 5000 }), time('2')]),
    '6.00',
  ],
  // ------------------------------------------------------------------------------------------------ several, and readings
  [
    'Mondays 08:00–20:00 and the first 10 kWh, from 07:30, 10 kWh an hour: 5 × 0.9 + 5 × 0.3 + 10 × 0.9 = 15.00',
    session('2026-03-02T07:30:00Z', [[120, 20]]),
    terms([
      energy('0.3', { weekdays: ['monday'], startTime: '08:00', endTime: '20:00', maxEnergyWh: 10_000 }),
      energy('0.9'),
    ]),
    '15.00',
  ],
  [
    'the first component that holds counts, not the cheapest: 10 × 0.6',
    oneHour(10),
    terms([energy('0.6'), energy('0.3')]),
    '6.00',
  ],
  ['no component holds: free', oneHour(10), terms([energy('0.6', { weekdays: ['sunday'] })]), '0.00'],
  [
    'a flat fee by day of the start, though it ends on another: 2.00',
    session('2026-03-01T23:00:00Z', [[120, 20]]),
    terms([flat('2', { weekdays: ['sunday'] }), flat('3')]),
    '2.00',
  ],
  [
    'a reading below the one before counts as that one: 10 × 0.5 = 5.00',
    session(MONDAY, [
      [30, 10],
      [60, 4],
    ]),
    terms([energy('0.5')]),
    '5.00',
  ],
  [
    'energy flows while it charges: 10:00–10:30 charging, idle until 11:00, 10 kWh; cheap from 10:30: all 10 × 0.6 = 6.00',
    session(MONDAY, [
      [30, undefined, 'idle'],
      [60, 10],
    ]),
    terms([energy('0.3', { startTime: '10:30' }), energy('0.6')]),
    '6.00',
  ],
];

test.each(rows)('%s', (_arithmetic, timeline, tariff, total) => {
  expect(price(timeline, tariff).total.inclTax).toBe(total);
});

test('there are at least sixty', () => expect(rows.length).toBeGreaterThanOrEqual(60));

test('a cost says of each line what was measured, what is charged for, at which price and tax', () => {
  const cost: Cost = price(
    session(MONDAY, [[75, 12.345, 'idle'], [90]]),
    terms(
      [
        energy('0.50', undefined, { label: 'Energy' }),
        time('2', undefined, { stepS: 1800, taxPercent: '7' }),
        idle('0.1'),
      ],
      {
        ...net('19'),
        maxTotal: '8',
      },
    ),
  );
  // 6.1725 + 1.5 h × 2 = 3 + 15 × 0.1 = 1.5: 10.6725, at most 8: −2.6725, of which 7.6725/10.6725 at 19 % and the rest at 7 %
  expect(cost).toEqual({
    currency: 'EUR',
    pricesIncludeTax: false,
    total: { exclTax: '8.00', tax: '1.25', inclTax: '9.25' },
    lines: [
      {
        type: 'energy',
        component: 0,
        label: 'Energy',
        quantity: '12345',
        billed: '12345',
        unit: 'Wh',
        price: '0.5',
        per: 'kWh',
        amount: '6.17',
        taxPercent: '19',
      },
      {
        type: 'idle',
        component: 2,
        quantity: '900',
        billed: '900',
        unit: 's',
        price: '0.1',
        per: 'min',
        amount: '1.50',
        taxPercent: '19',
      },
      {
        type: 'maximum',
        quantity: '1',
        billed: '1',
        unit: 'piece',
        price: '8',
        per: 'session',
        amount: '-1.92',
        taxPercent: '19',
      },
      {
        type: 'time',
        component: 1,
        quantity: '4500',
        billed: '5400',
        unit: 's',
        price: '2',
        per: 'h',
        amount: '3.00',
        taxPercent: '7',
      },
      {
        type: 'maximum',
        quantity: '1',
        billed: '1',
        unit: 'piece',
        price: '8',
        per: 'session',
        amount: '-0.75',
        taxPercent: '7',
      },
    ],
    // 5.75 × 0.19 = 1.0925, 2.25 × 0.07 = 0.1575
    taxes: [
      { percent: '19', exclTax: '5.75', tax: '1.09', inclTax: '6.84' },
      { percent: '7', exclTax: '2.25', tax: '0.16', inclTax: '2.41' },
    ],
  });
});
