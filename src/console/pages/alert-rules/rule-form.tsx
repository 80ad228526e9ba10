/** One rule, changed for the organization or a site; or given back to what is by default. */
import { Button, NumberInput, Select, SimpleGrid, Stack, Switch } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { paths, Schemas } from '../../api/client.ts';
import { answer, api } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { ruleTexts } from '../../texts/alert-rules.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote, tellDone } from '../../ui/error-note.tsx';
import { Form, useFields } from '../../ui/form.tsx';
import { Fact } from '../../ui/page.tsx';

type Change = paths['/api/v1/alert-rules']['put']['requestBody']['content']['application/json'];
const severities = ['info', 'warning', 'critical'] as const;

export function RuleForm(props: {
  readonly rule: Schemas['AlertRule'];
  /** Empty: the organization. */
  readonly siteId: string;
  readonly close: () => void;
}) {
  const { rule, siteId, close } = props;
  const t = useTexts();
  const w = useWords(ruleTexts);
  const queries = useQueryClient();
  const [fields, set] = useFields({
    enabled: rule.enabled,
    severity: rule.severity,
    forS: rule.for_s as number | string,
    threshold: (rule.threshold ?? '') as number | string,
    windowDays: (rule.window_days ?? '') as number | string,
  });
  const put = async (change: Omit<Change, 'rule' | 'site_id'>): Promise<void> => {
    const body = { rule: rule.rule as Change['rule'], ...(siteId !== '' && { site_id: siteId }), ...change }; // as: told by the server
    await answer(api.PUT('/api/v1/alert-rules', { body }));
    await queries.invalidateQueries({ queryKey: ['alert-rules'] });
    tellDone(w.saved, t);
    close();
  };
  const number = (value: number | string): number | null => (value === '' ? null : Number(value));
  const save = useMutation({
    mutationFn: () =>
      put({
        enabled: fields.enabled,
        severity: fields.severity,
        for_s: number(fields.forS),
        threshold: number(fields.threshold),
        window_days: number(fields.windowDays),
      }),
  });
  const reset = useMutation({ mutationFn: () => put({}) });
  const faults = faultsByField(save.error);
  return (
    <Form save={save} yes={w.save} fields={['for_s', 'threshold', 'window_days']}>
      <Stack component="dl" gap="xs" m={0}>
        <Fact name={w.looksAt}>{rule.looks_at}</Fact>
        <Fact name={w.ends}>{rule.ends}</Fact>
        <Fact name={w.remedy}>{rule.remedy}</Fact>
      </Stack>
      <Switch
        label={w.enabled}
        checked={fields.enabled}
        onChange={(event) => set({ enabled: event.currentTarget.checked })}
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }} className="fields">
        <Select
          label={w.severity}
          data={severities.map((value) => ({ value, label: t.alerts.severity[value] }))}
          value={fields.severity}
          onChange={(value) => set({ severity: severities.find((each) => each === value) ?? 'warning' })}
          allowDeselect={false}
        />
        <NumberInput
          label={w.forS}
          description={w.forHint}
          min={0}
          allowDecimal={false}
          value={fields.forS}
          onChange={(forS) => set({ forS })}
          error={faults['for_s']}
        />
        {rule.threshold !== null && (
          <NumberInput
            label={rule.threshold_unit === null ? w.threshold : w.thresholdIn(rule.threshold_unit)}
            value={fields.threshold}
            onChange={(threshold) => set({ threshold })}
            error={faults['threshold']}
          />
        )}
        {rule.window_days !== null && (
          <NumberInput
            label={w.windowDays}
            min={1}
            allowDecimal={false}
            value={fields.windowDays}
            onChange={(windowDays) => set({ windowDays })}
            error={faults['window_days']}
          />
        )}
      </SimpleGrid>
      <ErrorNote cause={reset.error} />
      <div>
        <Button variant="default" size="xs" loading={reset.isPending} onClick={() => reset.mutate()}>
          {w.reset}
        </Button>
      </div>
    </Form>
  );
}
