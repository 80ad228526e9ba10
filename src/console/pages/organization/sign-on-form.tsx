/** The provider of single sign-on, written; the server asks it at once and says what is wrong with it. */
import { Checkbox, PasswordInput, Select, SimpleGrid, TagsInput, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Schemas } from '../../api/client.ts';
import { answer, api } from '../../api/client.ts';
import { faultsByField, isApiError } from '../../api/errors.ts';
import { signOnTexts } from '../../texts/sign-on.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { useWords } from '../../texts/words.ts';
import { tellDone } from '../../ui/error-note.tsx';
import { Form, useFields } from '../../ui/form.tsx';

type SignOn = Schemas['SingleSignOn'];
const roles = ['viewer', 'operator', 'installer', 'billing'] as const;
const ofForm = ['issuer', 'client_id', 'client_secret'];

export function SignOnForm({
  signOn,
  done,
}: {
  readonly signOn: SignOn | undefined;
  readonly done: (saved: SignOn) => void;
}) {
  const t = useTexts();
  const w = useWords(signOnTexts);
  const [fields, set] = useFields({
    issuer: signOn?.issuer ?? '',
    clientId: signOn?.client_id ?? '',
    secret: '',
    domains: [...(signOn?.email_domains ?? [])],
    role: signOn?.default_role ?? null,
    enforced: signOn?.enforced ?? false,
  });
  const save = useMutation({
    mutationFn: () =>
      answer(
        api.PUT('/api/v1/organization/sso', {
          body: {
            issuer: fields.issuer.trim(),
            client_id: fields.clientId.trim(),
            ...(fields.secret !== '' && { client_secret: fields.secret }),
            email_domains: fields.domains,
            default_role: fields.role,
            enforced: fields.enforced,
          },
        }),
      ),
    onSuccess: (saved) => {
      tellDone(w.saved, t);
      done(saved);
    },
  });
  const faults = faultsByField(save.error);
  // each of several is a field of its own: email_domains[1]
  const ofDomains = isApiError(save.error)
    ? save.error.details.filter(({ field }) => field.startsWith('email_domains'))
    : [];
  return (
    <Form save={save} yes={w.save} fields={[...ofForm, ...ofDomains.map(({ field }) => field)]} label={w.provider}>
      <TextInput
        label={w.issuer}
        description={w.issuerHint}
        type="url"
        value={fields.issuer}
        onChange={(event) => set({ issuer: event.currentTarget.value })}
        error={faults['issuer']}
        maxLength={500}
        required
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }} className="fields">
        <TextInput
          label={w.clientId}
          value={fields.clientId}
          onChange={(event) => set({ clientId: event.currentTarget.value })}
          error={faults['client_id']}
          maxLength={200}
          autoComplete="off"
          required
        />
        <PasswordInput
          label={w.secret}
          description={signOn === undefined ? w.secretHint : w.secretKept}
          value={fields.secret}
          onChange={(event) => set({ secret: event.currentTarget.value })}
          error={faults['client_secret']}
          maxLength={500}
          autoComplete="new-password"
          required={signOn === undefined}
        />
      </SimpleGrid>
      <TagsInput
        label={w.domains}
        description={w.domainsHint}
        value={fields.domains}
        onChange={(domains) => set({ domains })}
        error={ofDomains[0]?.message}
        maxTags={20}
        acceptValueOnBlur
        required={fields.domains.length === 0}
      />
      <Select
        label={w.firstRole}
        placeholder={w.firstRoleNone}
        data={roles.map((value) => ({ value, label: t.account.role[value] }))}
        value={fields.role}
        onChange={(value) => set({ role: roles.find((each) => each === value) ?? null })}
        clearable
      />
      <Checkbox
        label={w.enforced}
        description={w.enforcedHint}
        checked={fields.enforced}
        onChange={(event) => set({ enforced: event.currentTarget.checked })}
      />
      {signOn !== undefined && (
        <Text size="xs" c="dimmed">
          {w.changes}
        </Text>
      )}
    </Form>
  );
}
