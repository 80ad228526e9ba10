/**
 * What passwords that everybody tries first are made of: the words of the lists of leaked ones that are long enough for a rule of
 * twelve characters are these, said twice, in a row, or with digits behind. In the spelling of password-rules.ts (lower case, letters
 * for digits that look like them). Data only.
 */
export const COMMON_WORDS: readonly string[] = `
password passwort passwd contrasena motdepasse wachtwoord parola haslo senha kennwort geheim secret topsecret
admin administrator root superuser owner operator manager user benutzer guest gast test testing demo default
welcome willkommen bienvenue hello hallo login letmein letmein please open sesame access enter changeme change temp temporary
iloveyou ilove loveyou lovely love forever baby angel princess princesa sweet honey
monkey dragon tiger lion eagle falcon panther shadow ninja killer master hunter ranger warrior phoenix
football fussball baseball basketball hockey soccer golf liverpool arsenal chelsea barcelona bayern juventus
superman batman spiderman pokemon pikachu starwars naruto matrix trustno
summer sommer winter spring autumn herbst january february march april june july august september october november december
monday tuesday wednesday thursday friday saturday sunday
sunshine flower computer internet samsung google facebook microsoft windows android apple iphone
michael jennifer jessica thomas charlie daniel andrew joshua jordan ashley nicole michelle robert william
whatever freedom nothing secure security qwerty qwertz azerty qwertyuiop asdfgh asdfghjkl yxcvbn zxcvbn zxcvbnm qazwsx qazwsxedc
lqazzwsx lqazxsw abc abcd abcdef abcdefgh company firma office server charger charging station wallbox electric
`
  .trim()
  .split(/\s+/);
