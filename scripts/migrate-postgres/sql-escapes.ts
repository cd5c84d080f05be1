// The escapes of an E'…' string (PostgreSQL documentation, 4.1.2.2).

const ESCAPE = /''|(?:\\(?:x[\da-fA-F]{1,2}|[0-7]{1,3}))+|\\u[\da-fA-F]{4}|\\U[\da-fA-F]{8}|\\[\s\S]/g;
const CONTROLS: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** The text that the body of an E'…' string stands for; null when an escape is none. */
export function unescaped(body: string): string | null {
  try {
    const text = body.replace(ESCAPE, replacement);
    return /[\p{Cs}\0]/u.test(text) ? null : text;
  } catch (error) {
    // No code point, or no UTF-8.
    if (error instanceof RangeError || error instanceof TypeError) return null;
    throw error;
  }
}

function replacement(sequence: string): string {
  if (sequence === "''") return "'";
  const letter = sequence.charAt(1);
  if (/[0-7]/.test(letter) || (letter === "x" && sequence.length > 2)) return bytesOf(sequence);
  if (letter === "u" || letter === "U") return String.fromCodePoint(Number.parseInt(sequence.slice(2), 16));
  return CONTROLS[letter] ?? letter;
}

/** Bytes that follow each other are UTF-8 together. */
function bytesOf(escapes: string): string {
  const bytes = escapes
    .split("\\")
    .slice(1)
    .map((digits) =>
      digits.startsWith("x") ? Number.parseInt(digits.slice(1), 16) : Number.parseInt(digits, 8) & 0xff,
    );
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes));
}
