// Who is signed in. The cookie is the server's; this page knows a name and a role.
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";

import { get, post, remove, setCsrf } from "~/api/client.ts";
import type { Me, Role } from "~/api/types.ts";

const ORDER: readonly Role[] = ["viewer", "editor", "admin"];

export const me = queryOptions({
  queryKey: ["me"],
  queryFn: async () => {
    const answer = await get("/me");
    setCsrf(answer.csrf ?? "");
    return answer;
  },
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});

export async function signIn(token: string): Promise<Me> {
  const answer = await post("/session", { body: { token } });
  setCsrf(answer.csrf ?? "");
  return answer;
}

/** Whether the reader may do what needs this role. What may not be done is not offered. */
export function useMay(role: Role): boolean {
  const { data } = useQuery(me);
  return data !== undefined && ORDER.indexOf(data.role) >= ORDER.indexOf(role);
}

export function useSignOut(): () => Promise<void> {
  const cache = useQueryClient();
  return async () => {
    const via = cache.getQueryData(me.queryKey)?.via;
    await remove("/session");
    cache.clear();
    // Behind Cloudflare Access one is signed in for as long as that says so.
    location.assign(via === "access" ? "/cdn-cgi/access/logout" : "/console/");
  };
}
