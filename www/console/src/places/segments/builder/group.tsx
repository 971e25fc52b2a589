// A group of conditions, and of groups: all of them, or any of them.
import { Plus, Split, Ungroup, X } from "lucide-react";

import { Badge, Button, Choice, IconButton } from "~/kit/index.ts";

import css from "./builder.module.css";
import { useEdit } from "./edit.ts";
import type { Leaf } from "./leaf.ts";
import { SubjectPicker } from "./picker.tsx";
import { RowView, rowOf } from "./row.tsx";
import { CONDITIONS_MAX, DEPTH_MAX, type Group, add, negate, newGroup, remove, rowsOf, setJoin, unnest } from "./tree.ts";

const JOINS = [
  { value: "all", label: "all" },
  { value: "any", label: "any" },
] as const;

export function GroupView({ group, depth = 1, name }: { group: Group; depth?: number; name: string }) {
  const edit = useEdit();
  const isRoot = depth === 1;
  const join = group.join === "all" ? "and" : "or";
  const put = (leaf: Leaf) => {
    const row = rowOf(leaf);
    edit((root) => add(root, group.id, row), row.id);
  };
  const putGroup = (leaf: Leaf) => {
    const row = rowOf(leaf);
    edit((root) => add(root, group.id, newGroup(group.join === "all" ? "any" : "all", [row])), row.id);
  };
  return (
    <div className={css.group} data-nested={!isRoot || undefined} role="group" aria-label={name}>
      {(group.rows.length > 1 || !isRoot) && (
        <div className={css.groupHead}>
          <div className="row">
            {group.not && <Badge tone="warn">not</Badge>}
            <span className={css.word}>Match</span>
            <Choice bare label={`${name}: match`} value={group.join} options={JOINS} onChange={(next) => edit((root) => setJoin(root, group.id, next))} />
            <span className={css.word}>of these</span>
          </div>
          {!isRoot && (
            <div className={css.rowActions}>
              <IconButton small label={`${name}: turn around (not)`} aria-pressed={group.not} className={css.toggle} onClick={() => edit((root) => negate(root, group.id))}>
                <Split />
              </IconButton>
              {!group.not && (
                <IconButton small label={`${name}: take apart`} onClick={() => edit((root) => unnest(root, group.id), "add")}>
                  <Ungroup />
                </IconButton>
              )}
              <IconButton small label={`Remove ${name}`} onClick={() => edit((root) => remove(root, group.id), "add")}>
                <X />
              </IconButton>
            </div>
          )}
        </div>
      )}
      {group.rows.length > 0 && (
        <ol className={css.rows}>
          {group.rows.map((node, place) => (
            <li key={node.id}>
              <span className={css.join} aria-hidden={place === 0}>
                {place > 0 && join}
              </span>
              {node.kind === "row" ? (
                <RowView row={node} place={place + 1} more={depth < DEPTH_MAX - 1 && group.rows.length > 1} />
              ) : (
                <GroupView group={node} depth={depth + 1} name={`${isRoot ? "Group" : name}${isRoot ? " " : "."}${place + 1}`} />
              )}
            </li>
          ))}
        </ol>
      )}
      {group.rows.length === 0 && isRoot && (
        <p className={css.nothing}>{group.join === "all" ? "Everyone. Add a filter to narrow it down." : "No one. Add a filter to let people in."}</p>
      )}
      {rowsOf(group).length < CONDITIONS_MAX && (
        <div className="row">
          <SubjectPicker
            label="What the new filter is about"
            onPick={put}
            trigger={
              <Button small icon={<Plus aria-hidden />} data-add={isRoot ? "root" : group.id} aria-label={isRoot ? undefined : `Add filter to ${name}`}>
                Add filter
              </Button>
            }
          />
          {depth < DEPTH_MAX - 1 && group.rows.length > 0 && (
            <SubjectPicker
              label="What the group begins with"
              onPick={putGroup}
              trigger={
                <Button small look="quiet" icon={<Plus aria-hidden />} aria-label={isRoot ? undefined : `Add group to ${name}`}>
                  Add group
                </Button>
              }
            />
          )}
        </div>
      )}
    </div>
  );
}
