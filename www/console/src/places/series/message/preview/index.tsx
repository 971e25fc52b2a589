// How a message will look: filled in by the edge, drawn as it will be drawn where it is read.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";

import { post } from "~/api/client.ts";
import type { Attributes, Step } from "~/api/types.ts";
import { Callout } from "~/kit/index.ts";

import { EmailPreview } from "./email.tsx";
import { InAppPreview } from "./in-app.tsx";
import { PushPreview } from "./push.tsx";
import { WebhookPreview } from "./webhook.tsx";

export function MessagePreview({ step, person, attributes }: { step: Step; person: string | null; attributes: Attributes }) {
  const wanted = useDeferredValue(step);
  const { when: _, test: __, next: ___, goal: ____, delay: _____, mjml: ______, ...content } = wanted;
  const { data, error } = useQuery({
    queryKey: ["preview", content, person, attributes],
    queryFn: ({ signal }) => post("/preview", { body: { step: content, ...(person !== null && { person }) }, signal }),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (!data) {
    return error ? <Callout title="No preview yet.">{error.message}</Callout> : null;
  }
  return (
    <>
      {step.kind === "email" && "html" in data && <EmailPreview mail={data} />}
      {step.kind === "in_app" && "cta" in data && <InAppPreview layout={step.layout ?? "banner"} position={step.position ?? "top"} message={data} />}
      {step.kind === "push" && "title" in data && "url" in data && <PushPreview push={data} />}
      {step.kind === "webhook" && "method" in data && <WebhookPreview request={data} />}
      {error && <Callout title="This is how it looked before the last change.">{error.message}</Callout>}
    </>
  );
}
