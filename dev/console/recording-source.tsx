// The recording of a new voice: a dropped or chosen file or a microphone recording, with what is wrong with it and a
// player.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
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
  /** What the user may not know of it. */
  note: string;
  checking: Promise<RecordingCheck>;
}

interface Props {
  chosen: ChosenFile | null;
  onFile: (file: File | null, note?: string) => void;
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
        <ChosenRecording key={chosen.checking} {...chosen} onRemove={() => onFile(null)} />
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

function ChosenRecording({ file, note, checking, onRemove }: ChosenFile & { onRemove: () => void }) {
  const [check, setCheck] = useState<RecordingCheck | null>(null);
  useEffect(() => void checking.then(setCheck), []);
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
      {note && <p role="status">{note}</p>}
      {check?.kind === "refused" ? (
        <p class="field-issue" id={ISSUE_ID} role="alert">
          <b>{check.title}.</b> {check.text}
        </p>
      ) : (
        <p role="status">{check ? `${check.facts} · ready to upload` : "Checking the file…"}</p>
      )}
      {check?.kind === "accepted" && !check.isPlayable && (
        <p class="pending warn">This browser cannot play the file. It can be uploaded all the same.</p>
      )}
      {check?.kind === "accepted" && check.isPlayable && <Preview file={check.file} />}
    </div>
  );
}

function Preview({ file }: { file: File }) {
  const url = useMemo(() => URL.createObjectURL(file), []);
  useEffect(() => () => URL.revokeObjectURL(url), []);
  return <Player url={url} peaksUrl={null} label={file.name} seconds={null} />;
}
