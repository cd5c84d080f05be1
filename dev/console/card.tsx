// The card of a row: its texts, its player, the facts of its audio, and what can be done with it.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { PlaybackLink } from "../../src/playback/schema.ts";
import { fetchJson, toApiError } from "./api.ts";
import { DeleteButton } from "./delete-button.tsx";
import { formatAudioFacts, formatClock, formatLevels } from "./formats.ts";
import { IconButton } from "./icons.tsx";
import { Player } from "./player.tsx";
import { kindOf, nameOf, type Row, tracksOf } from "./row.ts";

interface Props {
  row: Row;
  isNew?: boolean;
  onDeleted: (id: string) => void;
  /** A further button. */
  button?: ComponentChildren;
  children: ComponentChildren;
}

export function Card({ row, isNew = false, onDeleted, button, children }: Props) {
  const [message, setMessage] = useState<ComponentChildren>("");
  const { id, state, linkUrl } = row;
  const name = nameOf(row);
  const [track] = tracksOf([row]);
  const isOwn = !("variant" in row) || row.variant === "CUSTOM";
  const withLink = async (url: string, use: (link: PlaybackLink) => Promise<ComponentChildren>) => {
    try {
      setMessage(await use(await fetchJson(url, { method: "POST" })));
    } catch (reason) {
      const { status, message } = toApiError(reason);
      setMessage(<span class="field-issue">{`No link${status > 0 ? `, ${status}` : ""}: ${message}`}</span>);
    }
  };
  return (
    <li class="card" data-new={isNew} {...{ [`data-${kindOf(row)}`]: id }}>
      {children}
      {track && <Player {...track} />}
      {state === "processing" && <p class="pending warn">Processing: no audio yet.</p>}
      {state === "failed" && <p class="pending bad">{row.failureReason ?? "The generation failed."}</p>}
      <div class="card-foot">
        <p class="muted">
          {formatAudioFacts(row)}
          <span>{formatLevels(row)}</span>
        </p>
        <div class="card-actions">
          {linkUrl && (
            <>
              <IconButton
                icon="link"
                label={`Copy a link to ${name}`}
                onClick={() => void withLink(linkUrl, copyLink)}
              />
              <IconButton
                icon="download"
                label={`Download ${name}`}
                onClick={() => void withLink(linkUrl, (link) => download(link, name))}
              />
            </>
          )}
          {button}
          {isOwn && <DeleteButton row={row} onDeleted={onDeleted} />}
        </div>
        <p class="card-message" role="status">
          {message}
        </p>
      </div>
    </li>
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
