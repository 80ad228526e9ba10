/** A site: made, or changed. */
import { Autocomplete, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, onlyOnce } from '../../api/client.ts';
import { faultsByField } from '../../api/errors.ts';
import type { Site } from '../../api/sites.ts';
import { sites } from '../../texts/sites.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { ErrorNote, tellDone } from '../../ui/error-note.tsx';
import { useGo } from '../../ui/use-go.ts';

type Needs = { readonly site: Site | undefined; readonly isOpen: boolean; readonly close: () => void };
const DIGITS = 6;
const zones: readonly string[] = Intl.supportedValuesOf('timeZone');

export function SiteForm(props: Needs) {
  const { site, isOpen, close } = props;
  const t = useTexts();
  const w = useWords(sites);
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={site === undefined ? w.add : site.name}
      size="lg"
      centered
      closeButtonProps={{ 'aria-label': t.app.close }}
    >
      {isOpen && <Form {...props} />}
    </Modal>
  );
}

const fieldsOf = (site: Site | undefined) => ({
  name: site?.name ?? '',
  address: site?.address ?? '',
  postal_code: site?.postal_code ?? '',
  city: site?.city ?? '',
  country: site?.country ?? '',
  timezone: site?.timezone ?? '',
  latitude: site?.coordinates?.latitude ?? '',
  longitude: site?.coordinates?.longitude ?? '',
});
type Fields = ReturnType<typeof fieldsOf>;

/** OCPI wants 5 to 7 digits after the point. */
const degrees = (text: string): string => {
  const value = Number(text.trim().replace(',', '.'));
  return Number.isFinite(value) && text.trim() !== '' ? value.toFixed(DIGITS) : text;
};

function bodyOf({ name, timezone, latitude, longitude, ...place }: Fields) {
  const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());
  const isPlaced = latitude.trim() !== '' || longitude.trim() !== '';
  return {
    name: name.trim(),
    ...(timezone.trim() !== '' && { timezone: timezone.trim() }),
    address: orNull(place.address),
    postal_code: orNull(place.postal_code),
    city: orNull(place.city),
    country: orNull(place.country.toUpperCase()),
    coordinates: isPlaced ? { latitude: degrees(latitude), longitude: degrees(longitude) } : null,
  };
}

function Form({ site, close }: Needs) {
  const t = useTexts();
  const w = useWords(sites);
  const queries = useQueryClient();
  const navigate = useGo();
  const [fields, setFields] = useState(() => fieldsOf(site));
  const [isLost, setLost] = useState(false);
  const save = useMutation({
    mutationFn: () =>
      site === undefined
        ? answer(api.POST('/api/v1/sites', { params: { header: onlyOnce() }, body: bodyOf(fields) }))
        : answer(api.PATCH('/api/v1/sites/{id}', { params: { path: { id: site.id } }, body: bodyOf(fields) })),
    onSuccess(saved) {
      void queries.invalidateQueries({ queryKey: ['sites'] }); // shown by the queries
      queries.setQueryData(['site', saved.id], saved);
      tellDone(w.saved, t);
      close();
      if (site === undefined) navigate(`/sites/${saved.id}`);
    },
  });
  const faults = faultsByField(save.error);
  const field = (name: keyof Fields, label: string) => ({
    label,
    value: fields[name],
    error: faults[name] ?? faults[`coordinates.${name}`],
    onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) =>
      setFields((before) => ({ ...before, [name]: value })),
  });
  const locate = (): void => {
    setLost(false);
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude } }) =>
        setFields((before) => ({
          ...before,
          latitude: latitude.toFixed(DIGITS),
          longitude: longitude.toFixed(DIGITS),
        })),
      () => setLost(true),
    );
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack>
        <TextInput {...field('name', w.name)} maxLength={100} required data-autofocus autoComplete="off" />
        <TextInput {...field('address', w.address)} maxLength={45} autoComplete="off" />
        <Group grow align="flex-start">
          <TextInput {...field('postal_code', w.postalCode)} maxLength={10} autoComplete="off" />
          <TextInput {...field('city', w.city)} maxLength={45} autoComplete="off" />
          <TextInput {...field('country', w.country)} placeholder={w.countryHint} maxLength={3} autoComplete="off" />
        </Group>
        <Autocomplete
          label={w.timezone}
          description={w.timezoneHint}
          value={fields.timezone}
          error={faults['timezone']}
          onChange={(timezone) => setFields((before) => ({ ...before, timezone }))}
          data={[...zones]}
          limit={20}
        />
        <div>
          <Group align="flex-end" wrap="nowrap">
            <TextInput {...field('latitude', w.latitude)} inputMode="decimal" autoComplete="off" style={{ flex: 1 }} />
            <TextInput
              {...field('longitude', w.longitude)}
              inputMode="decimal"
              autoComplete="off"
              style={{ flex: 1 }}
            />
            {'geolocation' in navigator && window.isSecureContext && (
              <Button variant="default" onClick={locate}>
                {w.here}
              </Button>
            )}
          </Group>
          <Text size="xs" c="dimmed" mt={4}>
            {isLost ? w.hereFailed : w.coordinatesHint}
          </Text>
        </div>
        <ErrorNote
          cause={save.error}
          except={[...Object.keys(fields), 'coordinates.latitude', 'coordinates.longitude']}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t.common.cancel}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {site === undefined ? w.create : w.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
