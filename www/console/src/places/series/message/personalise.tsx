// Whom a message is shown for while it is written: somebody real, or nobody, to see the fallbacks.
import { useQuery } from "@tanstack/react-query";
import { UserRound, X } from "lucide-react";
import { useDeferredValue, useId, useState } from "react";

import { peopleLike, person } from "~/api/queries.ts";
import type { Attributes } from "~/api/types.ts";
import { IconButton } from "~/kit/index.ts";

import css from "./message.module.css";

export type Somebody = { id: string; name: string } | null;

const NOBODY: Attributes = {};

/** What is known of them. */
export function useAttributes(somebody: Somebody): Attributes {
  const { data } = useQuery({ ...person(somebody?.id ?? ""), enabled: somebody !== null });
  return somebody && data ? data.attributes : NOBODY;
}

export function Personalise({ value, onChange }: { value: Somebody; onChange: (somebody: Somebody) => void }) {
  const id = useId();
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const { data } = useQuery({ ...peopleLike(wanted), enabled: value === null });
  const people = data?.items ?? [];
  const named = (one: (typeof people)[number]) => String(one.attributes.email ?? one.id);
  if (value) {
    return (
      <div className={css.somebody}>
        <UserRound aria-hidden size={15} />
        <span>
          As <strong>{value.name}</strong> sees it
        </span>
        <IconButton label="Show it for nobody in particular" small onClick={() => onChange(null)}>
          <X />
        </IconButton>
      </div>
    );
  }
  return (
    <div className={css.somebody}>
      <UserRound aria-hidden size={15} />
      <label className="unseen" htmlFor={id}>
        Show it as this person sees it
      </label>
      <input
        id={id}
        list={`${id}-people`}
        value={text}
        placeholder="As somebody sees it …"
        autoComplete="off"
        onChange={(event) => {
          setText(event.target.value);
          const chosen = people.find((one) => named(one) === event.target.value);
          if (chosen) {
            onChange({ id: chosen.id, name: named(chosen) });
            setText("");
          }
        }}
      />
      <datalist id={`${id}-people`}>
        {people.map((one) => (
          <option key={one.id} value={named(one)} />
        ))}
      </datalist>
    </div>
  );
}
