// Rows of the app's tables in Postgres with values that are easily changed on the way: line breaks, quotes, psql's
// end-of-data marker, NULL and the empty text, extreme numbers and times.
import fc from "fast-check";

const TEXTS = [
  "Plain words.",
  "",
  'She said "no"; \'twice\', ""',
  "two\nlines\r\nand\ra third\n\n",
  "end\n\\.\nof data\n\\.\r\n\\.\n",
  "\\.",
  "\\.\n\\.",
  "backslash\\",
  "\\N",
  "NULL",
  "=1+1",
  "@SUM(A1)",
  " spaces\t",
  "\ufeffmark",
  "\u0001\u007f\u2028",
  "שלום، \u202eabc\u202c مرحبا",
  "👩‍👩‍👧‍👦 é e\u0301 長い \u{10ffff}",
  ",,,",
  "$x$ \\copy \\! :delete_missing",
  "long, 長い ".repeat(9000),
  ...fc.sample(fc.string({ unit: "grapheme", minLength: 1 }), { numRuns: 100, seed: 13 }),
].map((text) => text.replaceAll("\0", "").toWellFormed());

const FLOATS = [
  0.8,
  0,
  1,
  -1.5,
  0.1 + 0.2,
  1 / 3,
  5e-324,
  1.7976931348623157e308,
  -2.2250738585072014e-308,
  1e21,
  123456789.12345679,
];
const INTEGERS = [1000, 0, -1, 2 ** 31 - 1, -(2 ** 31)];
const TIMES = [
  ...["2025-01-01 12:30:00.125", "2025-06-30 00:00:00", "1969-12-31 23:59:59.999", "0001-01-01 00:00:00.001"],
  ...["9999-12-31 23:59:59.999", "2024-02-29 01:02:03.004", "1883-11-18 12:00:00.5"],
];
const CATEGORIES = ["AUDIOBOOK", "CUSTOMER_SERVICE", "GENERAL", "CORPORATE"];

const at = <T>(values: readonly T[], index: number): T => values[index % values.length] as T;
const padded = (index: number) => String(index).padStart(5, "0");

/** As many that pages of a thousand end between them. Custom voices have audio: without it they are not migrated. */
export const VOICES = Array.from({ length: 1200 }, (_, index) => {
  const isSystem = index % 5 === 0;
  const id = `voice_${padded(index)}`;
  return {
    id,
    orgId: isSystem ? null : `org_${index % 3}`,
    name: at(TEXTS, index),
    description: index % 4 === 0 ? null : at(TEXTS, index * 7 + 1),
    category: at(CATEGORIES, index),
    language: at(["en-US", "zh-Hant-TW", "de-DE"], index),
    variant: isSystem ? "SYSTEM" : "CUSTOM",
    r2ObjectKey: index % 10 === 0 ? null : `voices/orgs/org_${index % 3}/${id}`,
    createdAt: at(TIMES, index),
    updatedAt: at(TIMES, index + 3),
  };
});

export const GENERATIONS = Array.from({ length: 3300 }, (_, index) => ({
  id: at([`gen_${padded(index)}`, `Gen ${padded(index)} é`], index),
  orgId: `org_${index % 3}`,
  voiceId: index % 4 === 0 ? null : `voice_${padded(index % 1200)}`,
  text: at(TEXTS, index),
  voiceName: at(TEXTS, index * 3 + 2),
  r2ObjectKey: index % 6 === 0 ? null : `generations/orgs/org_${index % 3}/${index}`,
  temperature: at(FLOATS, index),
  topP: at(FLOATS, index + 5),
  topK: at(INTEGERS, index),
  repetitionPenalty: at(FLOATS, index + 7),
  createdAt: at(TIMES, index),
  updatedAt: at(TIMES, index + 2),
}));
