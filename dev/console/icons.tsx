// The icons: outlines in the colour of the surrounding text. And buttons that have an icon only.
import type { ButtonHTMLAttributes } from "preact";

const SHAPES = {
  voices: "M4 10v4M8 7v10M12 4v16M16 7v10M20 10v4",
  generations: "M4 6h16M4 12h10M4 18h7M18 14v6M15 17h6",
  create: "M12 5v14M5 12h14",
  billing: "M3 7h18v11H3zM3 11h18",
  requests: "M4 7h13l-3-3M20 17H7l3 3",
  play: "M8 5.5v13l10.5-6.5z",
  pause: "M8 5.5v13M16 5.5v13",
  previous: "M18 6v12l-9-6zM6 6v12",
  next: "M6 6v12l9-6zM18 6v12",
  volume: "M4 9.5v5h3.5L12 18V6L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
  close: "M6 6l12 12M18 6 6 18",
  edit: "M5 19l1-4L16 5l3 3L9 18zM14 7l3 3",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1",
  download: "M12 5v11M7.5 11.5 12 16l4.5-4.5M5 19h14",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 20 20",
  trash: "M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7",
  microphone: "M12 15a3 3 0 0 0 3-3V7a3 3 0 0 0-6 0v5a3 3 0 0 0 3 3zM6 12a6 6 0 0 0 12 0M12 18v3",
  stop: "M7 7h10v10H7z",
  file: "M12 16V5M7.5 9.5 12 5l4.5 4.5M5 19h14",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.5V5M12 19v2.5M2.5 12H5M19 12h2.5M5.3 5.3 7 7M17 17l1.7 1.7M5.3 18.7 7 17M17 7l1.7-1.7",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
  reload: "M19 12a7 7 0 1 1-2-5M19 4v4h-4",
  "sign-out": "M14 8V5H5v14h9v-3M10 12h10l-3-3M20 12l-3 3",
} as const;

type IconName = keyof typeof SHAPES;

export const Icon = ({ name }: { name: IconName }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" data-icon={name}>
    <path d={SHAPES[name]} />
  </svg>
);

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon: IconName;
  label: string;
}

/** A round button, unless `props` have another class. */
export const IconButton = ({ icon, label, ...props }: IconButtonProps) => (
  <button type="button" class="icon-button" aria-label={label} title={label} {...props}>
    <Icon name={icon} />
  </button>
);
