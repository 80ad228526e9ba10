/** One charge point: how it is, what it does, what it is told, what it says. */
import { Button, Menu, SimpleGrid, Tabs } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Link, useParams } from 'react-router';
import { type ChargePoint, chargePointQuery, nameOf } from '../api/fleet.ts';
import { useMay } from '../api/use-session.ts';
import { useFormat, useTexts } from '../texts/use-texts.ts';
import { ErrorNote } from '../ui/error-note.tsx';
import { Icon } from '../ui/icons.tsx';
import { useLive, useNow } from '../ui/live.tsx';
import { Card, Fact, Page } from '../ui/page.tsx';
import { Connection } from '../ui/status.tsx';
import { useGo } from '../ui/use-go.ts';
import { Waiting } from '../ui/waiting.tsx';
import { CommandOutcome, useActions } from './charge-point/actions.tsx';
import { Connectors } from './charge-point/connectors.tsx';

const Sessions = lazy(() => import('./charge-point/sessions.tsx'));
const Commands = lazy(() => import('./charge-point/commands.tsx'));
const Frames = lazy(() => import('./charge-point/frames.tsx'));
const Configuration = lazy(() => import('./charge-point/configuration.tsx'));
const Firmware = lazy(() => import('./charge-point/firmware.tsx'));
const Power = lazy(() => import('./charge-point/power.tsx'));
const Access = lazy(() => import('./charge-point/access.tsx'));
const Certificates = lazy(() => import('./charge-point/certificates.tsx'));
const Uptime = lazy(() => import('./charge-point/uptime.tsx'));
const Audit = lazy(() => import('./charge-point/audit.tsx'));
const Settings = lazy(() => import('./charge-point/settings.tsx'));

const tabs = [
  'connectors',
  'sessions',
  'commands',
  'frames',
  'configuration',
  'firmware',
  'power',
  'access',
  'certificates',
  'uptime',
  'audit',
  'settings',
] as const;

export default function ChargePointPage() {
  const { id = '' } = useParams();
  const t = useTexts();
  const queries = useQueryClient();
  const isLive = useLive() === 'live';
  const { data, error, refetch } = useQuery({
    ...chargePointQuery(queries, id),
    refetchInterval: isLive ? 60_000 : 5_000,
  });
  const above = { to: '/charge-points', title: t.chargePoints.title };
  if (data === undefined) {
    return (
      <Page title={t.chargePoints.title} above={above}>
        {error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />}
      </Page>
    );
  }
  return <Found key={id} chargePoint={data} above={above} />;
}

function Found({
  chargePoint,
  above,
}: {
  readonly chargePoint: ChargePoint;
  readonly above: { to: string; title: string };
}) {
  const t = useTexts();
  const navigate = useGo();
  const { id } = chargePoint;
  const given = useParams()['tab'];
  const tab = tabs.find((each) => each === given) ?? 'connectors';
  const [commandId, setCommandId] = useState<string>();
  const actions = useActions(chargePoint, setCommandId);
  const may = {
    connectors: true,
    sessions: useMay('read:sessions'),
    commands: useMay('write:commands'),
    frames: true,
    configuration: true,
    firmware: true,
    power: true,
    access: true,
    certificates: true,
    uptime: useMay('read:analytics'),
    audit: useMay('read:audit'),
    settings: useMay('write:charge_points'),
  };
  return (
    <Page
      title={nameOf(chargePoint)}
      above={above}
      beside={<Connection chargePoint={chargePoint} />}
      actions={may.commands && <Actions actions={actions} chargePoint={chargePoint} />}
    >
      {commandId !== undefined && (
        <CommandOutcome key={commandId} id={commandId} close={() => setCommandId(undefined)} />
      )}
      <Facts chargePoint={chargePoint} />
      <Tabs
        value={tab}
        onChange={(next) => navigate(`/charge-points/${id}/${next ?? ''}`, { replace: true })}
        keepMounted={false}
      >
        <Tabs.List mb="md" className="tabs">
          {tabs
            .filter((each) => may[each])
            .map((each) => (
              <Tabs.Tab key={each} value={each} px="sm">
                {t.chargePoint.tabs[each]}
              </Tabs.Tab>
            ))}
        </Tabs.List>
        <Suspense fallback={<Waiting />}>
          {may[tab] && (
            <Tabs.Panel value={tab}>
              <Panel tab={tab} chargePoint={chargePoint} actions={actions} sent={setCommandId} />
            </Tabs.Panel>
          )}
        </Suspense>
      </Tabs>
      {actions.dialogue}
    </Page>
  );
}

