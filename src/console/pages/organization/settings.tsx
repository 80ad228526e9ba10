/** The settings of the organization; who may not change them reads them. */
import { Checkbox, Group, Select, SimpleGrid, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ChangeEvent, ReactNode } from 'react';
import type { Schemas } from '../../api/client.ts';
import { answer, api } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import { useMay } from '../../api/use-session.ts';
import { organizationTexts } from '../../texts/organization.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote, tellDone } from '../../ui/error-note.tsx';
import { Form, orNull, useFields } from '../../ui/form.tsx';
import { Card, Copyable } from '../../ui/page.tsx';
import { Waiting } from '../../ui/waiting.tsx';

type Organization = Schemas['Organization'];

export function Settings() {
  const { data, error, refetch } = useQuery({
    queryKey: ['organization'],
    queryFn: () => answer(api.GET('/api/v1/organization')),
    meta: { still: true }, // nothing changes under the hands of who writes
  });
  if (data === undefined)
    return error === null ? <Waiting /> : <ErrorNote cause={error} retry={() => void refetch()} />;
  return <SettingsForm organization={data} />;
}

const policies = ['list', 'open', 'free'] as const;
const boots = ['accepted', 'pending'] as const;
const told = (text: string | null): string => text ?? '';

function SettingsForm({ organization }: { readonly organization: Organization }) {
  const t = useTexts();
  const w = useWords(organizationTexts);
  const queries = useQueryClient();
  const mayWrite = useMay('write:api_keys');
  const [fields, set] = useFields({
    ...organization,
    legal_name: told(organization.legal_name),
    address: told(organization.address),
    vat_id: told(organization.vat_id),
    country_code: told(organization.country_code),
    party_id: told(organization.party_id),
    receipt_url: told(organization.receipt_url),
  });
  const save = useMutation({
    mutationFn: () => {
      const { id: _id, created_at: _at, ...rest } = fields;
      return answer(
        api.PATCH('/api/v1/organization', {
          body: {
            ...rest,
            legal_name: orNull(rest.legal_name),
            address: orNull(rest.address),
            vat_id: orNull(rest.vat_id),
            country_code: orNull(rest.country_code)?.toUpperCase() ?? null,
            party_id: orNull(rest.party_id)?.toUpperCase() ?? null,
            receipt_url: orNull(rest.receipt_url),
          },
        }),
      );
    },
    onSuccess: (changed) => {
      queries.setQueryData(['organization'], changed);
      tellDone(w.saved, t);
    },
  });
  const faults = faultsByField(save.error);
  type Texts = 'name' | 'currency' | 'timezone' | 'legal_name' | 'vat_id' | 'country_code' | 'party_id' | 'receipt_url';
  const text = (field: Texts | 'driver_language') => ({
    value: fields[field],
    onChange: (event: ChangeEvent<HTMLInputElement>) => set({ [field]: event.currentTarget.value }),
    error: faults[field],
  });
  return (
    <Form save={save} yes={w.save} isReady={mayWrite} fields={Object.keys(fields)} label={w.tabs.settings}>
      {!mayWrite && (
        <Text size="sm" c="dimmed">
          {w.readOnly}
        </Text>
      )}
      <fieldset disabled={!mayWrite} className="bare">
        <Stack>
          <Part title={w.general}>
            <SimpleGrid cols={{ base: 1, sm: 3 }} className="fields">
              <TextInput label={w.name} {...text('name')} required />
              <TextInput label={w.currency} description={w.currencyHint} {...text('currency')} maxLength={3} required />
              <TextInput label={w.timezone} description={w.timezoneHint} {...text('timezone')} required />
            </SimpleGrid>
            <div>
              <Text size="sm" fw={500}>
                {w.id}
              </Text>
              <Text size="xs" c="dimmed" mb={4}>
                {w.idHint}
              </Text>
              <Copyable text={organization.id} label={w.id} />
            </div>
          </Part>
          <Part title={w.charging}>
            <SimpleGrid cols={{ base: 1, sm: 2 }} className="fields">
              <Select
                label={w.authorization}
                data={policies.map((value) => ({ value, label: w.authorizations[value] }))}
                value={fields.authorization}
                onChange={(value) => set({ authorization: policies.find((each) => each === value) ?? 'list' })}
                allowDeselect={false}
              />
              <Select
                label={w.uncommissioned}
                data={boots.map((value) => ({ value, label: w.uncommissioneds[value] }))}
                value={fields.uncommissioned}
                onChange={(value) => set({ uncommissioned: boots.find((each) => each === value) ?? 'accepted' })}
                allowDeselect={false}
              />
            </SimpleGrid>
          </Part>
          <Part title={w.billing}>
            <SimpleGrid cols={{ base: 1, sm: 2 }} className="fields">
              <TextInput label={w.legalName} description={w.legalNameHint} {...text('legal_name')} />
              <Textarea
                label={w.address}
                description={w.addressHint}
                value={fields.address}
                onChange={(event) => set({ address: event.currentTarget.value })}
                error={faults['address']}
                autosize
                maxRows={6}
              />
              <TextInput label={w.vatId} {...text('vat_id')} />
              <Group grow align="flex-start">
                <TextInput label={w.country} placeholder="DE" {...text('country_code')} maxLength={2} />
                <TextInput label={w.party} placeholder="ABC" {...text('party_id')} maxLength={3} />
              </Group>
              <TextInput label={w.receiptUrl} description={w.receiptUrlHint} {...text('receipt_url')} />
            </SimpleGrid>
          </Part>
          <Part title={w.drivers}>
            <Checkbox
              label={w.driverMessages}
              checked={fields.driver_messages}
              onChange={(event) => set({ driver_messages: event.currentTarget.checked })}
            />
            <TextInput label={w.driverLanguage} {...text('driver_language')} maw={280} />
          </Part>
          <Part title={w.security}>
            <Checkbox
              label={w.secondFactor}
              description={w.secondFactorHint}
              checked={fields.require_second_factor}
              onChange={(event) => set({ require_second_factor: event.currentTarget.checked })}
            />
          </Part>
        </Stack>
      </fieldset>
    </Form>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Card label={title}>
      <Stack>
        <Title order={2}>{title}</Title>
        {children}
      </Stack>
    </Card>
  );
}
