/** One site: where it is, its charge points, and how they share its supply. */
import { Button, SimpleGrid } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Link, useParams } from 'react-router';
import { answer, api, done } from '../api/client.ts';
import { type ChargePoint, nameOf } from '../api/fleet.ts';
import type { Site } from '../api/sites.ts';
import { useMay } from '../api/use-session.ts';
import { sites } from '../texts/sites.ts';
import { useTexts } from '../texts/use-texts.ts';
import { useWords } from '../texts/words.ts';
import { Confirm, type Question } from '../ui/confirm.tsx';
import { CutNote } from '../ui/cut-note.tsx';
import { ErrorNote, tellDone } from '../ui/error-note.tsx';
import { useChargePoints } from '../ui/live.tsx';
import { Card, Empty, Fact, Page, Section } from '../ui/page.tsx';
import { type Column, Rows } from '../ui/rows.tsx';
import { Connection, ConnectorSummary } from '../ui/status.tsx';
import { useGo } from '../ui/use-go.ts';
import { Waiting } from '../ui/waiting.tsx';
import { placeOf, SiteState } from './sites/at-site.tsx';
import { SiteForm } from './sites/site-form.tsx';
import { SiteLoad } from './sites/site-load.tsx';

const SiteMap = lazy(() => import('../ui/site-map.tsx'));

export default function SitePage() {
  const { id = '' } = useParams();
  const w = useWords(sites);
  const { data, error, refetch } = useQuery({
    queryKey: ['site', id],
    queryFn: () => answer(api.GET('/api/v1/sites/{id}', { params: { path: { id } } })),
  });
  if (data === undefined) {
    return (
      <Page title={w.title} above={{ to: '/sites', title: w.title }}>
        {error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />}
      </Page>
    );
  }
  return <Found key={id} site={data} />;
}

function Found({ site }: { readonly site: Site }) {
  const t = useTexts();
  const w = useWords(sites);
  const { fleet, error } = useChargePoints();
  const here = (fleet?.all ?? []).filter(({ site_id }) => site_id === site.id);
  const columns: Column<ChargePoint>[] = [
    {
      name: t.chargePoints.columns.name,
      of: (each) => (
        <Link className="row-link" to={`/charge-points/${each.id}`}>
          {nameOf(each)}
        </Link>
      ),
    },
    { name: t.chargePoints.columns.state, of: (each) => <Connection chargePoint={each} /> },
    { name: t.chargePoints.columns.connectors, of: (each) => <ConnectorSummary chargePoint={each} /> },
  ];
  return (
    <Page title={site.name} above={{ to: '/sites', title: w.title }} actions={<Actions site={site} />}>
      <Card>
        <SimpleGrid component="dl" m={0} cols={{ base: 1, sm: 2, lg: 4 }}>
          <Fact name={w.columns.place}>{placeOf(site) || t.common.none}</Fact>
          <Fact name={w.timezone}>{site.timezone}</Fact>
          <Fact name={w.openInMap}>
            {site.coordinates === null ? t.common.none : `${site.coordinates.latitude}, ${site.coordinates.longitude}`}
          </Fact>
          <Fact name={w.columns.state}>
            <SiteState siteId={site.id} all={fleet === undefined ? undefined : here} />
          </Fact>
        </SimpleGrid>
      </Card>
      <Section title={w.chargePoints}>
        <ErrorNote cause={error} />
        <CutNote />
        {fleet === undefined && error === null && <Waiting />}
        {fleet !== undefined && (
          <Card p={0} label={w.chargePoints}>
            {here.length === 0 ? (
              <Empty icon="chargePoints" title={w.empties} hint={w.emptiesHint} />
            ) : (
              <Rows rows={here} columns={columns} />
            )}
          </Card>
        )}
      </Section>
      <SiteLoad siteId={site.id} />
      {site.coordinates !== null && (
        <Suspense>
          <SiteMap sites={[site]} all={here} />
        </Suspense>
      )}
    </Page>
  );
}

function Actions({ site }: { readonly site: Site }) {
  const t = useTexts();
  const w = useWords(sites);
  const queries = useQueryClient();
  const navigate = useGo();
  const mayWrite = useMay('write:charge_points');
  const [isEditing, { open, close }] = useDisclosure(false);
  const [question, setQuestion] = useState<Question>();
  if (!mayWrite) return null;
  const askRemove = (): void =>
    setQuestion({
      title: w.removeTitle(site.name),
      text: w.removeText,
      yes: w.remove,
      async do() {
        await done(api.DELETE('/api/v1/sites/{id}', { params: { path: { id: site.id } } }));
        void queries.invalidateQueries({ queryKey: ['sites'] }); // shown by the queries
        tellDone(w.removed(site.name), t);
        navigate('/sites', { replace: true });
      },
    });
  return (
    <>
      <Button variant="default" onClick={open}>
        {w.edit}
      </Button>
      <Button variant="default" onClick={askRemove}>
        {w.remove}
      </Button>
      <SiteForm site={site} isOpen={isEditing} close={close} />
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </>
  );
}
