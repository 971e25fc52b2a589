// Which columns the list has.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { data } from "~/api/queries.ts";
import { Button, Checkbox, Dialog, Input } from "~/kit/index.ts";
import { attributeWords } from "~/places/segments/builder/words.ts";

import { COLUMNS_MAX, DEFAULT, OWN, OWN_WORDS } from "./columns.ts";
import css from "./people.module.css";

export function ChooseColumns({ columns, onChange, close }: { columns: readonly string[]; onChange: (columns: readonly string[]) => void; close: () => void }) {
  const known = useQuery(data).data?.attributes.map(({ name }) => name) ?? [];
  const [text, setText] = useState("");
  const all = [...new Set([...OWN, ...known, ...columns])];
  const shown = all.filter((name) => words(name).toLowerCase().includes(text.trim().toLowerCase()));
  const toggle = (name: string, on: boolean) => onChange(on ? [...columns, name] : columns.filter((one) => one !== name));
  return (
    <Dialog
      open
      onOpenChange={(open) => open || close()}
      kind="sheet"
      title="Columns"
      about={`Up to ${COLUMNS_MAX}, in the order in which you choose them. Your browser keeps them.`}
      actions={
        <>
          <Button look="quiet" onClick={() => onChange(DEFAULT)}>
            As it was
          </Button>
          <Button look="primary" onClick={close}>
            Done
          </Button>
        </>
      }
    >
      {all.length > 12 && <Input bare label="Search columns" type="search" placeholder="Search attributes" value={text} onChange={({ target }) => setText(target.value)} />}
      <fieldset className={css.columns}>
        <legend className="unseen">Columns</legend>
        {shown.map((name) => (
          <Checkbox
            key={name}
            label={words(name)}
            checked={columns.includes(name)}
            disabled={!columns.includes(name) && columns.length >= COLUMNS_MAX}
            onChange={({ target }) => toggle(name, target.checked)}
          />
        ))}
      </fieldset>
    </Dialog>
  );
}

const words = (name: string): string => OWN_WORDS[name] ?? attributeWords(name);
