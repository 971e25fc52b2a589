// Where one can go: what the sidebar and the palette list.
import { ChartLine, House, Inbox, type LucideIcon, Settings, Shapes, Users, Workflow } from "lucide-react";

type Address = "/" | "/people" | "/segments" | "/series" | "/mailbox" | "/reports" | "/settings";
export type Place = { name: string; to: Address; icon: LucideIcon; words: string };
export type Group = { name: string | null; places: readonly Place[] };

export const GROUPS: readonly Group[] = [
  { name: null, places: [{ name: "Home", to: "/", icon: House, words: "start overview set-up" }] },
  {
    name: "Audience",
    places: [
      { name: "People", to: "/people", icon: Users, words: "users customers contacts" },
      { name: "Segments", to: "/segments", icon: Shapes, words: "audiences filters groups" },
    ],
  },
  {
    name: "Outbound",
    places: [
      { name: "Series", to: "/series", icon: Workflow, words: "campaigns journeys canvas" },
      { name: "Mailbox", to: "/mailbox", icon: Inbox, words: "sent mails pushes requests dead letters" },
    ],
  },
  { name: "Reports", places: [{ name: "Series reports", to: "/reports", icon: ChartLine, words: "figures enrollment churn" }] },
  { name: "Workspace", places: [{ name: "Settings", to: "/settings", icon: Settings, words: "channels tokens quiet hours install" }] },
];
