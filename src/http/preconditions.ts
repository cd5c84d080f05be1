// Evaluates conditional requests (RFC 9110 §13) against a representation's validators.

/** The validators of a representation (§8.8). */
export interface Validators {
  /** A strong entity tag, with its quotes. */
  etag: string;
  /** Unix time in milliseconds. */
  lastModified: number;
}

/** The conditional headers of a request; an absent one is undefined. */
export interface Conditions {
  ifMatch: string | undefined;
  ifNoneMatch: string | undefined;
  ifModifiedSince: string | undefined;
  ifUnmodifiedSince: string | undefined;
  ifRange: string | undefined;
}

export type PreconditionResult = "proceed" | "not-modified" | "failed";

/** Evaluates the preconditions of a GET or HEAD in the order of §13.2.2. */
export function evaluatePreconditions(conditions: Conditions, current: Validators): PreconditionResult {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  if (ifMatch !== undefined) {
    // §13.1.1: strong comparison.
    if (!listMatches(ifMatch, (tag) => tag === current.etag)) return "failed";
  } else if (isBefore(ifUnmodifiedSince, current.lastModified)) {
    return "failed";
  }
  if (ifNoneMatch !== undefined) {
    // §13.1.2: weak comparison. §13.1.3: If-Modified-Since is ignored beside it.
    return listMatches(ifNoneMatch, (tag) => withoutWeakness(tag) === current.etag)
      ? "not-modified"
      : "proceed";
  }
  const since = parseHttpDate(ifModifiedSince);
  return since !== null && wholeSeconds(current.lastModified) <= since ? "not-modified" : "proceed";
}

/** Whether a Range header applies (§13.1.5): always without If-Range, otherwise only to exactly this version. */
export function rangeApplies(ifRange: string | undefined, current: Validators): boolean {
  if (ifRange === undefined) return true;
  const value = ifRange.trim();
  if (value.endsWith('"')) return value === current.etag;
  return parseHttpDate(value) === wholeSeconds(current.lastModified);
}

const ENTITY_TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/y;
const LIST_GAP = /[ \t,]*/y;

/** Whether the header is `*` or a tag of its list passes `matches`. Reading stops at the first malformed member. */
function listMatches(header: string, matches: (tag: string) => boolean): boolean {
  if (header.trim() === "*") return true;
  let position = 0;
  while (position < header.length) {
    LIST_GAP.lastIndex = position;
    LIST_GAP.test(header);
    ENTITY_TAG.lastIndex = LIST_GAP.lastIndex;
    const tag = ENTITY_TAG.exec(header)?.[0];
    if (tag === undefined) return false;
    if (matches(tag)) return true;
    position = ENTITY_TAG.lastIndex;
  }
  return false;
}

const withoutWeakness = (tag: string) => (tag.startsWith("W/") ? tag.slice(2) : tag);

function isBefore(header: string | undefined, lastModified: number): boolean {
  const date = parseHttpDate(header);
  return date !== null && date < wholeSeconds(lastModified);
}

/** An HTTP date has no fractions of a second. */
const wholeSeconds = (milliseconds: number) => Math.floor(milliseconds / 1000);

// §5.6.7: the three date formats that a recipient must accept. Date.parse accepts many others.
const HTTP_DATE = [
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/** The Unix time in seconds of an HTTP date; null when absent or malformed, which is ignored (§13.1.3). */
function parseHttpDate(header: string | undefined): number | null {
  const text = header?.trim();
  if (text === undefined || !HTTP_DATE.some((form) => form.test(text))) return null;
  const milliseconds = Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
  return Number.isNaN(milliseconds) ? null : milliseconds / 1000;
}
