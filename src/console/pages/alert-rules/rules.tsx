/** The rules, as they hold for the organization or for a site: on or off, how severe, after how long, from which value on. */
import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../api/client.ts';
import { answer, api } from '../../api/client.ts';
import { sitesQuery } from '../../api/sites.ts';
import { useMay } from '../../api/use-session.ts';
import { ruleTexts } from '../../texts/alert-rules.ts';
import { useFormat, useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Dialog } from '../../ui/form.tsx';
import { Card } from '../../ui/page.tsx';
import { Rows } from '../../ui/rows.tsx';
import { Status, type Tone } from '../../ui/status.tsx';
import { useParam } from '../../ui/use-param.ts';
import { Waiting } from '../../ui/waiting.tsx';
import { RuleForm } from './rule-form.tsx';

type Rule = Schemas['AlertRule'];
const tones: Record<Rule['severity'], Tone> = { info: 'off', warning: 'warn', critical: 'bad' };

export function Rules() {
  const t = useTexts();
  const w = useWords(ruleTexts);
  const format = useFormat();
  const mayWrite = useMay('write:charge_points');
  const [site, setSite] = useParam('site');
  const [open, setOpen] = useParam('rule');
  const sites = useQuery(sitesQuery);
  const { data, error, refetch } = useQuery({
    queryKey: ['alert-rules', site],
    queryFn: () => answer(api.GET('/api/v1/alert-rules', { params: { query: site === '' ? {} : { site_id: site } } })),
  });
  if (data === undefined)
    return error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />;
  const chosen = data.data.find(({ rule }) => rule === open);
  const isOwn = ({ set }: Rule): boolean => Object.values(set).some((value) => value !== null);
  const thresholdOf = ({ threshold, threshold_unit, threshold_alerts }: Rule): string => {
    if (threshold === null) return t.common.none;
    const told = [format.number(threshold), threshold_unit].filter(Boolean).join(' ');
    return threshold_alerts === 'at_most' ? w.atMost(told) : w.atLeast(told);
  };
  return (
    <Stack>
      {(sites.data?.length ?? 0) > 0 && (
        <Select
          label={w.scope}
          data={[
            { value: '', label: w.organization },
            ...(sites.data ?? []).map(({ id, name }) => ({ value: id, label: `${w.site}: ${name}` })),
          ]}
          value={site}
          onChange={(value) => setSite(value ?? '')}
          allowDeselect={false}
          maw={360}
          searchable
        />
      )}
      <Card p={0} label={w.tabs.rules}>
        <Rows
          isOwn
          rows={data.data.map((rule) => ({ ...rule, id: rule.rule }))}
          columns={[
            {
              name: w.rule,
              of: (rule) => (
                <>
                  <Text size="sm" fw={600}>
                    {rule.title}
                  </Text>
                  <Text size="xs" c="dimmed" visibleFrom="sm">
                    {rule.looks_at}
                  </Text>
                </>
              ),
            },
            {
              name: w.severity,
              of: (rule) =>
                rule.enabled ? (
                  <Status tone={tones[rule.severity]}>{t.alerts.severity[rule.severity]}</Status>
                ) : (
                  <Status tone="off" hollow>
                    {w.off}
                  </Status>
                ),
            },
            { name: w.after, from: 'sm', isNumber: true, of: ({ for_s }) => format.duration(for_s) },
            {
              name: w.threshold,
              from: 'md',
              of: (rule) => (
                <Text size="sm" maw={280}>
                  {thresholdOf(rule)}
                </Text>
              ),
            },
            {
              name: '',
              isNumber: true,
              of: (rule) => (
                <Group gap="xs" justify="flex-end">
                  {isOwn(rule) && (
                    <Text size="xs" c="dimmed" visibleFrom="md">
                      {w.own}
                    </Text>
                  )}
                  {mayWrite && (
                    <Button
                      size="xs"
                      variant="default"
                      onClick={() => setOpen(rule.rule)}
                      aria-label={w.changeRule(rule.title)}
                    >
                      {w.change}
                    </Button>
                  )}
                </Group>
              ),
            },
          ]}
        />
      </Card>
      <Dialog
        title={mayWrite && chosen !== undefined ? w.changeRule(chosen.title) : undefined}
        close={() => setOpen('')}
      >
        {chosen !== undefined && <RuleForm rule={chosen} siteId={site} close={() => setOpen('')} />}
      </Dialog>
    </Stack>
  );
}
