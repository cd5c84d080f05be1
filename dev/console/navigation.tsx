// The links to the views. Those of the side views are shown on narrow screens only.
import { Icon, type IconName } from "./icons.tsx";
import { hrefOf, isMainView, type View } from "./view.ts";

const LINKS: [view: View, label: string, icon: IconName][] = [
  ["voices", "Voices", "voices"],
  ["generations", "Generations", "generations"],
  ["create", "New voice", "create"],
  ["requests", "Requests", "requests"],
  ["billing", "Polar", "billing"],
];

export const Navigation = ({ view }: { view: View }) => (
  <nav aria-label="Views">
    <ul>
      {LINKS.map(([target, label, icon]) => (
        <li key={target} class={isMainView(target) ? "" : "sidebar-link"}>
          <a href={hrefOf(target)} aria-current={target === view ? "page" : undefined}>
            <Icon name={icon} />
            <span>{label}</span>
          </a>
        </li>
      ))}
    </ul>
  </nav>
);
