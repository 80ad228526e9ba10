/** Sites: where charge points stand, and how those are. */
import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { type Site, sitesQuery } from '../api/sites.ts';
import { useMay } from '../api/use-session.ts';
import { sites } from '../texts/sites.ts';
import { useTexts } from '../texts/use-texts.ts';
import { useWords } from '../texts/words.ts';
import { CutNote } from '../ui/cut-note.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { Icon } from '../ui/icons.tsx';
import { useChargePoints } from '../ui/live.tsx';
import { Card, Empty, Page } from '../ui/page.tsx';
import { type Column, Rows } from '../ui/rows.tsx';
import { Waiting } from '../ui/waiting.tsx';
import { placeOf, SiteState } from './sites/at-site.tsx';
import { SiteForm } from './sites/site-form.tsx';

export default function Sites() {
  const t = useTexts();
  const w = useWords(sites);
  const mayWrite = useMay('write:charge_points');
  const { fleet } = useChargePoints();
  const [isAdding, { open, close }] = useDisclosure(false);
  const { data, error, refetch } = useQuery(sitesQuery);
  const columns: Column<Site>[] = [
    {
      name: w.columns.name,
      of: ({ id, name }) => (
        <Link className="row-link" to={`/sites/${id}`}>
          {name}
        </Link>
      ),
    },
    { name: w.columns.place, from: 'sm', of: (site) => <Text size="sm">{placeOf(site) || t.common.none}</Text> },
    { name: w.columns.state, of: ({ id }) => <SiteState siteId={id} all={fleet?.all} /> },
  ];
  return (
    <Page
      title={w.title}
      actions={
        mayWrite && (
          <Button onClick={open} leftSection={<Icon name="add" size={16} />}>
            {w.add}
          </Button>
        )
      }
    >
      <ErrorNote cause={error} retry={() => void refetch()} />
      <CutNote />
      {data === undefined && error === null && <Waiting />}
      {data !== undefined && (
        <Card p={0} label={w.title}>
          {data.length === 0 ? (
            <Empty icon="site" title={w.emptyTitle} hint={w.empty} />
          ) : (
            <Rows rows={data} columns={columns} />
          )}
        </Card>
      )}
      <SiteForm site={undefined} isOpen={isAdding} close={close} />
    </Page>
  );
}
