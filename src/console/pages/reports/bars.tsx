/** Amounts over days or months as bars; what one points at is told in words. */
import { Box } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

const HEIGHT = 240;
/** Of the longest of them, and of the tick beside it: a currency and millions are longer than most. */
const widthOf = (texts: readonly string[]): number =>
  Math.max(80, 20 + 7.5 * Math.max(0, ...texts.map(({ length }) => length)));
const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export default function Bars(props: {
  readonly label: string;
  /** What each of them is: a day, a month. */
  readonly axis: string;
  readonly names: readonly string[];
  readonly values: readonly number[];
  readonly told: (value: number) => string;
}) {
  const { label, axis: what, names, values, told } = props;
  const { ref, width } = useElementSize();
  const place = useRef<HTMLDivElement>(null);
  // the words change with every drawing, the chart with what it shows
  const shown = useRef({ names, told });
  shown.current = { names, told };
  const key = JSON.stringify([label, names, values]);

  useEffect(() => {
    if (place.current === null || width === 0) return;
    const { values: amounts } = { values: (JSON.parse(key) as [string, string[], number[]])[2] };
    const [text, line] = [colour('--mantine-color-dimmed'), colour('--mantine-color-default-border')];
    const axis = { stroke: text, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    const nameAt = (at: number): string => (Number.isInteger(at) ? (shown.current.names[at] ?? '') : '');
    const bars = uPlot.paths.bars?.({ size: [0.7, 60], radius: 0.15 });
    const chart = new uPlot(
      {
        width,
        height: HEIGHT,
        scales: {
          x: { time: false, range: [-0.6, amounts.length - 0.4] },
          y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] },
        },
        axes: [
          { ...axis, grid: { show: false }, space: 60, values: (_, ticks) => ticks.map(nameAt) },
          {
            ...axis,
            size: (_, texts) => widthOf(texts ?? []),
            values: (_, ticks) => ticks.map((tick) => shown.current.told(tick)),
          },
        ],
        series: [
          { value: (_, at: number | null) => (at === null ? '–' : nameAt(at)), label: what },
          {
            label,
            stroke: colour('--busy'),
            fill: colour('--busy'),
            width: 0,
            points: { show: false },
            value: (_, value: number | null) => (value === null ? '–' : shown.current.told(value)),
            ...(bars !== undefined && { paths: bars }),
          },
        ],
        cursor: { drag: { x: false, y: false } },
        legend: { live: true },
      },
      [amounts.map((_, at) => at), amounts],
      place.current,
    );
    return () => chart.destroy();
  }, [key, width, label, what]);

  return (
    <Box ref={ref} role="img" aria-label={label}>
      <div ref={place} />
    </Box>
  );
}
