/** The pages behind the links of e-mails: an invitation, and a new password. They need no one to be signed in. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useLocation } from 'react-router';
import { accountTexts } from '../texts/account.ts';
import { useWords } from '../texts/words.ts';
import { FrontDoor } from '../ui/front-door.tsx';
import { Invitation } from './from-mail/invitation.tsx';
import { AskReset, Reset } from './from-mail/reset.tsx';

export default function FromMail() {
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { retry: false } } }));
  const { pathname, hash } = useLocation();
  const token = hash.slice(1);
  const w = useWords(accountTexts);
  useEffect(() => {
    document.title = `${pathname === '/invitation' ? w.accept : w.setNew} · Dynamo`;
  }, [pathname, w]);
  return (
    <QueryClientProvider client={queries}>
      <FrontDoor>
        {pathname === '/invitation' && <Invitation key={token} token={token} />}
        {pathname !== '/invitation' && (token === '' ? <AskReset /> : <Reset key={token} token={token} />)}
      </FrontDoor>
    </QueryClientProvider>
  );
}
