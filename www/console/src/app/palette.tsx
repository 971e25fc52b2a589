// The command palette: every place, segment, series and person, by a few letters. Loaded when opened.
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { Command } from "cmdk";
import { Shapes, User, Workflow } from "lucide-react";
import { type ReactNode, useDeferredValue, useState } from "react";

import { allSegments, allSeries, peopleLike } from "~/api/queries.ts";

import css from "./palette.module.css";
import { GROUPS } from "./places.ts";

export default function Palette({ close }: { close: () => void }) {
  const router = useRouter();
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const segments = useQuery(allSegments);
  const series = useQuery(allSeries);
  // LIMIT: two letters at least; one names everyone.
  const people = useQuery({ ...peopleLike(wanted), enabled: wanted.length > 1 });
  const item = (to: string, name: string, icon: ReactNode, words = "") => (
    <Command.Item
      key={to}
      value={`${name} ${words} ${to}`}
      className={css.item}
      onSelect={() => {
        close();
        router.history.push(`/console${to}`);
      }}
    >
      {icon}
      <span className="truncate">{name}</span>
    </Command.Item>
  );
  const group = (heading: string, items: ReactNode[] | undefined) =>
    items &&
    items.length > 0 && (
      <Command.Group heading={heading} className={css.group}>
        {items}
      </Command.Group>
    );
  const at = (place: string, id: string) => `/${place}/${encodeURIComponent(id)}`;
  return (
    <Command.Dialog open onOpenChange={close} label="Search" className={css.palette} overlayClassName={css.veil} contentClassName={css.content}>
      <Command.Input value={text} onValueChange={setText} placeholder="Go to a place, a series, a person …" className={css.input} />
      <Command.List className={css.list}>
        <Command.Empty className={css.empty}>Nothing is called that.</Command.Empty>
        {group(
          "Places",
          GROUPS.flatMap(({ places }) => places).map(({ name, to, icon: Icon, words }) => item(to, name, <Icon aria-hidden size={16} />, words)),
        )}
        {group("Series", series.data?.map(({ id, name }) => item(at("series", id), name, <Workflow aria-hidden size={16} />)))}
        {group("Segments", segments.data?.map(({ id, name }) => item(at("segments", id), name, <Shapes aria-hidden size={16} />)))}
        {group(
          "People",
          people.data?.items.map(({ id, attributes }) =>
            item(at("people", id), String(attributes.email ?? id), <User aria-hidden size={16} />, `${wanted} ${id}`),
          ),
        )}
      </Command.List>
    </Command.Dialog>
  );
}
