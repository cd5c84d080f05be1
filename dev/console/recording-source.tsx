// The recording of a new voice: a dropped or chosen file or a microphone recording, with a player.
import { useEffect, useState } from "preact/hooks";
import { MAX_RECORDING_BYTES } from "../../src/recordings/upload-limits.ts";
import { formatBytes } from "./formats.ts";
import { Icon } from "./icons.tsx";
import { Player } from "./player.tsx";
import { Recorder } from "./recorder.tsx";

interface Props {
  file: File | null;
  onFile: (file: File | null) => void;
  /** The error message to show. */
  issue: string | undefined;
}

export const RecordingSource = ({ file, onFile, issue }: Props) => (
  <fieldset class="source">
    <legend>Recording</legend>
    {file ? (
      <ChosenRecording file={file} onRemove={() => onFile(null)} />
    ) : (
      <>
        <DropZone onFile={onFile} />
        <p class="or muted">or</p>
        <Recorder onRecorded={onFile} />
      </>
    )}
    {issue && (
      <p class="field-issue" role="alert">
        {issue}
      </p>
    )}
  </fieldset>
);

function DropZone({ onFile }: Pick<Props, "onFile">) {
  const [isOver, setOver] = useState(false);
  const accept = (files: FileList | null | undefined) => {
    const [first] = files ?? [];
    if (first) onFile(first);
  };
  return (
    <label
      class="drop-zone"
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        accept(event.dataTransfer?.files);
      }}
    >
      <Icon name="file" />
      <span class="drop-text">
        <b>Drop an audio file here or choose one</b>
        <span class="muted">
          MP3, WAV, M4A, FLAC, Ogg, WebM and others, at least 10 seconds, at most 20 MB.
        </span>
      </span>
      <input
        type="file"
        class="visually-hidden"
        accept="audio/*,.wma,.wv,.mka,.aiff"
        onChange={({ currentTarget }) => accept(currentTarget.files)}
      />
    </label>
  );
}

function ChosenRecording({ file, onRemove }: { file: File; onRemove: () => void }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const objectUrl = URL.createObjectURL(file);
    setUrl(objectUrl);
    return () => URL.revokeObjectURL(objectUrl);
  }, [file]);
  return (
    <div class="chosen">
      <div class="chosen-head">
        <p>
          <b>{file.name}</b> <span class="muted">{formatBytes(file.size)}</span>
        </p>
        <button type="button" class="button secondary small" onClick={onRemove}>
          Choose another
        </button>
      </div>
      {file.size > MAX_RECORDING_BYTES && (
        <p class="hint warn">The file is larger than 20 MB. The service will reject it.</p>
      )}
      {url && <Player url={url} peaksUrl={null} label={file.name} seconds={null} />}
    </div>
  );
}
