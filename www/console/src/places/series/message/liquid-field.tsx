// A field for Liquid: CodeMirror with the names that the data has, what is wrong in place, and a hand
// with fallbacks. A plain field stands in until the editor has come.
import { useQuery } from "@tanstack/react-query";
import { Smile } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";

import { data } from "~/api/queries.ts";
import { type Sink, type Trouble, fillIn } from "~/core/index.ts";
import { IconButton } from "~/kit/index.ts";

import { withFallback, withoutFallback } from "./fallbacks.ts";
import type { LiquidEditor } from "./liquid-editor.ts";
import css from "./message.module.css";

type Props = {
  label: ReactNode;
  /** The label as plain words. */
  name: string;
  hint?: string;
  value: string;
  sink: Sink;
  /** One line if absent. */
  lines?: number;
  emoji?: boolean;
  /** Tags are told apart from text. */
  markup?: boolean;
  /** What else is wrong with it. */
  troubles?: readonly Trouble[];
  onChange: (value: string) => void;
};

const EMOJI = [..."👋😀🙂😍🤔🎉🎁🔥✨💡⭐❤️🚀⏰📅📣🔔✅👉🏆💸🛒📦🌱☕🙏👀💬📈🔑"];

const NOTHING: readonly Trouble[] = [];

export function LiquidField({ label, name, hint, value, sink, lines, emoji, markup = false, troubles = NOTHING, onChange }: Props) {
  const id = useId();
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<LiquidEditor>(null);
  const change = useRef(onChange);
  change.current = onChange;
  const [loaded, setLoaded] = useState(false);
  const known = useQuery(data);
  const names = known.data?.attributes.map((attribute) => attribute.name);
  const own = useProblems(value, sink);
  const problems = useMemo(() => [...own, ...troubles], [own, troubles]);

  useEffect(() => {
    let gone = false;
    void import("./liquid-editor.ts").then(({ liquidEditor }) => {
      if (gone || !host.current) return;
      editor.current = liquidEditor(host.current, {
        value: "",
        label: name,
        describedBy: `${id}-words`,
        lines: lines ?? 1,
        markup,
        onChange: (next) => change.current(next),
      });
      setLoaded(true);
    });
    return () => {
      gone = true;
      editor.current?.destroy();
      editor.current = null;
    };
  }, [id, name, lines, markup]);
  useEffect(() => {
    if (loaded) editor.current?.set(value);
  }, [loaded, value]);
  useEffect(() => {
    if (loaded && names) editor.current?.names(names);
  }, [loaded, names]);
  useEffect(() => {
    if (loaded) editor.current?.problems(problems);
  }, [loaded, problems]);

  const bare = withoutFallback(value);
  return (
    <div className={css.liquid}>
      <div className="row apart">
        <span className={css.label}>{label}</span>
        {emoji && <Emoji insert={(text) => (editor.current ? editor.current.insert(text) : onChange(value + text))} />}
      </div>
      <div ref={host} className={css.host} data-lines={lines ? true : undefined} data-bad={problems.length > 0 || undefined} />
      {!loaded && (
        <textarea className={css.plain} aria-label={name} rows={lines ?? 1} value={value} onChange={(event) => onChange(event.target.value)} />
      )}
      <div id={`${id}-words`} className={css.words}>
        {hint && <p className="soft">{hint}</p>}
        {problems.map((problem) => (
          <p key={`${problem.line}:${problem.column}:${problem.message}`} className="bad" role="alert">
            {problem.line ? `Line ${problem.line}, column ${problem.column}: ` : ""}
            {problem.message}
          </p>
        ))}
        {problems.length === 0 &&
          bare.slice(0, 3).map((one) => (
            <p key={one.from} className="warn">
              <code>{one.name}</code> has no fallback: who has none reads nothing there.{" "}
              <button type="button" className={css.mend} onClick={() => onChange(withFallback(value, one, one.name === "first_name" ? "there" : ""))}>
                Add one
              </button>
            </p>
          ))}
      </div>
    </div>
  );
}

function useProblems(value: string, sink: Sink): readonly Trouble[] {
  const [problems, setProblems] = useState<readonly Trouble[]>([]);
  useEffect(() => {
    let stale = false;
    void fillIn(value, {}, sink).then((result) => {
      if (!stale) setProblems(result.ok ? [] : result.problems);
    });
    return () => {
      stale = true;
    };
  }, [value, sink]);
  return problems;
}

function Emoji({ insert }: { insert: (emoji: string) => void }) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <IconButton label="Put in an emoji" small>
          <Smile />
        </IconButton>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={css.emoji} align="end" collisionPadding={8}>
          {EMOJI.map((emoji) => (
            <DropdownMenu.Item key={emoji} onSelect={() => insert(emoji)}>
              {emoji}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
