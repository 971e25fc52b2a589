// What stands above the page: hints, menus, dialogs, sheets. Focus and keys are Radix's.
import { X } from "lucide-react";
import { AlertDialog, Dialog as D, DropdownMenu, Tabs as T, Tooltip } from "radix-ui";
import type { ReactNode } from "react";

import { Button, IconButton } from "./button.tsx";
import css from "./overlay.module.css";

/** Words that come on hover and on focus. */
export function Hint({ words, children }: { words: ReactNode; children: ReactNode }) {
  return (
    <Tooltip.Provider delayDuration={250}>
      <Tooltip.Root>
        <Tooltip.Trigger asChild>
          <span className={css.hinted} tabIndex={0}>
            {children}
          </span>
        </Tooltip.Trigger>
        <Tooltip.Portal>
          <Tooltip.Content className={css.hint} sideOffset={6} collisionPadding={8}>
            {words}
          </Tooltip.Content>
        </Tooltip.Portal>
      </Tooltip.Root>
    </Tooltip.Provider>
  );
}

type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  about?: ReactNode;
  children: ReactNode;
  /** The buttons, the one that is meant last. */
  actions?: ReactNode;
  /** `sheet` comes in from the side and leaves the page in sight. */
  kind?: "dialog" | "sheet";
  wide?: boolean;
};

export function Dialog({ open, onOpenChange, title, about, children, actions, kind = "dialog", wide }: DialogProps) {
  return (
    <D.Root open={open} onOpenChange={onOpenChange}>
      <D.Portal>
        <D.Overlay className={css.veil} data-kind={kind} />
        <D.Content className={css[kind]} data-wide={wide || undefined} {...(about ? {} : { "aria-describedby": undefined })}>
          <header className={css.dialogHeader}>
            <div>
              <D.Title asChild>
                <h2>{title}</h2>
              </D.Title>
              {about && <D.Description className="soft small">{about}</D.Description>}
            </div>
            <D.Close asChild>
              <IconButton label="Close" small>
                <X />
              </IconButton>
            </D.Close>
          </header>
          <div className={css.dialogBody}>{children}</div>
          {actions && <footer className={css.dialogActions}>{actions}</footer>}
        </D.Content>
      </D.Portal>
    </D.Root>
  );
}

/** Asks once more before what cannot be taken back. */
export function Confirm({
  open,
  onOpenChange,
  title,
  children,
  verb,
  onConfirm,
  busy,
  ready = true,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  children: ReactNode;
  /** What the button says: the deed, not "OK". */
  verb: string;
  onConfirm: () => void;
  busy?: boolean;
  /** Whether what is asked for first was given, such as a name that is typed. */
  ready?: boolean;
}) {
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={css.veil} data-kind="dialog" />
        <AlertDialog.Content className={css.dialog}>
          <header className={css.dialogHeader}>
            <AlertDialog.Title asChild>
              <h2>{title}</h2>
            </AlertDialog.Title>
          </header>
          <AlertDialog.Description asChild>
            <div className={css.dialogBody}>{children}</div>
          </AlertDialog.Description>
          <footer className={css.dialogActions}>
            <AlertDialog.Cancel asChild>
              <Button>Cancel</Button>
            </AlertDialog.Cancel>
            <Button look="danger" busy={busy ?? false} disabled={!ready} onClick={onConfirm}>
              {verb}
            </Button>
          </footer>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

export type MenuItem = { label: string; icon?: ReactNode; onSelect: () => void; danger?: boolean; disabled?: boolean } | "line";

export function Menu({ trigger, items }: { trigger: ReactNode; items: readonly MenuItem[] }) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={css.menu} align="end" sideOffset={6} collisionPadding={8}>
          {items.map((item, place) =>
            item === "line" ? (
              <DropdownMenu.Separator key={`line-${place}`} className={css.line} />
            ) : (
              <DropdownMenu.Item
                key={item.label}
                className={css.item}
                data-danger={item.danger || undefined}
                disabled={item.disabled ?? false}
                onSelect={item.onSelect}
              >
                {item.icon}
                {item.label}
              </DropdownMenu.Item>
            ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** Tabs whose state is the caller's, as a rule the address. */
export function Tabs<V extends string>({
  label,
  value,
  onChange,
  tabs,
}: {
  label: string;
  value: V;
  onChange: (value: V) => void;
  tabs: readonly { value: V; label: ReactNode; content: ReactNode }[];
}) {
  return (
    <T.Root value={value} onValueChange={(next) => onChange(next as V)} className={css.tabs}>
      <T.List className={css.tabList} aria-label={label}>
        {tabs.map((tab) => (
          <T.Trigger key={tab.value} value={tab.value} className={css.tab}>
            {tab.label}
          </T.Trigger>
        ))}
      </T.List>
      {tabs.map((tab) => (
        <T.Content key={tab.value} value={tab.value} className={css.tabContent}>
          {tab.content}
        </T.Content>
      ))}
    </T.Root>
  );
}
