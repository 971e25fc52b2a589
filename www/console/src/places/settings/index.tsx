// Settings: what holds for the whole workspace, a section each, named in the address.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { useAddress } from "~/app/address.ts";
import { useMay } from "~/app/session.tsx";
import type { Role } from "~/api/types.ts";
import { Page } from "~/kit/index.ts";

import { Audit } from "./audit.tsx";
import { Channels } from "./channels.tsx";
import { InAndOut } from "./data.tsx";
import { Identity } from "./identity-keys.tsx";
import { Install } from "./install.tsx";
import { Mails } from "./mails.tsx";
import { Measuring } from "./measuring.tsx";
import css from "./settings.module.css";
import { Retention } from "./retention.tsx";
import { SubscriptionTypes } from "./subscription-types.tsx";
import { TimingSection } from "./timing.tsx";
import { Tokens } from "./tokens.tsx";
import { Webhooks } from "./webhooks.tsx";

type Section = { tab: string; name: string; role: Role; content: () => ReactNode };
const GROUPS: readonly { name: string; sections: readonly Section[] }[] = [
  {
    name: "Set-up",
    sections: [
      { tab: "install", name: "Install", role: "viewer", content: () => <Install /> },
      { tab: "identity", name: "Proofs of identity", role: "viewer", content: () => <Identity /> },
      { tab: "channels", name: "Channels", role: "viewer", content: () => <Channels /> },
    ],
  },
  {
    name: "Messages",
    sections: [
      { tab: "mails", name: "Look of mails", role: "viewer", content: () => <Mails /> },
      { tab: "types", name: "Subscription types", role: "viewer", content: () => <SubscriptionTypes /> },
      { tab: "timing", name: "Quiet hours and cap", role: "viewer", content: () => <TimingSection /> },
      { tab: "measuring", name: "Holdout and churn", role: "viewer", content: () => <Measuring /> },
    ],
  },
  {
    name: "Workspace",
    sections: [
      { tab: "tokens", name: "Tokens and roles", role: "admin", content: () => <Tokens /> },
      { tab: "audit", name: "Audit log", role: "admin", content: () => <Audit /> },
      { tab: "webhooks", name: "Webhooks", role: "viewer", content: () => <Webhooks /> },
      { tab: "retention", name: "Retention", role: "viewer", content: () => <Retention /> },
      { tab: "data", name: "Import and export", role: "viewer", content: () => <InAndOut /> },
    ],
  },
];

export function Settings() {
  const [{ tab }] = useAddress();
  const isAdmin = useMay("admin");
  const groups = GROUPS.map((group) => ({ ...group, sections: group.sections.filter(({ role }) => role !== "admin" || isAdmin) }));
  const all = groups.flatMap(({ sections }) => sections);
  const open = all.find((section) => section.tab === tab) ?? all[0];
  return (
    <Page title="Settings">
      <div className={css.settings}>
        <nav aria-label="Settings" className={css.nav}>
          {groups.map((group) => (
            <div key={group.name}>
              <p>{group.name}</p>
              <ul>
                {group.sections.map((section) => (
                  <li key={section.tab}>
                    <Link to="/settings" search={{ tab: section.tab }} aria-current={section === open ? "page" : undefined} activeOptions={{ includeSearch: true }}>
                      {section.name}
                    </Link>
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </nav>
        <div className="stack" key={open?.tab}>
          {open?.content()}
        </div>
      </div>
    </Page>
  );
}
