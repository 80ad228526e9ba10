/** The course of a session: power as it was, energy as it grew, state of charge where the car tells it. */
import { Box } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useMemo, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useFormat, useTexts } from '../texts/use-texts.ts';

export type Reading = {
  readonly at: string;
  readonly energy_wh: number | null;
  readonly power_w: number | null;
  readonly soc_percent: number | null;
};

const HEIGHT = 260;

/** Colours of the page, which change with its theme. */
const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export default function SessionChart({ readings }: { readonly readings: readonly Reading[] }) {
  const t = useTexts();
  const format = useFormat();
  const { ref, width } = useElementSize();
  const place = useRef<HTMLDivElement>(null);
  const data = useMemo((): uPlot.AlignedData => {
    const first = readings.find(({ energy_wh }) => energy_wh !== null)?.energy_wh ?? 0;
    return [
      readings.map(({ at }) => new Date(at).getTime() / 1000),
      readings.map(({ power_w }) => (power_w === null ? null : power_w / 1000)),
      readings.map(({ energy_wh }) => (energy_wh === null ? null : energy_wh - first)),
      readings.map(({ soc_percent }) => soc_percent),
    ];
  }, [readings]);
  const hasSoc = readings.some(({ soc_percent }) => soc_percent !== null);

  useEffect(() => {
    if (place.current === null || width === 0) return;
    const [text, line] = [colour('--mantine-color-dimmed'), colour('--mantine-color-default-border')];
    const axis = { stroke: text, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    const shown = (unit: string) => (_: uPlot, value: number | null) =>
      value === null ? '–' : `${format.decimal(value)} ${unit}`;
    const chart = new uPlot(
      {
        width,
        height: HEIGHT,
        fmtDate: () => (date) =>
          new Intl.DateTimeFormat(format.locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(
            date,
          ),
        scales: {
          x: { time: true },
          kW: { range: upFromZero },
          energy: { range: upFromZero },
          soc: { range: [0, 100] },
        },
        axes: [
          { ...axis, space: 90 },
          { ...axis, scale: 'kW', values: (_, ticks) => ticks.map((tick) => `${format.decimal(tick)} kW`), size: 70 },
          {
            ...axis,
            scale: 'energy',
            side: 1,
            grid: { show: false },
            values: (_, ticks) => ticks.map((tick) => format.energy(tick)),
            size: 90,
          },
        ],
        series: [
          {},
          {
            label: t.session.power,
            scale: 'kW',
            stroke: colour('--busy'),
            width: 2,
            value: shown('kW'),
            spanGaps: true,
            points: { show: readings.length < 40 },
          },
          {
            label: t.session.energy,
            scale: 'energy',
            stroke: colour('--ok'),
            width: 2,
            dash: [6, 4],
            value: (_, wh: number | null) => (wh === null ? '–' : format.energy(wh)),
            spanGaps: true,
            points: { show: false },
          },
          {
            label: t.session.soc,
            scale: 'soc',
            stroke: colour('--warn'),
            width: 1,
            value: shown('%'),
            spanGaps: true,
            show: hasSoc,
            points: { show: false },
          },
        ],
        legend: { live: true },
      },
      data,
      place.current,
    );
    return () => chart.destroy();
  }, [data, width, hasSoc, t, format, readings.length]);

  return (
    <Box ref={ref} role="img" aria-label={t.session.chartLabel(readings.length)}>
      <div ref={place} />
    </Box>
  );
}

const upFromZero = (_: uPlot, __: number, most: number): [number, number] => [0, most > 0 ? most * 1.1 : 1];
