// Everyone: found by a few letters, by a segment or by any rule, in the columns that one wants.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Columns3, Filter, Users, X } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";

import { allSegments, segmentCounts, status } from "~/api/queries.ts";
import type { PersonRow, Value } from "~/api/types.ts";
import { useNow } from "~/app/clock.tsx";
import { Ago, Button, ButtonLink, Callout, Card, type Column, Empty, Failure, Input, Loading, More, Page, Select, Table, whole } from "~/kit/index.ts";
import { ruleWords, useCalled } from "~/places/segments/builder/index.tsx";
import { parsed } from "~/places/segments/builder/parse.ts";
import { attributeWords } from "~/places/segments/builder/words.ts";

import { ChooseColumns } from "./choose.tsx";
import { OWN_WORDS, calledOf, keepColumns, keptColumns } from "./columns.ts";
import { ExportPeople } from "./export.tsx";
import { FilterSheet } from "./filter.tsx";
import { type Asked, people } from "./find.ts";
import css from "./people.module.css";

const PATIENCE_MS = 250;

export function People() {
  const search = useSearch({ strict: false });
  const asked: Asked = { q: search.q, rule: search.rule, segment: search.segment };
  const navigate = useNavigate();
  const set = (change: Asked) => void navigate({ to: "/people", search: { ...asked, ...change }, replace: true });
  const found = useInfiniteQuery(people(asked));
  const [columns, setColumns] = useState(() => keptColumns(localStorage));
  const [choosing, setChoosing] = useState(false);
  const [filtering, setFiltering] = useState(false);
  const rows = found.data?.pages.flatMap(({ items }) => items) ?? [];
  const lookedAt = found.data?.pages.reduce((sum, page) => sum + page.lookedAt, 0) ?? 0;
  const total = useTotal(asked);
  const isFiltered = Boolean(asked.q || asked.rule || asked.segment);
  return (
    <Page
      title="People"
      about="Everyone Rekindle has heard of, with what they are and what they did."
      actions={<ExportPeople asked={asked} columns={columns} shown={rows} more={found.hasNextPage} />}
    >
      <div className={css.tools}>
        <Search value={asked.q ?? ""} onChange={(q) => set({ q: q || undefined })} />
        <SegmentPick value={asked.segment ?? ""} onChange={(segment) => set({ segment: segment || undefined })} />
        <Button icon={<Filter aria-hidden />} onClick={() => setFiltering(true)}>
          Filter
        </Button>
        <Button icon={<Columns3 aria-hidden />} onClick={() => setChoosing(true)}>
          Columns
        </Button>
      </div>
      {asked.rule && <RuleChip rule={asked.rule} edit={() => setFiltering(true)} clear={() => set({ rule: undefined })} />}
      {found.error && !found.isFetchNextPageError ? (
        <Failure error={found.error} retry={() => void found.refetch()} />
      ) : found.isPending ? (
        <Loading lines={8} />
      ) : (
        <Card flush>
          <div aria-busy={found.isPlaceholderData || undefined} className={css.list}>
            <List rows={rows} columns={columns} empty={!found.hasNextPage && <None isFiltered={isFiltered} clear={() => set({ q: undefined, rule: undefined, segment: undefined })} />} />
          </div>
          {(rows.length > 0 || found.hasNextPage) && (
            <More
              more={found.hasNextPage}
              busy={found.isFetchingNextPage}
              load={() => void found.fetchNextPage()}
              shown={shownWords(rows.length, total, found.hasNextPage, isFiltered ? lookedAt : undefined)}
            />
          )}
          {found.isFetchNextPageError && <Failure error={found.error} retry={() => void found.fetchNextPage()} />}
        </Card>
      )}
      {choosing && (
        <ChooseColumns
          columns={columns}
          close={() => setChoosing(false)}
          onChange={(next) => {
            setColumns(next);
            keepColumns(localStorage, next);
          }}
        />
      )}
      {filtering && (
        <FilterSheet
          rule={asked.rule ?? "everyone"}
          close={() => setFiltering(false)}
          onApply={(rule) => {
            setFiltering(false);
            set({ rule });
          }}
        />
      )}
    </Page>
  );
}

function shownWords(shown: number, total: number | undefined, more: boolean, lookedAt: number | undefined): string {
  if (!more) return `${whole(shown)} ${shown === 1 ? "person" : "people"}, all of them`;
  if (total !== undefined) return `${whole(shown)} of ${whole(total)} people`;
  if (lookedAt === undefined) return `${whole(shown)} people so far`;
  return `${whole(shown)} found among the first ${whole(lookedAt)} people looked at`;
}

