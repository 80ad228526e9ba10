/** Of a fleet that is larger than a browser keeps: what is counted here is a part of it. */
import { Text } from '@mantine/core';
import { MOST } from '../api/fleet.ts';
import { useFormat, useTexts } from '../texts/use-texts.ts';
import { useChargePoints } from './live.tsx';

export function CutNote() {
  const t = useTexts();
  const format = useFormat();
  const { fleet } = useChargePoints();
  if (fleet?.isCut !== true) return null;
  return (
    <Text size="sm" c="dimmed">
      {t.overview.many(format.count(MOST))}
    </Text>
  );
}
