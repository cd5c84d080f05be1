// The last requests, explained: what was asked, what came, and from where.
import { useState } from "preact/hooks";
import type { RecordedRequest } from "../requests.ts";
import { explain, explainTiming, type Span } from "./explain.ts";
import { useLive } from "./live.ts";
import { Choice } from "./search-field.tsx";

const SHOWN = 12;
const KINDS: [value: string, label: string][] = [
  ["player", "Player"],
  ["all", "All"],
];

export function Requests() {
  const seen = useLive()?.requests.items ?? [];
  const [kind, setKind] = useState("player");
  const items = seen.filter(({ destination }) => kind === "all" || destination === "audio");
  const [last, ...before] = items;
  return (
    <section class="panel" id="requests-panel" aria-labelledby="requests-title">
      <div class="panel-head">
        <h2 id="requests-title">Requests</h2>
        <Choice label="Requests of" options={KINDS} value={kind} onChange={setKind} />
      </div>
      {last ? (
        <LastRequest request={last} />
      ) : (
        <p class="empty">
          Play or seek, and each request appears here. If nothing does, the browser had the audio in its own
          cache.
        </p>
      )}
      <ol class="request-list" reversed>
        {before.slice(0, SHOWN).map((request) => (
          <RequestRow key={request.number} request={request} />
        ))}
      </ol>
    </section>
  );
}

function LastRequest({ request }: { request: RecordedRequest }) {
  const { words, tone, span } = explain(request);
  const { method, path, status, milliseconds, range, ifNoneMatch, etag, serverTiming, requestId } = request;
  const facts: [name: string, value: string | null][] = [
    ["Range", range],
    ["Cache-Status", request.cacheStatus],
    ["If-None-Match", ifNoneMatch],
    ["ETag", etag],
    ["Server-Timing", serverTiming && explainTiming(serverTiming)],
    ["X-Request-Id", requestId],
  ];
  return (
    <div class="last-request" aria-live="polite">
      <p class="request-line">
        <span class={`status ${tone}`}>{status}</span>
        <span class="quiet milliseconds">{milliseconds} ms</span>
        <code>
          {method} {path}
        </code>
      </p>
      <p class="explained">{words}</p>
      {span && <SpanBar span={span} />}
      <dl class="facts">
        {facts.map(
          ([name, value]) =>
            value !== null && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
    </div>
  );
}

/** Which bytes of the whole came. */
const SpanBar = ({ span: { from, to, size } }: { span: Span }) => (
  <svg class="span-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
    <rect class="span-whole" width="100" height="4" />
    <rect
      class="span-part"
      x={(from / size) * 100}
      width={Math.max(((to + 1 - from) / size) * 100, 0.8)}
      height="4"
    />
  </svg>
);

function RequestRow({ request }: { request: RecordedRequest }) {
  const { words, tone } = explain(request);
  return (
    <li>
      <span class={`status ${tone}`}>{request.status}</span>
      <span class="request-words">
        <code>
          {request.method} {request.path}
        </code>
        <span>{words}</span>
      </span>
      <span class="quiet milliseconds">{request.milliseconds} ms</span>
    </li>
  );
}
