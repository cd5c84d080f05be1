// The Content-Disposition of a download (RFC 6266): makes a file name of what a client asks for.
import { create } from "content-disposition";
import { extensionOf, KNOWN_EXTENSIONS } from "./served-type.ts";

const DEFAULT_STEM = "audio";
/** Of the name without its extension: file systems accept 255 bytes. */
const MAX_STEM_BYTES = 200;

const KNOWN_EXTENSION = new RegExp(`\\.(?:${KNOWN_EXTENSIONS.join("|")})$`, "i");

/** `attachment` with `name` as the file name: cleaned, cut, and with the extension of the type that is served. */
export function attachment(name: string, servedType: string): string {
  const stem = trim(cut(clean(name).trimEnd().replace(KNOWN_EXTENSION, "")));
  return create(`${stem || DEFAULT_STEM}.${extensionOf(servedType)}`);
}

/** Without characters that reorder the text around them, lines, and what separates paths or is reserved in Windows. */
const clean = (name: string): string =>
  name
    .toWellFormed()
    .replaceAll(/\p{Bidi_Control}/gu, "")
    .replaceAll(/[\p{Cc}\p{Z}]+/gu, " ")
    .replaceAll(/["*/:<>?\\|]/g, "_");

/** Names that begin with a dot are hidden, and Windows drops dots and spaces at the end. */
const trim = (name: string): string => name.replaceAll(/^[. ]+|[. ]+$/g, "");

/** The first {@link MAX_STEM_BYTES} in UTF-8, without a part of a character. */
const cut = (stem: string): string =>
  stem.slice(0, new TextEncoder().encodeInto(stem, new Uint8Array(MAX_STEM_BYTES)).read);
