// What a new series can begin with. Choosing one writes a draft and opens it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { Callout, Dialog } from "~/kit/index.ts";

import { create } from "./actions.ts";
import css from "./list.module.css";
import { Picture } from "./picture.tsx";
import { TEMPLATES } from "./templates.ts";

export function Gallery({ close }: { close: () => void }) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const make = useMutation({
    mutationFn: (id: string) => create(cache, (TEMPLATES.find((template) => template.id === id) ?? TEMPLATES[0])!.spec),
    onSuccess: (made) => navigate({ to: "/series/$id", params: { id: made.id }, search: made.draft.steps.length === 0 ? { tab: "settings" } : {} }),
  });
  return (
    <Dialog open onOpenChange={close} title="New series" about="Begin with one of these and change what you like. Nothing is sent before you publish." wide>
      {make.error && (
        <Callout tone="bad" title="The draft could not be made.">
          {make.error.message}
        </Callout>
      )}
      <ul className={css.gallery}>
        {TEMPLATES.map(({ id, name, about, spec }) => (
          <li key={id}>
            <button type="button" className={css.template} disabled={make.isPending} aria-busy={(make.isPending && make.variables === id) || undefined} onClick={() => make.mutate(id)}>
              <Picture spec={spec} />
              <strong>{name}</strong>
              <span className="soft small">{about}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
