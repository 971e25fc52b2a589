// Buttons, and links that look like them.
import { Link, type LinkProps } from "@tanstack/react-router";
import type { ButtonHTMLAttributes, ReactNode } from "react";

import css from "./button.module.css";

type Look = {
  /** One `primary` a page; `quiet` for what is seldom wanted; `danger` for what cannot be taken back. */
  look?: "primary" | "plain" | "quiet" | "danger";
  /** An icon in front of the words. */
  icon?: ReactNode;
  small?: boolean;
};

type ButtonProps = Look & ButtonHTMLAttributes<HTMLButtonElement> & { busy?: boolean };

export function Button({ look = "plain", icon, small, busy, children, className, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`${css.button} ${className ?? ""}`}
      data-look={look}
      data-small={small || undefined}
      aria-busy={busy || undefined}
      disabled={disabled || busy}
    >
      {icon}
      {children}
    </button>
  );
}

/** A button that shows an icon only; `label` is its name for everyone who cannot see it. */
export function IconButton({ label, children, ...rest }: ButtonProps & { label: string }) {
  return (
    <Button {...rest} look={rest.look ?? "quiet"} className={`${css.icon} ${rest.className ?? ""}`} aria-label={label} title={label}>
      {children}
    </Button>
  );
}

export function ButtonLink({ look = "plain", icon, small, children, ...rest }: Look & LinkProps & { children?: ReactNode }) {
  return (
    <Link {...rest} className={css.button} data-look={look} data-small={small || undefined}>
      {icon}
      {children}
    </Link>
  );
}
