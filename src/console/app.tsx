/** Which page stands at which address, and that nobody sees one who is not signed in. */
import { lazy, Suspense } from 'react';
import { Route, Routes, useLocation } from 'react-router';
import { useSession } from './api/use-session.ts';
import { ChooseOrganization } from './pages/choose-organization.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { LiveProvider } from './ui/live.tsx';
import { NotHere } from './ui/not-here.tsx';
import { Shell } from './ui/shell.tsx';
import { Waiting } from './ui/waiting.tsx';

const Overview = lazy(() => import('./pages/overview.tsx'));
const Connect = lazy(() => import('./pages/connect.tsx'));
const ChargePoints = lazy(() => import('./pages/charge-points.tsx'));
const ChargePointPage = lazy(() => import('./pages/charge-point.tsx'));
const Templates = lazy(() => import('./pages/templates.tsx'));
const UnknownChargePoints = lazy(() => import('./pages/unknown-charge-points.tsx'));
const Sessions = lazy(() => import('./pages/sessions.tsx'));
const SessionPage = lazy(() => import('./pages/session.tsx'));
const Alerts = lazy(() => import('./pages/alerts.tsx'));
const Commissioning = lazy(() => import('./pages/commissioning.tsx'));
const Firmware = lazy(() => import('./pages/firmware.tsx'));
const RolloutPage = lazy(() => import('./pages/rollout.tsx'));
const Sites = lazy(() => import('./pages/sites.tsx'));
const SitePage = lazy(() => import('./pages/site.tsx'));
const Bulk = lazy(() => import('./pages/bulk.tsx'));
const Webhooks = lazy(() => import('./pages/webhooks.tsx'));
const WebhookPage = lazy(() => import('./pages/webhook.tsx'));
const Tokens = lazy(() => import('./pages/tokens.tsx'));
const Tariffs = lazy(() => import('./pages/tariffs.tsx'));
const TariffPage = lazy(() => import('./pages/tariff.tsx'));
const Organization = lazy(() => import('./pages/organization.tsx'));
const Account = lazy(() => import('./pages/account.tsx'));
const Handovers = lazy(() => import('./pages/handovers.tsx'));
const Reports = lazy(() => import('./pages/reports.tsx'));
const AlertRules = lazy(() => import('./pages/alert-rules.tsx'));
const Events = lazy(() => import('./pages/events.tsx'));
const FromMail = lazy(() => import('./pages/from-mail.tsx'));

/** Where links of e-mails lead, whether one is signed in or not. */
const links = ['/invitation', '/password-reset'];

export function App() {
  const state = useSession();
  const { pathname } = useLocation();
  if (state.at === 'starting') return <Waiting />;
  if (links.includes(pathname))
    return (
      <Suspense fallback={<Waiting />}>
        <FromMail />
      </Suspense>
    );
  if (state.at === 'out') return <SignIn hasEnded={state.ended} />;
  if (state.isFresh && state.me.memberships.length > 1) return <ChooseOrganization me={state.me} />;
  return (
    // another organization is another world: nothing of the one before may be left on the page
    <LiveProvider key={state.me.organization.id}>
      <Shell>
        <Suspense fallback={<Waiting />}>
          <Routes>
            <Route path="/" element={<Overview />} />
            <Route path="/connect" element={<Connect />} />
            <Route path="/connect/:id" element={<Connect />} />
            <Route path="/charge-points" element={<ChargePoints />} />
            <Route path="/charge-points/refused" element={<UnknownChargePoints />} />
            <Route path="/charge-points/templates" element={<Templates />} />
            <Route path="/charge-points/bulk/:id" element={<Bulk />} />
            <Route path="/charge-points/:id/commission" element={<Commissioning />} />
            <Route path="/charge-points/:id/:tab?" element={<ChargePointPage />} />
            <Route path="/sites" element={<Sites />} />
            <Route path="/sites/:id" element={<SitePage />} />
            <Route path="/rollouts" element={<Firmware />} />
            <Route path="/rollouts/:id" element={<RolloutPage />} />
            <Route path="/sessions" element={<Sessions />} />
            <Route path="/sessions/:id" element={<SessionPage />} />
            <Route path="/alerts/:id?" element={<Alerts />} />
            <Route path="/webhooks" element={<Webhooks />} />
            <Route path="/webhooks/events" element={<Events />} />
            <Route path="/webhooks/:id" element={<WebhookPage />} />
            <Route path="/tokens/:tab?" element={<Tokens />} />
            <Route path="/tariffs" element={<Tariffs />} />
            <Route path="/tariffs/:id" element={<TariffPage />} />
            <Route path="/organization/:tab?" element={<Organization />} />
            <Route path="/account" element={<Account />} />
            <Route path="/handovers" element={<Handovers />} />
            <Route path="/reports" element={<Reports />} />
            <Route path="/alerts/rules/:tab?" element={<AlertRules />} />
            <Route path="*" element={<NotHere />} />
          </Routes>
        </Suspense>
      </Shell>
    </LiveProvider>
  );
}
