// The ways to the views. Those at the side have a way only where there is no room for a side.
import { Icon, type IconName } from "./icons.tsx";
import { isMainView, type View } from "./view.ts";

const PLACES: [view: View, label: string, icon: IconName][] = [
  ["voices", "Voices", "voices"],
  ["generations", "Generations", "generations"],
  ["create", "New voice", "create"],
  ["requests", "Requests", "requests"],
  ["billing", "Polar", "billing"],
];

export const Navigation = ({ view }: { view: View }) => (
  <nav aria-label="Views">
    <ul>
      {PLACES.map(([place, label, icon]) => (
        <li key={place} class={isMainView(place) ? "" : "side-place"}>
          <a href={`#${place}`} aria-current={place === view ? "page" : undefined}>
            <Icon name={icon} />
            <span>{label}</span>
          </a>
        </li>
      ))}
    </ul>
  </nav>
);
