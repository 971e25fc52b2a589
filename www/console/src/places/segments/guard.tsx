// Asks before a page with unsaved changes is left.
import { useBlocker } from "@tanstack/react-router";

import { Button, Dialog } from "~/kit/index.ts";

export function Guard({ when }: { when: boolean }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => when && current.pathname !== next.pathname,
    enableBeforeUnload: false,
    withResolver: true,
  });
  if (status !== "blocked") return null;
  return (
    <Dialog
      open
      onOpenChange={(open) => open || reset()}
      title="Leave without saving?"
      actions={
        <>
          <Button onClick={proceed}>Leave</Button>
          <Button look="primary" onClick={reset}>
            Stay
          </Button>
        </>
      }
    >
      <p>Nobody else sees your changes yet. They wait here until you close this tab.</p>
    </Dialog>
  );
}
