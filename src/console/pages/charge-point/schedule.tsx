/** What a charge point says that it will let flow, as a chart and in numbers: asked for, since only it knows. */
import { Button, Group, Select, Stack, Table, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { answer, api } from '../../api/client.ts';
import type { ChargePoint } from '../../api/fleet.ts';
import { power } from '../../texts/power.ts';
import { useFormat } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Card, Section } from '../../ui/page.tsx';
import { Waiting } from '../../ui/waiting.tsx';
import { usePlaces } from './places.ts';

const StepChart = lazy(() => import('../../ui/step-chart.tsx'));

/** In numbers; the chart shows all of them. */
const MOST_STEPS = 100;
const spans = [1, 6, 24, 168] as const;

export function Schedule({ chargePoint }: { readonly chargePoint: ChargePoint }) {
  const w = useWords(power);
  const format = useFormat();
  const places = usePlaces(chargePoint);
  const [where, setWhere] = useState('0');
  const [hours, setHours] = useState('24');
  const { id, connected } = chargePoint;
  const ask = useMutation({
    mutationFn: () =>
      answer(
        api.GET('/api/v1/charge-points/{id}/composite-schedule', {
          params: { path: { id }, query: { connector_id: Number(where), duration_s: Number(hours) * 3600 } },
        }),
      ),
  });
  const { data } = ask;
  const begin = data === undefined ? 0 : new Date(data.start_at ?? Date.now()).getTime();
  const steps = (data?.periods ?? []).map(({ start_s, limit, setpoint }) => ({
    at: begin + start_s * 1000,
    value: limit ?? setpoint ?? null,
  }));
  return (
    <Section title={w.schedule} hint={w.scheduleHint}>
      <Card label={w.schedule}>
        <Stack>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              ask.mutate();
            }}
          >
            <Group align="flex-end">
              <Select
                label={w.where}
                data={places}
                value={where}
                onChange={(value) => setWhere(value ?? where)}
                allowDeselect={false}
              />
              <Select
                label={w.hours}
                data={spans.map((each) => ({ value: String(each), label: w.hoursOf(each) }))}
                value={hours}
                onChange={(value) => setHours(value ?? hours)}
                allowDeselect={false}
                w={130}
              />
              <Button
                type="submit"
                variant="default"
                loading={ask.isPending}
                disabled={!connected}
                {...(!connected && { title: w.offline })}
              >
                {w.ask}
              </Button>
            </Group>
          </form>
          <ErrorNote cause={ask.error} />
          {data !== undefined && steps.length === 0 && <Text size="sm">{w.nothing}</Text>}
          {data !== undefined && steps.length > 0 && (
            <>
              <Suspense fallback={<Waiting />}>
                <StepChart
                  steps={steps}
                  until={begin + (data.duration_s ?? Number(hours) * 3600) * 1000}
                  unit={data.unit}
                  name={w.limit}
                  label={w.chartLabel(steps.length)}
                />
              </Suspense>
              <Table maw={420}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{w.from}</Table.Th>
                    <Table.Th ta="right">{w.limit}</Table.Th>
                    <Table.Th ta="right">{w.phases}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {data.periods.slice(0, MOST_STEPS).map(({ start_s, limit, setpoint, phases }) => (
                    <Table.Tr key={start_s}>
                      <Table.Td className="numbers">
                        {format.dateTime(new Date(begin + start_s * 1000).toISOString())}
                      </Table.Td>
                      <Table.Td ta="right" className="numbers" data-limit={limit}>
                        {limit === null && setpoint === undefined
                          ? w.noLimit
                          : `${format.decimal(limit ?? setpoint ?? 0)} ${data.unit}`}
                      </Table.Td>
                      <Table.Td ta="right">{phases ?? ''}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </>
          )}
        </Stack>
      </Card>
    </Section>
  );
}
