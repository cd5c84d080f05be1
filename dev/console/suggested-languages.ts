// Languages offered as suggestions; any BCP 47 tag may be typed.
const TAGS = [
  "en-US",
  "en-GB",
  "en-AU",
  "en-IN",
  "de-DE",
  "es-ES",
  "es-MX",
  "fr-FR",
  "hi-IN",
  "it-IT",
  "ja-JP",
];
const MORE = ["ko-KR", "nl-NL", "pl-PL", "pt-BR", "ru-RU", "sv-SE", "tr-TR", "uk-UA", "zh-CN"];

const names = new Intl.DisplayNames(["en"], { type: "language" });

export const SUGGESTED_LANGUAGES = [...TAGS, ...MORE].map((tag) => ({ tag, name: names.of(tag) ?? tag }));
