// How data comes in and goes out: by a file here, by the API everywhere.
import { Link } from "@tanstack/react-router";

import { useMay } from "~/app/session.tsx";
import { Card, Code, Facts } from "~/kit/index.ts";

import { ExportAll } from "./export.tsx";
import { ImportFile } from "./import/index.tsx";

export function InAndOut() {
  const origin = location.origin;
  const isAdmin = useMay("admin");
  return (
    <>
      {isAdmin && (
        <>
          <ImportFile />
          <ExportAll />
        </>
      )}
      <Card title="Other ways" about={isAdmin ? undefined : "Admins import and export files here."}>
        <Facts
          of={[
            ["A report", <>Open it below <Link to="/reports">Reports</Link>: “Export CSV” has every number on the page.</>],
            ["A list of people", <>Below <Link to="/people">People</Link>, with its filters, as CSV.</>],
            ["A person", <>Open them below <Link to="/people">People</Link>: all that is known of one person, as JSON.</>],
            ["Large files, and backups", <><code>rekindle import FILE</code> and <code>rekindle export FILE</code> on the command line. A line that one of the two has stored counts once in the other as well.</>],
          ]}
        />
        <details>
          <summary>From a server</summary>
          <div className="stack">
            <p className="small soft">
              With the secret key, which may speak for anyone. A message that is sent twice with the same <code>messageId</code> counts once. Give past events their own <code>timestamp</code>.
              A message may have 32 KB, a batch 500 KB. Unlike an import, what comes in this way lets people into series.
            </p>
            <Code
              label="A batch"
              text={`curl ${origin}/v1/batch -u "$REKINDLE_SECRET_KEY:" -H 'content-type: application/json' -d '{"batch": [
  {"type": "identify", "userId": "42", "messageId": "import-1",
   "traits": {"email": "ada@example.com", "plan": "pro"}},
  {"type": "track", "userId": "42", "messageId": "import-2", "event": "Purchased",
   "timestamp": "2026-10-01T09:00:00Z", "properties": {"total": 120}}
]}'`}
            />
          </div>
        </details>
      </Card>
    </>
  );
}
