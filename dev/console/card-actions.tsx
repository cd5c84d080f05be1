// What can be done with the audio of a card: copy a playback link, download it, delete it.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { PlaybackLink } from "../../src/playback/schema.ts";
import { type ApiError, callApi, fetchJson, toApiError } from "./api.ts";
import { type Track, usePlayer } from "./audio-element.ts";
import { formatClock } from "./formats.ts";
import { Icon, type IconName } from "./icons.tsx";

export const CardButton = ({
  icon,
  label,
  onClick,
}: {
  icon: IconName;
  label: string;
  onClick: () => void;
}) => (
  <button type="button" class="icon-button small" aria-label={label} title={label} onClick={onClick}>
    <Icon name={icon} />
  </button>
);

interface Props {
  /** The name of the audio: the file name of its download. */
  name: string;
  linkUrl: string | null;
  /** Further buttons. */
  children: ComponentChildren;
}

export function CardActions({ name, linkUrl, children }: Props) {
  const [message, setMessage] = useState<ComponentChildren>("");
  const withLink = async (use: (link: PlaybackLink) => Promise<ComponentChildren>) => {
    if (linkUrl === null) return;
    try {
      setMessage(await use(await fetchJson<PlaybackLink>(linkUrl, { method: "POST" })));
    } catch (reason) {
      const { status, message } = toApiError(reason);
      setMessage(<span class="field-issue">{`No link${status > 0 ? `, ${status}` : ""}: ${message}`}</span>);
    }
  };
  return (
    <>
      <div class="card-actions">
        {linkUrl && (
          <CardButton icon="link" label={`Copy a link to ${name}`} onClick={() => void withLink(copyLink)} />
        )}
        {linkUrl && (
          <CardButton
            icon="download"
            label={`Download ${name}`}
            onClick={() => void withLink((link) => download(link, name))}
          />
        )}
        {children}
      </div>
      <p class="card-message" role="status">
        {message}
      </p>
    </>
  );
}

async function copyLink({ url, expiresAt }: PlaybackLink): Promise<ComponentChildren> {
  const link = new URL(url, location.href).href;
  const end = <time dateTime={expiresAt}>{formatClock(expiresAt)}</time>;
  try {
    await navigator.clipboard.writeText(link);
    return <>Link copied. Whoever has it can play this until {end}.</>;
  } catch {
    return (
      <>
        The browser did not copy it. It plays until {end}: <code>{link}</code>
      </>
    );
  }
}

/** A plain navigation, which the browser saves, under a name with the extension of the type that is served. */
async function download({ url }: PlaybackLink, name: string): Promise<ComponentChildren> {
  const href = `${url}&${new URLSearchParams({ download: name })}`;
  Object.assign(document.createElement("a"), { href, download: "" }).click();
  return "";
}

interface DeletionProps {
  name: string;
  /** What the deletion means. */
  consequence: string;
  path: string;
  track: Track | undefined;
  onDeleted: () => void;
}

export function DeleteButton({ name, ...deletion }: DeletionProps) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <CardButton icon="trash" label={`Delete ${name}`} onClick={() => setAsking(true)} />
      {isAsking && <DeletionDialog name={name} {...deletion} onClose={() => setAsking(false)} />}
    </>
  );
}

function DeletionDialog({
  name,
  consequence,
  path,
  track,
  onDeleted,
  onClose,
}: DeletionProps & { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const player = usePlayer();
  const [error, setError] = useState<ApiError | null>(null);
  const [isDeleting, setDeleting] = useState(false);
  // The browser moves the focus into a modal dialog, and back to the button when it is closed.
  useEffect(() => dialog.current?.showModal(), []);
  const remove = async () => {
    setDeleting(true);
    try {
      await callApi(path, { method: "DELETE" });
    } catch (reason) {
      const failure = toApiError(reason);
      // What was deleted elsewhere is gone, as it was asked for.
      if (failure.status !== 404) {
        setDeleting(false);
        return setError(failure);
      }
    }
    dialog.current?.close();
    if (track) player.close(track.url);
    onDeleted();
  };
  return (
    <dialog ref={dialog} aria-labelledby="deletion-title" onClose={onClose}>
      <h3 id="deletion-title">
        Delete “<bdi>{name}</bdi>”?
      </h3>
      <p>{consequence}</p>
      {error && (
        <p class="field-issue" role="alert">
          It was not deleted: {error.message}
        </p>
      )}
      <div class="actions">
        <button type="button" class="button secondary" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
        <button type="button" class="button danger" disabled={isDeleting} onClick={() => void remove()}>
          Delete
        </button>
      </div>
    </dialog>
  );
}

/** Moves the focus from a card that is about to be removed to the next one, otherwise to the view's title. */
export function focusNeighbour(card: HTMLElement | null): void {
  const neighbour = card?.nextElementSibling ?? card?.previousElementSibling;
  const title = card?.closest(".content > div")?.querySelector<HTMLElement>(".view-title");
  (neighbour?.querySelector<HTMLElement>("[tabindex='-1']") ?? title)?.focus();
}
