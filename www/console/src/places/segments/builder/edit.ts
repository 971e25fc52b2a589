// How the parts of the builder change the rule: a function from the rows before to the rows after.
import { createContext, useContext } from "react";

import type { Group } from "./tree.ts";

/** Where the keyboard goes on afterwards: into a row (its id), or to the button that adds one. */
export type Focus = string;
export type Edit = (make: (root: Group) => Group, focus?: Focus) => void;

export const EditContext = createContext<Edit>(() => {});
export const useEdit = (): Edit => useContext(EditContext);