function Panel(props: {
  readonly tab: (typeof tabs)[number];
  readonly chargePoint: ChargePoint;
  readonly actions: ReturnType<typeof useActions>;
  readonly sent: (commandId: string) => void;
}) {
  const { tab, chargePoint, actions, sent } = props;
  const { id } = chargePoint;
  switch (tab) {
    case 'connectors':
      return <Connectors chargePoint={chargePoint} actions={actions} />;
    case 'sessions':
      return <Sessions chargePointId={id} />;
    case 'commands':
      return <Commands chargePoint={chargePoint} sent={sent} />;
    case 'frames':
      return <Frames chargePointId={id} />;
    case 'configuration':
      return <Configuration chargePoint={chargePoint} />;
    case 'firmware':
      return <Firmware chargePoint={chargePoint} />;
    case 'power':
      return <Power chargePoint={chargePoint} sent={sent} />;
    case 'access':
      return <Access chargePoint={chargePoint} sent={sent} />;
    case 'certificates':
      return <Certificates chargePoint={chargePoint} sent={sent} />;
    case 'uptime':
      return <Uptime chargePoint={chargePoint} />;
    case 'audit':
      return <Audit chargePointId={id} />;
    case 'settings':
      return <Settings chargePoint={chargePoint} />;
  }
}

function Actions({
  actions,
  chargePoint,
}: {
  readonly actions: ReturnType<typeof useActions>;
  readonly chargePoint: ChargePoint;
}) {
  const t = useTexts();
  const isAway = !chargePoint.connected;
  return (
    <>
      <Button
        variant="default"
        leftSection={<Icon name="refresh" size={16} />}
        onClick={actions.trigger}
        disabled={isAway}
        {...(isAway && { title: t.actions.offline })}
      >
        {t.actions.trigger}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            rightSection={<Icon name="more" size={16} />}
            disabled={isAway}
            {...(isAway && { title: t.actions.offline })}
          >
            {t.chargePoint.more}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Icon name="reset" size={16} />} onClick={() => actions.reset('soft')}>
            {t.actions.softReset}
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="power" size={16} />} onClick={() => actions.reset('hard')}>
            {t.actions.hardReset}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item onClick={() => actions.availability(true)}>{t.actions.enable}</Menu.Item>
          <Menu.Item onClick={() => actions.availability(false)}>{t.actions.disable}</Menu.Item>
          <Menu.Divider />
          <Menu.Item onClick={actions.clearCache}>{t.actions.clearCache}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {chargePoint.lifecycle !== 'commissioned' && (
        <Button
          component={Link}
          to={`/charge-points/${chargePoint.id}/commission`}
          variant="light"
          leftSection={<Icon name="checklist" size={16} />}
        >
          {t.chargePoint.commission}
        </Button>
      )}
    </>
  );
}

function Facts({ chargePoint }: { readonly chargePoint: ChargePoint }) {
  const t = useTexts();
  const format = useFormat();
  const now = useNow(5_000);
  const { identity, vendor, model, serial_number, reported, firmware_version, protocol, last_seen_at, connected } =
    chargePoint;
  const none = t.common.none;
  return (
    <Card>
      <SimpleGrid component="dl" m={0} cols={{ base: 2, sm: 3, lg: 6 }} spacing="md">
        <Fact name={t.chargePoint.identity}>{identity}</Fact>
        <Fact name={t.chargePoint.model}>
          {[vendor ?? reported.vendor, model ?? reported.model].filter(Boolean).join(' ') || none}
        </Fact>
        <Fact name={t.chargePoint.serial}>{serial_number ?? reported.serial_number ?? none}</Fact>
        <Fact name={t.chargePoint.firmware}>{firmware_version ?? none}</Fact>
        <Fact name={t.chargePoint.protocol}>{protocol ?? none}</Fact>
        <Fact name={t.chargePoint.lastSeen}>
          {connected ? t.common.now : last_seen_at === null ? t.common.never : format.ago(last_seen_at, now)}
        </Fact>
      </SimpleGrid>
    </Card>
  );
}
