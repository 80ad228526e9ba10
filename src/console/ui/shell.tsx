/** The frame of every page: where one can go, who one is, and whether what is shown is live. */
import {
  AppShell,
  Box,
  Burger,
  Group,
  Menu,
  SegmentedControl,
  Stack,
  Text,
  Tooltip,
  UnstyledButton,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type ReactNode, useEffect } from 'react';
import { Link, NavLink, useLocation } from 'react-router';
import { session } from '../api/session.ts';
import { type Scope, useMay, useMe } from '../api/use-session.ts';
import type { Language } from '../format.ts';
import type { Texts } from '../texts/en.ts';
import { languages, useSpoken, useTexts } from '../texts/use-texts.ts';
import { tell } from './error-note.tsx';
import { Icon, type IconName } from './icons.tsx';
import { useKeptFocus } from './keep-focus.ts';
import { useLive } from './live.tsx';

type Place = {
  readonly to: string;
  readonly icon: IconName;
  readonly name: keyof Texts['nav'];
  readonly needs: Scope;
};
const places: readonly Place[] = [
  { to: '/', icon: 'overview', name: 'overview', needs: 'read:charge_points' },
  { to: '/charge-points', icon: 'chargePoints', name: 'chargePoints', needs: 'read:charge_points' },
  { to: '/sites', icon: 'site', name: 'sites', needs: 'read:charge_points' },
  { to: '/rollouts', icon: 'upload', name: 'firmware', needs: 'read:charge_points' },
  { to: '/sessions', icon: 'sessions', name: 'sessions', needs: 'read:sessions' },
  { to: '/alerts', icon: 'alerts', name: 'alerts', needs: 'read:charge_points' },
  { to: '/tokens', icon: 'token', name: 'tokens', needs: 'read:charge_points' },
  { to: '/tariffs', icon: 'tariff', name: 'tariffs', needs: 'read:billing' },
  { to: '/reports', icon: 'reports', name: 'reports', needs: 'read:analytics' },
  { to: '/handovers', icon: 'handover', name: 'handovers', needs: 'write:charge_points' },
  { to: '/webhooks', icon: 'webhooks', name: 'webhooks', needs: 'write:webhooks' },
  { to: '/organization', icon: 'organization', name: 'organization', needs: 'read:charge_points' },
];

export function Shell({ children }: { readonly children: ReactNode }) {
  const t = useTexts();
  const { pathname } = useLocation();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  useEffect(close, [pathname, close]);
  useKeptFocus();
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 224, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'md', md: 'xl' }}
    >
      <a className="skip" href="#content">
        {t.app.skip}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={isOpen ? t.app.close : t.app.menu}
            />
            <img src="/icon.svg" alt="" width={26} height={26} />
            <Text fw={700}>Dynamo</Text>
          </Group>
          <Group gap="md" wrap="nowrap">
            <LiveMark />
            <Account />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm">
        <Stack component="nav" aria-label={t.app.menu} gap={4}>
          {places.map((place) => (
            <NavItem key={place.to} {...place} />
          ))}
        </Stack>
        <Box mt="auto" pt="md">
          <a className="nav-link" href="/docs">
            <Text size="sm" c="dimmed">
              {t.app.docs}
            </Text>
          </a>
        </Box>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Box maw={1240} mx="auto">
          {children}
        </Box>
      </AppShell.Main>
    </AppShell>
  );
}

function NavItem({ to, icon, name, needs }: Place) {
  const t = useTexts();
  if (!useMay(needs)) return null;
  return (
    <NavLink to={to} end={to === '/'} className={({ isActive }) => `nav-link${isActive ? ' active' : ''}`}>
      <Icon name={icon} />
      {t.nav[name]}
    </NavLink>
  );
}

function LiveMark() {
  const state = useLive();
  const { live } = useTexts();
  const explained = { live: live.explainLive, polling: live.explainPolling, broken: live.explainBroken }[state];
  const colour = { live: 'var(--ok)', polling: 'var(--off)', broken: 'var(--warn)' }[state];
  return (
    <Tooltip label={explained} multiline maw={260} events={{ hover: true, focus: true, touch: true }}>
      <UnstyledButton className={`status${state === 'live' ? '' : ' hollow'}`} c={colour} fz="sm" data-live={state}>
        <span>{live[state]}</span>
      </UnstyledButton>
    </Tooltip>
  );
}

function Account() {
  const { t, language, change } = useSpoken();
  const me = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const role = me.user === null ? '' : t.account.role[me.user.role];
  return (
    <Menu position="bottom-end" width={280} closeOnItemClick={false}>
      <Menu.Target>
        <UnstyledButton aria-label={`${t.account.label}: ${me.organization.name}`} className="nav-link">
          <Icon name="person" />
          <Text size="sm" visibleFrom="xs" maw={180} truncate>
            {me.organization.name}
          </Text>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Box px="sm" py={6}>
          <Text size="sm" fw={600} truncate>
            {me.user?.name ?? me.user?.email}
          </Text>
          <Text size="xs" c="dimmed">
            {me.user?.email} · {role}
          </Text>
        </Box>
        {me.memberships.length > 1 && (
          <>
            <Menu.Divider />
            <Menu.Label>{t.account.organization}</Menu.Label>
            {me.memberships.map(({ organization }) => (
              <Menu.Item
                key={organization.id}
                leftSection={<Icon name="organization" size={16} />}
                rightSection={organization.id === me.organization.id ? <Icon name="check" size={16} /> : undefined}
                onClick={() => void session.changeOrganization(organization.id).catch(tell(t))}
              >
                {organization.name}
              </Menu.Item>
            ))}
          </>
        )}
        <Menu.Divider />
        <Choice
          label={t.account.appearance}
          value={colorScheme}
          change={(value) => setColorScheme(value as typeof colorScheme)}
          among={[
            { value: 'light', label: t.account.light },
            { value: 'dark', label: t.account.dark },
            { value: 'auto', label: t.account.auto },
          ]}
        />
        <Choice
          label={t.account.language}
          value={language}
          change={(value) => change(value as Language)}
          among={[...languages]}
        />
        <Menu.Divider />
        <Menu.Item component={Link} to="/account" closeMenuOnClick leftSection={<Icon name="person" size={16} />}>
          {t.account.own}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="signOut" size={16} />} onClick={() => void session.signOut()}>
          {t.account.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Choice({
  label,
  value,
  change,
  among,
}: {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly among: { value: string; label: string }[];
}) {
  return (
    <>
      <Menu.Label>{label}</Menu.Label>
      <Box px="sm" pb="xs">
        <SegmentedControl fullWidth size="xs" aria-label={label} value={value} onChange={change} data={among} />
      </Box>
    </>
  );
}
