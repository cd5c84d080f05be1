// Records from the microphone with wavesurfer.js's record plugin (MediaRecorder), and draws the live waveform.
import { useEffect, useRef, useState } from "preact/hooks";
import WaveSurfer from "wavesurfer.js";
import RecordPlugin from "wavesurfer.js/plugins/record";
import { MIN_DURATION_SECONDS } from "../../src/voice-creation/policy.ts";
import { formatSeconds } from "./formats.ts";
import { Icon } from "./icons.tsx";
import { WAVE_OPTIONS, waveColours } from "./waveform.tsx";

const WINDOW_SECONDS = 5;

interface Props {
  onRecorded: (file: File) => void;
}

export function Recorder({ onRecorded }: Props) {
  const [container, setContainer] = useState<HTMLDivElement | null>(null);
  const recorder = useRef<RecordPlugin | null>(null);
  const [state, setState] = useState<"idle" | "requesting" | "recording">("idle");
  const [seconds, setSeconds] = useState(0);
  const [isDenied, setDenied] = useState(false);
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
      ...WAVE_OPTIONS,
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
    setDenied(false);
    setSeconds(0);
    setState("requesting");
    try {
      await recorder.current?.startRecording();
      setState("recording");
    } catch {
      setDenied(true);
      setState("idle");
    }
  };
  const secondsMissing = Math.ceil(MIN_DURATION_SECONDS - seconds);
  return (
    <div class="recorder" data-state={state}>
      {state === "recording" ? (
        <button type="button" class="button danger" onClick={() => recorder.current?.stopRecording()}>
          <Icon name="stop" /> Stop
        </button>
      ) : (
        <button
          type="button"
          class="button secondary"
          disabled={state === "requesting"}
          onClick={() => void start()}
        >
          <Icon name="microphone" /> {state === "requesting" ? "Waiting for microphone…" : "Record"}
        </button>
      )}
      <div ref={setContainer} class="recorder-wave" aria-hidden="true" />
      {state === "recording" && (
        <p class="recorder-time">
          <b role="timer">{formatSeconds(seconds)}</b>{" "}
          <span class="muted">
            {secondsMissing > 0 ? `at least ${secondsMissing} s more` : "long enough"}
          </span>
        </p>
      )}
      {isDenied && (
        <p class="field-issue" role="alert">
          Cannot use the microphone. Connect one and allow this page to use it.
        </p>
      )}
    </div>
  );
}

/** `audio/webm;codecs=opus` as `recording.webm`. */
const recordingName = (type: string) => `recording.${/^audio\/([\w-]+)/.exec(type)?.[1] ?? "webm"}`;
