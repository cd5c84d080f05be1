// Suggested languages for voices. Users can enter any other BCP 47 tag.
const ENGLISH = ["en-US", "en-GB", "en-AU", "en-IN"];
const OTHERS =
  "de-DE es-ES es-MX fr-FR hi-IN it-IT ja-JP ko-KR nl-NL pl-PL pt-BR ru-RU sv-SE tr-TR uk-UA zh-CN";

const names = new Intl.DisplayNames(["en"], { type: "language" });

export const SUGGESTED_LANGUAGES = [...ENGLISH, ...OTHERS.split(" ")].map((tag) => ({
  tag,
  name: names.of(tag) ?? tag,
}));
