// The controls of a microphone recording, with wavesurfer.js's live waveform. Leaving the view ends the recording.
import { useEffect, useRef, useState } from "preact/hooks";
import WaveSurfer from "wavesurfer.js";
import RecordPlugin from "wavesurfer.js/plugins/record";
import { MIN_DURATION_SECONDS } from "../../src/voice-creation/policy.ts";
import { formatSeconds } from "./formats.ts";
import { Icon } from "./icons.tsx";
import { type MicrophoneRecording, microphoneIssue, recordMicrophone, useMicrophones } from "./microphone.ts";
import { useView } from "./view.ts";
import { WAVE_OPTIONS, waveColours } from "./waveform.tsx";

const WINDOW_SECONDS = 5;
const CLOCK_INTERVAL_MS = 100;

interface Props {
  recording: MicrophoneRecording | null;
  onRecording: (recording: MicrophoneRecording | null) => void;
  onRecorded: (file: File) => void;
}

export function Recorder({ recording, onRecording, onRecorded }: Props) {
  const [deviceId, setDeviceId] = useState("");
  const [isOpening, setOpening] = useState(false);
  const [issue, setIssue] = useState<string | null>(null);
  const microphones = useMicrophones(recording !== null);
  const isShown = useView() === "create";
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isShown) recording?.stop();
  }, [isShown, recording]);
  useEffect(() => () => recording?.discard(), [recording]);

  const start = async () => {
    setIssue(null);
    setOpening(true);
    try {
      const opened = await recordMicrophone(deviceId, (file) => {
        onRecording(null);
        if (file) onRecorded(file);
      });
      // The view can have been left while the browser asked for permission.
      if (box.current?.checkVisibility()) onRecording(opened);
      else opened.discard();
    } catch (reason) {
      setIssue(microphoneIssue(reason));
    }
    setOpening(false);
  };
  return (
    <div class="recorder" ref={box}>
      {recording ? (
        <LiveRecording recording={recording} />
      ) : (
        <button type="button" class="button secondary" disabled={isOpening} onClick={() => void start()}>
          <Icon name="microphone" /> {isOpening ? "Waiting for microphone…" : "Record"}
        </button>
      )}
      {!recording && microphones.length > 1 && (
        <span class="select">
          <select
            aria-label="Microphone"
            value={deviceId}
            onChange={({ currentTarget }) => setDeviceId(currentTarget.value)}
          >
            <option value="">Default microphone</option>
            {microphones.map((microphone) => (
              <option key={microphone.deviceId} value={microphone.deviceId}>
                {microphone.label}
              </option>
            ))}
          </select>
        </span>
      )}
      {issue && (
        <p class="field-issue" role="alert">
          {issue}
        </p>
      )}
    </div>
  );
}

function LiveRecording({ recording }: { recording: MicrophoneRecording }) {
  const [container, setContainer] = useState<HTMLDivElement | null>(null);
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (!container) return;
    const plugin = RecordPlugin.create({ scrollingWaveform: true, scrollingWaveformWindow: WINDOW_SECONDS });
    const surfer = WaveSurfer.create({
      container,
      plugins: [plugin],
      ...WAVE_OPTIONS,
      ...waveColours(container),
    });
    plugin.renderMicStream(recording.stream);
    const startedAt = performance.now();
    const clock = setInterval(() => setSeconds((performance.now() - startedAt) / 1000), CLOCK_INTERVAL_MS);
    return () => {
      clearInterval(clock);
      surfer.destroy();
    };
  }, [container, recording]);
  const secondsMissing = Math.ceil(MIN_DURATION_SECONDS - seconds);
  return (
    <>
      <button type="button" class="button danger" onClick={recording.stop}>
        <Icon name="stop" /> Stop
      </button>
      <button type="button" class="button secondary" onClick={recording.discard}>
        Discard
      </button>
      <div ref={setContainer} class="recorder-wave" aria-hidden="true" />
      <p>
        <b role="timer">{formatSeconds(seconds)}</b>{" "}
        <span class="muted">{secondsMissing > 0 ? `at least ${secondsMissing} s more` : "long enough"}</span>
      </p>
    </>
  );
}
