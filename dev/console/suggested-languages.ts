// Suggested languages for voices, and the names of all. Users can enter any other BCP 47 tag.
const ENGLISH = ["en-US", "en-GB", "en-AU", "en-IN"];
const OTHERS =
  "de-DE es-ES es-MX fr-FR hi-IN it-IT ja-JP ko-KR nl-NL pl-PL pt-BR ru-RU sv-SE tr-TR uk-UA zh-CN";

const names = new Intl.DisplayNames(["en"], { type: "language" });

/** `en-GB` as `British English`; a tag without a name as it is. */
export function languageName(tag: string): string {
  try {
    return names.of(tag) ?? tag;
  } catch {
    // A BCP 47 tag that no locale identifier of Unicode can be, such as zh-cmn.
    return tag;
  }
}

export const SUGGESTED_LANGUAGES = [...ENGLISH, ...OTHERS.split(" ")].map((tag) => ({
  tag,
  name: languageName(tag),
}));
