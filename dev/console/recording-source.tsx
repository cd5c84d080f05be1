// The recording of a new voice: a dropped or chosen file or a microphone recording, with what is wrong with it and a
// player.
import { useEffect, useRef, useState } from "preact/hooks";
import { formatBytes } from "./formats.ts";
import { Icon } from "./icons.tsx";
import type { MicrophoneRecording } from "./microphone.ts";
import { useFileDrop, useLeaveGuard } from "./page-guards.ts";
import { Player } from "./player.tsx";
import { Recorder } from "./recorder.tsx";
import type { RecordingCheck } from "./recording-check.ts";

/** The id of the message beside the recording. The control that it describes is where it can be corrected. */
const ISSUE_ID = "recording-issue";

export interface ChosenFile {
  file: File;
  checking: Promise<RecordingCheck>;
}

interface Props {
  chosen: ChosenFile | null;
  onFile: (file: File | null) => void;
  isMissing: boolean;
}

export function RecordingSource({ chosen, onFile, isMissing }: Props) {
  const zone = useRef<HTMLFieldSetElement>(null);
  const [recording, setRecording] = useState<MicrophoneRecording | null>(null);
  const isOver = useFileDrop(zone, recording ? null : onFile);
  useLeaveGuard(recording !== null);
  return (
    <fieldset class="source" ref={zone} data-over={isOver}>
      <legend>Recording</legend>
      {chosen ? (
        <ChosenRecording {...chosen} onRemove={() => onFile(null)} />
      ) : (
        <>
          {!recording && <FileChoice onFile={onFile} isMissing={isMissing} />}
          <Recorder recording={recording} onRecording={setRecording} onRecorded={onFile} />
        </>
      )}
      {isMissing && (
        <p class="field-issue" id={ISSUE_ID} role="alert">
          {recording ? "Stop the recording first." : "Choose an audio file or record one first."}
        </p>
      )}
    </fieldset>
  );
}

const FileChoice = ({ onFile, isMissing }: Pick<Props, "onFile" | "isMissing">) => (
  <>
    <label class="drop-zone">
      <Icon name="file" />
      <span>
        <b>Drop an audio file here or choose one</b>
        <span class="muted">
          MP3, WAV, M4A, FLAC, Ogg, WebM and others, at least 10 seconds, at most 20 MB.
        </span>
      </span>
      <input
        type="file"
        class="visually-hidden"
        accept="audio/*,.wma,.wv,.mka,.aiff,.ape,.mpc,.dsf,.dff"
        aria-describedby={isMissing ? ISSUE_ID : undefined}
        onChange={({ currentTarget }) => onFile(currentTarget.files?.[0] ?? null)}
      />
    </label>
    <p class="or muted">or</p>
  </>
);

function ChosenRecording({ file, checking, onRemove }: ChosenFile & { onRemove: () => void }) {
  const [check, setCheck] = useState<RecordingCheck | null>(null);
  useEffect(() => {
    let isCurrent = true;
    setCheck(null);
    void checking.then((checked) => isCurrent && setCheck(checked));
    return () => {
      isCurrent = false;
    };
  }, [checking]);
  return (
    <div class="chosen">
      <div class="chosen-head">
        <p>
          <b>{file.name}</b> <span class="muted">{formatBytes(file.size)}</span>
        </p>
        <button
          type="button"
          class="button secondary small"
          aria-describedby={check?.kind === "refused" ? ISSUE_ID : undefined}
          onClick={onRemove}
        >
          Choose another
        </button>
      </div>
      {check?.kind === "refused" ? (
        <p class="field-issue" id={ISSUE_ID} role="alert">
          <b>{check.title}.</b> {check.text}
        </p>
      ) : (
        <p role="status">{check ? `${check.facts} · ready to upload` : "Checking the file…"}</p>
      )}
      {check?.kind === "accepted" && <Preview {...check} />}
    </div>
  );
}

function Preview({ file, isPlayable }: Extract<RecordingCheck, { kind: "accepted" }>) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const objectUrl = URL.createObjectURL(file);
    setUrl(objectUrl);
    return () => URL.revokeObjectURL(objectUrl);
  }, [file]);
  if (!isPlayable)
    return <p class="pending warn">This browser cannot play the file. It can be uploaded all the same.</p>;
  return url && <Player url={url} peaksUrl={null} label={file.name} seconds={null} />;
}
