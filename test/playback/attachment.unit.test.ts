// The file name of a download: what a client may ask for, and what the header says.
import { describe, expect, it } from "vitest";
import { attachment } from "../../src/playback/attachment.ts";

/** The file name as a client that knows `filename*` (RFC 8187) reads it. */
function fileName(header: string): string {
  const [, extended] = /filename\*=UTF-8''(\S+)$/.exec(header) ?? [];
  if (extended !== undefined) return decodeURIComponent(extended);
  const [, quoted, token] = /filename=(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))$/.exec(header) ?? [];
  return token ?? (quoted ?? "").replaceAll(/\\(.)/g, "$1");
}

const named = (name: string, type = "audio/wav") => fileName(attachment(name, type));

describe("the name of a download", () => {
  it.each([
    ["Grandma", "Grandma.wav"],
    ["My words, part 1", "My words, part 1.wav"],
    ["Grabación Ñandú", "Grabación Ñandú.wav"],
    ["日本語の声", "日本語の声.wav"],
    ["voice 🎙️", "voice 🎙️.wav"],
    ["", "audio.wav"],
    ["   ", "audio.wav"],
    ["...", "audio.wav"],
    [".wav", "audio.wav"],
    [".bashrc", "bashrc.wav"],
    ["dots at the end. . .", "dots at the end.wav"],
    ["100%25", "100%25.wav"],
    ["it's", "it's.wav"],
  ])("%j is %j", (name, expected) => expect(named(name)).toBe(expected));

  it.each([
    ["../../etc/passwd", "_.._etc_passwd.wav"],
    ["C:\\Windows\\x", "C__Windows_x.wav"],
    ["a/b", "a_b.wav"],
    ['a"b', "a_b.wav"],
    ["a<b>c|d?e*f", "a_b_c_d_e_f.wav"],
  ])("%j has no path separator and no reserved character: %j", (name, expected) =>
    expect(named(name)).toBe(expected),
  );

  it("has no line, no control character and nothing that reorders the text around it", () => {
    expect(named("a\r\nSet-Cookie: x=1")).toBe("a Set-Cookie_ x=1.wav");
    expect(named("a\0b\tc\u007fd\u2028e")).toBe("a b c d e.wav");
    expect(named("song\u202egpj.exe\u2066\u200f")).toBe("songgpj.exe.wav");
  });

  it.each([
    ["song.wav", "audio/wav", "song.wav"],
    ["song.WAV", "audio/wav", "song.wav"],
    ["song.mp3", "audio/wav", "song.wav"],
    ["song.mp3 ", "audio/mp4", "song.m4a"],
    ["song", "audio/mpeg", "song.mp3"],
    ["song.exe", "audio/ogg", "song.exe.ogg"],
    ["Mr. Smith", "audio/webm", "Mr. Smith.webm"],
    ["song.html", "text/html", "song.html.wav"],
  ])("%j of %s is %j", (name, type, expected) => expect(named(name, type)).toBe(expected));

  it("has at most 200 bytes before the extension, and no part of a character", () => {
    expect(named("x".repeat(300))).toBe(`${"x".repeat(200)}.wav`);
    expect(named("é".repeat(300))).toBe(`${"é".repeat(100)}.wav`);
    expect(named(`x${"🎙".repeat(100)}`)).toBe(`x${"🎙".repeat(49)}.wav`);
    expect(named("x".repeat(1_000_000))).toHaveLength(204);
  });

  it("can come from text that is not well formed", () => {
    expect(named("a\ud800b")).toBe("a\ufffdb.wav");
  });
});

it("the header has a name in ASCII for clients that know no other, and is always ASCII without lines", () => {
  expect(attachment("Grandma", "audio/wav")).toBe("attachment; filename=Grandma.wav");
  expect(attachment("日本", "audio/wav")).toBe(
    "attachment; filename=\"??.wav\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.wav",
  );
  for (const name of ["\r\n\r\n<script>", '"; filename=evil.exe; x="', 'ü\\"', "a;b=c", "\ufeff\ud800"]) {
    const header = attachment(name, "audio/wav");
    expect(header).toMatch(/^attachment; filename=(?:"[^"\\]*"|[\w.?]+)(?:; filename\*=UTF-8''[\w.!~%-]+)?$/);
    expect(header).toMatch(/^[ -~]+$/);
    expect(new Headers({ "Content-Disposition": header }).get("Content-Disposition")).toBe(header);
  }
});
