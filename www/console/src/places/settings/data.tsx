// How data comes in and goes out: what exists, and nothing else.
import { Link } from "@tanstack/react-router";

import { Card, Code, Facts } from "~/kit/index.ts";

export function InAndOut() {
  const origin = location.origin;
  return (
    <>
      <Card title="Import" about="People and what they did come in through the events API, which is Segment's.">
        <p>
          Send batches from your server with the secret key, which may speak for anyone. A message that is sent twice with the same{" "}
          <code>messageId</code> counts once, so an import can be run again. Give past events their own <code>timestamp</code>.
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
        <p className="soft small">A message may have 32 KB, a batch 500 KB. What is refused is named in the answer; the rest is kept.</p>
      </Card>
      <Card title="Export" about="Everything that is shown here can be asked for.">
        <Facts
          of={[
            ["A report", <>Open it below <Link to="/reports">Reports</Link>: “Export CSV” has every number on the page.</>],
            ["A person", <>Open them below <Link to="/people">People</Link>: all that is known of one person, as JSON.</>],
            ["Anything else", "By the API, page by page, with a token that has the role viewer."],
          ]}
        />
        <Code label="Everyone in a segment" text={`curl '${origin}/api/v1/people?segment=SEGMENT&limit=100' -H "authorization: Bearer $TOKEN"`} />
      </Card>
    </>
  );
}
