// A section of the settings as a form: what is typed survives a reload, and a write that is based on
// old settings is told with both sides, never made silently.
import { valibotResolver } from "@hookform/resolvers/valibot";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { type DefaultValues, type FieldValues, type Path, type UseFormReturn, useForm } from "react-hook-form";
import type { GenericSchema } from "valibot";

import { Refused, get, put } from "~/api/client.ts";
import { settings as query } from "~/api/queries.ts";
import type { Settings } from "~/api/types.ts";
import { useMay } from "~/app/session.tsx";
import { Button, Callout, Card, Failure, Loading, useToast } from "~/kit/index.ts";

import { Differences } from "./differences.tsx";
import { changes } from "./diff.ts";
import { type Content, contentOf } from "./policies.ts";
import css from "./settings.module.css";

type SectionProps<F extends FieldValues> = {
  title: string;
  about: ReactNode;
  /** Under which name what is typed is kept until it is saved. */
  name: string;
  schema: GenericSchema<F, F>;
  of: (settings: Settings) => F;
  /** The settings with what the form says. */
  merge: (settings: Content, form: F) => Content;
  /** What those read who may not change it. */
  read: (settings: Settings) => ReactNode;
  children: (form: UseFormReturn<F>) => ReactNode;
};

export function SettingsSection<F extends FieldValues>(props: SectionProps<F>) {
  const { data, error, refetch } = useQuery(query);
  const mayWrite = useMay("admin");
  const content = error ? (
    <Failure error={error} retry={() => void refetch()} />
  ) : !data ? (
    <Loading />
  ) : mayWrite ? (
    <Form {...props} settings={data} />
  ) : (
    <>
      {props.read(data)}
      <p className="soft small">Admins change this.</p>
    </>
  );
  return (
    <Card title={props.title} about={props.about}>
      {content}
    </Card>
  );
}

type Kept<F> = { revision: number; values: F };
const keptUnder = (name: string) => `rekindle/settings/${name}`;
function kept<F>(name: string, revision: number): F | undefined {
  try {
    const found = JSON.parse(sessionStorage.getItem(keptUnder(name)) ?? "null") as Kept<F> | null;
    return found?.revision === revision ? found.values : undefined;
  } catch {
    return undefined;
  }
}

function Form<F extends FieldValues>({ name, schema, of, merge, children, settings }: SectionProps<F> & { settings: Settings }) {
  const cache = useQueryClient();
  const say = useToast();
  // What the form is based on: it changes when the form does, not when somebody else saves.
  const [base, setBase] = useState(settings);
  const [newer, setNewer] = useState<Settings>();
  const form = useForm<F>({ resolver: valibotResolver(schema), defaultValues: of(base) as DefaultValues<F> });
  const { isDirty, isSubmitting, errors } = form.formState;

  const begin = (from: Settings) => {
    sessionStorage.removeItem(keptUnder(name));
    setBase(from);
    setNewer(undefined);
    form.reset(of(from));
  };

  useEffect(() => {
    // What was typed before a reload comes back, field by field, so that it counts as unsaved.
    const values = kept<F>(name, base.revision);
    if (values) for (const [field, value] of Object.entries(values)) form.setValue(field as Path<F>, value, { shouldDirty: true });
    // Once, when the form appears.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  useEffect(() => {
    const watching = form.watch((values) => sessionStorage.setItem(keptUnder(name), JSON.stringify({ revision: base.revision, values })));
    return () => watching.unsubscribe();
  }, [form, name, base.revision]);
  useEffect(() => {
    if (settings.revision === base.revision) return;
    if (isDirty) setNewer(settings);
    else begin(settings);
  });

  async function save(values: F, on: Settings) {
    try {
      const saved = await put("/settings", { body: merge(contentOf(on), values), ifMatch: on.revision });
      cache.setQueryData(query.queryKey, saved);
      begin(saved);
      say({ title: "Settings saved. They hold from now on." });
    } catch (error) {
      if (error instanceof Refused && error.isStale) setNewer(await get("/settings"));
      else {
        const words = error instanceof Refused ? [error.message, ...error.problems.map(({ message }) => message)] : [String(error)];
        form.setError("root", { message: [...new Set(words)].join(" ") });
      }
    }
  }

  return (
    <form className="stack" noValidate onSubmit={form.handleSubmit((values) => save(values, newer ?? base))}>
      {children(form)}
      {errors.root && <Callout tone="bad" title="This was not saved.">{errors.root.message}</Callout>}
      {newer && (
        <Callout
          tone="warn"
          title="Somebody else changed the settings meanwhile. Yours are not saved yet."
        >
          <div className="stack">
            <p>Below: what is stored now, and what saving yours over it would make of it.</p>
            <Differences of={changes(contentOf(newer), merge(contentOf(newer), form.getValues()))} none="Yours say the same as what is stored now." />
            <div className="row">
              <Button small onClick={() => begin(newer)}>
                Take what is stored
              </Button>
              <Button small type="submit" busy={isSubmitting}>
                Save mine over it
              </Button>
            </div>
          </div>
        </Callout>
      )}
      {!newer && (
        <div className={css.save}>
          <Button type="submit" look="primary" busy={isSubmitting} disabled={!isDirty}>
            Save
          </Button>
          {isDirty && (
            <Button look="quiet" onClick={() => begin(base)}>
              Discard
            </Button>
          )}
          <span className="soft small" role="status">
            {isDirty ? "Not saved yet. What you typed stays here, also when the page is loaded again." : ""}
          </span>
        </div>
      )}
    </form>
  );
}
