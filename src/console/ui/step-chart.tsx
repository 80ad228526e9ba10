/** A value that holds until the next one: limits over time. */
import { Box } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useFormat } from '../texts/use-texts.ts';

export type Step = { readonly at: number; readonly value: number | null };

const HEIGHT = 220;
const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** `at` in ms; the last step holds until `until`. */
export default function StepChart(props: {
  readonly steps: readonly Step[];
  readonly until: number;
  readonly unit: string;
  readonly name: string;
  readonly label: string;
}) {
  const { steps, until, unit, name, label } = props;
  const format = useFormat();
  const { ref, width } = useElementSize();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current === null || width === 0) return;
    const [text, line] = [colour('--mantine-color-dimmed'), colour('--mantine-color-default-border')];
    const axis = { stroke: text, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    const last = steps.at(-1)?.value ?? null;
    const clock = new Intl.DateTimeFormat(format.locale, { hour: '2-digit', minute: '2-digit' });
    const chart = new uPlot(
      {
        width,
        height: HEIGHT,
        fmtDate: () => (date) => clock.format(date),
        scales: { x: { time: true }, y: { range: (_, __, most) => [0, most > 0 ? most * 1.15 : 1] } },
        axes: [
          { ...axis, space: 70 },
          { ...axis, values: (_, ticks) => ticks.map((tick) => `${format.decimal(tick)} ${unit}`), size: 80 },
        ],
        series: [
          {},
          {
            label: name,
            stroke: colour('--busy'),
            fill: `${colour('--busy')}22`,
            width: 2,
            ...stepped(),
            points: { show: false },
            value: (_, value: number | null) => (value === null ? '–' : `${format.decimal(value)} ${unit}`),
          },
        ],
      },
      [
        [...steps.map(({ at }) => at / 1000), until / 1000],
        [...steps.map(({ value }) => value), last],
      ],
      place.current,
    );
    return () => chart.destroy();
  }, [steps, until, unit, name, width, format]);
  return (
    <Box ref={ref} role="img" aria-label={label}>
      <div ref={place} />
    </Box>
  );
}

/** What uPlot may have been built without. */
function stepped(): Pick<uPlot.Series, 'paths'> {
  const paths = uPlot.paths.stepped?.({ align: 1 });
  return paths === undefined ? {} : { paths };
}
