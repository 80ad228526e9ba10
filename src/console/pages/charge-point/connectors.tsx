/** The connectors of a charge point as they are now, with who charges there: power, energy and cost as they grow. */
import { Button, Group, Menu, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Schemas } from '../../api/client.ts';
import { answer, api } from '../../api/client.ts';
import { type ChargePoint, connectorsOf, nameOf } from '../../api/fleet.ts';
import { READINGS_MS } from '../../api/live.ts';
import { useMay } from '../../api/use-session.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useNow } from '../../ui/live.tsx';
import { Card, Empty, Fact } from '../../ui/page.tsx';
import { ConnectorState } from '../../ui/status.tsx';
import type { Actions } from './actions.tsx';

type Connector = ReturnType<typeof connectorsOf>[number];
type Session = Schemas['Session'];

/** OCPP 1.6: what it says when there is none. */
const NO_ERROR = 'NoError';

export const runningOf = (chargePointId: string) => ({
  queryKey: ['sessions', 'running', chargePointId],
  queryFn: () =>
    answer(
      api.GET('/api/v1/sessions', {
        params: { query: { charge_point_id: chargePointId, status: 'active,suspended_ev,suspended_evse', limit: 100 } },
      }),
    ),
  refetchInterval: ({
    state,
  }: {
    readonly state: { readonly data?: { readonly data: readonly unknown[] } | undefined };
  }) => ((state.data?.data.length ?? 0) > 0 ? READINGS_MS : 3_000),
});

export function Connectors({ chargePoint, actions }: { readonly chargePoint: ChargePoint; readonly actions: Actions }) {
  const t = useTexts();
  const maySee = useMay('read:sessions');
  const { data, error } = useQuery({ ...runningOf(chargePoint.id), enabled: maySee });
  const connectors = connectorsOf(chargePoint).filter(({ connector_id }) => connector_id > 0);
  const isManyEvses = chargePoint.protocol !== null && chargePoint.protocol !== 'ocpp1.6';
  if (connectors.length === 0) {
    return (
      <Card>
        <Empty icon="chargePoints" title={t.chargePoint.noConnectors} hint={t.chargePoint.noConnectorsHint}>
          {!chargePoint.connected && (
            <Button component={Link} to={`/connect/${chargePoint.id}`} variant="default" mt="sm">
              {t.chargePoint.howToConnect}
            </Button>
          )}
        </Empty>
      </Card>
    );
  }
  return (
    <Stack>
      <ErrorNote cause={error} />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        {connectors.map((connector) => {
          const { evse_id, connector_id } = connector;
          const label = isManyEvses
            ? t.chargePoint.evseConnector(evse_id, connector_id)
            : t.chargePoint.connector(connector_id);
          const running = data?.data.find(
            (each) => each.connector_id === connector_id && (!isManyEvses || each.evse_id === evse_id),
          );
          return <One key={`${evse_id} ${connector_id}`} {...{ chargePoint, connector, label, running, actions }} />;
        })}
      </SimpleGrid>
    </Stack>
  );
}

function One(props: {
  readonly chargePoint: ChargePoint;
  readonly connector: Connector;
  readonly label: string;
  readonly running: Session | undefined;
  readonly actions: Actions;
}) {
  const { chargePoint, connector, label, running, actions } = props;
  const t = useTexts();
  const format = useFormat();
  const now = useNow();
  const mayCommand = useMay('write:commands');
  const place = `${nameOf(chargePoint)}, ${label}`;
  const { error_code, vendor_error_code, info } = connector;
  const trouble = [error_code === NO_ERROR ? null : error_code, vendor_error_code, info].filter(Boolean).join(' · ');
  return (
    <Card label={label}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div>
          <Title order={2}>{label}</Title>
          <Group gap="xs" mt={4}>
            <ConnectorState status={connector.status} />
            <Text size="sm" c="dimmed">
              {format.ago(connector.status_at, now)}
            </Text>
          </Group>
          {trouble !== '' && (
            <Text size="sm" c="var(--warn)" mt={4}>
              {trouble}
            </Text>
          )}
        </div>
        {mayCommand && <More {...{ connector, place, actions, isAway: !chargePoint.connected }} />}
      </Group>
      {running !== undefined && <Running session={running} now={now} />}
      {mayCommand && (
        <Group mt="md">
          {running === undefined ? (
            <Button
              leftSection={<Icon name="start" size={16} />}
              onClick={() => actions.start(connector, place)}
              disabled={!chargePoint.connected}
            >
              {t.actions.start}
            </Button>
          ) : (
            <Button
              leftSection={<Icon name="stop" size={16} />}
              variant="default"
              onClick={() => actions.stop(running, place)}
              disabled={!chargePoint.connected}
            >
              {t.actions.stop}
            </Button>
          )}
        </Group>
      )}
    </Card>
  );
}

function Running({ session, now }: { readonly session: Session; readonly now: number }) {
  const t = useTexts();
  const format = useFormat();
  const { power_w, energy_wh, soc_percent, cost, started_at, token } = session;
  return (
    <>
      <SimpleGrid component="dl" cols={{ base: 2, xs: 3 }} mt="md" mb="xs" spacing="sm">
        <Figure name={t.chargePoint.power}>{power_w === null ? t.common.none : format.power(power_w)}</Figure>
        <Figure name={t.chargePoint.energy}>{format.energy(energy_wh)}</Figure>
        <Figure name={t.chargePoint.cost} mark="cost">
          {cost === null ? t.common.none : format.money(cost.total.incl_tax, cost.currency)}
        </Figure>
        <Fact name={t.chargePoint.duration}>{format.duration((now - new Date(started_at).getTime()) / 1000)}</Fact>
        {soc_percent !== null && <Fact name={t.chargePoint.charge}>{format.percent(soc_percent)}</Fact>}
        <Fact name={t.actions.token}>{token ?? t.common.none}</Fact>
      </SimpleGrid>
      <Button component={Link} to={`/sessions/${session.id}`} variant="subtle" size="compact-sm" px={0}>
        {t.common.details}
      </Button>
    </>
  );
}

function Figure(props: { readonly name: string; readonly mark?: string; readonly children: string }) {
  const { name, mark, children } = props;
  return (
    <div {...(mark !== undefined && { [`data-${mark}`]: '' })}>
      <Text size="xs" c="dimmed" component="dt">
        {name}
      </Text>
      <Text component="dd" m={0} fz="1.35rem" fw={650} className="numbers">
        {children}
      </Text>
    </div>
  );
}

function More(props: {
  readonly connector: Connector;
  readonly place: string;
  readonly actions: Actions;
  readonly isAway: boolean;
}) {
  const { connector, place, actions, isAway } = props;
  const t = useTexts();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="subtle" size="compact-md" aria-label={`${t.chargePoint.more}: ${place}`} disabled={isAway}>
          <Icon name="more" size={18} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Icon name="unlock" size={16} />} onClick={() => actions.unlock(connector, place)}>
          {t.actions.unlock}
        </Menu.Item>
        <Menu.Item
          leftSection={<Icon name="pause" size={16} />}
          onClick={() => actions.availability(connector.status === 'unavailable', connector, place)}
        >
          {connector.status === 'unavailable' ? t.actions.enable : t.actions.disable}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
