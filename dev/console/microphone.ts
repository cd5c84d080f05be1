// Records from a microphone with MediaRecorder, and releases the device however the recording ends.
import { useEffect, useState } from "preact/hooks";
import { MAX_RECORDING_BYTES } from "../../src/recordings/upload-limits.ts";

export interface MicrophoneRecording {
  stream: MediaStream;
  /** Of `performance.now()`, in milliseconds. */
  startedAt: number;
  /** Ends the recording and keeps it. */
  stop: () => void;
  discard: () => void;
}

const BITS_PER_SECOND = 128_000;
/** The rest is for the container, and for an encoder that exceeds its bit rate. */
const AUDIO_SHARE = 0.9;
const FULL = "The recording was stopped, because a longer one would exceed the limit of 20 MB.";

/**
 * Starts a recording from the microphone of that id, or from the default one. It also ends when the device is
 * unplugged, and before it is too large to be uploaded. `onEnd` receives null for one that was discarded, and says why
 * it ended if the user may not know.
 * @throws {DOMException} when the microphone cannot be opened
 */
export async function recordMicrophone(
  deviceId: string,
  onEnd: (file: File | null, note: string) => void,
): Promise<MicrophoneRecording> {
  const audio = deviceId === "" || { deviceId: { exact: deviceId } };
  const stream = await navigator.mediaDevices.getUserMedia({ audio });
  const recorder = new MediaRecorder(stream, { audioBitsPerSecond: BITS_PER_SECOND });
  const chunks: Blob[] = [];
  let isDiscarded = false;
  let note = "";
  const stop = () => {
    if (recorder.state !== "inactive") recorder.stop();
    for (const track of stream.getTracks()) track.stop();
  };
  // Not by the bytes: a recorder that reports them while it records writes a file without a length.
  const maxSeconds =
    (MAX_RECORDING_BYTES * 8 * AUDIO_SHARE) / (recorder.audioBitsPerSecond || BITS_PER_SECOND);
  const timer = setTimeout(() => {
    note = FULL;
    stop();
  }, maxSeconds * 1000);
  recorder.ondataavailable = ({ data }) => chunks.push(data);
  recorder.onstop = () => {
    clearTimeout(timer);
    // `audio/webm;codecs=opus` becomes `recording.webm`.
    const { mimeType: type } = recorder;
    const name = `recording.${/^audio\/([\w-]+)/.exec(type)?.[1] ?? "webm"}`;
    onEnd(isDiscarded ? null : new File(chunks, name, { type }), note);
  };
  recorder.start();
  const startedAt = performance.now();
  const discard = () => {
    isDiscarded = true;
    stop();
  };
  return { stream, startedAt, stop, discard };
}

/** The microphones to choose from. Browsers name them once one was allowed, as when `isOpen` changes. */
export function useMicrophones(isOpen: boolean): MediaDeviceInfo[] {
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([]);
  useEffect(() => {
    const list = () => void navigator.mediaDevices.enumerateDevices().then(setDevices);
    list();
    navigator.mediaDevices.addEventListener("devicechange", list);
    return () => navigator.mediaDevices.removeEventListener("devicechange", list);
  }, [isOpen]);
  // Chromium lists the default one a second time.
  return devices.filter(
    ({ kind, label, deviceId }) => kind === "audioinput" && label !== "" && deviceId !== "default",
  );
}

const ISSUES: Record<string, string> = {
  NotAllowedError: "The microphone is blocked. Allow it beside the address bar of the browser, then record.",
  NotFoundError: "There is no microphone. Connect one, then record.",
  OverconstrainedError: "This microphone was disconnected. Connect it or choose another one, then record.",
  NotReadableError: "Another program is using the microphone. Close that program, then record.",
};

/** Why a microphone could not be opened, and what to do. */
export const microphoneIssue = (reason: unknown): string =>
  ISSUES[reason instanceof Error ? reason.name : ""] ?? `The microphone could not be opened: ${reason}`;
