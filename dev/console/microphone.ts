// Records from a microphone with MediaRecorder, and releases the device however the recording ends.
import { useEffect, useState } from "preact/hooks";

export interface MicrophoneRecording {
  stream: MediaStream;
  /** Ends the recording and keeps it. */
  stop: () => void;
  discard: () => void;
}

const BITS_PER_SECOND = 128_000;

/**
 * Starts a recording from the microphone of that id, or from the default one. It also ends when the device is
 * unplugged. `onEnd` receives null for one that was discarded.
 * @throws {DOMException} when the microphone cannot be opened
 */
export async function recordMicrophone(
  deviceId: string,
  onEnd: (file: File | null) => void,
): Promise<MicrophoneRecording> {
  const audio = deviceId === "" || { deviceId: { exact: deviceId } };
  const stream = await navigator.mediaDevices.getUserMedia({ audio });
  const recorder = new MediaRecorder(stream, { audioBitsPerSecond: BITS_PER_SECOND });
  const chunks: Blob[] = [];
  let isDiscarded = false;
  recorder.ondataavailable = ({ data }) => chunks.push(data);
  recorder.onstop = () => {
    // `audio/webm;codecs=opus` becomes `recording.webm`.
    const { mimeType: type } = recorder;
    const name = `recording.${/^audio\/([\w-]+)/.exec(type)?.[1] ?? "webm"}`;
    onEnd(isDiscarded ? null : new File(chunks, name, { type }));
  };
  recorder.start();
  const stop = () => {
    if (recorder.state !== "inactive") recorder.stop();
    for (const track of stream.getTracks()) track.stop();
  };
  const discard = () => {
    isDiscarded = true;
    stop();
  };
  return { stream, stop, discard };
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
