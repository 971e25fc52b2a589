// What the admin API says, by name: openapi.d.ts is made from www/api/openapi.json (`npm run api-types`).
export type * from "./openapi.d.ts";
