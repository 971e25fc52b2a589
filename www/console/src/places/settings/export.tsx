// Everything of everyone as a file: read as it comes, checked for its end, handed out when it is whole.
import { Download } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { exportAll } from "~/api/client.ts";
import { Button, Callout, Card, download, whole } from "~/kit/index.ts";

import { EXPORT_BYTES_MAX, gather } from "./gather.ts";

type State = { is: "none" } | { is: "running" | "done"; lines: number; bytes: number } | { is: "failed"; why: string };

export function ExportAll() {
  const [state, setState] = useState<State>({ is: "none" });
  const control = useRef<AbortController>(undefined);
  useEffect(() => () => control.current?.abort(), []);
  const begin = async () => {
    const { signal } = (control.current = new AbortController());
    setState({ is: "running", lines: 0, bytes: 0 });
    try {
      const whole = await gather(await exportAll(signal), EXPORT_BYTES_MAX, (lines, bytes) => setState({ is: "running", lines, bytes }));
      download(`rekindle-${new Date().toISOString().slice(0, 10)}.jsonl`, whole.file, "application/x-ndjson");
      setState({ is: "done", lines: whole.lines, bytes: whole.file.size });
    } catch (error) {
      setState(signal.aborted ? { is: "none" } : { is: "failed", why: (error as Error).message });
    }
  };
  const isRunning = state.is === "running";
  return (
    <Card
      title="Export"
      about="Everyone, with their companies, attributes and events, a message a line (JSON): what an import takes."
      actions={
        isRunning ? (
          <Button onClick={() => control.current?.abort()}>Cancel</Button>
        ) : (
          <Button icon={<Download aria-hidden />} onClick={() => void begin()}>
            Export everything
          </Button>
        )
      }
    >
      {(state.is === "running" || state.is === "done") && (
        <p role="status">
          {whole(state.lines)} lines, {(state.bytes / 1_000_000).toFixed(1)} MB{isRunning ? " so far …" : ". The file is among your downloads."}
        </p>
      )}
      {state.is === "failed" && <Callout tone="bad" title="There is no file.">{state.why}</Callout>}
      <p className="soft small">
        The page holds up to 1 GB until the file is whole. For more, and for backups: <code>rekindle export FILE</code> on the command line. The audit log notes who exported how many
        lines.
      </p>
    </Card>
  );
}
