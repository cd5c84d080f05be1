// Lists the latest requests, each with an explanation.
import { useState } from "preact/hooks";
import type { RecordedRequest } from "../requests.ts";
import { type ByteRange, explain, explainTiming } from "./explain.ts";
import type { Live } from "./live.ts";
import { LivePanel } from "./live-panel.tsx";
import { Choice } from "./search-field.tsx";

const MAX_SHOWN = 12;
const FILTERS = { player: "Player", all: "All" };

export function Requests({ live }: { live: Live }) {
  const [filter, setFilter] = useState<keyof typeof FILTERS>("player");
  const choice = <Choice label="Show requests of" options={FILTERS} value={filter} onChange={setFilter} />;
  const isShown = ({ destination }: RecordedRequest) => filter === "all" || destination === "audio";
  return (
    <LivePanel name="requests" title="Requests" live={live} tools={choice}>
      {({ requests }) => <RequestList items={requests.items.filter(isShown)} />}
    </LivePanel>
  );
}

function RequestList({ items: [latest, ...earlier] }: { items: RecordedRequest[] }) {
  if (!latest) {
    return (
      <p class="empty">
        Play or seek to see the requests of the player. If none appears, the browser played the audio from its
        own cache.
      </p>
    );
  }
  return (
    <>
      <LatestRequest request={latest} />
      <ol class="request-list" reversed>
        {earlier.slice(0, MAX_SHOWN).map((request) => (
          <EarlierRequest key={request.number} request={request} />
        ))}
      </ol>
    </>
  );
}

function LatestRequest({ request }: { request: RecordedRequest }) {
  const { text, tone, range: bytes } = explain(request);
  const { method, path, status, milliseconds, range, ifNoneMatch, etag, serverTiming, requestId } = request;
  const facts = [
    ["Range", range],
    ["Cache-Status", request.cacheStatus],
    ["If-None-Match", ifNoneMatch],
    ["ETag", etag],
    ["Server-Timing", serverTiming && explainTiming(serverTiming)],
    ["X-Request-Id", requestId],
  ].filter(([, value]) => value !== null);
  return (
    <div class="latest-request" aria-live="polite">
      <p class="request-line">
        <span class={`status ${tone}`}>{status}</span>
        <span class="muted milliseconds">{milliseconds} ms</span>
        <code>{`${method} ${path}`}</code>
      </p>
      <p class="explanation">{text}</p>
      {bytes && <ByteRangeBar range={bytes} />}
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** Draws the position of the received bytes in the audio. */
const ByteRangeBar = ({ range: { first, last, size } }: { range: ByteRange }) => (
  <svg class="range-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
    <rect x={(first / size) * 100} width={Math.max(((last + 1 - first) / size) * 100, 0.8)} height="4" />
  </svg>
);

function EarlierRequest({ request }: { request: RecordedRequest }) {
  const { text, tone } = explain(request);
  const { method, path, status, milliseconds } = request;
  return (
    <li>
      <span class={`status ${tone}`}>{status}</span>
      <span class="request-text">
        <code class="one-line">{`${method} ${path}`}</code>
        <span>{text}</span>
      </span>
      <span class="muted milliseconds">{milliseconds} ms</span>
    </li>
  );
}