/** How many there are in all, where that is known without counting. */
function useTotal({ q, rule, segment }: Asked): number | undefined {
  const everyone = useQuery(status).data?.people;
  const counts = useQuery(segmentCounts).data?.counts;
  if (q || rule) return undefined;
  return segment ? counts?.[segment] : everyone;
}

/** What is typed is asked for once one pauses. */
function Search({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    const wanted = text.trim();
    if (wanted === value) return;
    const timer = setTimeout(() => onChange(wanted), PATIENCE_MS);
    return () => clearTimeout(timer);
  });
  return (
    <div className={css.search}>
      <Input bare label="Search people" type="search" placeholder="Id, email or name" value={text} onChange={({ target }) => setText(target.value)} />
    </div>
  );
}

function SegmentPick({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { data } = useQuery(allSegments);
  return (
    <div className={css.segment}>
      <Select bare label="Segment" value={value} onChange={({ target }) => onChange(target.value)}>
        <option value="">Every segment</option>
        {value && !data?.some(({ id }) => id === value) && <option value={value}>{value}</option>}
        {data?.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
    </div>
  );
}

/** A rule in the address, as a sentence. */
function RuleChip({ rule, edit, clear }: { rule: string; edit: () => void; clear: () => void }) {
  const called = useCalled();
  const read = useQuery(parsed(rule)).data;
  return (
    <Callout
      actions={
        <span className="row">
          <Button small look="quiet" onClick={edit}>
            Edit
          </Button>
          <ButtonLink small look="quiet" to="/segments/$id" params={{ id: "new" }} search={{ rule }}>
            Save as segment
          </ButtonLink>
          <Button small look="quiet" icon={<X aria-hidden />} onClick={clear}>
            Clear
          </Button>
        </span>
      }
    >
      {read?.ok ? ruleWords(read.value.json, called) : rule}
    </Callout>
  );
}

function None({ isFiltered, clear }: { isFiltered: boolean; clear: () => void }) {
  return isFiltered ? (
    <Empty title="Nobody fits" actions={<Button onClick={clear}>Show everyone</Button>}>
      All filters must fit at once. Take one away to see more.
    </Empty>
  ) : (
    <Empty icon={<Users aria-hidden />} title="Nobody yet" actions={<ButtonLink to="/settings" look="primary">How to add the script</ButtonLink>}>
      People come here by themselves once the script is in your page, or your server sends events.
    </Empty>
  );
}

function List({ rows, columns, empty }: { rows: readonly PersonRow[]; columns: readonly string[]; empty: ReactNode }) {
  const now = useNow();
  const called = useCalled();
  const shown: Column<PersonRow>[] = [
    {
      name: "Person",
      cell: (person) => (
        <div className={css.person}>
          <Link to="/people/$id" params={{ id: person.id }}>
            {calledOf(person)}
          </Link>
          <span className="soft small truncate">{typeof person.attributes.email === "string" ? person.attributes.email : person.id}</span>
        </div>
      ),
    },
    ...columns.map((name): Column<PersonRow> => {
      if (name === "last_seen" || name === "first_seen") {
        return { name: OWN_WORDS[name] ?? name, cell: (person) => <span className={css.ago}><Ago at={person[name]} now={now} /></span> };
      }
      if (name === "segments") {
        return {
          name: "Segments",
          cell: ({ segments }) => (
            <span className={css.segments}>
              {segments.map((id) => (
                <Link key={id} to="/segments/$id" params={{ id }}>
                  {called.segments?.get(id) ?? id}
                </Link>
              ))}
            </span>
          ),
        };
      }
      if (name === "id") return { name: "Id", cell: ({ id }) => <code>{id}</code> };
      return { name: attributeWords(name), cell: ({ attributes }) => <Attribute value={attributes[name]} /> };
    }),
  ];
  return <Table label="People" columns={shown} rows={rows} id={({ id }) => id} empty={empty} />;
}

function Attribute({ value }: { value: Value | undefined }) {
  if (value === undefined || value === null) return <span className="soft">–</span>;
  if (Array.isArray(value)) return <>{value.map((one) => (typeof one === "string" ? one : JSON.stringify(one))).join(", ")}</>;
  return <>{typeof value === "object" ? JSON.stringify(value) : String(value)}</>;
}
