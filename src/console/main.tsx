/** The console in the browser: language, theme, data, pages. */
import { MantineProvider } from '@mantine/core';
import '@mantine/core/styles.css';
import { Notifications } from '@mantine/notifications';
import '@mantine/notifications/styles.css';
import { StrictMode, useEffect, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { session } from './api/session.ts';
import { App } from './app.tsx';
import './styles.css';
import { keepLanguage, preferredLanguage, SpokenContext, spoken } from './texts/use-texts.ts';
import { theme } from './theme.ts';
import { CrashGuard } from './ui/crash-guard.tsx';

/** Style elements need it (src/http/console.ts); libraries below Mantine look for the global. */
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
Object.assign(globalThis, { __webpack_nonce__: nonce });

function Root() {
  const [language, setLanguage] = useState(preferredLanguage);
  const value = useMemo(
    () =>
      spoken(language, (next) => {
        keepLanguage(next);
        setLanguage(next);
      }),
    [language],
  );
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return (
    <SpokenContext value={value}>
      <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
        <CrashGuard>
          <BrowserRouter>
            <App />
          </BrowserRouter>
        </CrashGuard>
        <Notifications position="bottom-right" />
      </MantineProvider>
    </SpokenContext>
  );
}

const place = document.getElementById('root');
if (place === null) throw new Error('the page has no place for the console');
createRoot(place).render(
  <StrictMode>
    <Root />
  </StrictMode>,
);
void session.start(); // never rejects: whoever is not signed in is asked to
