// The name of a series, edited where it stands.
import { Check, Pencil } from "lucide-react";
import { useState } from "react";

import { IconButton } from "~/kit/index.ts";

import css from "./series.module.css";

export function Name({ name, readOnly, onChange }: { name: string; readOnly: boolean; onChange: (name: string) => void }) {
  const [editing, setEditing] = useState(false);
  if (!editing || readOnly) {
    return (
      <>
        <h1>{name || "Series without a name"}</h1>
        {!readOnly && (
          <span>
            <IconButton label="Rename the series" small onClick={() => setEditing(true)}>
              <Pencil />
            </IconButton>
          </span>
        )}
      </>
    );
  }
  return (
    <form
      className={css.name}
      onSubmit={(event) => {
        event.preventDefault();
        setEditing(false);
      }}
    >
      <h1 className="unseen">{name}</h1>
      <input
        aria-label="Name of the series"
        value={name}
        autoFocus
        maxLength={120}
        onChange={(event) => onChange(event.target.value)}
        onBlur={() => setEditing(false)}
        onKeyDown={(event) => event.key === "Escape" && setEditing(false)}
      />
      <IconButton label="Done" small type="submit">
        <Check />
      </IconButton>
    </form>
  );
}
