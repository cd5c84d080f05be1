// The links to the views. Those of the side views are shown on narrow screens only.
import { Icon } from "./icons.tsx";
import { hrefOf, isMainView, type View } from "./view.ts";

/** Each view has an icon of its name. */
const LINKS: [view: View, label: string][] = [
  ["voices", "Voices"],
  ["generations", "Generations"],
  ["create", "New voice"],
  ["requests", "Requests"],
  ["billing", "Polar"],
];

export const Navigation = ({ view }: { view: View }) => (
  <nav aria-label="Views">
    <ul>
      {LINKS.map(([target, label]) => (
        <li key={target} class={isMainView(target) ? "" : "sidebar-link"}>
          <a href={hrefOf(target)} aria-current={target === view ? "page" : undefined}>
            <Icon name={target} />
            <span>{label}</span>
          </a>
        </li>
      ))}
    </ul>
  </nav>
);
