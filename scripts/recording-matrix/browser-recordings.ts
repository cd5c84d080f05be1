// Records noise with Chromium's MediaRecorder, in every kind that it offers. All recorders run at the same time, because
// a recorder takes as long as its recording.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";

export interface BrowserRecording {
  name: string;
  file: string;
}

interface RecorderOptions {
  mimeType: string;
  channels: number;
  /** How often the recorder hands out what it has; null: once, at its end. */
  sliceMs: number | null;
  seconds: number;
}

const MIME_TYPES = [
  "audio/webm;codecs=opus",
  "audio/webm;codecs=pcm",
  "audio/mp4;codecs=opus",
  "video/webm;codecs=vp8,opus",
];
const SLICES_MS = [null, 100, 1000];
const CHANNELS = [1, 2];
/** Long enough and too short, each with a margin for a late timer. */
const BROWSER_SECONDS = [14, 9] as const;

const RECORDERS: readonly RecorderOptions[] = MIME_TYPES.flatMap((mimeType) =>
  SLICES_MS.flatMap((sliceMs) =>
    CHANNELS.flatMap((channels) =>
      BROWSER_SECONDS.map((seconds) => ({ mimeType, sliceMs, channels, seconds })),
    ),
  ),
);

/** Starts Chromium and writes its recordings to `folder`, in the order of {@link BROWSER_RECORDING_NAMES}. */
export async function recordInChromium(folder: string): Promise<BrowserRecording[]> {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"],
  });
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ path: join(import.meta.dirname, "browser-page.js") });
    const recordings = await page.evaluate<string[]>(`recordAll(${JSON.stringify(RECORDERS)})`);
    return await Promise.all(
      RECORDERS.map(async (recorder, index) => {
        const extension = recorder.mimeType.includes("mp4") ? "mp4" : "webm";
        const file = join(folder, `browser-${index}.${extension}`);
        await writeFile(file, Buffer.from(recordings[index] ?? "", "base64"));
        return { name: nameOf(recorder), file };
      }),
    );
  } finally {
    await browser.close();
  }
}

function nameOf({ mimeType, channels, sliceMs, seconds }: RecorderOptions): string {
  const slices = sliceMs === null ? "in one piece" : `in slices of ${sliceMs} ms`;
  return `${mimeType}, ${channels === 1 ? "mono" : "stereo"}, ${slices}, ${seconds} s`;
}

export const BROWSER_RECORDING_NAMES: readonly string[] = RECORDERS.map(nameOf);
