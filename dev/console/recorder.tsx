// The controls of a microphone recording with its live waveform. Leaving the view ends the recording.
import { useEffect, useRef, useState } from "preact/hooks";
import { MIN_DURATION_SECONDS } from "../../src/voice-creation/policy.ts";
import { formatSeconds } from "./formats.ts";
import { Icon } from "./icons.tsx";
import { type MicrophoneRecording, microphoneIssue, recordMicrophone, useMicrophones } from "./microphone.ts";
import type { Waveform } from "./peaks.ts";
import { Select } from "./search-field.tsx";
import { useView } from "./view.ts";
import { WaveformView } from "./waveform.tsx";

const LEVEL_INTERVAL_MS = 50;
/** Of five seconds. */
const SHOWN_LEVELS = 100;

interface Props {
  recording: MicrophoneRecording | null;
  onRecording: (recording: MicrophoneRecording | null) => void;
  onRecorded: (file: File, note: string) => void;
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
      const opened = await recordMicrophone(deviceId, (file, note) => {
        onRecording(null);
        if (file) onRecorded(file, note);
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
        <Select
          label="Microphone"
          options={{
            "": "Default microphone",
            ...Object.fromEntries(microphones.map((microphone) => [microphone.deviceId, microphone.label])),
          }}
          value={deviceId}
          onChange={setDeviceId}
        />
      )}
      {issue && (
        <p class="field-issue" role="alert">
          {issue}
        </p>
      )}
    </div>
  );
}

/** The latest levels of what is recorded, and its duration until now. */
function useLiveWaveform({ stream, startedAt }: MicrophoneRecording): Waveform | null {
  const [waveform, setWaveform] = useState<Waveform | null>(null);
  useEffect(() => {
    const context = new AudioContext();
    const analyser = new AnalyserNode(context);
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const levels = new Array<number>(SHOWN_LEVELS).fill(0);
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      levels.push(Math.max(...samples.map(Math.abs)));
      levels.shift();
      setWaveform({ peaks: levels, seconds: (performance.now() - startedAt) / 1000 });
    }, LEVEL_INTERVAL_MS);
    return () => {
      clearInterval(timer);
      void context.close();
    };
  }, [stream, startedAt]);
  return waveform;
}

function LiveRecording({ recording }: { recording: MicrophoneRecording }) {
  const { stop, discard } = recording;
  const waveform = useLiveWaveform(recording);
  const seconds = waveform?.seconds ?? 0;
  const secondsMissing = Math.ceil(MIN_DURATION_SECONDS - seconds);
  return (
    <>
      <button type="button" class="button danger" onClick={stop}>
        <Icon name="stop" /> Stop
      </button>
      <button type="button" class="button secondary" onClick={discard}>
        Discard
      </button>
      <div class="recorder-wave">
        <WaveformView waveform={waveform} seconds={0} loudest={1} />
      </div>
      <p>
        <b role="timer">{formatSeconds(seconds)}</b>{" "}
        <span class="muted">{secondsMissing > 0 ? `at least ${secondsMissing} s more` : "long enough"}</span>
      </p>
    </>
  );
}
