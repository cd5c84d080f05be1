// Records from the microphone (MediaRecorder, by wavesurfer.js's plugin), with the sound drawn as it comes.
import { useEffect, useRef, useState } from "preact/hooks";
import WaveSurfer from "wavesurfer.js";
import RecordPlugin from "wavesurfer.js/plugins/record";
import { formatSeconds } from "./formats.ts";
import { Icon } from "./icons.tsx";
import { WAVE_SHAPE, waveColours } from "./waveform.tsx";

const SHORTEST_SECONDS = 10;
const WINDOW_SECONDS = 5;

interface Props {
  onRecorded: (file: File) => void;
}

export function Recorder({ onRecorded }: Props) {
  const [container, setContainer] = useState<HTMLDivElement | null>(null);
  const recorder = useRef<RecordPlugin | null>(null);
  const [state, setState] = useState<"idle" | "asking" | "recording">("idle");
  const [seconds, setSeconds] = useState(0);
  const [isRefused, setRefused] = useState(false);
  const report = useRef(onRecorded);
  report.current = onRecorded;

  useEffect(() => {
    if (!container) return;
    const plugin = RecordPlugin.create({
      renderRecordedAudio: false,
      scrollingWaveform: true,
      scrollingWaveformWindow: WINDOW_SECONDS,
    });
    const surfer = WaveSurfer.create({
      container,
      plugins: [plugin],
      ...WAVE_SHAPE,
      ...waveColours(container),
    });
    plugin.on("record-progress", (milliseconds) => setSeconds(milliseconds / 1000));
    plugin.on("record-end", (blob) => {
      setState("idle");
      report.current(new File([blob], recordingName(blob.type), { type: blob.type }));
    });
    recorder.current = plugin;
    return () => surfer.destroy();
  }, [container]);

  const start = async () => {
    setRefused(false);
    setSeconds(0);
    setState("asking");
    try {
      await recorder.current?.startRecording();
      setState("recording");
    } catch {
      setRefused(true);
      setState("idle");
    }
  };
  const missing = Math.ceil(SHORTEST_SECONDS - seconds);
  return (
    <div class="recorder" data-state={state}>
      {state === "recording" ? (
        <button type="button" class="button danger" onClick={() => recorder.current?.stopRecording()}>
          <Icon name="stop" /> Stop
        </button>
      ) : (
        <button
          type="button"
          class="button quiet-button"
          disabled={state === "asking"}
          onClick={() => void start()}
        >
          <Icon name="microphone" /> {state === "asking" ? "Waiting for the microphone…" : "Record"}
        </button>
      )}
      <div ref={setContainer} class="recorder-wave" aria-hidden="true" />
      {state === "recording" && (
        <p class="recorder-time">
          <b role="timer">{formatSeconds(seconds)}</b>{" "}
          <span class="quiet">{missing > 0 ? `${missing} s more at least` : "long enough"}</span>
        </p>
      )}
      {isRefused && (
        <p class="field-issue" role="alert">
          The microphone can't be used. Allow it for this page in your browser, and see that one is connected.
        </p>
      )}
    </div>
  );
}

/** `audio/webm;codecs=opus` as `recording.webm`. */
const recordingName = (type: string) => `recording.${/^audio\/([\w-]+)/.exec(type)?.[1] ?? "webm"}`;
