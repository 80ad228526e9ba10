/** Which page stands at which address, and that nobody sees one who is not signed in. */
import { lazy, Suspense } from 'react';
import { Route, Routes } from 'react-router';
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
const UnknownChargePoints = lazy(() => import('./pages/unknown-charge-points.tsx'));
const Sessions = lazy(() => import('./pages/sessions.tsx'));
const SessionPage = lazy(() => import('./pages/session.tsx'));
const Alerts = lazy(() => import('./pages/alerts.tsx'));
const Webhooks = lazy(() => import('./pages/webhooks.tsx'));
const WebhookPage = lazy(() => import('./pages/webhook.tsx'));

export function App() {
  const state = useSession();
  if (state.at === 'starting') return <Waiting />;
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
            <Route path="/charge-points/:id/:tab?" element={<ChargePointPage />} />
            <Route path="/sessions" element={<Sessions />} />
            <Route path="/sessions/:id" element={<SessionPage />} />
            <Route path="/alerts/:id?" element={<Alerts />} />
            <Route path="/webhooks" element={<Webhooks />} />
            <Route path="/webhooks/:id" element={<WebhookPage />} />
            <Route path="*" element={<NotHere />} />
          </Routes>
        </Suspense>
      </Shell>
    </LiveProvider>
  );
}
